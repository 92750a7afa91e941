//! Aurora Incident Response: a `.fox` file, JSON indented with tabs (`storage_format_version` 7). Cells of lists hold the words of
//! its own vocabularies, which the file brings along.

use super::format::{Export, File};
use super::source::{Source, citations, is_account, remarks, technique, tlp};
use crate::model::{Entry, Event};
use crate::values::vocabulary::{
    ActionStatus, Actor, AssetKind, Compromise, DecisionStatus, EvidenceKind, IndicatorType, Phase, Tactic, Verdict,
};
use crate::values::{EntryId, When};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const EVENT_TYPES: &[&str] = &[
    "EventLog",
    "File",
    "Human",
    "Engagement",
    "Lateral Movement",
    "Exfil",
    "Tanium Trace",
    "Malware",
    "eMail",
    "Misc",
    "C2",
];
const SYSTEM_TYPES: &[&str] =
    &["Desktop", "Server", "Phone", "Tablet", "TV", "Networking device", "IoT device", "Other", "Attacker Infra"];
const VERDICTS: &[&str] = &["Infected", "Accessed", "Commodity", "Clean"];
const STATUS: &[&str] = &["Assigned", "In Progress", "Completed", "Closed", "Rejected"];
const TASK_TYPES: &[&str] = &["Information request", "Analysis", "Deliverable", "Checkpoint", "Other"];
const DIRECTIONS: &[&str] = &["<-", "->"];
const KILL_CHAIN: &[&str] =
    &["Recon", "Weaponization", "Delivery", "Exploitation", "Installation", "C2", "Actions on Obj."];
const EVIDENCE_TYPES: &[&str] = &[
    "File",
    "System Logs",
    "Network Logs",
    "Triaged System",
    "Cloned System",
    "Memory Dump",
    "External Source",
    "Other",
];

pub fn export(source: &Source<'_>) -> Export {
    let record = source.case().record.as_ref().map(|record| &record.value);
    let began =
        record.and_then(|record| record.milestones.as_ref()).and_then(|milestones| milestones.reported.as_ref());
    let mut refused = Vec::new();
    let document = json!({
        "storage_format_version": 7,
        "locked": false,
        "case_id": source.told.case_id,
        "client": "",
        "start_date": began.map_or(source.began, When::earliest).strftime("%Y-%m-%d").to_string(),
        "summary": summary(source),
        "timeline": numbered(timeline(source)),
        "investigated_systems": numbered(investigated(source)),
        "malware": numbered(malware(source)),
        "compromised_accounts": numbered(accounts(source)),
        "network_indicators": numbered(network(source, &mut refused)),
        "exfiltration": [],
        "hosts": [],
        "systems": numbered(systems(source)),
        "osint": [],
        "investigators": numbered(investigators(source)),
        "evidence": numbered(evidence(source)),
        "actions": numbered(actions(source)),
        "casenotes": numbered(notes(source)),
        "event_types": words(EVENT_TYPES),
        "system_types": words(SYSTEM_TYPES),
        "verdicts": words(VERDICTS),
        "status": words(STATUS),
        "task_types": words(TASK_TYPES),
        "direction": words(DIRECTIONS),
        "killchain": words(KILL_CHAIN),
        "evidence_types": words(EVIDENCE_TYPES),
    });
    Export { files: vec![File::new("case.fox", text(&document))], refused }
}

fn text(document: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    // Into memory nothing can fail.
    let _ = serde::Serialize::serialize(document, &mut serializer);
    text
}

fn words(words: &[&str]) -> Value {
    words.iter().enumerate().map(|(at, word)| json!({ "id": at + 1, "text": word })).collect()
}

fn numbered(rows: Vec<Map<String, Value>>) -> Vec<Value> {
    let number = |(at, row): (usize, Map<String, Value>)| {
        let mut numbered = Map::from_iter([("recid".to_owned(), json!(at + 1))]);
        numbered.extend(row);
        Value::Object(numbered)
    };
    rows.into_iter().enumerate().map(number).collect()
}

