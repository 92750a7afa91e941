//! Event logs of Windows (EVTX, [MS-EVEN6] and <https://github.com/libyal/libevtx>): each record, chunk by chunk. Its time is in UTC.

use super::super::cut::Cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json::{self, Fields};
use super::super::row::{Refused, Row, Timed};
use crate::values::Selector;
use evtx::{EvtxChunkData, ParserSettings};
use std::io::{self, BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub const FORMAT: Format = Format { name: "evtx", what: "an event log of Windows", detect, cut: |_| Cut::Chunks, read };

const MAGIC: &[u8] = b"ElfFile\0";
const HEADER: u64 = 4096;
const CHUNK: u64 = 65536;

fn detect(head: &Head<'_>) -> bool {
    head.bytes.starts_with(MAGIC)
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    io::copy(&mut (&mut *source).take(HEADER), &mut io::sink())?;
    loop {
        let mut chunk = Vec::new();
        (&mut *source).take(CHUNK).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            break;
        }
        if chunk.iter().all(|byte| *byte == 0) {
            continue;
        }
        let mut goes_on = true;
        // The parser reads hostile bytes: should it panic, the rest of the chunk is as good as damaged.
        let records = catch_unwind(AssertUnwindSafe(|| {
            records(chunk, &mut |heard| {
                goes_on = hear(heard);
                goes_on
            })
        }));
        if !goes_on {
            break;
        }
        if !records.unwrap_or(false) && !hear(Err(Refused { line: 0, why: "a chunk of 64 KiB is damaged".to_owned() }))
        {
            break;
        }
    }
    Ok(())
}

/// Reads the records of a chunk; `false` where it is damaged.
fn records(chunk: Vec<u8>, hear: &mut Hear<'_>) -> bool {
    let settings = Arc::new(ParserSettings::new());
    let Ok(mut data) = EvtxChunkData::new(chunk, false) else { return false };
    let Ok(mut parsed) = data.parse(settings) else { return false };
    for record in parsed.iter() {
        let number = record.as_ref().map(|record| record.event_record_id).ok();
        let heard = match record.and_then(|record| record.into_json_bytes()) {
            Ok(record) => json::fields_of(&record.data)
                .map(|fields| row(record.event_record_id, named(fields)))
                .map_err(|why| Refused { line: 0, why: format!("record {}: {why}", record.event_record_id) }),
            Err(_) => Err(Refused {
                line: 0,
                why: number.map_or("a record is damaged".to_owned(), |number| format!("record {number} is damaged")),
            }),
        };
        if !hear(heard) {
            break;
        }
    }
    true
}

/// The fields of a record with the attributes of an element beside it: `TimeCreated_attributes.SystemTime`. The parser's own way to
/// write them so takes it more than twice as long.
fn named(mut fields: Fields) -> Fields {
    fields.iter_mut().for_each(|(name, _)| rename(name));
    fields
}

fn rename(name: &mut String) {
    let mut from = 0;
    while let Some(at) = name[from..].find('#').map(|at| from + at) {
        from = at + 1;
        match at.checked_sub(1).and_then(|dot| Some((dot, name.get(dot..)?))) {
            Some((dot, ".#text")) => name.truncate(dot),
            Some((dot, rest)) if rest.starts_with(".#attributes.") => name.replace_range(dot..from, "_"),
            _ => {}
        }
        from = from.min(name.len());
    }
}

fn row(number: u64, fields: Fields) -> Row {
    let system = |name: &str| json::said(&fields, &format!("Event.System.{name}"));
    let said = ["Event.EventData", "Event.UserData"].map(|part| below(part, &fields));
    let said = said.into_iter().find(|said| !said.is_empty()).unwrap_or_default();
    let get = |names: &[&str]| {
        let found =
            names.iter().find_map(|name| said.iter().find(|(field, _)| field.rsplit('.').next() == Some(*name)));
        found.filter(|(_, value)| !value.trim().is_empty() && *value != "-").map(|(_, value)| (*value).to_owned())
    };
    let place = system("EventRecordID").and_then(|own| own.parse().ok()).unwrap_or(number);
    let short: Vec<String> = said
        .iter()
        .filter(|(_, value)| !value.trim().is_empty() && *value != "-")
        .take(4)
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    Row {
        place: Some(Selector::Record(place)),
        times: vec![Timed {
            means: "TimeCreated".to_owned(),
            at: instant::read(
                &system("TimeCreated_attributes.SystemTime").unwrap_or_default(),
                Form::Iso,
                &Told::default(),
            ),
        }],
        message: format!(
            "{} {}: {}",
            system("Provider_attributes.Name").unwrap_or_default(),
            system("EventID").unwrap_or_default(),
            short.join("; ")
        ),
        host: system("Computer"),
        account: get(&["TargetUserName", "SubjectUserName", "User", "UserName"]),
        source: get(&["IpAddress", "SourceAddress", "SourceIp", "Address"]),
        destination: get(&["DestAddress", "DestinationIp"]),
        fields,
        ..Row::default()
    }
}

/// The fields of a part of a record, by their names inside it.
fn below<'f>(part: &str, fields: &'f [(String, String)]) -> Vec<(&'f str, &'f str)> {
    let inside = |name: &'f str| match name.strip_prefix(part)? {
        "" => Some(""),
        rest => rest.strip_prefix('.'),
    };
    fields.iter().filter_map(|(name, value)| Some((inside(name)?, value.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_stand_beside_their_element() {
        for (written, wanted) in [
            ("Event.System.Provider.#attributes.Name", "Event.System.Provider_attributes.Name"),
            ("Event.System.EventID.#text", "Event.System.EventID"),
            ("Event.#attributes.xmlns", "Event_attributes.xmlns"),
            ("Event.UserData.A.#attributes.b.#text", "Event.UserData.A_attributes.b"),
            ("Event.EventData.C#", "Event.EventData.C#"),
            ("#", "#"),
            ("é.#é#attributes.#", "é.#é#attributes.#"),
            (".#text", ""),
        ] {
            let mut name = written.to_owned();
            rename(&mut name);
            assert_eq!(name, wanted);
        }
    }
}
