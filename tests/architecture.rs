//! The plan of the house: what may import what, and who may touch the outside world. docs/architecture.md shows the
//! same table to people.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A module imports only modules of a lower layer.
const LAYERS: &[&[&str]] = &[
    &["values"],
    &["diagnostic", "signature", "tree"],
    &["exec", "model", "store"],
    &["disk", "template", "veris"],
    &["git", "load", "net", "validate"],
    &["evidence", "review"],
    &["history"],
    &["cache", "check"],
    &["export", "ingest", "report", "scaffold"],
    &["diff", "publish", "release", "serve", "timeline"],
    &["hook", "import", "notice"],
    &["demo", "monitor"],
    &["cli"],
];

/// Who may use what of the outside world.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("git2::", &["git"]),
    ("ssh_key::", &["signature"]),
    ("std::fs", &["disk"]),
    ("std::process", &["exec", "cli"]),
    ("std::net", &["net"]),
    ("minijinja::", &["template"]),
    ("ureq::", &["net"]),
    ("rusty_s3::", &["net"]),
    ("httparse::", &["net"]),
    ("lettre::", &["net"]),
    ("rustls::", &["net"]),
    ("notify::", &["disk"]),
    ("std::env", &["cli"]),
    ("Timestamp::now", &["cli"]),
    // These end a command in its midst where nobody reads on.
    ("println!", &[]),
    ("print!", &[]),
    ("getrandom", &["cli"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of `src`, with its top module and its text up to its unit tests.
fn sources() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let src = root().join("src");
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let path = entry.path().strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
            let module = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(entry.path()).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
            found.push((path, module, code));
        }
    }
    found
}

/// The code without comments and without the contents of its doc comments.
fn without_comments(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_lower_layers_only() {
    let layer: BTreeMap<&str, usize> =
        LAYERS.iter().enumerate().flat_map(|(number, names)| names.iter().map(move |name| (*name, number))).collect();
    let mut wrong = Vec::new();
    for (path, module, code) in sources() {
        if module == "main" || module == "lib" {
            continue;
        }
        let own = *layer.get(module.as_str()).unwrap_or_else(|| panic!("src/{path}: the module is in no layer"));
        for piece in without_comments(&code).split("crate::").skip(1) {
            let name: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name == module || name.is_empty() {
                continue;
            }
            match layer.get(name.as_str()) {
                Some(other) if *other < own => {}
                Some(_) => wrong.push(format!("src/{path} imports `{name}`, which is not of a lower layer")),
                None => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_adapters_touch_the_outside_world() {
    let mut wrong = Vec::new();
    for (path, module, code) in sources() {
        for (name, allowed) in OUTSIDE {
            if module != "main" && !allowed.contains(&module.as_str()) && without_comments(&code).contains(name) {
                wrong.push(format!("src/{path} uses `{name}`, which only {allowed:?} may"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, _, code) in sources() {
        assert!(code.starts_with("//! "), "src/{path} starts with no `//!` sentence");
    }
}

#[test]
fn no_glob_imports_of_the_crate() {
    for (path, _, code) in sources() {
        assert!(!code.contains("use crate::*"), "src/{path}");
        assert!(!code.contains("use super::*"), "src/{path}");
    }
}

/// deny.toml forbids them too; this needs no other program.
#[test]
fn no_forbidden_crate_is_in_the_lock_file() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in ["openssl-sys", "native-tls", "cmake", "aws-lc-sys"] {
        assert!(!lock.contains(&format!("name = \"{name}\"")), "{name} is in Cargo.lock");
    }
}

#[test]
fn every_direct_dependency_has_its_reason() {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(root().join("Cargo.toml")).unwrap()).unwrap();
    let document = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let sections = [&manifest, manifest["target"]["cfg(unix)"].as_table().unwrap()];
    let tables = sections.iter().flat_map(|section| ["dependencies", "dev-dependencies"].map(|name| section.get(name)));
    let names: Vec<&String> = tables.flatten().flat_map(|table| table.as_table().unwrap().keys()).collect();
    for name in &names {
        assert!(document.contains(&format!("| `{name}` |")), "docs/dependencies.md gives no reason for `{name}`");
    }
    for row in document.lines().filter_map(|line| line.strip_prefix("| `")) {
        let name = row.split('`').next().unwrap();
        let known = names.iter().any(|known| *known == name);
        assert!(known, "docs/dependencies.md names `{name}`, which is no dependency");
    }
}

#[test]
fn the_document_names_every_module_and_only_real_paths() {
    let document = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for name in LAYERS.iter().flat_map(|names| names.iter()) {
        assert!(document.contains(&format!("`{name}`")), "docs/architecture.md does not name `{name}`");
    }
    let prose: String = document.split("```").step_by(2).collect();
    for piece in prose.split('`').skip(1).step_by(2) {
        if piece.starts_with("src/") || piece.starts_with("tests/") || piece.starts_with("docs/") {
            assert!(root().join(Path::new(piece)).exists(), "docs/architecture.md names `{piece}`, which is not there");
        }
    }
}
