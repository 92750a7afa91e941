//! Records of Windows event logs (EVTX), by their EventRecordID.
//!
//! A record is quoted as its fields, one a line, `Name: value`, in the order of the record: those of `System`, then those of
//! `EventData` or `UserData`; an attribute of an element is `Element.Attribute: value`. Or it is quoted as its XML.
//!
//! A log is read chunk by chunk, wherever its header says that they begin or end: that of a log which was copied from a
//! running machine is stale.

use super::place::{Hit, Miss, Texts};
use super::text::Quote;
use crate::values::Selector;
use crate::values::wording::counted;
use evtx::{EvtxChunkData, ParserSettings};
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How a file of this kind begins.
pub const MAGIC: &[u8] = b"ElfFile\0";

/// How a record begins; its number stands 8 bytes further.
const RECORD_MAGIC: &[u8] = b"**\0\0";

const HEADER: usize = 4096;
const CHUNK: usize = 65536;

/// What of a log cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Damage {
    chunks: u64,
    records: u64,
}

/// Calls `hear` with the wanted records: twice for a number that two of them have. Gives those that are not there.
///
/// A record has its number twice: where it begins, and as its EventRecordID. They are the same but in a log that was exported
/// by a filter, whose records are numbered anew where they begin. So those that begin with a wanted number are read first,
/// and all others only if one is missing.
pub fn read(content: &[u8], wanted: &BTreeSet<u64>, hear: &mut dyn FnMut(u64, &Texts<'_>)) -> BTreeMap<u64, Miss> {
    let mut heard = BTreeSet::new();
    for chunk in chunks(content) {
        let there: BTreeSet<u64> = numbers(chunk).filter(|number| wanted.contains(number)).collect();
        if there.is_empty() {
            continue;
        }
        records_of(chunk, &|number| there.contains(&number), &mut |number, texts| {
            if there.contains(&number) {
                heard.insert(number);
                hear(number, texts);
            }
            true
        });
    }
    let left: BTreeSet<u64> = wanted.difference(&heard).copied().collect();
    if left.is_empty() { BTreeMap::new() } else { read_all(content, left, hear) }
}

/// The same by reading every record.
fn read_all(content: &[u8], mut left: BTreeSet<u64>, hear: &mut dyn FnMut(u64, &Texts<'_>)) -> BTreeMap<u64, Miss> {
    let wanted = left.clone();
    let (mut first, mut last) = (u64::MAX, 0);
    let (mut damage, mut begun) = (Damage::default(), BTreeSet::new());
    for chunk in chunks(content) {
        damage.add(records_of(chunk, &|_| true, &mut |number, texts| {
            (first, last) = (first.min(number), last.max(number));
            if wanted.contains(&number) {
                left.remove(&number);
                hear(number, texts);
            }
            true
        }));
        begun.extend(numbers(chunk).filter(|number| wanted.contains(number)));
    }
    let range = match first <= last {
        true => format!("the log has records from {first} to {last}"),
        false => "the log has no sound records".to_owned(),
    };
    let miss = |number| match begun.contains(&number) && damage != Damage::default() {
        true => format!("the log is damaged where the record {number} is, and it cannot be read"),
        false => format!("{range}{}", damage.words()),
    };
    left.into_iter().map(|number| (number, Miss::new(miss(number)))).collect()
}

/// The records that hold a text.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Vec<Hit> {
    let mut hits = Vec::new();
    each(content, &mut |number, texts| {
        if texts.comparable().hold(quote) {
            hits.push(Hit::new(Selector::Record(number), &texts.shown()));
        }
        hits.len() < limit
    });
    hits
}

/// Calls `hear` with every record that can be read, until it says no.
pub fn each(content: &[u8], hear: &mut dyn FnMut(u64, &Texts<'_>) -> bool) {
    let mut goes_on = true;
    for chunk in chunks(content) {
        if !goes_on {
            return;
        }
        records_of(chunk, &|_| true, &mut |number, texts| {
            goes_on = hear(number, texts);
            goes_on
        });
    }
}

/// The chunks of a log that are not blank; the last may be cut off.
fn chunks(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let chunks = content.get(HEADER..).unwrap_or_default().chunks(CHUNK);
    chunks.filter(|chunk| chunk.iter().any(|byte| *byte != 0))
}

/// The EventRecordID of a record, which stands in its first element.
fn own_number(xml: &str) -> Option<u64> {
    let (_, rest) = xml.split_once("<EventRecordID>")?;
    rest.split_once('<')?.0.parse().ok()
}

/// The numbers of what begins like a record in a chunk: of every record, and of some that are none.
fn numbers(chunk: &[u8]) -> impl Iterator<Item = u64> {
    memmem::find_iter(chunk, RECORD_MAGIC).filter_map(|at| {
        let number = chunk.get(at + 8..at + 16)?;
        Some(u64::from_le_bytes(number.try_into().ok()?))
    })
}

/// Calls `hear` with the records of a chunk that begin with a wanted number, until it says no. The parser reads hostile bytes: should it
/// panic, the rest of the chunk is as good as damaged.
fn records_of(chunk: &[u8], wants: &dyn Fn(u64) -> bool, hear: &mut dyn FnMut(u64, &Texts<'_>) -> bool) -> Damage {
    let mut records = 0;
    let mut read = || {
        let settings = Arc::new(ParserSettings::new().indent(false));
        let Ok(mut data) = EvtxChunkData::new(chunk.to_vec(), false) else { return false };
        let Ok(mut parsed) = data.parse(settings) else { return false };
        for record in parsed.iter() {
            let xml = match record {
                Ok(record) if !wants(record.event_record_id) => continue,
                Ok(record) => record.into_xml(),
                Err(error) => Err(error),
            };
            let Ok(read) = xml else {
                records += 1;
                continue;
            };
            let texts = Texts::Record { fields: fields(&read.data), xml: &read.data };
            if !hear(own_number(&read.data).unwrap_or(read.event_record_id), &texts) {
                break;
            }
        }
        true
    };
    let is_read = catch_unwind(AssertUnwindSafe(&mut read)).unwrap_or(false);
    Damage { chunks: u64::from(!is_read), records }
}

impl Damage {
    fn add(&mut self, other: Damage) {
        self.chunks += other.chunks;
        self.records += other.records;
    }

    fn words(self) -> String {
        let parts = [(self.chunks, "damaged chunk"), (self.records, "unreadable record")];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| counted(number, what));
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() { String::new() } else { format!(", and {}", parts.join(" and ")) }
    }
}

/// The fields of a record that other records do not have alike: the kind of event, and what it says.
pub fn brief(fields: &str) -> String {
    let kind = fields.lines().filter(|line| line.starts_with("EventID: "));
    let said = fields.lines().skip_while(|line| !line.starts_with("Computer: ")).skip(1);
    let brief: Vec<&str> = kind.take(1).chain(said).collect();
    if brief.len() > 1 { brief.join("; ") } else { fields.to_owned() }
}

/// An element that is open.
struct Element {
    name: String,
    text: String,
    has_inner: bool,
}

/// The fields of a record in XML, as the parser of event logs writes it: without comments and document types.
fn fields(xml: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open: Vec<Element> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        if let Some(element) = open.last_mut() {
            element.text.push_str(&unescaped(&rest[..at]));
        }
        rest = &rest[at..];
        let (tag, after) = split_tag(rest);
        rest = after;
        if let Some(data) = tag.strip_prefix("![CDATA[") {
            if let Some(element) = open.last_mut() {
                element.text.push_str(data);
            }
        } else if tag.starts_with('/') {
            lines.extend(open.pop().and_then(Element::line));
        } else if !tag.starts_with(['?', '!']) {
            if let Some(outer) = open.last_mut() {
                outer.has_inner = true;
            }
            let element = opened(tag.trim_end_matches('/'), &mut lines);
            if !tag.ends_with('/') {
                open.push(element);
            }
        }
    }
    lines.join("\n")
}

/// The inside of the tag that a text begins with, and what comes after it.
fn split_tag(text: &str) -> (&str, &str) {
    if let Some(inside) = text.strip_prefix("<![CDATA[") {
        let end = inside.find("]]>").unwrap_or(inside.len());
        return (&text[1..9 + end], inside.get(end + 3..).unwrap_or_default());
    }
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('>', None) => return (&text[1..at], &text[at + 1..]),
            _ => {}
        }
    }
    (&text[1..], "")
}