/// A row of these cells; those that are not known are empty.
fn row(cells: Value) -> Map<String, Value> {
    match cells {
        Value::Object(cells) => {
            cells.into_iter().map(|(name, value)| (name, if value.is_null() { json!("") } else { value })).collect()
        }
        _ => Map::new(),
    }
}

/// A time in UTC, which Aurora writes without a zone.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn when(when: &When) -> String {
    date(when.earliest())
}

fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn summary(source: &Source<'_>) -> String {
    let Some(record) = source.case().record.as_ref().map(|record| &record.value) else {
        return source.told.case_id.clone();
    };
    let mut lines = vec![record.title.to_string(), format!("{}, commit {}", tlp(source.told.marking), source.commit)];
    lines.push(format!("severity {}, status {}", record.severity, record.status));
    lines.extend(record.category.map(|category| format!("category {category}")));
    lines.extend(record.outcome.map(|outcome| format!("outcome {outcome}")));
    lines.extend(record.summary.iter().map(ToString::to_string));
    lines.extend(record.lessons.iter().map(ToString::to_string));
    lines.join("\n")
}

/// The phases of the kill chain of Lockheed Martin that Aurora has, for a tactic of ATT&CK.
fn phase(tactic: Tactic) -> &'static str {
    match tactic {
        Tactic::Reconnaissance => "Recon",
        Tactic::ResourceDevelopment => "Weaponization",
        Tactic::InitialAccess => "Delivery",
        Tactic::Execution | Tactic::PrivilegeEscalation => "Exploitation",
        Tactic::Persistence | Tactic::DefenseEvasion => "Installation",
        Tactic::CommandAndControl => "C2",
        _ => "Actions on Obj.",
    }
}

fn event_type(event: &Event) -> &'static str {
    match (event.tactic, event.actor) {
        (_, Actor::Responder) => "Engagement",
        (_, Actor::User) => "Human",
        (Some(Tactic::LateralMovement), _) => "Lateral Movement",
        (Some(Tactic::Exfiltration), _) => "Exfil",
        (Some(Tactic::CommandAndControl), _) => "C2",
        _ => "Misc",
    }
}

