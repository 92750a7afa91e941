//! VERIS, as VCDB keeps it: an incident, a list of them, or one a line.
//!
//! What it classifies is of the case as a whole: each incident is a note with every field that it has, its indicators are
//! indicators, and where there is one incident only, its outcome and rating are told as what to set by hand.

use super::Neighbour;
use super::entries::{self, Observed};
use super::fields::Fields;
use super::prose::Prose;
use super::words;
use crate::import::{Making, Outcome};
use crate::ingest::json;
use crate::values::Selector;
use crate::values::vocabulary::IndicatorType;
use serde_json::Value;

pub const FORMAT: Neighbour = Neighbour {
    name: "veris",
    what: "incidents in VERIS: JSON, a list, or JSON lines",
    keeps: "each incident as a note with all its fields, its indicators; outcome and severity of the case to be set by hand",
    loses: "nothing",
    detect: |head| {
        let text = head.text();
        text.trim_start().starts_with(['{', '['])
            && text.contains("\"incident_id\"")
            && (text.contains("\"schema_version\"") || text.contains("\"security_incident\""))
    },
    read,
};

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let incidents = incidents(bytes)?;
    let is_only = incidents.len() == 1;
    for (number, incident) in incidents.iter().enumerate() {
        let place = format!("incident {}", number + 1);
        match Fields::of_object(&incident.value, place.clone(), None) {
            Ok(fields) => read_incident(fields, incident, is_only, making),
            Err(why) => making.count(place, Outcome::Refused(why)),
        }
    }
    Ok(())
}

/// An incident, and where it stands.
struct Incident {
    value: Value,
    /// The line, of JSON lines.
    line: Option<u64>,
    pointer: String,
    /// Whether a citation can name it: what stands on a part of a line, or on several of many, none can.
    is_citable: bool,
}

fn incidents(bytes: &[u8]) -> Result<Vec<Incident>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let mut values: Vec<(u64, u64, Value)> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(value) = stream.next() {
        let value = value.map_err(|error| format!("it is no JSON: {error}"))?;
        let read = &bytes[at..stream.byte_offset()];
        let before = read.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let lines = |part: &[u8]| part.iter().filter(|byte| **byte == b'\n').count() as u64;
        let first = line + lines(&read[..before]);
        line = first + lines(&read[before..]);
        values.push((first, line, value));
        at = stream.byte_offset();
    }
    let is_document = values.len() == 1;
    let is_lines =
        values.iter().all(|(first, last, _)| first == last) && values.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let mut incidents = Vec::new();
    for (line, _, value) in values {
        let line = (!is_document).then_some(line);
        let mut push = |value, pointer| {
            incidents.push(Incident { value, line, pointer, is_citable: is_document || is_lines });
        };
        match value {
            Value::Array(list) => {
                list.into_iter().enumerate().for_each(|(number, value)| push(value, format!("/{number}")))
            }
            single => push(single, String::new()),
        }
    }
    Ok(incidents)
}

fn read_incident(mut fields: Fields, incident: &Incident, is_only: bool, making: &mut Making<'_>) {
    let value = &incident.value;
    let title = fields.text("incident_id").unwrap_or_else(|| "Incident".to_owned());
    let mut said = Prose::default();
    said.add(fields.text("summary"));
    let indicators = fields.list("ioc");
    for (name, text) in json::fields(value) {
        if name != "summary" && name != "incident_id" && !name.starts_with("ioc.") {
            said.fact(&name, Some(crate::import::made::one_line(&text)));
        }
    }
    if is_only {
        let outcome = match value.get("security_incident").and_then(Value::as_str) {
            Some("Confirmed") => "true-positive",
            Some("False positive") => "false-positive",
            _ => "",
        };
        let severity = match value.pointer("/impact/overall_rating").and_then(Value::as_str) {
            Some("Insignificant") => "informational",
            Some("Distracting") => "low",
            Some("Painful") => "medium",
            Some("Damaging") => "high",
            Some("Catastrophic") => "critical",
            _ => "",
        };
        making.tell("outcome", outcome);
        making.tell("severity", severity);
    }
    entries::note(making, &fields, &format!("VERIS {title}"), &said);
    for (number, value) in indicators.iter().enumerate() {
        let at = Selector::Json { line: incident.line, pointer: format!("{}/ioc/{number}", incident.pointer) };
        let place = if incident.is_citable { at.to_string() } else { format!("{}: ioc {number}", fields.place) };
        match Fields::of_object(value, place.clone(), incident.is_citable.then_some(at)) {
            Ok(fields) => indicator(fields, making),
            Err(why) => making.count(place, Outcome::Refused(why)),
        }
    }
}

fn indicator(mut fields: Fields, making: &mut Making<'_>) {
    let value = fields.text("indicator").unwrap_or_default();
    let comment = fields.text("comment").unwrap_or_default();
    // casebook writes the type and the verdict before the description.
    let (said, description) = comment.split_once(": ").unwrap_or((&comment, ""));
    let facts = words::type_and_verdict(said);
    let description = if facts.is_some() { description } else { &comment };
    let named = facts.map(|(kind, _)| kind).or_else(|| said.parse().ok());
    let kind: IndicatorType = named.or_else(|| words::type_of_value(&value)).unwrap_or(IndicatorType::Other);
    fields.lose_rest("ioc", making);
    let key = fields.place.clone();
    let of = Observed { key: &key, own: None, kind, value: &value };
    entries::indicator(making, &fields, &of, &mut |entry, _| {
        entry.maybe("verdict", facts.map(|(_, verdict)| verdict)).markdown("description", description);
    });
}
