//! VERIS 1.3.4 (<https://verisframework.org>): one incident in its vocabulary, as [`crate::veris`] classifies it.

use super::format::{Export, File};
use super::source::{Source, json_text, seconds, tlp, without_empty};
use crate::model::CaseRecord;
use crate::values::When;
use crate::values::vocabulary::{Phase, Verdict};
use crate::veris::{Action, Actor, Attribute, Classification, Length, UNKNOWN};
use serde_json::{Value, json};

pub fn export(source: &Source<'_>) -> Export {
    let record = source.case().record.as_ref().map(|record| &record.value);
    let found = Classification::of(source.case());
    let incident = json!({
        "schema_version": "1.3.4",
        "incident_id": source.uuid("veris"),
        "source_id": "casebook",
        "security_incident": found.incident,
        "summary": summary(source, record),
        "notes": format!("case {}, commit {}, {}", source.told.case_id, source.commit, tlp(source.told.marking)),
        "timeline": timeline(source, record, &found),
        "victim": { "employee_count": "Unknown", "industry": "000", "country": ["Unknown"] },
        "actor": actor(found.actor),
        "action": action(&found),
        "asset": { "assets": assets(&found), "cloud": ["Unknown"] },
        "attribute": attribute(found.attribute),
        "discovery_method": { "unknown": true },
        "impact": { "overall_rating": found.rating },
        "ioc": indicators(source),
        "corrective_action": corrective(source, record),
        "plus": {
            "analyst": record.and_then(|record| record.lead.as_ref()).map(|lead| source.name(lead)),
            "created": seconds(source.began.min(source.at)),
            "modified": seconds(source.at),
            "master_id": source.uuid("veris"),
        },
    });
    let mut incident = without_empty(incident);
    let plus = without_empty(incident["plus"].take());
    incident["plus"] = plus;
    File::new("case.veris.json", json_text(&incident)).into()
}

fn summary(source: &Source<'_>, record: Option<&CaseRecord>) -> String {
    match record.and_then(|record| record.summary.as_ref()) {
        Some(summary) => format!("{}\n\n{summary}", source.title()),
        None => source.title().to_owned(),
    }
}

fn timeline(source: &Source<'_>, record: Option<&CaseRecord>, found: &Classification<'_>) -> Value {
    let milestones = record.and_then(|record| record.milestones.as_ref());
    let get = |when: fn(&crate::model::Milestones) -> &Option<When>| {
        milestones.and_then(|milestones| when(milestones).as_ref())
    };
    let began = get(|m| &m.occurred).or(get(|m| &m.detected));
    let at = jiff::tz::TimeZone::UTC.to_datetime(began.map_or(source.at, When::earliest));
    let incident = json!({ "year": at.year(), "month": at.month(), "day": at.day() });
    json!({
        "incident": if began.is_some() { incident } else { json!({ "year": at.year() }) },
        "discovery": length(found.discovery),
        "containment": length(found.containment),
    })
}

fn length(length: Length) -> Value {
    match length {
        Length::Known(value, unit) => json!({ "unit": unit, "value": value }),
        Length::None => json!({ "unit": "NA" }),
        Length::Unknown => json!({ "unit": UNKNOWN }),
    }
}

fn actor(actor: Actor) -> Value {
    let unknown = [UNKNOWN];
    match actor {
        Actor::Internal => json!({ "internal": { "variety": unknown, "motive": unknown } }),
        Actor::Unknown => json!({ "unknown": {} }),
        Actor::External => {
            json!({ "external": { "variety": unknown, "motive": unknown, "country": unknown, "region": ["000000"] } })
        }
    }
}

fn action(found: &Classification<'_>) -> Value {
    let mut actions = serde_json::Map::new();
    if let Some(Action { kind, variety, vector }) = found.action {
        let mut action = json!({ "variety": [variety], "vector": [vector] });
        if kind == "social" {
            action["target"] = json!([UNKNOWN]);
        }
        actions.insert(kind.to_owned(), action);
    }
    if !found.vulnerabilities.is_empty() {
        let exploited = || json!({ "variety": ["Exploit vuln"], "vector": [UNKNOWN] });
        let cve: Vec<&str> = found.vulnerabilities.iter().copied().collect();
        actions.entry("hacking").or_insert_with(exploited)["cve"] = json!(cve.join("; "));
    }
    if actions.is_empty() { json!({ "unknown": {} }) } else { actions.into() }
}

fn assets(found: &Classification<'_>) -> Value {
    if found.assets.is_empty() {
        return json!([{ "variety": UNKNOWN }]);
    }
    found.assets.iter().map(|(variety, amount)| json!({ "variety": variety, "amount": amount })).collect()
}

fn attribute(attribute: Option<Attribute>) -> Value {
    match attribute {
        Some(Attribute::Confidentiality) => {
            json!({ "confidentiality": { "data_disclosure": UNKNOWN, "data": [{ "variety": UNKNOWN }] } })
        }
        Some(Attribute::Availability(how)) => json!({ "availability": { "variety": [how] } }),
        None => json!({ "unknown": {} }),
    }
}

fn indicators(source: &Source<'_>) -> Vec<Value> {
    let bad = source.case().indicators().filter(|(_, indicator)| {
        matches!(indicator.verdict, Verdict::Malicious | Verdict::Suspicious) && indicator.never_defang != Some(true)
    });
    bad.map(|(_, indicator)| {
        let about = indicator.description.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        let comment = format!("{}, {}{about}", indicator.r#type, indicator.verdict);
        json!({ "indicator": indicator.value.as_str(), "comment": comment })
    })
    .collect()
}

fn corrective(source: &Source<'_>, record: Option<&CaseRecord>) -> String {
    let lessons = record.and_then(|record| record.lessons.as_ref()).map(ToString::to_string);
    let asked = source.case().actions().filter(|(_, action)| action.phase == Phase::Recommend);
    lessons.into_iter().chain(asked.map(|(_, action)| action.title.to_string())).collect::<Vec<_>>().join("\n")
}
