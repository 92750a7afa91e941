//! A MISP event (<https://www.misp-standard.org/rfc/misp-standard-core.html>): indicators are attributes, in MISP's own types;
//! techniques and markings are tags; findings, the timeline, the response and the evidence are event reports.

use super::format::{Export, File};
use super::source::{Source, citation, exact, json_text, remark, technique, told_time, without_empty};
use crate::model::{Body, Entry, Finding, Indicator};
use crate::values::vocabulary::{AssetKind, CaseStatus, Confidence, IndicatorType, Marking, Severity, Verdict};
use crate::values::{Handle, When, attack};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn export(source: &Source<'_>) -> Export {
    let case = source.case();
    let record = case.record.as_ref().map(|record| &record.value);
    let began =
        record.and_then(|record| record.milestones.as_ref()).and_then(|milestones| milestones.occurred.as_ref());
    let date = began.map_or(source.at, When::earliest).strftime("%Y-%m-%d").to_string();
    let mut attributes: Vec<Value> =
        case.indicators().map(|(entry, indicator)| attribute(source, entry, indicator)).collect();
    attributes.extend(vulnerabilities(source));
    attributes.extend(assets(source));
    let event = json!({
        "uuid": source.uuid("misp event"),
        "info": source.title(),
        "date": date,
        "threat_level_id": record.map_or("4", |record| threat(record.severity)),
        "analysis": record.map_or("0", |record| if record.status == CaseStatus::Closed { "2" } else { "1" }),
        // The organisation alone: who takes it in decides who else may see it.
        "distribution": "0",
        "published": false,
        "timestamp": epoch(source.at),
        "Tag": event_tags(source),
        "Attribute": attributes,
        "EventReport": reports(source),
    });
    File::new("case.misp.json", json_text(&json!({ "Event": event }))).into()
}

/// MISP knows high, medium, low and undefined.
fn threat(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "1",
        Severity::Medium => "2",
        Severity::Low => "3",
        Severity::Informational => "4",
    }
}

fn epoch(at: Timestamp) -> String {
    at.as_second().to_string()
}

fn tag(name: impl Into<String>) -> Value {
    json!({ "name": name.into() })
}

fn tlp(marking: Marking) -> Value {
    tag(format!("tlp:{marking}"))
}

/// The id of an entry, under which it comes back when it is imported.
fn number(entry: &Entry) -> Value {
    tag(format!("casebook:id=\"{}\"", entry.id()))
}

fn event_tags(source: &Source<'_>) -> Vec<Value> {
    let mut tags = vec![tlp(source.told.marking)];
    if let Some(record) = source.case().record.as_ref().map(|record| &record.value) {
        tags.extend(record.category.map(|category| tag(format!("casebook:category=\"{category}\""))));
        tags.extend(record.outcome.map(|outcome| tag(format!("casebook:outcome=\"{outcome}\""))));
        tags.push(tag(format!("casebook:status=\"{}\"", record.status)));
    }
    tags.push(tag(format!("casebook:case=\"{}\"", source.told.case_id.replace('"', "'"))));
    tags.push(tag(format!("casebook:commit=\"{}\"", source.commit)));
    let mut techniques: BTreeSet<&str> = BTreeSet::new();
    for entry in source.case().entries.values() {
        let named = match &entry.body {
            Body::Finding(finding) => &finding.techniques,
            Body::Event(event) => &event.techniques,
            _ => continue,
        };
        techniques.extend(named.iter().map(|id| id.as_str()));
    }
    tags.extend(techniques.into_iter().map(|id| {
        let name = attack::technique(id).map_or(id, |known| known.name);
        tag(format!("misp-galaxy:mitre-attack-pattern=\"{name} - {id}\""))
    }));
    tags
}

