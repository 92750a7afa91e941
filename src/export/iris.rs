//! DFIR-IRIS: the three tables that its case pages import (`blueprints/case/*_routes.py`), and the JSON that it exports itself.

use super::format::{Export, File};
use super::source::{Source, citations, exact, json_text, microseconds, remark, seconds, tlp, without_empty};
use super::table::raw;
use crate::model::{Asset, Body, Event, Finding, Indicator};
use crate::values::vocabulary::{
    ActionStatus, Actor, AssetKind, CaseStatus, Compromise, EvidenceKind, IndicatorType, Outcome, Severity, Tactic,
};
use crate::values::{EntryId, Tag, When};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What IRIS calls the assets and indicators that it can take, by their ids.
struct Known {
    assets: BTreeMap<EntryId, (String, &'static str)>,
    /// With the number that IRIS gives each.
    indicators: BTreeMap<EntryId, (usize, String)>,
    refused: Vec<(EntryId, String)>,
}

impl Known {
    fn of(source: &Source<'_>) -> Self {
        let mut known = Self { assets: BTreeMap::new(), indicators: BTreeMap::new(), refused: Vec::new() };
        let mut names = BTreeSet::new();
        for (entry, asset) in source.case().assets() {
            let Some(kind) = asset_type(asset) else {
                known.refused.push((entry.id(), format!("IRIS has no type of asset for `{}`", asset.kind)));
                continue;
            };
            // IRIS takes two assets of one name and type for one.
            let own = asset.name.as_str().to_owned();
            let name = if names.insert((own.to_lowercase(), kind)) { own } else { format!("{own} ({})", entry.id()) };
            known.assets.insert(entry.id(), (name, kind));
        }
        let mut values = BTreeSet::new();
        for (entry, indicator) in source.case().indicators() {
            let value = indicator.value.to_string();
            if values.insert((indicator.r#type, value.clone())) {
                let number = known.indicators.len() + 1;
                known.indicators.insert(entry.id(), (number, value));
            } else {
                known.refused.push((entry.id(), "IRIS takes a value of one type once".to_owned()));
            }
        }
        known
    }

    /// The names of assets as a cell, in which `;` stands between them.
    fn assets_cell(&self, ids: impl IntoIterator<Item = EntryId>) -> String {
        let names = ids.into_iter().filter_map(|id| self.assets.get(&id)).map(|(name, _)| name.as_str());
        unique(names.filter(|name| !name.contains(';'))).join(";")
    }

    /// The values of indicators as a cell, in which `|` stands between them.
    fn indicators_cell(&self, ids: impl IntoIterator<Item = EntryId>) -> String {
        let values = ids.into_iter().filter_map(|id| self.indicators.get(&id)).map(|(_, value)| value.as_str());
        unique(values.filter(|value| !value.contains('|'))).join("|")
    }
}

fn unique<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(*text)).collect()
}

/// A type of asset of IRIS. It has none without an operating system: a tag such as `os:linux` says which, and without one it is
/// taken for Windows.
fn asset_type(asset: &Asset) -> Option<&'static str> {
    let tagged = |word: &str| asset.tags.iter().any(|tag| tag.as_str().split([':', '=']).any(|part| part == word));
    Some(match asset.kind {
        AssetKind::Host if tagged("linux") => "Linux - Computer",
        AssetKind::Host if tagged("macos") => "Mac - Computer",
        AssetKind::Host => "Windows - Computer",
        AssetKind::Server if tagged("linux") => "Linux - Server",
        AssetKind::Server => "Windows - Server",
        AssetKind::Account | AssetKind::Mailbox => "Account",
        AssetKind::NetworkDevice if tagged("firewall") => "Firewall",
        AssetKind::NetworkDevice if tagged("switch") => "Switch",
        AssetKind::NetworkDevice => "Router",
        AssetKind::MobileDevice if tagged("ios") => "Phone - IOS",
        AssetKind::MobileDevice => "Phone - Android",
        _ => return None,
    })
}

