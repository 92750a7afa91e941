//! Every export under a program that none of us wrote: of the demo's cases, of an empty one, of a large one, and of the one that
//! has every key.

use crate::every_key;
use crate::support::{Desk, Sandbox, case_validate, ran, shared, tool};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Runs every checker on the exports of a case.
fn check(desk: &Desk) {
    let out = desk.sandbox.path("exports");
    fs::create_dir(&out).unwrap();
    for format in ["stix", "misp", "navigator", "iris-csv", "iris", "kanvas", "aurora", "openioc"] {
        // openpyxl looks at the name of a file first.
        let name = if format == "kanvas" { "case.xlsx" } else { format };
        library(desk, format, &[&export(desk, format, &out.join(name))]);
    }
    let veris = export(desk, "veris", &out.join("veris"));
    if let Some(schema) = shared("vcdb/vcdb.json") {
        library(desk, "veris", &[&veris, &schema]);
    }
    timesketch(&export(desk, "timesketch", &out.join("timeline.jsonl")));
    tables(desk, &export(desk, "csv", &out.join("csv")));
    export(desk, "blocklist", &out.join("lists"));
}

/// The validator of the CASE community takes half a minute for a large case.
fn graph(desk: &Desk) {
    let file = export(desk, "case-uco", &desk.sandbox.path("case.jsonld"));
    let Some(ran) = case_validate(desk, file.to_str().unwrap()) else { return };
    assert!(ran.code == 0 && ran.stdout.contains("Conforms: True"), "{}", ran.text());
}

fn export(desk: &Desk, format: &str, target: &Path) -> PathBuf {
    desk.casebook(&["export", format, "--tlp", "red", "--output", target.to_str().unwrap()]).ok();
    target.to_owned()
}

/// The Python that has the libraries of these formats.
fn library(desk: &Desk, format: &str, files: &[&Path]) {
    let Some(validator) = tool("stix2_validator") else { return };
    let python = validator.with_file_name("python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/check.py");
    let mut command = desk.sandbox.command(&python, &desk.top);
    let ran = ran(command.arg(&script).arg(format).args(files).output().unwrap());
    assert_eq!(ran.code, 0, "{format}: {}", ran.text());
    assert!(!ran.text().contains("WARNING"), "{format}: {}", ran.text());
}

/// What Timesketch asks of a line (its guide for JSON and CSV): it drops lines that lack it without a word.
fn timesketch(file: &Path) {
    for line in fs::read_to_string(file).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        for key in ["message", "datetime", "timestamp_desc"] {
            assert!(line[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {line}");
        }
        let at = line["datetime"].as_str().unwrap();
        at.parse::<jiff::Timestamp>().unwrap();
        assert!(at.len() == "2026-06-04T13:45:09.123000+00:00".len() && at.ends_with("+00:00"), "{at}");
        assert!(line.get("tag").is_none_or(Value::is_array), "{line}");
        for reserved in ["_id", "_type", "_index", "_source", "__ts_timeline_id"] {
            assert!(line.get(reserved).is_none(), "{line}");
        }
    }
}

fn tables(desk: &Desk, folder: &Path) {
    let Some(csvclean) = tool("csvclean") else { return };
    let mut tables = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ran = desk.sandbox.run(&csvclean, &desk.top, &["--length-mismatch", path.to_str().unwrap()]);
        assert!(ran.code == 0 && ran.stderr.is_empty(), "{}: {}", path.display(), ran.stderr);
        tables += 1;
    }
    assert!(tables > 10);
}

#[test]
fn the_case_with_every_key_is_taken() {
    let desk = every_key();
    check(&desk);
    graph(&desk);
}

fn demo_is_taken(case: &str) {
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["demo", "demo", "--case", case]).ok();
    let top = sandbox.path("demo/case");
    let desk = Desk { sandbox, top };
    check(&desk);
    graph(&desk);
}

#[test]
fn the_domain_controller_is_taken() {
    demo_is_taken("domain-controller");
}

#[test]
fn the_phishing_of_pypi_is_taken() {
    demo_is_taken("pypi-phishing");
}

#[test]
fn an_empty_case_is_taken() {
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["init", "case"]).ok();
    let top = sandbox.path("case");
    let desk = Desk { sandbox, top };
    desk.commit("The case begins");
    check(&desk);
    graph(&desk);
}

/// The script that measures on 10,000 entries makes 1,000 here.
#[test]
fn a_large_case_is_taken() {
    let sandbox = Sandbox::new();
    sandbox.git(&sandbox.path(""), &["config", "--global", "user.name", "Bob Example"]).ok();
    sandbox.git(&sandbox.path(""), &["config", "--global", "user.email", "bob@example.org"]).ok();
    sandbox.casebook(&sandbox.path(""), &["init", "case"]).ok();
    let top = sandbox.path("case");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/generate.py");
    sandbox.run("python3", &top, &[script.to_str().unwrap(), ".", "--entries", "1000", "--evidence", "200"]).ok();
    let desk = Desk { sandbox, top };
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qm", "Many entries", "--no-verify"]).ok();
    check(&desk);
}
