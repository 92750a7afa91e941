//! Timesketch: one JSON object a line with `message`, `datetime` and `timestamp_desc`
//! (<https://timesketch.org/guides/user/import-from-json-csv/>). Everything in a case that has a time is a line.

use super::format::{Export, File};
use super::source::{Source, citations, microseconds, remark, technique, tlp, without_empty};
use crate::model::{Body, Entry};
use crate::values::{EntryId, When};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A line before it is written: sorted by time, then by what it tells of.
struct Line {
    at: Timestamp,
    of: String,
    value: Value,
}

pub fn export(source: &Source<'_>) -> Export {
    let mut lines = Vec::new();
    let mut refused = Vec::new();
    if let Some(record) = &source.case().record
        && let Some(milestones) = &record.value.milestones
    {
        for (milestone, when) in milestones.in_order() {
            let Some(when) = when else { continue };
            let message = format!("The incident: {milestone}");
            lines.extend(line(
                source,
                when,
                "Milestone",
                "case",
                json!({ "message": message, "severity": record.value.severity, "case_status": record.value.status }),
            ));
        }
    }
    for entry in source.case().entries.values() {
        let told = told(source, entry);
        if told.is_empty() && !matches!(entry.body, Body::Asset(_)) {
            refused.push((entry.id(), "it has no time, and so no place on a timeline".to_owned()));
        }
        for (when, description, value) in told {
            match line(source, &when, description, &entry.id().to_string(), value) {
                Some(line) => lines.push(line),
                None => refused.push((entry.id(), "Timesketch drops what is before 1700".to_owned())),
            }
        }
    }
    lines.sort_by(|one, other| (one.at, &one.of).cmp(&(other.at, &other.of)));
    let text: String = lines.iter().map(|line| format!("{}\n", line.value)).collect();
    Export { files: vec![File::new("timeline.jsonl", text)], refused }
}