/// What IRIS calls an indicator's type: its names are those of MISP.
fn ioc_type(kind: IndicatorType) -> &'static str {
    kind.word()
}

fn category(event: &Event) -> &'static str {
    match (event.tactic, event.actor) {
        (Some(Tactic::InitialAccess), _) => "Initial Access",
        (Some(Tactic::Execution), _) => "Execution",
        (Some(Tactic::Persistence), _) => "Persistence",
        (Some(Tactic::PrivilegeEscalation), _) => "Privilege Escalation",
        (Some(Tactic::DefenseEvasion), _) => "Defense Evasion",
        (Some(Tactic::CredentialAccess), _) => "Credential Access",
        (Some(Tactic::Discovery), _) => "Discovery",
        (Some(Tactic::LateralMovement), _) => "Lateral Movement",
        (Some(Tactic::Collection), _) => "Collection",
        (Some(Tactic::CommandAndControl), _) => "Command and Control",
        (Some(Tactic::Exfiltration), _) => "Exfiltration",
        (Some(Tactic::Impact), _) => "Impact",
        (_, Actor::Responder) => "Remediation",
        (_, Actor::User) => "Legitimate",
        _ => "Unspecified",
    }
}

/// The date without its offset, which IRIS has in a column of its own.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

const UTC: &str = "+00:00";

/// Tags as a cell, in which `|` stands between them.
fn tags_cell(tags: &[Tag], more: &[String]) -> String {
    let own = tags.iter().map(|tag| tag.as_str().to_owned());
    own.chain(more.iter().cloned()).collect::<Vec<_>>().join("|")
}

/// What an event or finding says beside its title: prose, facts, citations.
fn content(facts: &[(&str, Option<String>)], prose: &[Option<&str>]) -> String {
    let facts = facts.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
    let prose = prose.iter().flatten().map(|text| text.trim().to_owned());
    prose.chain(facts).collect::<Vec<_>>().join("\n")
}

fn event_facts(source: &Source<'_>, event: &Event) -> Vec<(&'static str, Option<String>)> {
    let techniques: Vec<String> = event.techniques.iter().map(|id| super::source::technique(id.as_str())).collect();
    vec![
        ("Time", remark(&event.time)),
        ("Actor", Some(event.actor.to_string())),
        ("Tactic", event.tactic.map(|tactic| tactic.to_string())),
        ("Techniques", Some(techniques.join(", ")).filter(|text| !text.is_empty())),
        ("From", event.source.map(|id| source.titled(id.0))),
        ("To", event.destination.map(|id| source.titled(id.0))),
        ("Account", event.account.as_ref().map(ToString::to_string)),
        ("Direction", event.direction.map(|direction| direction.to_string())),
    ]
}

/// An event of the timeline in the shape that IRIS has for it.
struct Row<'c> {
    id: EntryId,
    when: &'c When,
    title: String,
    category: &'static str,
    content: String,
    raw: String,
    assets: Vec<EntryId>,
    indicators: Vec<EntryId>,
    tags: Vec<String>,
}

fn rows<'c>(source: &Source<'c>) -> Vec<Row<'c>> {
    let mut rows = Vec::new();
    for (entry, event) in source.case().events() {
        rows.push(Row {
            id: entry.id(),
            when: &event.time,
            title: event.title.to_string(),
            category: category(event),
            content: content(&event_facts(source, event), &[event.description.as_ref().map(|text| text.as_str())]),
            raw: citations(&event.evidence).join("\n"),
            assets: [event.source, event.destination].into_iter().flatten().map(|id| id.0).collect(),
            indicators: event.indicators.iter().map(|id| id.0).collect(),
            tags: marked_tags(source, entry.id(), &event.tags),
        });
    }
    for (entry, finding) in source.case().findings() {
        let Some(when) = &finding.observed else { continue };
        rows.push(Row {
            id: entry.id(),
            when,
            title: finding.title.to_string(),
            category: "Unspecified",
            content: finding_content(source, finding),
            raw: citations(&finding.evidence).join("\n"),
            assets: finding.assets.iter().map(|id| id.0).collect(),
            indicators: finding.indicators.iter().map(|id| id.0).collect(),
            tags: marked_tags(source, entry.id(), &finding.tags),
        });
    }
    rows.sort_by_key(|row| (row.when.earliest(), row.id));
    rows
}