fn timeline(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let mut rows: Vec<(Timestamp, EntryId, Map<String, Value>)> = Vec::new();
    for (entry, event) in source.case().events() {
        let mut more = citations(&event.evidence);
        more.extend(event.description.iter().map(ToString::to_string));
        more.extend(event.techniques.iter().map(|id| technique(id.as_str())));
        more.extend(event.account.iter().map(|account| format!("account: {account}")));
        more.extend(event.direction.map(|direction| format!("direction: {direction}")));
        more.push(source.titles(event.indicators.iter().map(|id| id.0)).join(", "));
        more.extend(super::source::remark(&event.time));
        let both = event.source.is_some() && event.destination.is_some();
        rows.push((
            event.time.earliest(),
            entry.id(),
            row(json!({
                "date_time": when(&event.time),
                "event_type": event_type(event),
                "event_host": event.destination.or(event.source).map(|id| source.titled(id.0)),
                "direction": if both { "<-" } else { "" },
                "event_source_host": event.source.filter(|_| both).map(|id| source.titled(id.0)),
                "killchain": event.tactic.map(phase),
                "event_data": event.title.as_str(),
                "notes": remarks(source, entry, more),
                "visual": true,
                "followup": false,
                "attribution": event.actor,
                "owner": "",
            })),
        ));
    }
    for (entry, finding) in source.case().findings() {
        let mut more = vec![format!("{} {}", finding.status, finding.r#type), finding.summary.to_string()];
        more.extend(finding.analysis.iter().map(ToString::to_string));
        more.extend(finding.severity.map(|severity| format!("severity: {severity}")));
        more.extend(finding.confidence.map(|confidence| format!("confidence: {confidence}")));
        more.extend(finding.reason.iter().map(|reason| format!("because: {reason}")));
        more.extend(finding.techniques.iter().map(|id| technique(id.as_str())));
        more.extend(finding.vulnerabilities.iter().map(ToString::to_string));
        more.push(source.titles(finding.indicators.iter().map(|id| id.0)).join(", "));
        more.extend(citations(&finding.evidence));
        more.extend(finding.observed.as_ref().and_then(super::source::remark));
        rows.push((
            finding.observed.as_ref().map_or(source.at, When::earliest),
            entry.id(),
            row(json!({
                "date_time": finding.observed.as_ref().map(when),
                "event_type": "Misc",
                "event_host": source.titles(finding.assets.iter().map(|id| id.0)).join(", "),
                "direction": "",
                "event_source_host": "",
                "killchain": "",
                "event_data": format!("Finding: {}", finding.title),
                "notes": remarks(source, entry, more),
                "visual": false,
                "followup": entry.is_open(),
                "attribution": "",
                "owner": source.names(&finding.authors).join(", "),
            })),
        ));
    }
    rows.sort_by_key(|(at, id, _)| (*at, *id));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn verdict(compromise: Option<Compromise>) -> &'static str {
    match compromise {
        Some(Compromise::Compromised) => "Infected",
        Some(Compromise::Suspected) => "Accessed",
        Some(Compromise::Cleared) => "Clean",
        Some(Compromise::Unknown) | None => "",
    }
}

fn investigated(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let assets = source.case().assets().filter(|(_, asset)| !is_account(asset.kind) && asset.compromise.is_some());
    assets
        .map(|(entry, asset)| {
            let more = asset.containment.map(|containment| format!("containment: {containment}"));
            row(json!({
                "date_added": milliseconds(source.at),
                "date_updated": milliseconds(source.at),
                "first_compromise": "",
                "hostname": asset.name.as_str(),
                "verdict": verdict(asset.compromise),
                "summary": remarks(source, entry, more.into_iter().collect()),
                "analysis_required": false,
                "analysis_status": "",
                "analyst": "",
                "report_status": "",
            }))
        })
        .collect()
}

fn systems(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let assets = source.case().assets().filter(|(_, asset)| !is_account(asset.kind));
    assets
        .map(|(entry, asset)| {
            let kind = match asset.kind {
                AssetKind::Host => "Desktop",
                AssetKind::Server => "Server",
                AssetKind::MobileDevice => "Phone",
                AssetKind::NetworkDevice => "Networking device",
                _ => "Other",
            };
            let addresses = asset.identifiers.iter().map(|name| name.as_str());
            let addresses: Vec<&str> = addresses.filter(|name| name.parse::<core::net::IpAddr>().is_ok()).collect();
            let mut more = vec![format!("kind: {}", asset.kind)];
            more.extend(asset.description.iter().map(ToString::to_string));
            more.extend(asset.criticality.map(|word| format!("criticality: {word}")));
            more.extend(asset.identifiers.iter().map(ToString::to_string));
            row(json!({
                "text": asset.name.as_str(),
                "ip": addresses.join(", "),
                "system_type": kind,
                "os": "",
                "owner": asset.owner.as_ref().map(|owner| source.name(owner)),
                "description": remarks(source, entry, more),
                "pin": false,
            }))
        })
        .collect()
}

fn accounts(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let assets = source.case().assets().filter(|(_, asset)| is_account(asset.kind));
    assets
        .map(|(entry, asset)| {
            let name = asset.name.as_str();
            let (domain, account) = name.split_once('\\').unwrap_or(("", name));
            let sid = asset.identifiers.iter().map(|name| name.as_str()).find(|name| name.starts_with("S-1-"));
            let mut more: Vec<String> = asset.description.iter().map(ToString::to_string).collect();
            more.extend(asset.compromise.map(|word| format!("compromise: {word}")));
            more.extend(asset.containment.map(|word| format!("containment: {word}")));
            row(json!({
                "date_added": milliseconds(source.at),
                "account_name": account,
                "domain": domain,
                "sid": sid,
                "context": remarks(source, entry, more),
                "last_activity": "",
                "privileges": "",
                "attribution": "",
            }))
        })
        .collect()
}

fn indicator_remarks(source: &Source<'_>, entry: &Entry, indicator: &crate::model::Indicator) -> String {
    let mut more: Vec<String> = indicator.description.iter().map(ToString::to_string).collect();
    more.push(format!("verdict: {}", indicator.verdict));
    more.extend(indicator.confidence.map(|confidence| format!("confidence: {confidence}")));
    more.extend(indicator.first_seen.as_ref().map(|seen| format!("first seen: {seen}")));
    more.extend(citations(&indicator.evidence));
    remarks(source, entry, more)
}

fn seen_on(source: &Source<'_>, indicator: &crate::model::Indicator) -> String {
    source.titles(indicator.sightings.iter().map(|sighting| sighting.asset.0)).join(", ")
}

fn malware(source: &Source<'_>) -> Vec<Map<String, Value>> {
    use IndicatorType as Type;
    let mut rows = Vec::new();
    for (entry, indicator) in source.case().indicators().filter(|(_, indicator)| indicator.verdict != Verdict::Benign) {
        let value = indicator.value.as_str();
        let (name, hash) = match indicator.r#type {
            Type::Md5 | Type::Sha1 | Type::Sha256 | Type::Sha512 => ("", value),
            Type::Filename => (value, ""),
            Type::FilenameSha256 => value.split_once('|').unwrap_or((value, "")),
            _ => continue,
        };
        let path = name.rsplit_once(['\\', '/']);
        rows.push(row(json!({
            "date_added": milliseconds(source.at),
            "text": path.map_or(name, |(_, file)| file),
            "path_on_disk": path.map(|(folder, _)| folder),
            "creation_date": "",
            "modification_date": "",
            "hostname": seen_on(source, indicator),
            "md5": hash,
            "vt": "",
            "attribution": "",
            "notes": indicator_remarks(source, entry, indicator),
        })));
    }
    rows
}

fn network(source: &Source<'_>, refused: &mut Vec<(EntryId, String)>) -> Vec<Map<String, Value>> {
    use IndicatorType as Type;
    let mut rows = Vec::new();
    for (entry, indicator) in source.case().indicators() {
        let value = indicator.value.as_str();
        let (address, name, port) = match indicator.r#type {
            Type::IpSrc | Type::IpDst => (value, "", ""),
            Type::IpDstPort => value.split_once('|').map_or((value, "", ""), |(host, port)| (host, "", port)),
            Type::Domain | Type::Hostname | Type::Url => ("", value, ""),
            Type::Md5 | Type::Sha1 | Type::Sha256 | Type::Sha512 | Type::Filename | Type::FilenameSha256 => {
                if indicator.verdict == Verdict::Benign {
                    refused.push((entry.id(), "Aurora has no place for files that are no malware".to_owned()));
                }
                continue;
            }
            other => {
                refused.push((entry.id(), format!("Aurora has no place for `{other}`")));
                continue;
            }
        };
        let context = [indicator_remarks(source, entry, indicator), seen_on(source, indicator)].join("\n");
        rows.push(row(json!({
            "date_added": milliseconds(source.at),
            "ip": address,
            "domainname": name,
            "port": port,
            "context": context.trim(),
            "last_activity": indicator.last_seen.as_ref().map(when),
            "malware": "",
            "whois": "",
            "attribution": "",
        })));
    }
    rows
}

