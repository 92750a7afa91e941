//! VERIS 1.3.4 (<https://verisframework.org>): one incident in its vocabulary. Where the case does not say what VERIS asks, it
//! says `Unknown`.

use super::format::{Export, File};
use super::source::{Source, json_text, seconds, tlp, without_empty};
use crate::model::CaseRecord;
use crate::values::When;
use crate::values::vocabulary::{AssetKind, Category, Compromise, Outcome, Phase, Severity, Verdict};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub fn export(source: &Source<'_>) -> Export {
    let record = source.case().record.as_ref().map(|record| &record.value);
    let category = record.and_then(|record| record.category).unwrap_or(Category::Undetermined);
    let incident = json!({
        "schema_version": "1.3.4",
        "incident_id": source.uuid("veris"),
        "source_id": "casebook",
        "security_incident": confirmed(record.and_then(|record| record.outcome)),
        "summary": summary(source, record),
        "notes": format!("case {}, commit {}, {}", source.told.case_id, source.commit, tlp(source.told.marking)),
        "timeline": timeline(source, record),
        "victim": { "employee_count": "Unknown", "industry": "000", "country": ["Unknown"] },
        "actor": actor(category),
        "action": action(source, category),
        "asset": { "assets": assets(source), "cloud": ["Unknown"] },
        "attribute": attribute(category),
        "discovery_method": { "unknown": true },
        "impact": { "overall_rating": rating(record.map(|record| record.severity)) },
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

fn confirmed(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::TruePositive | Outcome::TruePositiveNoImpact) => "Confirmed",
        Some(Outcome::FalsePositive | Outcome::Benign) => "False positive",
        Some(Outcome::Duplicate | Outcome::Undetermined) | None => "Suspected",
    }
}

fn summary(source: &Source<'_>, record: Option<&CaseRecord>) -> String {
    match record.and_then(|record| record.summary.as_ref()) {
        Some(summary) => format!("{}\n\n{summary}", source.title()),
        None => source.title().to_owned(),
    }
}

fn timeline(source: &Source<'_>, record: Option<&CaseRecord>) -> Value {
    let milestones = record.and_then(|record| record.milestones.as_ref());
    let get = |when: fn(&crate::model::Milestones) -> &Option<When>| {
        milestones.and_then(|milestones| when(milestones).as_ref())
    };
    let (occurred, detected, contained) = (get(|m| &m.occurred), get(|m| &m.detected), get(|m| &m.contained));
    let began = occurred.or(detected);
    let at = jiff::tz::TimeZone::UTC.to_datetime(began.map_or(source.at, When::earliest));
    let incident = json!({ "year": at.year(), "month": at.month(), "day": at.day() });
    json!({
        "incident": if began.is_some() { incident } else { json!({ "year": at.year() }) },
        "discovery": between(occurred, detected),
        "containment": between(detected, contained),
    })
}

/// A length of time with the largest unit that it has one of.
fn between(from: Option<&When>, to: Option<&When>) -> Value {
    let (Some(from), Some(to)) = (from, to) else { return json!({ "unit": "Unknown" }) };
    let seconds = to.earliest().as_second() - from.earliest().as_second();
    let units = [
        ("Years", 31_536_000),
        ("Months", 2_592_000),
        ("Weeks", 604_800),
        ("Days", 86_400),
        ("Hours", 3_600),
        ("Minutes", 60),
        ("Seconds", 1),
    ];
    match units.iter().find(|(_, length)| seconds >= *length) {
        Some((unit, length)) => json!({ "unit": unit, "value": seconds / length }),
        None => json!({ "unit": "NA" }),
    }
}

fn actor(category: Category) -> Value {
    let unknown = ["Unknown"];
    match category {
        Category::Insider => json!({ "internal": { "variety": unknown, "motive": unknown } }),
        Category::Undetermined | Category::LostDevice | Category::Other => json!({ "unknown": {} }),
        _ => json!({ "external": { "variety": unknown, "motive": unknown, "country": unknown, "region": ["000000"] } }),
    }
}

fn action(source: &Source<'_>, category: Category) -> Value {
    let vulnerabilities: BTreeSet<&str> = source
        .case()
        .findings()
        .flat_map(|(_, finding)| finding.vulnerabilities.iter())
        .map(|cve| cve.as_str())
        .collect();
    let mut action = match category {
        Category::Ransomware => json!({ "malware": { "variety": ["Ransomware"], "vector": ["Unknown"] } }),
        Category::Malware => json!({ "malware": { "variety": ["Unknown"], "vector": ["Unknown"] } }),
        Category::Phishing | Category::BusinessEmailCompromise => {
            json!({ "social": { "variety": ["Phishing"], "vector": ["Email"], "target": ["Unknown"] } })
        }
        Category::WebIntrusion => json!({ "hacking": { "variety": ["Unknown"], "vector": ["Web application"] } }),
        Category::AccountTakeover => {
            json!({ "hacking": { "variety": ["Use of stolen creds"], "vector": ["Unknown"] } })
        }
        Category::Intrusion => json!({ "hacking": { "variety": ["Unknown"], "vector": ["Unknown"] } }),
        Category::SupplyChain => json!({ "hacking": { "variety": ["Unknown"], "vector": ["Partner"] } }),
        Category::DenialOfService => json!({ "hacking": { "variety": ["DoS"], "vector": ["Unknown"] } }),
        Category::Insider => json!({ "misuse": { "variety": ["Unknown"], "vector": ["Unknown"] } }),
        Category::LostDevice => json!({ "error": { "variety": ["Loss"], "vector": ["Unknown"] } }),
        Category::Undetermined | Category::DataBreach | Category::Fraud | Category::Other => json!({ "unknown": {} }),
    };
    if !vulnerabilities.is_empty() {
        let cve = vulnerabilities.into_iter().collect::<Vec<_>>().join("; ");
        if action.get("hacking").is_none() {
            action["hacking"] = json!({ "variety": ["Exploit vuln"], "vector": ["Unknown"] });
        }
        action["hacking"]["cve"] = json!(cve);
        if let Value::Object(action) = &mut action {
            action.remove("unknown");
        }
    }
    action
}

/// How many assets of each kind the incident concerns, as far as they are not cleared.
fn assets(source: &Source<'_>) -> Value {
    let mut amounts: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, asset) in source.case().assets().filter(|(_, asset)| asset.compromise != Some(Compromise::Cleared)) {
        let variety = match asset.kind {
            AssetKind::Server | AssetKind::Application | AssetKind::CloudResource => "S - Unknown",
            AssetKind::Mailbox => "S - Mail",
            AssetKind::Host | AssetKind::MobileDevice => "U - Unknown",
            AssetKind::NetworkDevice => "N - Router or switch",
            AssetKind::Network => "N - Unknown",
            AssetKind::Account | AssetKind::DataSet | AssetKind::Other => "Unknown",
        };
        *amounts.entry(variety).or_default() += 1;
    }
    if amounts.is_empty() {
        return json!([{ "variety": "Unknown" }]);
    }
    amounts.into_iter().map(|(variety, amount)| json!({ "variety": variety, "amount": amount })).collect()
}