fn attribute(source: &Source<'_>, entry: &Entry, indicator: &Indicator) -> Value {
    let marking = source.marking(entry.id());
    let mut tags = vec![tlp(marking), number(entry), tag(format!("casebook:verdict=\"{}\"", indicator.verdict))];
    tags.extend(indicator.confidence.map(|confidence| {
        let word = match confidence {
            Confidence::Low => "low",
            Confidence::Moderate => "moderate",
            Confidence::High => "high",
        };
        tag(format!("estimative-language:confidence-in-analytic-judgment=\"{word}\""))
    }));
    tags.extend(indicator.tags.iter().map(|own| tag(own.as_str())));
    let comment: Vec<String> = indicator
        .description
        .iter()
        .map(|text| text.as_str().trim().to_owned())
        .chain(indicator.evidence.iter().map(citation))
        .chain([&indicator.first_seen, &indicator.last_seen].into_iter().flatten().filter_map(remark))
        .collect();
    let (first, last) = bounds(indicator);
    // What is one's own must set off no sensor.
    let detects = indicator.verdict == Verdict::Malicious
        && indicator.never_defang != Some(true)
        && is_detectable(indicator.r#type);
    let sightings: Vec<Value> = indicator
        .sightings
        .iter()
        .enumerate()
        .map(|(number, sighting)| {
            let at = sighting.time.as_ref().map(|when| epoch(when.earliest())).unwrap_or_else(|| epoch(source.at));
            // The attribute may be told to more than the asset may.
            let is_told = source.marking(sighting.asset.0) <= marking;
            let asset = if is_told { source.titled(sighting.asset.0) } else { "an asset".to_owned() };
            let count = sighting.count.map(|count| format!(", {count} times")).unwrap_or_default();
            let remark =
                sighting.time.as_ref().and_then(remark).map(|remark| format!(" ({remark})")).unwrap_or_default();
            json!({
                "uuid": source.uuid(format!("{} sighting {number}", entry.id())),
                "type": "0",
                "date_sighting": at,
                "source": format!("{asset}{count}{remark}"),
            })
        })
        .collect();
    without_empty(json!({
        "uuid": source.uuid(entry.id()),
        "type": indicator.r#type.word(),
        "category": category(indicator.r#type),
        "value": indicator.value.as_str(),
        "to_ids": detects,
        "comment": comment.join("\n"),
        "timestamp": epoch(source.at),
        "first_seen": first,
        "last_seen": last,
        "distribution": "5",
        "Tag": tags,
        "Sighting": sightings,
    }))
}

/// When it was first and last seen. MISP refuses an end before the beginning.
fn bounds(indicator: &Indicator) -> (Option<String>, Option<String>) {
    let first = indicator.first_seen.as_ref().map(When::earliest);
    let last = indicator.last_seen.as_ref().map(When::latest).filter(|last| first.is_none_or(|first| first <= *last));
    let text = |at: Timestamp| super::source::microseconds(at);
    (first.map(text), last.map(text))
}

/// The category that MISP gives a type by default (`describeTypes.json`).
fn category(kind: IndicatorType) -> &'static str {
    use IndicatorType as Type;
    match kind {
        Type::IpSrc | Type::IpDst | Type::IpDstPort | Type::Domain | Type::Hostname | Type::Url => "Network activity",
        Type::Email => "Social network",
        Type::EmailDst | Type::UserAgent | Type::MacAddress | Type::Asn | Type::Ja3 => "Network activity",
        Type::X509Sha1 | Type::X509Sha256 | Type::Snort => "Network activity",
        Type::EmailSrc | Type::EmailSubject => "Payload delivery",
        Type::Md5 | Type::Sha1 | Type::Sha256 | Type::Sha512 | Type::Ssdeep | Type::Imphash => "Payload delivery",
        Type::Filename | Type::FilenameSha256 => "Payload delivery",
        Type::Regkey => "Persistence mechanism",
        Type::Mutex | Type::NamedPipe | Type::WindowsServiceName | Type::WindowsScheduledTask | Type::Process => {
            "Artifacts dropped"
        }
        Type::Btc => "Financial fraud",
        Type::Account => "Targeting data",
        Type::Yara | Type::Sigma => "Payload installation",
        Type::CommandLine | Type::Other => "Other",
    }
}

/// Whether MISP hands a type to sensors by default.
fn is_detectable(kind: IndicatorType) -> bool {
    use IndicatorType as Type;
    !matches!(
        kind,
        Type::EmailSubject
            | Type::NamedPipe
            | Type::WindowsServiceName
            | Type::WindowsScheduledTask
            | Type::UserAgent
            | Type::MacAddress
            | Type::Asn
            | Type::Account
            | Type::Process
            | Type::CommandLine
            | Type::Other
    )
}

fn vulnerabilities(source: &Source<'_>) -> Vec<Value> {
    let mut named: std::collections::BTreeMap<&str, (Marking, Vec<String>)> = std::collections::BTreeMap::new();
    for (entry, finding) in source.case().findings() {
        for cve in finding.vulnerabilities.iter() {
            let marking = source.marking(entry.id());
            let known = named.entry(cve.as_str()).or_insert((marking, Vec::new()));
            known.0 = known.0.max(marking);
            known.1.push(finding.title.to_string());
        }
    }
    let attribute = |(cve, (marking, titles)): (&str, (Marking, Vec<String>))| {
        json!({
            "uuid": source.uuid(cve),
            "type": "vulnerability",
            "category": "External analysis",
            "value": cve,
            "to_ids": false,
            "comment": titles.join("\n"),
            "timestamp": epoch(source.at),
            "distribution": "5",
            "Tag": [tlp(marking)],
        })
    };
    named.into_iter().map(attribute).collect()
}

/// Assets are what the attack was aimed at.
fn assets(source: &Source<'_>) -> Vec<Value> {
    let attribute = |(entry, asset): (&Entry, &crate::model::Asset)| {
        let kind = match asset.kind {
            AssetKind::Host | AssetKind::Server | AssetKind::NetworkDevice | AssetKind::MobileDevice => {
                "target-machine"
            }
            AssetKind::Account => "target-user",
            AssetKind::Mailbox => "target-email",
            _ => "text",
        };
        let mut tags =
            vec![tlp(source.marking(entry.id())), number(entry), tag(format!("casebook:asset=\"{}\"", asset.kind))];
        tags.extend(asset.compromise.map(|word| tag(format!("casebook:compromise=\"{word}\""))));
        tags.extend(asset.containment.map(|word| tag(format!("casebook:containment=\"{word}\""))));
        tags.extend(asset.criticality.map(|word| tag(format!("casebook:criticality=\"{word}\""))));
        tags.extend(asset.tags.iter().map(|own| tag(own.as_str())));
        let said = asset.description.iter().map(|text| text.as_str().to_owned());
        let owner = asset.owner.as_ref().map(|owner| format!("owner: {}", source.name(owner)));
        let comment: Vec<String> = said.chain(owner).chain(asset.identifiers.iter().map(ToString::to_string)).collect();
        json!({
            "uuid": source.uuid(entry.id()),
            "type": kind,
            "category": if kind == "text" { "Other" } else { "Targeting data" },
            "value": asset.name.as_str(),
            "to_ids": false,
            "comment": comment.join("\n"),
            "timestamp": epoch(source.at),
            "distribution": "5",
            "Tag": tags,
        })
    };
    source.case().assets().map(attribute).collect()
}

fn report(source: &Source<'_>, of: &str, name: &str, content: String) -> Value {
    json!({
        "uuid": source.uuid(format!("report {of}")),
        "name": name,
        "content": content,
        "distribution": "5",
        "timestamp": epoch(source.at),
    })
}

fn reports(source: &Source<'_>) -> Vec<Value> {
    let case = source.case();
    let mut reports = Vec::new();
    if let Some(record) = case.record.as_ref().map(|record| &record.value) {
        let mut facts = Facts::default();
        facts.add("Lead", record.lead.as_ref().map(|lead| source.name(lead).to_owned()));
        for (milestone, when) in record.milestones.iter().flat_map(|milestones| milestones.in_order()) {
            facts.add(milestone.word(), when.map(told_time));
        }
        facts.prose(record.summary.as_ref().map(|text| text.as_str()));
        facts.prose(record.lessons.as_ref().map(|text| text.as_str()));
        reports.push(report(source, "case", "Summary", facts.text));
    }
    reports.extend(case.findings().map(|(entry, finding)| finding_report(source, entry, finding)));
    let sections: [(&str, Vec<String>); 4] = [
        ("Timeline", timeline(source)),
        ("Response", response(source)),
        ("Decisions", decisions(source)),
        ("Evidence", evidence(source)),
    ];
    for (name, entries) in sections {
        if !entries.is_empty() {
            reports.push(report(source, name, name, entries.join("\n")));
        }
    }
    reports.extend(case.notes.iter().map(|note| report(source, note.path.as_str(), note.title(), note.text.clone())));
    reports
}

/// Markdown of facts and prose.
#[derive(Default)]
struct Facts {
    text: String,
}

impl Facts {
    fn headed(title: &str) -> Self {
        Self { text: format!("## {title}\n\n") }
    }

    fn add(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.text.push_str(&format!("- {name}: {value}\n"));
        }
    }

    fn list(&mut self, name: &str, values: Vec<String>) {
        self.add(name, Some(values.join(", ")));
    }

    fn prose(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.text.push_str(&format!("\n{}\n", text.trim()));
        }
    }
}