fn investigators(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let people = source.case().team.iter().flat_map(|team| &team.value.people);
    people
        .map(|person| {
            let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
            row(json!({
                "text": person.handle.as_str(),
                "full_name": person.name.as_str(),
                "affiliation": person.team.as_ref().map(|team| source.name(team)),
                "role": roles.join(", "),
                "contact_email": person.email.as_ref().map(|email| email.as_str()),
                "contact_phone": "",
                "contact_other": "",
            }))
        })
        .collect()
}

fn evidence(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let row_of = |(entry, item): (&Entry, &crate::model::Evidence)| {
        let kind = match item.kind {
            EvidenceKind::DiskImage => "Cloned System",
            EvidenceKind::MemoryImage => "Memory Dump",
            EvidenceKind::Log => "System Logs",
            EvidenceKind::NetworkCapture => "Network Logs",
            EvidenceKind::TriageCollection => "Triaged System",
            EvidenceKind::CloudExport => "External Source",
            EvidenceKind::File | EvidenceKind::Email | EvidenceKind::Malware | EvidenceKind::Document => "File",
            _ => "Other",
        };
        let more = item.description.iter().map(ToString::to_string).chain(super::source::remark(&item.acquired.at));
        let place = item.source.as_ref().and_then(|from| from.location.as_ref());
        row(json!({
            "date_acquired": when(&item.acquired.at),
            "type": kind,
            "name": item.title.as_str(),
            "description": remarks(source, entry, more.collect()),
            "size": item.bytes.to_string(),
            "hash": item.list.map(|digest| digest.to_string()),
            "provider": source.name(&item.acquired.by),
            "location": place.map(|place| place.as_str()),
        }))
    };
    source.case().evidence().map(row_of).collect()
}