fn attribute(category: Category) -> Value {
    match category {
        Category::DataBreach => {
            json!({ "confidentiality": { "data_disclosure": "Unknown", "data": [{ "variety": "Unknown" }] } })
        }
        Category::Ransomware => json!({ "availability": { "variety": ["Obscuration"] } }),
        Category::DenialOfService => json!({ "availability": { "variety": ["Degradation"] } }),
        Category::LostDevice => json!({ "availability": { "variety": ["Loss"] } }),
        _ => json!({ "unknown": {} }),
    }
}

fn rating(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Informational) => "Insignificant",
        Some(Severity::Low) => "Distracting",
        Some(Severity::Medium) => "Painful",
        Some(Severity::High) => "Damaging",
        Some(Severity::Critical) => "Catastrophic",
        None => "Unknown",
    }
}

fn indicators(source: &Source<'_>) -> Vec<Value> {
    let bad = source.case().indicators().filter(|(_, indicator)| {
        matches!(indicator.verdict, Verdict::Malicious | Verdict::Suspicious) && indicator.never_defang != Some(true)
    });
    bad.map(|(_, indicator)| {
        let about = indicator.description.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        json!({ "indicator": indicator.value.as_str(), "comment": format!("{}{about}", indicator.r#type) })
    })
    .collect()
}

fn corrective(source: &Source<'_>, record: Option<&CaseRecord>) -> String {
    let lessons = record.and_then(|record| record.lessons.as_ref()).map(ToString::to_string);
    let asked = source.case().actions().filter(|(_, action)| action.phase == Phase::Recommend);
    lessons.into_iter().chain(asked.map(|(_, action)| action.title.to_string())).collect::<Vec<_>>().join("\n")
}
