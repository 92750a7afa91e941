//! Values of a JSON document, or of one line of JSON lines, by their pointer (RFC 6901).

use super::place::{Hit, Miss, Texts};
use super::text::{Quote, decode};
use crate::values::Selector;
use serde_json::Value;

pub fn read(content: &[u8], line: Option<u64>, pointer: &str) -> Result<Texts, Miss> {
    let text = decode(content);
    let document = match line {
        None => text.as_ref(),
        Some(line) => text
            .lines()
            .nth(usize::try_from(line - 1).unwrap_or(usize::MAX))
            .ok_or_else(|| Miss::new(format!("the file has {} lines", text.lines().count())))?,
    };
    let value: Value = serde_json::from_str(document).map_err(|error| {
        Miss::new(match line {
            Some(line) => format!("line {line} is no JSON: {error}"),
            None => format!("the file is no JSON document: {error}"),
        })
    })?;
    let value =
        value.pointer(pointer).ok_or_else(|| Miss::new(format!("nothing is there: {}", nearest(&value, pointer))))?;
    Ok(Texts::one(shown(value)))
}

/// The values that hold a text and have no value inside that does.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Vec<Hit> {
    let text = decode(content);
    let mut hits = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        walk(&value, None, &mut String::new(), quote, limit, &mut hits);
        return hits;
    }
    for (number, line) in text.lines().enumerate() {
        if hits.len() >= limit {
            break;
        }
        if let Ok(value) = serde_json::from_str::<Value>(line) {
            walk(&value, Some(number as u64 + 1), &mut String::new(), quote, limit, &mut hits);
        }
    }
    hits
}

fn walk(value: &Value, line: Option<u64>, pointer: &mut String, quote: &Quote, limit: usize, hits: &mut Vec<Hit>) {
    let before = hits.len();
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (escaped(name), field)).collect(),
        _ => Vec::new(),
    };
    for (name, inner) in inner {
        if hits.len() >= limit {
            return;
        }
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&name);
        walk(inner, line, pointer, quote, limit, hits);
        pointer.truncate(length);
    }
    // A document as a whole has no pointer that a citation could name.
    let can_be_named = line.is_some() || !pointer.is_empty();
    if hits.len() == before && can_be_named {
        let text = shown(value);
        if quote.is_in(&text) {
            hits.push(Hit { at: Selector::Json { line, pointer: pointer.clone() }, text });
        }
    }
}

/// A name as a step of a pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A text as itself, every other value as compact JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How far a pointer leads, and what is there.
fn nearest(value: &Value, pointer: &str) -> String {
    let mut reached = "";
    let mut there = value;
    for (at, _) in pointer.match_indices('/').skip(1).chain([(pointer.len(), "")]) {
        match value.pointer(&pointer[..at]) {
            Some(inner) => (reached, there) = (&pointer[..at], inner),
            None => break,
        }
    }
    let what = match there {
        Value::Object(fields) => {
            format!("has the fields {}", fields.keys().take(12).map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("has {} items, counted from 0", items.len()),
        _ => "is a single value".to_owned(),
    };
    if reached.is_empty() { format!("the document {what}") } else { format!("`{reached}` {what}") }
}
