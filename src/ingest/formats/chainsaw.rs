//! Detections of Chainsaw (<https://github.com/WithSecureLabs/chainsaw>): `hunt` as a JSON list, as JSON lines, or as a table for
//! each group. Where it was told `--timezone`, its times have that offset.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json;
use super::super::row::{Detection, Row, Timed};
use super::super::table::{self, Cells, Header};
use crate::values::TechniqueId;
use crate::values::vocabulary::Severity;
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "chainsaw",
    what: "detections of Chainsaw: JSON, JSON lines or CSV",
    detect,
    cut: cut::json_lines_or_table,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    match text.trim_start().as_bytes().first() {
        Some(b'[' | b'{') => {
            ["\"group\"", "\"kind\"", "\"document", "\"timestamp\""].iter().all(|key| text.contains(key))
        }
        _ => Header::of_line(&head.first_line(), b',').has(&["timestamp", "detections", "path"]),
    }
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let is_json = matches!(json::first_byte(source)?, Some(b'[' | b'{'));
    match is_json {
        true => json::each(source, &mut |value| detection(value, told), hear),
        false => table::each(source, b',', &mut |cells| Ok(table_row(cells, told)), hear),
    }
}

/// A detection as an object. One that was counted has several documents; the first says when it began.
fn detection(value: &Value, told: &Told) -> Result<Row, String> {
    let rule = json::at(value, "/name").ok_or("it has no `name`")?;
    let documents = value.get("documents").and_then(Value::as_array);
    let document =
        value.get("document").or_else(|| documents?.first()).ok_or("it has neither `document` nor `documents`")?;
    let event = document.pointer("/data/Event");
    let data = |names: &[&str]| {
        let data = event?.get("EventData").or_else(|| event?.get("UserData"))?;
        names.iter().find_map(|name| json::at(data, &format!("/{name}")))
    };
    let count = documents.map(|documents| format!(" ({} times)", documents.len())).unwrap_or_default();
    Ok(Row {
        times: vec![time(&json::at(value, "/timestamp").unwrap_or_default(), told)],
        message: format!("{rule}{count}"),
        host: event.and_then(|event| json::at(event, "/System/Computer")),
        account: data(&["TargetUserName", "SubjectUserName", "UserContext", "User"]),
        source: data(&["IpAddress", "SourceAddress", "SourceIp"]),
        destination: data(&["DestAddress", "DestinationIp"]),
        detection: Some(Detection {
            rule,
            id: json::at(value, "/id"),
            severity: json::at(value, "/level").and_then(|level| severity(&level)),
        }),
        techniques: techniques(value),
        fields: json::fields(value),
        ..Row::default()
    })
}

fn table_row(cells: &Cells<'_>, told: &Told) -> Row {
    let rule = cells.text("detections");
    Row {
        times: vec![time(cells.get("timestamp").unwrap_or_default(), told)],
        message: rule.clone().unwrap_or_default(),
        host: cells.text("computer"),
        account: ["user", "user name", "username"].into_iter().find_map(|name| cells.text(name)),
        source: ["ip address", "source address"].into_iter().find_map(|name| cells.text(name)),
        destination: cells.text("dest address"),
        detection: rule.map(|rule| Detection { rule, id: None, severity: None }),
        fields: cells.fields(),
        ..Row::default()
    }
}

fn time(raw: &str, told: &Told) -> Timed {
    Timed { means: "timestamp".to_owned(), at: instant::read(raw, Form::Iso, told) }
}

fn severity(level: &str) -> Option<Severity> {
    match level {
        "info" | "informational" => Some(Severity::Informational),
        level => level.parse().ok(),
    }
}

/// Tags such as `attack.t1053.005`, as Sigma has them.
fn techniques(value: &Value) -> Vec<TechniqueId> {
    let tags = value.get("tags").and_then(Value::as_array).into_iter().flatten();
    let tags = tags.filter_map(Value::as_str).filter_map(|tag| tag.strip_prefix("attack."));
    tags.filter_map(|tag| tag.to_uppercase().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_names_no_rule_is_no_detection() {
        let text = "timestamp,detections,path\n2024-01-01T00:00:00Z,,a.evtx\n2024-01-01T00:00:00Z,A rule,a.evtx\n";
        let mut rules = Vec::new();
        let mut hear = |heard: Result<Row, _>| {
            rules.push(heard.map(|row| row.detection.map(|detection| detection.rule)));
            true
        };
        read(&mut text.as_bytes(), &Told::default(), &mut hear).unwrap();
        assert_eq!(rules, [Ok(None), Ok(Some("A rule".to_owned()))]);
    }
}
