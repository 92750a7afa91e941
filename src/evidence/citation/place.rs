//! Places in a file: what stands there, and where a text stands.

use super::text::{Quote, decode};
use super::{bytes, json, lines, record, row};
use crate::values::Selector;
use std::collections::{BTreeMap, BTreeSet};

/// What stands at a place, in every form that may be quoted.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    forms: Vec<String>,
    bytes: Option<Vec<u8>>,
}

impl Texts {
    pub fn one(text: String) -> Self {
        Self::several(vec![text])
    }

    pub fn several(forms: Vec<String>) -> Self {
        Self { forms, bytes: None }
    }

    /// The forms of some bytes, which may be quoted in hexadecimal, too.
    pub fn of_bytes(forms: Vec<String>, bytes: &[u8]) -> Self {
        Self { forms, bytes: Some(bytes.to_vec()) }
    }

    pub fn hold(&self, quote: &Quote) -> bool {
        self.forms.iter().any(|text| quote.is_in(text))
            || self.bytes.as_ref().is_some_and(|bytes| quote.is_in_bytes(bytes))
    }

    /// The form to show to people.
    pub fn shown(&self) -> &str {
        self.forms.first().map_or("", String::as_str)
    }
}

/// Why nothing stands at a place: one clause for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss(pub String);

impl Miss {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A place that holds a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub at: Selector,
    /// What stands there.
    pub text: String,
}

/// What stands at places of a file. An event log is read once for all of its records.
pub fn read<'s>(
    content: &[u8],
    places: impl IntoIterator<Item = &'s Selector>,
) -> BTreeMap<Selector, Result<Texts, Miss>> {
    let mut records = BTreeSet::new();
    let mut read: BTreeMap<Selector, Result<Texts, Miss>> = BTreeMap::new();
    for place in places {
        let texts = match place {
            Selector::Record(id) => {
                records.insert(*id);
                continue;
            }
            Selector::Lines(first, last) => lines::read(content, *first, *last),
            Selector::Row(number) => row::read(content, *number),
            Selector::Json { line, pointer } => json::read(content, *line, pointer),
            Selector::Bytes { offset, length } => bytes::read(content, *offset, *length),
        };
        read.insert(place.clone(), texts);
    }
    if !records.is_empty() {
        let mut found = record::read(content, &records);
        for id in records {
            let texts = match &mut found {
                Ok(found) => {
                    found.remove(&id).ok_or_else(|| Miss::new(format!("no record has the EventRecordID {id}")))
                }
                Err(miss) => Err(miss.clone()),
            };
            read.insert(Selector::Record(id), texts);
        }
    }
    read
}

/// What kind of places a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    EventLog,
    Table,
    Json,
    Text,
    Binary,
}

impl Form {
    /// By the first bytes of the content, then by the name.
    pub fn of(name: &str, content: &[u8]) -> Self {
        let ends = |ends: &[&str]| {
            name.rsplit_once('.').is_some_and(|(_, end)| ends.iter().any(|known| end.eq_ignore_ascii_case(known)))
        };
        if content.starts_with(record::MAGIC) {
            Form::EventLog
        } else if decode(content).contains(['\0', '\u{fffd}']) {
            Form::Binary
        } else if ends(&["json", "jsonl", "ndjson"]) {
            Form::Json
        } else if ends(&["csv", "tsv"]) {
            Form::Table
        } else {
            Form::Text
        }
    }
}

/// The places of a file that hold a text, at most `limit`, in their order.
pub fn find(name: &str, content: &[u8], text: &str, limit: usize) -> Vec<Hit> {
    let quote = Quote::of(text);
    match Form::of(name, content) {
        Form::EventLog => record::find(content, &quote, limit).unwrap_or_default(),
        Form::Table => row::find(content, &quote, limit),
        Form::Json => json::find(content, &quote, limit),
        Form::Text => lines::find(content, &quote, limit),
        Form::Binary => bytes::find(content, text, limit),
    }
}

/// Whether a quote stands anywhere in a file.
pub fn is_somewhere(content: &[u8], quote: &Quote) -> bool {
    if content.starts_with(record::MAGIC) {
        return record::find(content, quote, 1).is_ok_and(|hits| !hits.is_empty());
    }
    quote.is_in_bytes(content)
}
