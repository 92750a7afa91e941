//! A record of a neighbour, whose fields are taken one by one: those that nobody takes are lost, and told to be.

use crate::import::{Making, Outcome};
use crate::ingest::json::text;
use crate::values::Selector;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A record with what it still says.
pub struct Fields {
    /// Where it stands, for whoever reads of it: `json:/timeline/3`.
    pub place: String,
    /// The same, as a citation names it; none where none can.
    pub at: Option<Selector>,
    left: Map<String, Value>,
}

impl Fields {
    /// The record at a pointer of a document.
    pub fn of_json(value: &Value, pointer: &str) -> Result<Self, String> {
        let at = Selector::Json { line: None, pointer: pointer.to_owned() };
        Self::of_object(value, at.to_string(), Some(at))
    }

    /// The record of an object that stands elsewhere.
    pub fn of_object(value: &Value, place: String, at: Option<Selector>) -> Result<Self, String> {
        let Value::Object(object) = value else { return Err("it is no object".to_owned()) };
        Ok(Self { place, at, left: object.clone() })
    }

    /// The record of a row with these cells, by the names of their columns. A name that columns share is the first one's; the others
    /// have a number behind it.
    pub fn of_row<'c>(place: String, at: Option<Selector>, cells: impl Iterator<Item = (&'c str, &'c str)>) -> Self {
        let mut left = Map::new();
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for (name, cell) in cells {
            let mut free = name.to_owned();
            while left.contains_key(&free) {
                let number = numbers.entry(name).or_insert(1);
                *number += 1;
                free = format!("{name} ({number})");
            }
            left.insert(free, Value::String(cell.to_owned()));
        }
        Self { place, at, left }
    }

    /// Takes the text of a field, where it says something. Lists of w2ui hold objects with a `text`.
    pub fn text(&mut self, name: &str) -> Option<String> {
        said(&self.left.shift_remove(name)?)
    }

    /// Takes the first of these fields that says something, and the others with it.
    pub fn first(&mut self, names: &[&str]) -> Option<String> {
        let all: Vec<String> = names.iter().filter_map(|name| self.text(name)).collect();
        all.into_iter().next()
    }

    /// Takes a list of texts; a single text is a list of one.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        match self.left.shift_remove(name) {
            Some(Value::Array(list)) => list.iter().filter_map(said).collect(),
            Some(other) => said(&other).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Takes a list of records with their places.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        match self.left.shift_remove(name) {
            Some(Value::Array(list)) => list,
            Some(Value::Null) | None => Vec::new(),
            // Some tools write one record where they would write a list of one.
            Some(other) => vec![other],
        }
    }

    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.left.shift_remove(name).filter(|value| !value.is_null())
    }

    pub fn flag(&mut self, name: &str) -> bool {
        let value = self.left.shift_remove(name);
        value.is_some_and(|value| matches!(text(&value).to_lowercase().as_str(), "true" | "1" | "yes"))
    }

    /// Passes over fields that say nothing of an incident: numbers of rows, colours, the tool's own bookkeeping.
    pub fn pass(&mut self, names: &[&str]) {
        for name in names {
            self.left.shift_remove(*name);
        }
    }

    /// The same with one field more.
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.left.insert(name.to_owned(), Value::String(text.to_owned()));
        self
    }

    /// The names of what is left and says something.
    pub fn rest(&self) -> Vec<String> {
        self.left.iter().filter(|(_, value)| !is_blank(value)).map(|(name, _)| name.clone()).collect()
    }

    /// Notes what is left as lost; `of` is what the record is, such as `timeline`.
    pub fn lose_rest(&self, of: &str, making: &mut Making<'_>) {
        for name in self.rest() {
            making.lose(&format!("{of}: {name}"));
        }
    }

    /// Counts the record, and what came of it.
    pub fn count(&self, making: &mut Making<'_>, outcome: Outcome) {
        making.count(&self.place, outcome);
    }
}

/// The text of a value that says something.
fn said(value: &Value) -> Option<String> {
    let value = match value {
        Value::Object(object) => object.get("text").filter(|text| text.is_string())?,
        other => other,
    };
    let text = text(value);
    (!matches!(text.trim(), "" | "-")).then(|| text.trim().to_owned())
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.iter().all(is_blank),
        Value::Object(object) => object.values().all(is_blank),
        _ => false,
    }
}

/// Calls `read` with each record of a list that stands below a pointer. What is no object is refused.
pub fn each(
    list: &[Value],
    pointer: &str,
    making: &mut Making<'_>,
    read: &mut dyn FnMut(usize, Fields, &mut Making<'_>),
) {
    for (number, value) in list.iter().enumerate() {
        let below = format!("{pointer}/{number}");
        match Fields::of_json(value, &below) {
            Ok(fields) => read(number, fields, making),
            Err(why) => making.count(format!("json:{below}"), Outcome::Refused(why)),
        }
    }
}

/// A whole document of JSON.
pub fn document(bytes: &[u8]) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| format!("it is no whole document of JSON: {error}"))
}
