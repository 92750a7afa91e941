//! VERIS, as VCDB keeps it: an incident, a list of them, or one a line.
//!
//! What it classifies is of the case as a whole: each incident is a note with every field that it has, its indicators are
//! indicators, and where there is one incident only, its outcome and rating are told as what to set by hand.

use super::Neighbour;
use super::entries::{self, Observed};
use super::fields::{Fields, each};
use super::prose::Prose;
use super::words;
use crate::import::{Making, Outcome};
use crate::ingest::json;
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
    let mut all: Vec<Value> = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        match value.map_err(|error| format!("it is no JSON: {error}"))? {
            Value::Array(list) => all.extend(list),
            single => all.push(single),
        }
    }
    let is_only = all.len() == 1;
    for (number, value) in all.iter().enumerate() {
        let pointer = if is_only { String::new() } else { format!("/{number}") };
        match Fields::of_json(value, &pointer) {
            Ok(fields) => incident(fields, value, (&pointer, is_only), making),
            Err(why) => making.count(format!("incident {}", number + 1), Outcome::Refused(why)),
        }
    }
    Ok(())
}

fn incident(mut fields: Fields, value: &Value, (pointer, is_only): (&str, bool), making: &mut Making<'_>) {
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
    each(&indicators, &format!("{pointer}/ioc"), making, &mut |number, mut fields, making| {
        let value = fields.text("indicator").unwrap_or_default();
        let comment = fields.text("comment").unwrap_or_default();
        // casebook writes the type before the description.
        let named = comment.split(": ").next().and_then(|word| word.parse().ok());
        let kind: IndicatorType = named.or_else(|| words::type_of_value(&value)).unwrap_or(IndicatorType::Other);
        fields.lose_rest("ioc", making);
        let key = format!("ioc/{title}/{number}");
        let of = Observed { key: &key, own: None, kind, value: &value };
        entries::indicator(making, &fields, &of, &mut |entry, _| _ = entry.markdown("description", &comment));
    });
}
