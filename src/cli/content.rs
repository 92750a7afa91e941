//! The text of a file of the case, and the same as JSON.

use crate::model::{Case, Entry, MAX_TEXT_BYTES};
use crate::tree::Tree;
use crate::values::TreePath;
use serde_json::{Map, Value, json};

/// The text of a file; `None` where it cannot be read or is no UTF-8.
pub fn text(tree: &dyn Tree, path: &TreePath) -> Option<String> {
    String::from_utf8(tree.read(path, MAX_TEXT_BYTES).ok()?).ok()
}

/// An entry with what is known of it beside its file: `entry` holds every key of the file.
pub fn entry_json(tree: &dyn Tree, case: &Case, entry: &Entry) -> Value {
    let table = text(tree, &entry.path).and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
    json!({
        "id": entry.id().to_string(),
        "kind": entry.kind().noun(),
        "title": entry.title(),
        "status": entry.status(),
        "marking": case.marking(entry).word(),
        "path": entry.path.as_str(),
        "entry": table_json(table),
    })
}

/// A TOML table as a JSON object: times become RFC 3339 texts.
pub fn table_json(table: toml::Table) -> Value {
    Value::Object(table.into_iter().map(|(key, value)| (key, value_json(value))).collect::<Map<_, _>>())
}

fn value_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(boolean) => json!(boolean),
        toml::Value::Datetime(time) => json!(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(value_json).collect(),
        toml::Value::Table(table) => table_json(table),
    }
}