fn actions(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let row_of = |(entry, action): (&Entry, &crate::model::Action)| {
        let status = match action.status {
            ActionStatus::Open => "Assigned",
            ActionStatus::InProgress => "In Progress",
            ActionStatus::Done => "Completed",
            ActionStatus::Declined => "Rejected",
            ActionStatus::Superseded | ActionStatus::Withdrawn => "Closed",
        };
        let kind = if action.phase == Phase::Investigate { "Analysis" } else { "Other" };
        let mut more = vec![action.title.to_string(), format!("phase: {}", action.phase)];
        more.extend(action.description.iter().map(ToString::to_string));
        more.extend(action.outcome.iter().map(ToString::to_string));
        more.extend(action.priority.map(|priority| format!("priority: {priority}")));
        more.extend(action.done_at.map(|done| format!("done: {}", date(done.timestamp()))));
        more.extend(action.ticket.as_ref().map(|ticket| format!("{} {}", ticket.system, ticket.key)));
        more.push(source.titles(action.assets.iter().map(|id| id.0)).join(", "));
        let owner = action.assignee.as_ref().or(action.owner.as_ref());
        row(json!({
            "date_added": milliseconds(source.at),
            "date_due": action.due.map(|due| date(due.timestamp())),
            "task_type": kind,
            "task": remarks(source, entry, more),
            "status": status,
            "owner": owner.map(|owner| source.name(owner)),
        }))
    };
    source.case().actions().map(row_of).collect()
}

fn notes(source: &Source<'_>) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    for (entry, decision) in source.case().decisions() {
        let state = if decision.status == DecisionStatus::Open { "Open question" } else { "Decision" };
        let mut more = vec![format!("{state}: {}", decision.question)];
        more.extend(decision.decision.iter().map(ToString::to_string));
        more.extend(decision.rationale.iter().map(ToString::to_string));
        rows.push(row(json!({
            "date_added": milliseconds(decision.at.map_or(source.at, |at| at.timestamp())),
            "note": remarks(source, entry, more),
            "owner": decision.by.as_ref().map(|by| source.name(by)),
        })));
    }
    for note in &source.case().notes {
        rows.push(row(json!({ "date_added": milliseconds(source.at), "note": note.text, "owner": "" })));
    }
    rows
}