fn finding_report(source: &Source<'_>, entry: &Entry, finding: &Finding) -> Value {
    let mut facts = Facts::default();
    facts.add("Number", Some(entry.id().to_string()));
    facts.add("Marking", Some(super::source::tlp(source.line_marking(entry.id()))));
    facts.add("Status", Some(finding.status.to_string()));
    facts.add("Type", Some(finding.r#type.to_string()));
    facts.list("Authors", source.names(&finding.authors).into_iter().map(str::to_owned).collect());
    facts.add("Severity", finding.severity.map(|severity| severity.to_string()));
    facts.add("Confidence", finding.confidence.map(|confidence| confidence.to_string()));
    facts.add("Because", finding.reason.as_ref().map(ToString::to_string));
    facts.add("Observed", finding.observed.as_ref().map(told_time));
    facts.list("Techniques", finding.techniques.iter().map(|id| technique(id.as_str())).collect());
    facts.list("Vulnerabilities", finding.vulnerabilities.iter().map(ToString::to_string).collect());
    facts.add("CVSS", finding.cvss.as_ref().map(ToString::to_string));
    facts.list("Assets", source.titles(finding.assets.iter().map(|id| id.0)));
    facts.list("Indicators", finding.indicators.iter().map(|id| format!("`{}`", source.titled(id.0))).collect());
    facts.list("Recommendations", source.titles(finding.recommendations.iter().map(|id| id.0)));
    facts.list("Tags", finding.tags.iter().map(ToString::to_string).collect());
    facts.prose(Some(finding.summary.as_str()));
    facts.prose(finding.analysis.as_ref().map(|text| text.as_str()));
    for cited in &finding.evidence {
        facts.add("Evidence", Some(citation(cited)));
    }
    report(source, &entry.id().to_string(), finding.title.as_str(), facts.text)
}

fn timeline(source: &Source<'_>) -> Vec<String> {
    let mut events: Vec<_> = source.case().events().collect();
    events.sort_by_key(|(entry, event)| (event.time.earliest(), entry.id()));
    let section = |(entry, event): (&Entry, &crate::model::Event)| {
        let mut facts = Facts::headed(event.title.as_str());
        facts.add("Number", Some(entry.id().to_string()));
        facts.add("Marking", Some(super::source::tlp(source.line_marking(entry.id()))));
        facts.add("Time", Some(told_time(&event.time)));
        facts.add("By", Some(event.actor.to_string()));
        facts.add("Tactic", event.tactic.map(|tactic| tactic.to_string()));
        facts.list("Techniques", event.techniques.iter().map(|id| technique(id.as_str())).collect());
        facts.add("From", event.source.map(|id| source.titled(id.0)));
        facts.add("To", event.destination.map(|id| source.titled(id.0)));
        facts.add("Account", event.account.as_ref().map(ToString::to_string));
        facts.add("Direction", event.direction.map(|direction| direction.to_string()));
        facts.list("Indicators", event.indicators.iter().map(|id| format!("`{}`", source.titled(id.0))).collect());
        facts.list("Tags", event.tags.iter().map(ToString::to_string).collect());
        facts.prose(event.description.as_ref().map(|text| text.as_str()));
        for cited in &event.evidence {
            facts.add("Evidence", Some(citation(cited)));
        }
        facts.text
    };
    events.into_iter().map(section).collect()
}

fn response(source: &Source<'_>) -> Vec<String> {
    let name = |handle: &Option<Handle>| handle.as_ref().map(|handle| source.name(handle).to_owned());
    let section = |(entry, action): (&Entry, &crate::model::Action)| {
        let mut facts = Facts::headed(action.title.as_str());
        facts.add("Marking", Some(super::source::tlp(source.line_marking(entry.id()))));
        facts.add("Phase", Some(action.phase.to_string()));
        facts.add("Status", Some(action.status.to_string()));
        facts.add("Owner", name(&action.owner));
        facts.add("Assignee", name(&action.assignee));
        facts.add("Priority", action.priority.map(|priority| priority.to_string()));
        facts.add("Due", action.due.map(|due| exact(due.timestamp())));
        facts.add("Done", action.done_at.map(|done| exact(done.timestamp())));
        facts.add("Duty", action.duty.as_ref().map(ToString::to_string));
        facts.list("Findings", source.titles(action.findings.iter().map(|id| id.0)));
        facts.list("Assets", source.titles(action.assets.iter().map(|id| id.0)));
        facts.list("Indicators", action.indicators.iter().map(|id| format!("`{}`", source.titled(id.0))).collect());
        facts.list("Tags", action.tags.iter().map(ToString::to_string).collect());
        let ticket = action.ticket.as_ref().map(|ticket| {
            let url = ticket.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
            format!("{} {}{url}", ticket.system, ticket.key)
        });
        facts.add("Ticket", ticket);
        facts.prose(action.description.as_ref().map(|text| text.as_str()));
        facts.prose(action.outcome.as_ref().map(|text| text.as_str()));
        facts.text
    };
    source.case().actions().map(section).collect()
}

fn decisions(source: &Source<'_>) -> Vec<String> {
    let section = |(entry, decision): (&Entry, &crate::model::Decision)| {
        let mut facts = Facts::headed(decision.question.as_str());
        facts.add("Marking", Some(super::source::tlp(source.line_marking(entry.id()))));
        facts.add("Status", Some(decision.status.to_string()));
        facts.add("By", decision.by.as_ref().map(|by| source.name(by).to_owned()));
        facts.add("At", decision.at.map(|at| exact(at.timestamp())));
        facts.add("Due", decision.due.map(|due| exact(due.timestamp())));
        facts.list("Approved by", decision.approved_by.iter().map(|by| source.name(by).to_owned()).collect());
        facts.list("Findings", source.titles(decision.findings.iter().map(|id| id.0)));
        facts.list("Assets", source.titles(decision.assets.iter().map(|id| id.0)));
        facts.list("Tags", decision.tags.iter().map(ToString::to_string).collect());
        facts.prose(decision.decision.as_ref().map(|text| text.as_str()));
        facts.prose(decision.rationale.as_ref().map(|text| text.as_str()));
        for other in &decision.alternatives {
            facts.add("Alternative", Some(other.to_string()));
        }
        facts.text
    };
    source.case().decisions().map(section).collect()
}

fn evidence(source: &Source<'_>) -> Vec<String> {
    let section = |(entry, item): (&Entry, &crate::model::Evidence)| {
        let mut facts = Facts::headed(item.title.as_str());
        facts.add("Number", Some(entry.id().to_string()));
        facts.add("Marking", Some(super::source::tlp(source.line_marking(entry.id()))));
        facts.add("Kind", Some(item.kind.to_string()));
        facts.add("Files", Some(item.files.to_string()));
        facts.add("Bytes", Some(item.bytes.to_string()));
        facts.add("SHA-256 of the list of files", item.list.map(|digest| digest.to_string()));
        facts.add("Acquired", Some(told_time(&item.acquired.at)));
        facts.add("By", Some(source.name(&item.acquired.by).to_owned()));
        facts.add("Method", item.acquired.method.as_ref().map(ToString::to_string));
        let asset = item.source.as_ref().and_then(|from| from.asset);
        facts.add("From", asset.map(|asset| source.titled(asset.0)));
        facts.list("Tags", item.tags.iter().map(ToString::to_string).collect());
        facts.prose(item.description.as_ref().map(|text| text.as_str()));
        facts.text
    };
    source.case().evidence().map(section).collect()
}
