//! Events of Suricata (<https://docs.suricata.io/en/latest/output/eve/eve-json-format.html>): `eve.json` as JSON lines, or as a list.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, Told};
use super::super::json;
use super::super::row::{Detection, Row, Timed};
use crate::values::vocabulary::Severity;
use serde_json::Value;
use std::io::{self, BufRead};

pub const FORMAT: Format =
    Format { name: "suricata", what: "events of Suricata: eve.json", detect, cut: cut::json_lines, read };

fn detect(head: &Head<'_>) -> bool {
    let text = head.text();
    let text = text.trim_start();
    text.starts_with(['{', '[']) && ["\"event_type\"", "\"timestamp\""].iter().all(|key| text.contains(key))
}

fn read(source: &mut dyn BufRead, told: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    json::each(source, &mut |value| Ok(row(value, told)), hear)
}

fn row(value: &Value, told: &Told) -> Row {
    let get = |pointer: &str| json::at(value, pointer);
    let kind = get("/event_type").unwrap_or_default();
    let signature = get("/alert/signature");
    let said = [
        "/dns/rrname",
        "/dns/query/0/rrname",
        "/http/hostname",
        "/tls/sni",
        "/fileinfo/filename",
        "/anomaly/event",
        "/app_proto",
        "/proto",
    ];
    let message = signature.clone().unwrap_or_else(|| {
        let said = said.into_iter().find_map(get).map(|said| format!(" {said}")).unwrap_or_default();
        format!("{kind}{said}")
    });
    Row {
        times: vec![Timed {
            means: "timestamp".to_owned(),
            at: instant::read(&get("/timestamp").unwrap_or_default(), Form::Iso, told),
        }],
        message,
        host: get("/host"),
        source: get("/src_ip"),
        destination: get("/dest_ip"),
        detection: signature.map(|rule| Detection {
            rule,
            id: get("/alert/signature_id"),
            severity: get("/alert/severity").and_then(|number| severity(&number)),
        }),
        techniques: techniques(value),
        fields: json::fields(value),
        ..Row::default()
    }
}

/// Suricata counts from 1, the worst.
fn severity(number: &str) -> Option<Severity> {
    match number {
        "1" => Some(Severity::High),
        "2" => Some(Severity::Medium),
        "3" => Some(Severity::Low),
        "4" => Some(Severity::Informational),
        _ => None,
    }
}

/// Rules of Emerging Threats name techniques in their metadata.
fn techniques(value: &Value) -> Vec<crate::values::TechniqueId> {
    let ids = value.pointer("/alert/metadata/mitre_technique_id").and_then(Value::as_array);
    ids.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
}
