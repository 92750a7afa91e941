//! Records of Windows event logs (EVTX), by their EventRecordID.
//!
//! The text of a record is its fields, one a line, `Name: value`, in the order of the record: those of `System`, then those
//! of `EventData` or `UserData`. The attribute of an element is `Element.Attribute: value`.

use super::place::{Hit, Miss, Texts};
use super::text::Quote;
use crate::values::Selector;
use evtx::{EvtxChunkData, EvtxParser, ParserSettings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How a file of this kind begins.
pub const MAGIC: &[u8] = b"ElfFile\0";

/// The texts of the wanted records; an id that comes twice has both.
pub fn read(content: &[u8], wanted: &BTreeSet<u64>) -> Result<BTreeMap<u64, Texts>, Miss> {
    let mut found: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let mut keep = |id: u64, text: String| {
        found.entry(id).or_default().push(text);
        true
    };
    // The header of a chunk names its first and last record, so most chunks need no reading. Where it lies, all are read.
    each(
        content,
        &|first, last| wanted.range(first..=last.max(first)).next().is_some(),
        &|id| wanted.contains(&id),
        &mut keep,
    )?;
    let missing: BTreeSet<u64> = wanted.iter().filter(|id| !found.contains_key(*id)).copied().collect();
    if !missing.is_empty() {
        let mut keep = |id: u64, text: String| {
            found.entry(id).or_default().push(text);
            true
        };
        each(content, &|_, _| true, &|id| missing.contains(&id), &mut keep)?;
    }
    Ok(found.into_iter().map(|(id, texts)| (id, Texts::several(texts))).collect())
}

/// The records that hold a text.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Result<Vec<Hit>, Miss> {
    let mut hits = Vec::new();
    let mut keep = |id: u64, text: String| {
        if quote.is_in(&text) {
            hits.push(Hit { at: Selector::Record(id), text });
        }
        hits.len() < limit
    };
    each(content, &|_, _| true, &|_| true, &mut keep)?;
    Ok(hits)
}

/// Calls `keep` with the id and text of records, until it says no. A chunk or record that is damaged is left out.
fn each(
    content: &[u8],
    wants_chunk: &dyn Fn(u64, u64) -> bool,
    wants: &dyn Fn(u64) -> bool,
    keep: &mut dyn FnMut(u64, String) -> bool,
) -> Result<(), Miss> {
    if !content.starts_with(MAGIC) {
        return Err(Miss::new("the file is no Windows event log (EVTX)"));
    }
    let mut parser = EvtxParser::from_read_seek(Cursor::new(content))
        .map_err(|error| Miss::new(format!("the event log cannot be read: {error}")))?;
    let settings = Arc::new(ParserSettings::new().indent(false));
    for mut chunk in parser.chunks().flatten() {
        if !wants_chunk(chunk.header.first_event_record_id, chunk.header.last_event_record_id) {
            continue;
        }
        for (id, text) in records_of(&mut chunk, &settings, wants) {
            if !keep(id, text) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The wanted records of a chunk. The parser reads hostile bytes: should it panic, the chunk is as good as damaged.
fn records_of(
    chunk: &mut EvtxChunkData,
    settings: &Arc<ParserSettings>,
    wants: &dyn Fn(u64) -> bool,
) -> Vec<(u64, String)> {
    let read = || {
        let mut records = Vec::new();
        let Ok(mut parsed) = chunk.parse(Arc::clone(settings)) else { return records };
        for record in parsed.iter().flatten().filter(|record| wants(record.event_record_id)) {
            if let Ok(read) = record.into_json_value() {
                records.push((read.event_record_id, fields(&read.data)));
            }
        }
        records
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn fields(record: &Value) -> String {
    let mut lines = Vec::new();
    add("Event", record.get("Event").unwrap_or(record), &mut lines);
    lines.join("\n")
}

fn add(name: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                match key.as_str() {
                    "#text" => add(name, value, lines),
                    "#attributes" => attributes(name, value, lines),
                    key => add(key, value, lines),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add(name, item, lines)),
        Value::Null => {}
        Value::String(text) => lines.push(format!("{name}: {text}")),
        other => lines.push(format!("{name}: {other}")),
    }
}

fn attributes(element: &str, value: &Value, lines: &mut Vec<String>) {
    for (name, value) in value.as_object().into_iter().flatten().filter(|(name, _)| *name != "xmlns") {
        add(&format!("{element}.{name}"), value, lines);
    }
}
