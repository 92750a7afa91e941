//! The format of case repositories: its document is what the code reads, and released formats stay readable.

#![allow(clippy::unwrap_used)]

use casebook::model::schema;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

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
