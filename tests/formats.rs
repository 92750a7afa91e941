//! The format of case repositories: its document is what the code reads, and released formats stay readable.

#![allow(clippy::unwrap_used)]

mod support;

use casebook::model::schema;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use support::Sandbox;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The tables of docs/format.md: every field of every file, from the declarations that read them.
fn fields() -> String {
    let mut out = String::new();
    for name in schema::names() {
        for (depth, table) in schema::tables_inside(&schema::table(name).unwrap()).into_iter().enumerate() {
            let heading = if depth == 0 { "###" } else { "####" };
            writeln!(out, "\n{heading} {}\n\n{}\n", table.name, table.doc).unwrap();
            writeln!(out, "| field | required | value | meaning |\n|---|---|---|---|").unwrap();
            for field in &table.fields {
                let required = if field.required { "yes" } else { "" };
                let value = schema::describe(&field.shape).replace('|', "\\|");
                writeln!(out, "| `{}` | {required} | {value} | {} |", field.name, field.doc).unwrap();
            }
        }
    }
    out
}

#[test]
fn the_document_has_the_fields_that_the_code_reads() {
    let path = root().join("docs/format.md");
    let document = fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once("<!-- generated: fields -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let current = format!("{before}<!-- generated: fields -->\n{}\n<!-- end -->{after}", fields());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &current).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), current, "run it with UPDATE=1");
}

#[test]
fn every_schema_is_an_object_that_refuses_other_keys() {
    for name in schema::names() {
        let schema = schema::json_schema(&schema::table(name).unwrap());
        assert_eq!(schema["type"], "object", "{name}");
        assert_eq!(schema["additionalProperties"], false, "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
}

/// The demo's case with its schemas, as a work tree has them.
fn demo_case_with_schemas(sandbox: &Sandbox) -> PathBuf {
    let case = sandbox.path("case");
    support::copy(&root().join("demo/domain-controller/case"), &case);
    fs::create_dir_all(case.join("schemas")).unwrap();
    for name in schema::names() {
        let schema = schema::json_schema(&schema::table(name).unwrap());
        fs::write(case.join(format!("schemas/{name}.json")), format!("{schema:#}\n")).unwrap();
    }
    case
}

#[test]
fn another_validator_accepts_what_the_schemas_describe() {
    let Some(validator) = support::tool("check-jsonschema") else { return };
    let sandbox = Sandbox::new();
    let case = demo_case_with_schemas(&sandbox);
    let schemas: Vec<String> = schema::names().iter().map(|name| format!("schemas/{name}.json")).collect();
    let mut arguments = vec!["--check-metaschema"];
    arguments.extend(schemas.iter().map(String::as_str));
    sandbox.run(&validator, &case, &arguments).ok();
    for (name, folder) in
        [("finding", "findings"), ("event", "events"), ("indicator", "indicators"), ("action", "actions")]
    {
        let schema = format!("schemas/{name}.json");
        let files = fs::read_dir(case.join(folder)).unwrap();
        let files: Vec<String> =
            files.map(|file| format!("{folder}/{}", file.unwrap().file_name().to_str().unwrap())).collect();
        let mut arguments = vec!["--schemafile", schema.as_str()];
        arguments.extend(files.iter().map(String::as_str));
        sandbox.run(&validator, &case, &arguments).ok();
    }
    for name in ["case", "team", "policy"] {
        let arguments = ["--schemafile", &format!("schemas/{name}.json"), &format!("{name}.toml")];
        sandbox.run(&validator, &case, &arguments).ok();
    }
}

#[test]
fn another_validator_refuses_what_the_reader_refuses() {
    let Some(validator) = support::tool("check-jsonschema") else { return };
    let sandbox = Sandbox::new();
    let case = demo_case_with_schemas(&sandbox);
    let good = fs::read_to_string(case.join("findings/f-1y0jgafb.toml")).unwrap();
    for (right, wrong) in [
        ("severity = \"high\"", "severity = \"hihg\""),
        ("severity = \"high\"", "sevirity = \"high\""),
        ("title = ", "# title = "),
        ("\"a-w2gra3kq\"", "\"a-w2gra3ku\""),
        ("at = \"record:7532\"", "at = \"page:7\""),
    ] {
        fs::write(case.join("findings/bad.toml"), good.replacen(right, wrong, 1)).unwrap();
        sandbox.run(&validator, &case, &["--schemafile", "schemas/finding.json", "findings/bad.toml"]).code(1);
    }
}

#[test]
fn an_editor_finds_the_schema_from_the_first_line() {
    let Some(tombi) = support::tool("tombi") else { return };
    let sandbox = Sandbox::new();
    let case = demo_case_with_schemas(&sandbox);
    sandbox.run(&tombi, &case, &["lint", "--offline", "findings/f-1y0jgafb.toml"]).ok();
    let good = fs::read_to_string(case.join("findings/f-1y0jgafb.toml")).unwrap();
    fs::write(case.join("findings/bad.toml"), good.replacen("severity = \"high\"", "severity = \"hihg\"", 1)).unwrap();
    let ran = sandbox.run(&tombi, &case, &["lint", "--offline", "findings/bad.toml"]).code(1);
    assert!(ran.text().contains("informational"), "{}", ran.text());
}

/// Every released format stays readable: these files are never edited, only added to when the format grows a key.
#[test]
fn the_frozen_case_of_format_1_is_read_without_a_word() {
    let sandbox = Sandbox::new();
    let case = sandbox.path("v1");
    support::copy(&root().join("tests/formats/v1"), &case);
    sandbox.git(&case, &["init", "-q"]).ok();
    let ran = sandbox.casebook(&case, &["check", "--format", "json"]).ok();
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["diagnostics"], serde_json::json!([]));
}

#[test]
fn the_frozen_case_of_format_1_has_every_key() {
    let frozen = root().join("tests/formats/v1");
    for name in schema::names() {
        let folder = match name {
            "release" => casebook::model::Release::FOLDER,
            name => name.parse().map_or("", casebook::values::Kind::folder),
        };
        let files: Vec<toml::Value> = match folder {
            "" => vec![parsed(&frozen.join(format!("{name}.toml")))],
            folder => {
                let files = fs::read_dir(frozen.join(folder)).unwrap().map(|file| file.unwrap().path());
                files
                    .filter(|file| file.extension().is_some_and(|end| end == "toml"))
                    .map(|file| parsed(&file))
                    .collect()
            }
        };
        for table in schema::tables_inside(&schema::table(name).unwrap()) {
            for field in &table.fields {
                assert!(
                    files.iter().any(|file| has_key(file, field.name)),
                    "no {name} has `{}` of {}",
                    field.name,
                    table.name
                );
            }
        }
    }
}

fn parsed(path: &Path) -> toml::Value {
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn has_key(value: &toml::Value, key: &str) -> bool {
    match value {
        toml::Value::Table(table) => table.contains_key(key) || table.values().any(|inner| has_key(inner, key)),
        toml::Value::Array(items) => items.iter().any(|item| has_key(item, key)),
        _ => false,
    }
}
