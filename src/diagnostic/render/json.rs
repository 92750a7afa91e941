//! Diagnostics as JSON: one object with a list, for scripts.

use crate::diagnostic::{Diagnostic, Place, Sources};
use serde_json::{Value, json};

/// `{"diagnostics": […], "errors": n, "warnings": n}`; lines and columns count from 1.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> Value {
    let count = super::count(diagnostics);
    let list: Vec<Value> = diagnostics.iter().map(|diagnostic| one(sources, diagnostic)).collect();
    json!({ "diagnostics": list, "errors": count.errors, "warnings": count.warnings })
}

fn one(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let mut value = place(sources, &diagnostic.place);
    value["code"] = json!(diagnostic.code.as_str());
    value["level"] = json!(diagnostic.level);
    value["message"] = json!(diagnostic.message);
    value["label"] = json!(diagnostic.label);
    value["help"] = json!(diagnostic.help);
    value["related"] = diagnostic
        .related
        .iter()
        .map(|related| {
            let mut value = place(sources, &related.place);
            value["label"] = json!(related.label);
            value
        })
        .collect();
    value
}

fn place(sources: &Sources, place: &Place) -> Value {
    match sources.position(place) {
        Some(at) => json!({
            "path": place.path.as_str(),
            "line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column,
        }),
        None => json!({ "path": place.path.as_str() }),
    }
}