/// What of an entry has a time: the time, what the time is of, and the line without what all lines have.
fn told(source: &Source<'_>, entry: &Entry) -> Vec<(When, &'static str, Value)> {
    let at = |moment: &crate::values::Moment| When::at(*moment);
    match &entry.body {
        Body::Event(event) => {
            let value = json!({
                "message": event.title.as_str(),
                "actor": event.actor,
                "tactic": event.tactic,
                "techniques": event.techniques.iter().map(|id| technique(id.as_str())).collect::<Vec<_>>(),
                "source_asset": event.source.map(|id| source.titled(id.0)),
                "destination_asset": event.destination.map(|id| source.titled(id.0)),
                "account": event.account.as_ref().map(|account| account.as_str()),
                "direction": event.direction,
                "indicators": source.titles(event.indicators.iter().map(|id| id.0)),
                "description": event.description.as_ref().map(|text| text.as_str()),
                "citations": citations(&event.evidence),
            });
            vec![(event.time.clone(), "Event", value)]
        }
        Body::Finding(finding) => {
            let Some(observed) = &finding.observed else { return Vec::new() };
            let value = json!({
                "message": finding.title.as_str(),
                "status": finding.status,
                "finding_type": finding.r#type,
                "authors": source.names(&finding.authors),
                "confidence": finding.confidence,
                "confidence_reason": finding.reason.as_ref().map(|reason| reason.as_str()),
                "severity": finding.severity,
                "techniques": finding.techniques.iter().map(|id| technique(id.as_str())).collect::<Vec<_>>(),
                "vulnerabilities": finding.vulnerabilities.iter().map(|cve| cve.as_str()).collect::<Vec<_>>(),
                "cvss": finding.cvss.as_ref().map(|cvss| cvss.as_str()),
                "assets": source.titles(finding.assets.iter().map(|id| id.0)),
                "indicators": source.titles(finding.indicators.iter().map(|id| id.0)),
                "description": finding.summary.as_str(),
                "analysis": finding.analysis.as_ref().map(|text| text.as_str()),
                "citations": citations(&finding.evidence),
            });
            vec![(observed.clone(), "Finding observed", value)]
        }
        Body::Indicator(indicator) => {
            let value = |message: String| {
                json!({
                    "message": message,
                    "indicator_type": indicator.r#type,
                    "indicator": indicator.value.as_str(),
                    "verdict": indicator.verdict,
                    "confidence": indicator.confidence,
                    "description": indicator.description.as_ref().map(|text| text.as_str()),
                    "citations": citations(&indicator.evidence),
                })
            };
            let mut all = Vec::new();
            for (when, what, description) in [
                (&indicator.first_seen, "first seen", "Indicator first seen"),
                (&indicator.last_seen, "last seen", "Indicator last seen"),
            ] {
                all.extend(when.clone().map(|when| (when, description, value(format!("{what}: {}", indicator.value)))));
            }
            for sighting in &indicator.sightings {
                let Some(when) = &sighting.time else { continue };
                let mut value = value(format!("{} on {}", indicator.value, source.titled(sighting.asset.0)));
                value["count"] = json!(sighting.count);
                all.push((when.clone(), "Indicator seen", value));
            }
            all
        }
        Body::Action(action) => {
            let Some(done) = &action.done_at else { return Vec::new() };
            let value = json!({
                "message": action.title.as_str(),
                "actor": "responder",
                "phase": action.phase,
                "status": action.status,
                "owner": action.owner.as_ref().map(|owner| source.name(owner)),
                "assignee": action.assignee.as_ref().map(|person| source.name(person)),
                "assets": source.titles(action.assets.iter().map(|id| id.0)),
                "indicators": source.titles(action.indicators.iter().map(|id| id.0)),
                "description": action.description.as_ref().map(|text| text.as_str()),
                "outcome": action.outcome.as_ref().map(|text| text.as_str()),
            });
            vec![(at(done), "Action done", value)]
        }
        Body::Decision(decision) => {
            let Some(taken) = &decision.at else { return Vec::new() };
            let value = json!({
                "message": decision.question.as_str(),
                "actor": "responder",
                "status": decision.status,
                "owner": decision.by.as_ref().map(|handle| source.name(handle)),
                "description": decision.decision.as_ref().map(|text| text.as_str()),
                "rationale": decision.rationale.as_ref().map(|text| text.as_str()),
            });
            vec![(at(taken), "Decision", value)]
        }
        Body::Evidence(item) => {
            let value = json!({
                "message": format!("acquired: {}", item.title),
                "actor": "responder",
                "evidence_kind": item.kind,
                "owner": source.name(&item.acquired.by),
                "method": item.acquired.method.as_ref().map(|method| method.as_str()),
                "description": item.description.as_ref().map(|text| text.as_str()),
            });
            vec![(item.acquired.at.clone(), "Evidence acquired", value)]
        }
        Body::Custody(event) => {
            let value = json!({
                "message": format!("{} {}", event.action, source.titled(event.item.0)),
                "actor": "responder",
                "owner": source.name(&event.by),
                "description": event.reason.as_ref().map(|reason| reason.as_str()),
                "from": event.from.as_ref().map(|from| from.as_str()),
                "to": event.to.as_ref().map(|to| to.as_str()),
            });
            vec![(at(&event.at), "Custody", value)]
        }
        Body::Asset(_) => Vec::new(),
    }
}

/// A line; `None` for a year that Timesketch drops without a word.
fn line(source: &Source<'_>, when: &When, description: &str, of: &str, value: Value) -> Option<Line> {
    let at = when.earliest();
    if at.strftime("%Y").to_string().parse::<i32>().is_ok_and(|year| year < 1700) {
        return None;
    }
    let id: Option<EntryId> = of.parse().ok();
    let entry = id.and_then(|id| source.case().get(id));
    let mut line = json!({
        "message": null,
        "datetime": microseconds(at),
        "timestamp_desc": description,
        "datetime_end": (when.latest() != at).then(|| microseconds(when.latest())),
        "time_remark": remark(when),
        "data_type": "casebook:entry",
        "casebook_id": of,
        "casebook_case": source.told.case_id,
        "casebook_commit": source.commit,
        "tlp": tlp(id.map_or(source.told.marking, |id| source.line_marking(id))),
        "tag": entry.map(|entry| entry.tags().iter().map(|tag| tag.as_str()).collect::<Vec<_>>()),
    });
    if let (Value::Object(line), Value::Object(value)) = (&mut line, value) {
        line.extend(value);
    }
    Some(Line { at, of: format!("{of} {description}"), value: without_empty(line) })
}