/// Begins an element, and writes its attributes down. `Data` is known by the name that it has as an attribute.
fn opened(tag: &str, lines: &mut Vec<String>) -> Element {
    let (own, mut rest) = tag.split_once([' ', '\t', '\n', '\r']).unwrap_or((tag, ""));
    let mut name = own.to_owned();
    let mut attributes = Vec::new();
    while let Some((attribute, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { break };
        let (value, after) = after[1..].split_once(quote).unwrap_or((&after[1..], ""));
        attributes.push((attribute.trim(), unescaped(value)));
        rest = after;
    }
    if own == "Data"
        && let Some(at) = attributes.iter().position(|(attribute, value)| *attribute == "Name" && !value.is_empty())
    {
        name = attributes.remove(at).1;
    }
    let attributes = attributes.into_iter().filter(|(attribute, _)| !attribute.starts_with("xmlns"));
    lines.extend(attributes.map(|(attribute, value)| format!("{name}.{attribute}: {value}")));
    Element { name, text: String::new(), has_inner: false }
}

impl Element {
    /// Its line, where it has a text of its own.
    fn line(self) -> Option<String> {
        let is_blank = self.text.trim().is_empty();
        (!is_blank || !self.has_inner).then(|| format!("{}: {}", self.name, self.text))
    }
}

/// The text that stands for itself or by a reference (XML 1.0, 4.6).
fn unescaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find(';').and_then(|end| Some((referred(&rest[1..end])?, end)));
        match known {
            Some((c, end)) => {
                made.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                made.push('&');
                rest = &rest[1..];
            }
        }
    }
    made.push_str(rest);
    made
}

fn referred(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_named_in_their_order() {
        let xml = r#"<?xml version="1.0" encoding="utf-8"?>
<Event xmlns="http://x"><System><Provider Name="A &amp; B" Guid='{1}'/><EventID Qualifiers="0">4624</EventID></System>
<EventData><Data Name="User">bob &lt;x&gt;</Data><Data>plain</Data><Data Name="Empty"></Data></EventData></Event>"#;
        let expected = "Provider.Name: A & B\nProvider.Guid: {1}\nEventID.Qualifiers: 0\nEventID: 4624\n\
             User: bob <x>\nData: plain\nEmpty: ";
        assert_eq!(fields(xml), expected);
    }

    proptest! {
        #[test]
        fn any_text_has_fields_without_panic(xml in "[<>/&;#x=\"' a-c?!\\[\\]é\n]{0,60}") {
            fields(&xml);
        }
    }
}
