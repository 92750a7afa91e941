//! Detections of Hayabusa (<https://github.com/Yamato-Security/hayabusa/wiki/Timeline-Output>): CSV and JSON lines of any of its
//! profiles but those for Timesketch.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json::{self, Fields};
use super::super::row::{Detection, Row, Timed};
use super::super::table::{self, Cells, Header};
use crate::values::TechniqueId;
use crate::values::vocabulary::Severity;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "hayabusa",
    what: "detections of Hayabusa: CSV or JSON lines",
    detect,
    cut: cut::json_lines_or_table,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    if text.trim_start().starts_with(['{', '[']) {
        return ["\"Timestamp\"", "\"RuleTitle\"", "\"Level\"", "\"Channel\""].iter().all(|key| text.contains(key));
    }
    Header::of_line(&head.first_line(), b',').has(&["timestamp", "ruletitle", "level", "channel"])
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    let is_json = matches!(json::first_byte(source)?, Some(b'{' | b'['));
    if is_json {
        let of_fields =
            &mut |fields: Fields| row(&|name| json::said(&fields, name), told).map(|row| Row { fields, ..row });
        return json::each_fields(source, &mut |fields, _| of_fields(fields), hear);
    }
    let of_cells =
        &mut |cells: &Cells<'_>| row(&|name| cells.text(name), told).map(|row| Row { fields: cells.fields(), ..row });
    table::each(source, b',', of_cells, hear)
}

fn row(get: &dyn Fn(&str) -> Option<String>, told: &Told) -> Result<Row, String> {
    let rule = get("RuleTitle").ok_or("it has no `RuleTitle`")?;
    // In CSV, and in some profiles of JSON, the details are one text: `TgtUser: admin ¦ SrcIP: 10.0.0.1`.
    let texts = [get("Details"), get("AllFieldInfo"), get("ExtraFieldInfo")];
    let detail = |names: &[&str]| {
        match &texts[0] {
            None => names.iter().find_map(|name| get(&format!("Details.{name}"))),
            Some(_) => None,
        }
        .or_else(|| texts.iter().flatten().find_map(|text| names.iter().find_map(|name| part(text, name))))
    };
    Ok(Row {
        times: vec![Timed {
            means: "Timestamp".to_owned(),
            at: instant::read(&get("Timestamp").unwrap_or_default(), Form::Iso, told),
        }],
        message: rule.clone(),
        host: get("Computer"),
        account: detail(&["TgtUser", "User", "SrcUser", "SubjectUserName", "TargetUserName"]),
        source: detail(&["SrcIP", "IpAddress"]),
        destination: detail(&["TgtIP", "DstIP"]),
        detection: Some(Detection {
            rule,
            id: get("RuleID"),
            severity: get("Level").and_then(|level| severity(&level)),
        }),
        techniques: get("MitreTags").map(|tags| techniques(&tags)).unwrap_or_default(),
        ..Row::default()
    })
}

/// What a text such as `A: 1 ¦ B: 2` says of a name.
fn part(text: &str, name: &str) -> Option<String> {
    let said = text.split('¦').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(':'))?.trim();
    (!said.is_empty() && said != "-").then(|| said.to_owned())
}

fn severity(level: &str) -> Option<Severity> {
    match level.to_lowercase().as_str() {
        "crit" | "critical" | "emergency" | "emer" => Some(Severity::Critical),
        "high" => Some(Severity::High),
        "med" | "medium" => Some(Severity::Medium),
        "low" => Some(Severity::Low),
        "info" | "informational" => Some(Severity::Informational),
        _ => None,
    }
}

fn techniques(tags: &str) -> Vec<TechniqueId> {
    tags.split(['¦', ',', ' ']).filter_map(|tag| tag.trim().to_uppercase().parse().ok()).collect()
}
