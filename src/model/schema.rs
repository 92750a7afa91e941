//! Schemas: what the declared records look like, as JSON Schema 2020-12, as tables for people, and as examples.

use super::record::{FieldShape, TableShape};
use super::{Body, CaseRecord, Policy, Record, Release, Shape, Team};
use crate::values::{Kind, Precision, TreePath};
use serde_json::{Map, Value, json};

/// The schemas that `casebook schema` can print: the kinds of entry, the three files of a case, and releases.
pub fn names() -> Vec<&'static str> {
    let mut names = vec!["case", "team", "policy"];
    names.extend(Kind::ALL.iter().map(|kind| kind.noun()));
    names.push("release");
    names
}

/// The shape of a kind of file; `None` where there is no such kind.
pub fn table(name: &str) -> Option<TableShape> {
    match name {
        "case" => Some(CaseRecord::table()),
        "team" => Some(Team::table()),
        "policy" => Some(Policy::table()),
        "release" => Some(Release::table()),
        kind => kind.parse::<Kind>().ok().map(Body::table),
    }
}

/// The shape of the file at a path of a case; `None` where it is not a record.
pub fn table_of_path(path: &TreePath) -> Option<TableShape> {
    match path.as_str() {
        "case.toml" | "team.toml" | "policy.toml" => table(path.stem()),
        entry => {
            let (folder, name) = entry.split_once('/')?;
            let is_file = name.ends_with(".toml") && !name.contains('/');
            Kind::of_folder(folder).filter(|_| is_file).map(Body::table)
        }
    }
}

/// The JSON Schema (draft 2020-12) of a kind of file.
pub fn json_schema(table: &TableShape) -> Value {
    let mut schema = table_schema(table);
    let object = schema.as_object_mut().expect("a table's schema is an object");
    object.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    object.insert("title".into(), json!(format!("casebook {}", table.name)));
    schema
}

fn table_schema(table: &TableShape) -> Value {
    let properties: Map<String, Value> =
        table.fields.iter().map(|field| (field.name.to_owned(), field_schema(field))).collect();
    let required: Vec<&str> = table.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn field_schema(field: &FieldShape) -> Value {
    let mut schema = shape_schema(&field.shape);
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".into(), json!(field.doc));
    }
    schema
}

fn shape_schema(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string", "minLength": 1, "pattern": "^[^\\n]*$"}),
        Shape::Markdown => json!({"type": "string", "minLength": 1}),
        Shape::Integer => json!({"type": "integer", "minimum": 0}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Moment => json!({"type": "string", "format": "date-time"}),
        Shape::When => when_schema(),
        Shape::Reference(kind) | Shape::Id(kind) => {
            json!({"type": "string", "pattern": format!("^{}-[0-9a-hjkmnp-tv-z]{{8}}$", kind.letter())})
        }
        Shape::Word { words, .. } => json!({"enum": words}),
        Shape::Form { pattern, .. } => json!({"type": "string", "pattern": pattern}),
        Shape::List { item, sorted: false } => json!({"type": "array", "items": shape_schema(item)}),
        Shape::List { item, sorted: true } => {
            json!({"type": "array", "items": shape_schema(item), "uniqueItems": true})
        }
        Shape::Table(table) => table_schema(table),
        Shape::Map(value) => json!({"type": "object", "additionalProperties": shape_schema(value)}),
        Shape::Custom => json!({"type": "object"}),
    }
}

fn when_schema() -> Value {
    let moment = json!({"type": "string", "format": "date-time"});
    let skew = json!({"type": "string", "pattern": "^[+-]([0-9]+[wdhms])+$", "description": "How far the source's clock was ahead."});
    let original = json!({"type": "string", "minLength": 1, "description": "The text as the tool gave it."});
    json!({"anyOf": [
        moment,
        {"type": "object", "required": ["at"], "additionalProperties": false, "properties": {
            "at": moment, "precision": {"enum": Precision::NAMES}, "skew": skew, "original": original}},
        {"type": "object", "required": ["from", "to"], "additionalProperties": false, "properties": {
            "from": moment, "to": moment, "skew": skew, "original": original}},
    ]})
}

/// A value of this shape, as TOML text, to show what to write.
pub fn example(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Markdown => "\"…\"".to_owned(),
        Shape::Integer => "1".to_owned(),
        Shape::Boolean => "true".to_owned(),
        Shape::Moment | Shape::When => "2026-03-01T10:15:00Z".to_owned(),
        Shape::Reference(kind) | Shape::Id(kind) => format!("\"{}-…\"", kind.letter()),
        Shape::Word { words, .. } => {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            quoted.join(" or ")
        }
        Shape::Form { example, .. } => format!("\"{example}\""),
        Shape::List { item, .. } => format!("[{}]", example(item)),
        Shape::Table(table) => {
            let required = table.fields.iter().filter(|field| field.required);
            let fields: Vec<String> =
                required.map(|field| format!("{} = {}", field.name, example(&field.shape))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Shape::Map(_) | Shape::Custom => "{ … }".to_owned(),
    }
}

/// What a shape is, in words, for the tables of docs/format.md.
pub fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text, one line".to_owned(),
        Shape::Markdown => "Markdown".to_owned(),
        Shape::Integer => "whole number".to_owned(),
        Shape::Boolean => "true or false".to_owned(),
        Shape::Moment => "time".to_owned(),
        Shape::When => "time, range, or time with a precision".to_owned(),
        Shape::Reference(kind) => format!("id of {} {kind}", article(kind.noun())),
        Shape::Id(kind) => format!("`{}-` and 8 characters", kind.letter()),
        Shape::Word { words, .. } => {
            let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            quoted.join(", ")
        }
        Shape::Form { what, example, .. } => format!("{what}, such as `{example}`"),
        Shape::List { item, sorted: true } => format!("set of: {}", describe(item)),
        Shape::List { item, sorted: false } => format!("list of: {}", describe(item)),
        Shape::Table(table) => format!("{} (below)", table.name),
        Shape::Map(value) => format!("table of: {}", describe(value)),
        Shape::Custom => "the team's own fields".to_owned(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The tables inside a record, outermost first, each once.
pub fn tables_inside(table: &TableShape) -> Vec<TableShape> {
    let mut found: Vec<TableShape> = vec![table.clone()];
    let mut next = 0;
    while next < found.len() {
        let fields = found[next].fields.clone();
        for field in fields {
            if let Some(inner) = inner_table(&field.shape)
                && !found.iter().any(|other| other.name == inner.name)
            {
                found.push(inner.clone());
            }
        }
        next += 1;
    }
    found
}

fn inner_table(shape: &Shape) -> Option<&TableShape> {
    match shape {
        Shape::Table(table) => Some(table),
        Shape::List { item, .. } | Shape::Map(item) => inner_table(item),
        _ => None,
    }
}