fn marked_tags(source: &Source<'_>, id: EntryId, tags: &[Tag]) -> Vec<String> {
    let more = [format!("tlp:{}", source.line_marking(id)), format!("casebook:{id}")];
    tags.iter().map(ToString::to_string).chain(more).collect()
}

fn finding_content(source: &Source<'_>, finding: &Finding) -> String {
    let joined = |texts: Vec<String>| Some(texts.join(", ")).filter(|text| !text.is_empty());
    let facts = [
        ("Time", finding.observed.as_ref().and_then(remark)),
        ("Finding", Some(format!("{} {}", finding.status, finding.r#type))),
        ("Authors", joined(source.names(&finding.authors).into_iter().map(str::to_owned).collect())),
        ("Severity", finding.severity.map(|severity| severity.to_string())),
        ("Confidence", finding.confidence.map(|confidence| confidence.to_string())),
        ("Because", finding.reason.as_ref().map(ToString::to_string)),
        ("Techniques", joined(finding.techniques.iter().map(|id| super::source::technique(id.as_str())).collect())),
        ("Vulnerabilities", joined(finding.vulnerabilities.iter().map(ToString::to_string).collect())),
        ("CVSS", finding.cvss.as_ref().map(ToString::to_string)),
    ];
    content(&facts, &[Some(finding.summary.as_str()), finding.analysis.as_ref().map(|text| text.as_str())])
}

/// What a finding without a time says in a note, which has no columns for what it refers to.
fn timeless_content(source: &Source<'_>, id: EntryId, finding: &Finding) -> String {
    let mut lines = vec![finding_content(source, finding)];
    lines.extend(citations(&finding.evidence));
    let titles =
        |name: &str, ids: Vec<EntryId>| (!ids.is_empty()).then(|| format!("{name}: {}", source.titles(ids).join(", ")));
    lines.extend(titles("Assets", finding.assets.iter().map(|id| id.0).collect()));
    lines.extend(titles("Indicators", finding.indicators.iter().map(|id| id.0).collect()));
    lines.push(format!("Tags: {}", marked_tags(source, id, &finding.tags).join("|")));
    lines.join("\n")
}

fn ioc_content(indicator: &Indicator) -> String {
    let facts = [
        ("Verdict", Some(indicator.verdict.to_string())),
        ("Confidence", indicator.confidence.map(|confidence| confidence.to_string())),
        ("First seen", indicator.first_seen.as_ref().map(ToString::to_string)),
        ("Last seen", indicator.last_seen.as_ref().map(ToString::to_string)),
    ];
    let cited = citations(&indicator.evidence).join("\n");
    content(
        &facts,
        &[
            indicator.description.as_ref().map(|text| text.as_str()),
            Some(cited.as_str()).filter(|text| !text.is_empty()),
        ],
    )
}

fn asset_content(source: &Source<'_>, asset: &Asset) -> String {
    let identifiers: Vec<&str> = asset.identifiers.iter().map(|name| name.as_str()).collect();
    let facts = [
        ("Kind", Some(asset.kind.to_string())),
        ("Identifiers", Some(identifiers.join(", ")).filter(|text| !text.is_empty())),
        ("Owner", asset.owner.as_ref().map(|owner| source.name(owner).to_owned())),
        ("Criticality", asset.criticality.map(|word| word.to_string())),
        ("Compromise", asset.compromise.map(|word| word.to_string())),
        ("Containment", asset.containment.map(|word| word.to_string())),
    ];
    content(&facts, &[asset.description.as_ref().map(|text| text.as_str())])
}

/// The first identifier that is an address of the internet protocol, and the first that is a name with a dot.
fn address_and_domain(asset: &Asset) -> (String, String) {
    let is_address = |text: &&str| text.parse::<core::net::IpAddr>().is_ok();
    let names = || asset.identifiers.iter().map(|name| name.as_str());
    let address = names().find(is_address).unwrap_or_default().to_owned();
    let domain =
        names().filter(|name| !is_address(name)).find_map(|name| name.split_once('.')).map(|(_, domain)| domain);
    (address, domain.unwrap_or_default().to_owned())
}

/// The tables to import into a case of IRIS, in this order: its assets and indicators must be there before the events that name
/// them.
pub fn tables(source: &Source<'_>) -> Export {
    let known = Known::of(source);
    let assets = source.case().assets().filter_map(|(entry, asset)| {
        let (name, kind) = known.assets.get(&entry.id())?;
        let (address, domain) = address_and_domain(asset);
        let tags = marked_tags(source, entry.id(), &asset.tags).join("|");
        Some(vec![name.clone(), (*kind).to_owned(), asset_content(source, asset), address, domain, tags])
    });
    let indicators = source.case().indicators().filter(|(entry, _)| known.indicators.contains_key(&entry.id())).map(
        |(entry, indicator)| {
            let tags = tags_cell(&indicator.tags, &[format!("casebook:{}", entry.id())]);
            let marking = source.marking(entry.id()).word().to_owned();
            vec![
                indicator.value.to_string(),
                ioc_type(indicator.r#type).to_owned(),
                ioc_content(indicator),
                tags,
                marking,
            ]
        },
    );
    let events = rows(source).into_iter().map(|row| {
        vec![
            date(row.when.earliest()),
            UTC.to_owned(),
            row.title.clone(),
            row.category.to_owned(),
            row.content.clone(),
            row.raw.clone(),
            String::new(),
            known.assets_cell(row.assets.iter().copied()),
            known.indicators_cell(row.indicators.iter().copied()),
            row.tags.join("|"),
        ]
    });
    let assets =
        raw(&["asset_name", "asset_type_name", "asset_description", "asset_ip", "asset_domain", "asset_tags"], assets);
    let indicators = raw(&["ioc_value", "ioc_type", "ioc_description", "ioc_tags", "ioc_tlp"], indicators);
    let headings = [
        "event_date",
        "event_tz",
        "event_title",
        "event_category",
        "event_content",
        "event_raw",
        "event_source",
        "event_assets",
        "event_iocs",
        "event_tags",
    ];
    let events = raw(&headings, events);
    let files = vec![
        File::new("1-assets.csv", assets),
        File::new("2-iocs.csv", indicators),
        File::new("3-timeline.csv", events),
    ];
    let timeless = source.case().findings().filter(|(_, finding)| finding.observed.is_none());
    let timeless = timeless.map(|(entry, _)| (entry.id(), "it has no time, and so no place on a timeline".to_owned()));
    Export { files, refused: known.refused.into_iter().chain(timeless).collect() }
}

/// The JSON of a case as IRIS exports it itself.
pub fn case_json(source: &Source<'_>) -> Export {
    let known = Known::of(source);
    let document = json!({
        "case": case(source),
        "evidences": evidences(source),
        "timeline": rows(source).iter().enumerate().map(|(number, row)| event_json(source, &known, number + 1, row)).collect::<Vec<_>>(),
        "iocs": iocs(source, &known),
        "assets": assets(source, &known),
        "tasks": tasks(source),
        "comments": [],
        "notes": notes(source),
        "export_date": microseconds(source.at),
    });
    Export { files: vec![File::new("case.iris.json", json_text(&document))], refused: known.refused }
}

fn case(source: &Source<'_>) -> Value {
    let record = source.case().record.as_ref().map(|record| &record.value);
    let status = record.map(|record| match record.outcome {
        Some(Outcome::TruePositive) => "true_positive_with_impact",
        Some(Outcome::TruePositiveNoImpact) => "true_positive_without_impact",
        Some(Outcome::FalsePositive) => "false_positive",
        Some(Outcome::Benign) => "legitimate",
        Some(Outcome::Duplicate) => "not_applicable",
        Some(Outcome::Undetermined) | None => "unknown",
    });
    let state = record.map(|record| match record.status {
        CaseStatus::Open => "In progress",
        CaseStatus::Contained => "Eradication",
        CaseStatus::Eradicated => "Recovery",
        CaseStatus::Recovered => "Post-Incident",
        CaseStatus::Closed => "Closed",
    });
    let severity = record.map_or("Unspecified", |record| match record.severity {
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    });
    let milestones = record.and_then(|record| record.milestones.as_ref());
    let time = |when: Option<&When>| when.map(|when| exact(when.earliest()));
    without_empty(json!({
        "case_uuid": source.uuid("case"),
        "name": source.title(),
        "soc_id": source.told.case_id,
        "description": record.map(|record| content(
            &[("Category", record.category.map(|category| category.to_string())), ("Commit", Some(source.commit.to_owned()))],
            &[record.summary.as_ref().map(|text| text.as_str()), record.lessons.as_ref().map(|text| text.as_str())],
        )),
        "open_date": time(milestones.and_then(|milestones| milestones.reported.as_ref())),
        "close_date": time(milestones.and_then(|milestones| milestones.closed.as_ref())),
        "open_by_user": record.and_then(|record| record.lead.as_ref()).map(|lead| source.name(lead)),
        "status": status,
        "state": state,
        "severity": severity,
        "tags": [tlp(source.told.marking)],
    }))
}

fn evidences(source: &Source<'_>) -> Vec<Value> {
    let evidence = |(number, (entry, item)): (usize, (&crate::model::Entry, &crate::model::Evidence))| {
        let kind = match item.kind {
            EvidenceKind::DiskImage => "HDD image - Other",
            EvidenceKind::MemoryImage => "Memory acquisition - Physical RAM",
            EvidenceKind::NetworkCapture => "Network - PCAP",
            EvidenceKind::Log => "Logs - Other",
            _ => "Unspecified",
        };
        json!({
            "id": number + 1,
            "file_uuid": source.uuid(entry.id()),
            "filename": item.title.as_str(),
            "file_hash": item.list.map(|digest| digest.to_string()).unwrap_or_default(),
            "file_size": item.bytes,
            "date_added": exact(item.acquired.at.earliest()),
            "added_by": source.name(&item.acquired.by),
            "type": kind,
            "file_description": content(
                &[("Number", Some(entry.id().to_string())), ("Marking", Some(tlp(source.line_marking(entry.id())))), ("Files", Some(item.files.to_string())), ("Time", remark(&item.acquired.at)), ("Method", item.acquired.method.as_ref().map(ToString::to_string))],
                &[item.description.as_ref().map(|text| text.as_str())],
            ),
            "custom_attributes": {},
        })
    };
    source.case().evidence().enumerate().map(evidence).collect()
}

fn event_json(source: &Source<'_>, known: &Known, number: usize, row: &Row<'_>) -> Value {
    let assets: Vec<String> = row
        .assets
        .iter()
        .filter_map(|id| known.assets.get(id))
        .map(|(name, kind)| format!("{name} ({kind})"))
        .collect();
    let iocs = row.indicators.iter().filter_map(|id| {
        let (number, _) = known.indicators.get(id)?;
        let Body::Indicator(indicator) = &source.case().get(*id)?.body else { return None };
        Some(json!({ "ioc_id": number, "ioc_value": indicator.value.as_str(), "ioc_description": ioc_content(indicator), "tlp_name": source.marking(*id).word(), "type": ioc_type(indicator.r#type) }))
    });
    json!({
        "event_id": number,
        "event_uuid": source.uuid(row.id),
        "event_title": row.title,
        "event_in_summary": false,
        "event_in_graph": true,
        "event_is_flagged": false,
        "event_color": "",
        "event_date": microseconds(row.when.earliest()).trim_end_matches(UTC),
        "event_tz": UTC,
        "event_date_wtz": microseconds(row.when.earliest()).trim_end_matches(UTC),
        "event_content": row.content,
        "event_tags": row.tags.join(","),
        "event_source": "",
        "event_raw": row.raw,
        "category": row.category,
        "assets": assets,
        "iocs": iocs.collect::<Vec<_>>(),
        "custom_attributes": {},
    })
}

fn iocs(source: &Source<'_>, known: &Known) -> Vec<Value> {
    let all = source.case().indicators().filter(|(entry, _)| known.indicators.contains_key(&entry.id()));
    let ioc = |(number, (entry, indicator)): (usize, (&crate::model::Entry, &Indicator))| {
        json!({
            "ioc_id": number + 1,
            "ioc_uuid": source.uuid(entry.id()),
            "ioc_value": indicator.value.as_str(),
            "ioc_type": ioc_type(indicator.r#type),
            "ioc_description": ioc_content(indicator),
            "ioc_tags": tags_cell(&indicator.tags, &[format!("casebook:{}", entry.id())]).replace('|', ","),
            "tlp_name": source.marking(entry.id()).word(),
            "custom_attributes": {},
        })
    };
    all.enumerate().map(ioc).collect()
}

fn assets(source: &Source<'_>, known: &Known) -> Vec<Value> {
    // The values that were seen on each asset.
    let mut seen: BTreeMap<EntryId, Vec<Value>> = BTreeMap::new();
    for (_, indicator) in source.case().indicators() {
        for sighting in &indicator.sightings {
            seen.entry(sighting.asset.0).or_default().push(json!({ "ioc_value": indicator.value.as_str() }));
        }
    }
    let all = source.case().assets().filter_map(|(entry, asset)| Some((entry, asset, known.assets.get(&entry.id())?)));
    let asset =
        |(number, (entry, asset, (name, kind))): (usize, (&crate::model::Entry, &Asset, &(String, &'static str)))| {
            let (status, word) = match asset.compromise {
                Some(Compromise::Compromised) => (1, "compromised"),
                Some(Compromise::Cleared) => (2, "not_compromised"),
                Some(Compromise::Suspected) => (0, "to_be_determined"),
                Some(Compromise::Unknown) | None => (3, "unknown"),
            };
            let (address, domain) = address_and_domain(asset);
            json!({
                "asset_id": number + 1,
                "asset_uuid": source.uuid(entry.id()),
                "asset_name": name,
                "type": kind,
                "asset_description": asset_content(source, asset),
                "asset_compromise_status_id": status,
                "asset_compromise_status": word,
                "analysis_status": "Unspecified",
                "asset_domain": domain,
                "asset_ip": address,
                "asset_info": "",
                "asset_tags": marked_tags(source, entry.id(), &asset.tags).join(","),
                "asset_ioc": seen.get(&entry.id()).cloned().unwrap_or_default(),
                "date_added": seconds(source.at),
                "light_asset_description": asset.kind,
                "custom_attributes": {},
            })
        };
    all.enumerate().map(asset).collect()
}

fn tasks(source: &Source<'_>) -> Vec<Value> {
    let task = |(number, (entry, action)): (usize, (&crate::model::Entry, &crate::model::Action))| {
        let status = match action.status {
            ActionStatus::Open => "To do",
            ActionStatus::InProgress => "In progress",
            ActionStatus::Done => "Done",
            ActionStatus::Declined | ActionStatus::Superseded | ActionStatus::Withdrawn => "Canceled",
        };
        let facts = [
            ("Phase", Some(action.phase.to_string())),
            ("Owner", action.owner.as_ref().map(|owner| source.name(owner).to_owned())),
            ("Priority", action.priority.map(|priority| priority.to_string())),
            ("Due", action.due.map(|due| exact(due.timestamp()))),
            ("Duty", action.duty.as_ref().map(ToString::to_string)),
            (
                "Ticket",
                action.ticket.as_ref().map(|ticket| {
                    let url = ticket.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
                    format!("{} {}{url}", ticket.system, ticket.key)
                }),
            ),
            (
                "Findings",
                Some(source.titles(action.findings.iter().map(|id| id.0)).join(", ")).filter(|text| !text.is_empty()),
            ),
            (
                "Assets",
                Some(source.titles(action.assets.iter().map(|id| id.0)).join(", ")).filter(|text| !text.is_empty()),
            ),
            (
                "Indicators",
                Some(source.titles(action.indicators.iter().map(|id| id.0)).join(", ")).filter(|text| !text.is_empty()),
            ),
        ];
        let prose =
            [action.description.as_ref().map(|text| text.as_str()), action.outcome.as_ref().map(|text| text.as_str())];
        json!({
            "id": number + 1,
            "task_uuid": source.uuid(entry.id()),
            "task_title": action.title.as_str(),
            "task_description": content(&facts, &prose),
            "task_status": status,
            "task_tags": marked_tags(source, entry.id(), &action.tags).join(","),
            "task_assignees": action.assignee.as_ref().map(|person| vec![source.name(person)]).unwrap_or_default(),
            "task_open_date": seconds(source.began.min(source.at)),
            "task_close_date": action.done_at.map(|done| exact(done.timestamp())),
            "task_last_update": seconds(source.at),
            "custom_attributes": {},
        })
    };
    source.case().actions().enumerate().map(task).collect()
}

/// Findings without a time, decisions and notes: IRIS has notes for them.
fn notes(source: &Source<'_>) -> Vec<Value> {
    let mut notes = Vec::new();
    let mut add = |name: String, directory: &str, title: &str, content: String| {
        notes.push(json!({
            "note_id": notes.len() + 1,
            "note_uuid": source.uuid(format!("note {name}")),
            "note_title": title,
            "note_content": content,
            "directory": { "name": directory },
            "comments": [],
            "custom_attributes": {},
        }));
    };
    for (entry, finding) in source.case().findings().filter(|(_, finding)| finding.observed.is_none()) {
        add(entry.id().to_string(), "Findings", finding.title.as_str(), timeless_content(source, entry.id(), finding));
    }
    for (entry, decision) in source.case().decisions() {
        let facts = [
            ("Marking", Some(tlp(source.line_marking(entry.id())))),
            ("Status", Some(decision.status.to_string())),
            ("By", decision.by.as_ref().map(|by| source.name(by).to_owned())),
            ("At", decision.at.map(|at| exact(at.timestamp()))),
            ("Due", decision.due.map(|due| exact(due.timestamp()))),
            ("Approved by", Some(source.names(&decision.approved_by).join(", ")).filter(|text| !text.is_empty())),
            (
                "Alternatives",
                Some(decision.alternatives.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
                    .filter(|text| !text.is_empty()),
            ),
        ];
        let prose = [
            decision.decision.as_ref().map(|text| text.as_str()),
            decision.rationale.as_ref().map(|text| text.as_str()),
        ];
        add(entry.id().to_string(), "Decisions", decision.question.as_str(), content(&facts, &prose));
    }
    for note in &source.case().notes {
        add(note.path.to_string(), "Notes", note.title(), note.text.clone());
    }
    notes
}
