//! Kanvas: the workbook that it reads (`sod.xlsx`), with its sheets and headings spelt as it spells them.

use super::format::{Export, File};
use super::source::{Source, citations, is_account, remarks, technique};
use crate::model::Entry;
use crate::values::vocabulary::{
    ActionStatus, Actor, Compromise, Containment, IndicatorType, Marking, Phase, Priority, Tactic,
};
use crate::values::{EntryId, When};
use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// The most characters that a cell of a workbook holds (ECMA-376).
const MAX_CELL: usize = 32_767;

type Row = (Option<EntryId>, Vec<String>);

struct Sheet {
    name: &'static str,
    headings: &'static [&'static str],
    rows: Vec<Row>,
}

pub fn export(source: &Source<'_>) -> Export {
    let sheets = [
        Sheet {
            name: "Timeline",
            headings: &[
                "Timestamp_UTC_0",
                "EvidenceType",
                "Event System",
                "<->",
                "Remote System",
                "Suspect Account",
                "MITRE Tactic",
                "MITRE Techniques",
                "Visualize",
                "Activity",
                "Notes",
            ],
            rows: timeline(source),
        },
        Sheet {
            name: "Systems",
            headings: &[
                "Date Added",
                "HostName",
                "IPAddress",
                "Location",
                "SystemType",
                "OS",
                "EntryPoint",
                "Reason for Listing ",
                "EvidenceCollected",
                "Notes",
            ],
            rows: systems(source),
        },
        Sheet {
            name: "Accounts",
            headings: &[
                "AccountName",
                "UserName",
                "SID",
                "AccountType",
                "AccountPrivileges",
                "First known compromised use",
                "Last known compromised use",
                "Notes",
            ],
            rows: accounts(source),
        },
        Sheet {
            name: "Indicators",
            headings: &["Source", "TLP", "IndicatorType", "Indicator", "SHA256", "SHA1", "MD5", "Notes"],
            rows: indicators(source),
        },
        Sheet {
            name: "Containment -Isolation",
            headings: &[
                "Timestamp_UTC_0",
                "TargetType",
                "TargetName",
                "IsolationMethod",
                "Timestamp of Isolation Requested",
                "Timestamp of isolation",
                "Notes",
            ],
            rows: containment(source),
        },
        Sheet {
            name: "Recommendations",
            headings: &["Finding/Issue", "Recommendations", "ApplyTo", "Priority", "Status", "Notes"],
            rows: recommendations(source),
        },
        Sheet {
            name: "Investigation Streams",
            headings: &[
                "Priority",
                "ID",
                "Work Stream",
                "Request / Task",
                "Significant Updates",
                "Assigned To",
                "CurrentStatus",
                "Date Updated",
                "Date Completed",
            ],
            rows: streams(source),
        },
        Sheet {
            name: "Evidence Tracker",
            headings: &[
                "Evidence ID",
                "EvidenceType",
                "EvidenceFormat",
                "EvidenceSource",
                "Date Requested",
                "Date Received",
                "Collected By",
                "Evidence Hash (If applicible)",
                "Storage Location",
                "Chain of Custory Notes",
                "Evidence Description",
                "Notes",
            ],
            rows: evidence(source),
        },
    ];
    let mut refused = Vec::new();
    for row in sheets.iter().flat_map(|sheet| &sheet.rows) {
        if let Some(id) = row.0
            && row.1.iter().any(|cell| length(cell) > MAX_CELL)
        {
            refused.push((id, format!("a cell holds {MAX_CELL} characters; what is longer is cut")));
        }
    }
    // Every text is cut to what a cell holds and every name is a constant, so there is nothing that a workbook refuses.
    let content = workbook(source, &sheets).unwrap_or_default();
    Export { files: vec![File::new("case.xlsx", content)], refused }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text that fits into a cell.
fn cut(text: &str) -> String {
    if length(text) <= MAX_CELL {
        return text.to_owned();
    }
    let mut left = MAX_CELL - 1;
    let fits = |character: &char| {
        let units = character.len_utf16();
        let fits = units <= left;
        left = left.saturating_sub(if fits { units } else { left });
        fits
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    kept
}

fn workbook(source: &Source<'_>, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(source.at.as_second())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let sheet = workbook.add_worksheet().set_name("Case Info")?;
    for (number, (name, value)) in (0..).zip(case_info(source)) {
        sheet.write_string(number, 0, name)?;
        sheet.write_string(number, 1, cut(&value))?;
    }
    for Sheet { name, headings, rows } in sheets {
        let sheet = workbook.add_worksheet().set_name(*name)?;
        for (column, heading) in (0..).zip(*headings) {
            sheet.write_string(0, column, *heading)?;
        }
        for (number, (_, cells)) in (1..).zip(rows) {
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(number, column, cut(cell))?;
            }
        }
    }
    workbook.save_to_buffer()
}

/// A moment as Kanvas writes it, in UTC.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn when(when: Option<&When>) -> String {
    when.map(|when| date(when.earliest())).unwrap_or_default()
}

fn case_info(source: &Source<'_>) -> Vec<(&'static str, String)> {
    let record = source.case().record.as_ref().map(|record| &record.value);
    let description = record.map(|record| {
        let mut lines: Vec<String> = record.summary.iter().map(ToString::to_string).collect();
        lines.push(format!("status {}", record.status));
        lines.extend(record.category.map(|category| format!("category {category}")));
        lines.extend(record.outcome.map(|outcome| format!("outcome {outcome}")));
        lines.extend(record.lead.as_ref().map(|lead| format!("lead {}", source.name(lead))));
        lines.extend(record.lessons.iter().map(ToString::to_string));
        lines.push(format!("commit {}", source.commit));
        lines.join("\n")
    });
    let mut info = vec![
        ("CollectionID:", source.uuid("kanvas")),
        ("CaseName:", source.title().to_owned()),
        ("CollectionType:", "incident".to_owned()),
        ("CollectionDescription:", description.unwrap_or_default()),
        ("TLP:", kanvas_tlp(source.told.marking)),
        ("IncidentSeverity:", record.map(|record| record.severity.to_string()).unwrap_or_default()),
        ("CaseID:", source.told.case_id.clone()),
    ];
    for name in [
        "Confidence:",
        "Labels:",
        "CreateCollection:",
        "TargetCountry:",
        "TargetSector:",
        "IntrusionSet:",
        "ThreatActorSophistication:",
        "ThreatActorResourceLevel:",
        "ThreatActor Name:",
        "Organization Size:",
    ] {
        info.push((name, String::new()));
    }
    info
}

/// Kanvas has no amber+strict; the stricter word that it has stands for it.
fn kanvas_tlp(marking: Marking) -> String {
    match marking {
        Marking::Clear => "TLP-Clear",
        Marking::Green => "TLP-Green",
        Marking::Amber => "TLP-Amber",
        Marking::AmberStrict | Marking::Red => "TLP-Red",
    }
    .to_owned()
}

fn tactic(tactic: Tactic) -> &'static str {
    match tactic {
        Tactic::Reconnaissance => "Reconnaissance",
        Tactic::ResourceDevelopment => "Resource Development",
        Tactic::InitialAccess => "Initial Access",
        Tactic::Execution => "Execution",
        Tactic::Persistence => "Persistence",
        Tactic::PrivilegeEscalation => "Privilege Escalation",
        Tactic::DefenseEvasion => "Defense Evasion",
        Tactic::CredentialAccess => "Credential Access",
        Tactic::Discovery => "Discovery",
        Tactic::LateralMovement => "Lateral Movement",
        Tactic::Collection => "Collection",
        Tactic::CommandAndControl => "Command and Control",
        Tactic::Exfiltration => "Exfiltration",
        Tactic::Impact => "Impact",
    }
}

fn timeline(source: &Source<'_>) -> Vec<Row> {
    let mut rows: Vec<(Timestamp, EntryId, Vec<String>)> = Vec::new();
    for (entry, event) in source.case().events() {
        let from_elsewhere = event.source.is_some() && event.destination.is_some();
        let here = event.destination.or(event.source);
        let mut notes: Vec<String> = event.description.iter().map(ToString::to_string).collect();
        notes.extend(event.direction.map(|direction| format!("direction: {direction}")));
        notes.push(source.titles(event.indicators.iter().map(|id| id.0)).join(", "));
        notes.extend(citations(&event.evidence));
        notes.extend(super::source::remark(&event.time));
        let techniques: Vec<String> = event.techniques.iter().map(|id| technique(id.as_str())).collect();
        rows.push((
            event.time.earliest(),
            entry.id(),
            vec![
                date(event.time.earliest()),
                event.actor.to_string(),
                here.map(|id| source.titled(id.0)).unwrap_or_default(),
                if from_elsewhere { "<-".to_owned() } else { String::new() },
                event.source.filter(|_| from_elsewhere).map(|id| source.titled(id.0)).unwrap_or_default(),
                event.account.as_ref().map(ToString::to_string).unwrap_or_default(),
                event.tactic.map(tactic).unwrap_or_default().to_owned(),
                techniques.join(", "),
                if event.actor == Actor::Attacker { "yes".to_owned() } else { String::new() },
                event.title.to_string(),
                remarks(source, entry, notes),
            ],
        ));
    }
    for (entry, finding) in source.case().findings() {
        let Some(observed) = &finding.observed else { continue };
        let techniques: Vec<String> = finding.techniques.iter().map(|id| technique(id.as_str())).collect();
        rows.push((
            observed.earliest(),
            entry.id(),
            vec![
                date(observed.earliest()),
                "finding".to_owned(),
                source.titles(finding.assets.iter().map(|id| id.0)).join(", "),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                techniques.join(", "),
                String::new(),
                finding.title.to_string(),
                finding_notes(source, entry, finding),
            ],
        ));
    }
    rows.sort_by_key(|(at, id, _)| (*at, *id));
    rows.into_iter().map(|(_, id, cells)| (Some(id), cells)).collect()
}

fn finding_notes(source: &Source<'_>, entry: &Entry, finding: &crate::model::Finding) -> String {
    let mut notes = vec![format!("{} {}", finding.status, finding.r#type), finding.summary.to_string()];
    notes.extend(finding.analysis.iter().map(ToString::to_string));
    notes.push(source.names(&finding.authors).join(", "));
    notes.extend(finding.severity.map(|severity| format!("severity: {severity}")));
    notes.extend(finding.confidence.map(|confidence| format!("confidence: {confidence}")));
    notes.extend(finding.reason.iter().map(|reason| format!("because: {reason}")));
    if finding.observed.is_none() {
        notes.extend(finding.techniques.iter().map(|id| technique(id.as_str())));
    }
    notes.extend(finding.vulnerabilities.iter().map(ToString::to_string));
    notes.push(source.titles(finding.indicators.iter().map(|id| id.0)).join(", "));
    notes.extend(citations(&finding.evidence));
    notes.extend(finding.observed.as_ref().and_then(super::source::remark));
    remarks(source, entry, notes)
}

/// The line that lists the identifiers of an asset, where it has some.
fn identifiers(asset: &crate::model::Asset) -> Option<String> {
    let names: Vec<&str> = asset.identifiers.iter().map(|name| name.as_str()).collect();
    (!names.is_empty()).then(|| format!("identifiers: {}", names.join(", ")))
}

fn systems(source: &Source<'_>) -> Vec<Row> {
    let assets = source.case().assets().filter(|(_, asset)| !is_account(asset.kind));
    assets
        .map(|(entry, asset)| {
            let names = || asset.identifiers.iter().map(|name| name.as_str());
            let addresses: Vec<&str> = names().filter(|name| name.parse::<core::net::IpAddr>().is_ok()).collect();
            let mut notes: Vec<String> = asset.description.iter().map(ToString::to_string).collect();
            notes.extend(identifiers(asset));
            notes.extend(asset.owner.as_ref().map(|owner| format!("owner: {}", source.name(owner))));
            notes.extend(asset.criticality.map(|word| format!("criticality: {word}")));
            notes.extend(asset.containment.map(|word| format!("containment: {word}")));
            let collected = source.case().evidence().any(|(_, item)| {
                item.source.as_ref().and_then(|from| from.asset).is_some_and(|from| from.0 == entry.id())
            });
            let reason = match asset.compromise {
                Some(Compromise::Compromised) => "Compromised".to_owned(),
                other => other.map(|word| word.to_string()).unwrap_or_default(),
            };
            let cells = vec![
                date(source.at),
                asset.name.to_string(),
                addresses.join(", "),
                String::new(),
                asset.kind.to_string(),
                String::new(),
                "Unknown".to_owned(),
                reason,
                if collected { "Yes".to_owned() } else { "No".to_owned() },
                remarks(source, entry, notes),
            ];
            (Some(entry.id()), cells)
        })
        .collect()
}

fn accounts(source: &Source<'_>) -> Vec<Row> {
    let assets = source.case().assets().filter(|(_, asset)| is_account(asset.kind));
    assets
        .map(|(entry, asset)| {
            let sid = asset.identifiers.iter().map(|name| name.as_str()).find(|name| name.starts_with("S-1-"));
            let mut notes: Vec<String> = asset.description.iter().map(ToString::to_string).collect();
            notes.extend(identifiers(asset));
            notes.extend(asset.owner.as_ref().map(|owner| format!("owner: {}", source.name(owner))));
            notes.extend(asset.criticality.map(|word| format!("criticality: {word}")));
            notes.extend(asset.compromise.map(|word| format!("compromise: {word}")));
            notes.extend(asset.containment.map(|word| format!("containment: {word}")));
            let cells = vec![
                asset.name.to_string(),
                String::new(),
                sid.unwrap_or_default().to_owned(),
                asset.kind.to_string(),
                String::new(),
                String::new(),
                String::new(),
                remarks(source, entry, notes),
            ];
            (Some(entry.id()), cells)
        })
        .collect()
}

fn indicators(source: &Source<'_>) -> Vec<Row> {
    use IndicatorType as Type;
    let row = |(entry, indicator): (&Entry, &crate::model::Indicator)| {
        let value = indicator.value.as_str();
        let kind = match indicator.r#type {
            Type::IpSrc | Type::IpDst | Type::IpDstPort => "IPAddress",
            Type::Domain | Type::Hostname => "DomainName",
            Type::Url => "URL",
            Type::Filename | Type::FilenameSha256 => "FileName",
            Type::Email | Type::EmailSrc | Type::EmailDst => "EmailAddress",
            Type::Account => "UserName",
            Type::UserAgent => "UserAgent",
            Type::Mutex => "Mutex",
            Type::Regkey => "RegistryPath",
            Type::Ja3 => "JA3-JA3S",
            Type::Sha256 => "SHA256",
            Type::Sha1 => "SHA1",
            Type::Md5 => "MD5",
            _ => "Other-Strings",
        };
        let digest = |of: Type| if indicator.r#type == of { value.to_owned() } else { String::new() };
        let (name, sha256) = match (indicator.r#type, value.split_once('|')) {
            (Type::FilenameSha256, Some((name, digest))) => (name, digest.to_owned()),
            _ => (value, digest(Type::Sha256)),
        };
        let mut notes: Vec<String> = indicator.description.iter().map(ToString::to_string).collect();
        notes.push(format!("{}, {}", indicator.r#type, indicator.verdict));
        notes.extend(indicator.confidence.map(|confidence| format!("confidence: {confidence}")));
        notes.extend(indicator.first_seen.as_ref().map(|seen| format!("first seen: {seen}")));
        notes.extend(indicator.last_seen.as_ref().map(|seen| format!("last seen: {seen}")));
        notes.push(source.titles(indicator.sightings.iter().map(|sighting| sighting.asset.0)).join(", "));
        notes.extend(citations(&indicator.evidence));
        let cells = vec![
            "casebook".to_owned(),
            kanvas_tlp(source.line_marking(entry.id())),
            kind.to_owned(),
            name.to_owned(),
            sha256,
            digest(Type::Sha1),
            digest(Type::Md5),
            remarks(source, entry, notes),
        ];
        (Some(entry.id()), cells)
    };
    source.case().indicators().map(row).collect()
}

fn containment(source: &Source<'_>) -> Vec<Row> {
    let contained = source.case().assets().filter_map(|(entry, asset)| Some((entry, asset, asset.containment?)));
    contained
        .filter(|(_, _, containment)| *containment != Containment::None)
        .map(|(entry, asset, containment)| {
            // The earliest act of containment on the asset that is done says when.
            let acts = source.case().actions().filter(|(_, action)| {
                action.phase == Phase::Contain && action.assets.iter().any(|other| other.0 == entry.id())
            });
            let done = acts.filter_map(|(_, action)| action.done_at).min();
            let at = done.map(|done| date(done.timestamp())).unwrap_or_default();
            let cells = vec![
                at.clone(),
                asset.kind.to_string(),
                asset.name.to_string(),
                containment.to_string(),
                String::new(),
                at,
                remarks(source, entry, Vec::new()),
            ];
            (Some(entry.id()), cells)
        })
        .collect()
}

fn priority(priority: Option<Priority>) -> String {
    priority.map(|priority| priority.to_string()).unwrap_or_default()
}

fn recommendations(source: &Source<'_>) -> Vec<Row> {
    let actions = source.case().actions().filter(|(_, action)| action.phase == Phase::Recommend);
    let mut rows: Vec<Row> = actions
        .map(|(entry, action)| {
            let mut notes: Vec<String> = action.description.iter().map(ToString::to_string).collect();
            notes.extend(action.outcome.iter().map(ToString::to_string));
            notes.extend(action.done_at.map(|done| format!("done: {}", date(done.timestamp()))));
            notes.extend(action.due.map(|due| format!("due: {}", date(due.timestamp()))));
            let cells = vec![
                source.titles(action.findings.iter().map(|id| id.0)).join("\n"),
                action.title.to_string(),
                source.titles(action.assets.iter().map(|id| id.0)).join(", "),
                priority(action.priority),
                action.status.to_string(),
                remarks(source, entry, notes),
            ];
            (Some(entry.id()), cells)
        })
        .collect();
    // A finding without a time is on no timeline.
    for (entry, finding) in source.case().findings().filter(|(_, finding)| finding.observed.is_none()) {
        let applies = source.titles(finding.assets.iter().map(|id| id.0)).join(", ");
        let notes = finding_notes(source, entry, finding);
        rows.push((
            Some(entry.id()),
            vec![finding.title.to_string(), String::new(), applies, String::new(), finding.status.to_string(), notes],
        ));
    }
    rows
}

fn streams(source: &Source<'_>) -> Vec<Row> {
    let actions = source.case().actions().filter(|(_, action)| action.phase != Phase::Recommend);
    let mut rows: Vec<Row> = actions
        .map(|(entry, action)| {
            let status = match action.status {
                ActionStatus::Open => "Open",
                ActionStatus::InProgress => "In Progress",
                ActionStatus::Done => "Completed",
                ActionStatus::Declined | ActionStatus::Superseded | ActionStatus::Withdrawn => "Closed",
            };
            let mut task = vec![action.title.to_string()];
            task.extend(action.description.iter().map(ToString::to_string));
            task.extend(action.due.map(|due| format!("due: {}", date(due.timestamp()))));
            task.push(source.titles(action.assets.iter().map(|id| id.0)).join(", "));
            task.extend(action.ticket.as_ref().map(|ticket| format!("{} {}", ticket.system, ticket.key)));
            let who = action.assignee.as_ref().or(action.owner.as_ref());
            let cells = vec![
                priority(action.priority),
                entry.id().to_string(),
                action.phase.to_string(),
                remarks(source, entry, task),
                action.outcome.as_ref().map(ToString::to_string).unwrap_or_default(),
                who.map(|who| source.name(who).to_owned()).unwrap_or_default(),
                status.to_owned(),
                date(source.at),
                action.done_at.map(|done| date(done.timestamp())).unwrap_or_default(),
            ];
            (Some(entry.id()), cells)
        })
        .collect();
    for (entry, decision) in source.case().decisions() {
        let said = [&decision.decision, &decision.rationale].into_iter().flatten().map(ToString::to_string);
        let cells = vec![
            String::new(),
            entry.id().to_string(),
            "decision".to_owned(),
            remarks(source, entry, vec![decision.question.to_string()]),
            said.collect::<Vec<_>>().join("\n"),
            decision.by.as_ref().map(|by| source.name(by).to_owned()).unwrap_or_default(),
            decision.status.to_string(),
            date(source.at),
            decision.at.map(|at| date(at.timestamp())).unwrap_or_default(),
        ];
        rows.push((Some(entry.id()), cells));
    }
    rows
}

fn evidence(source: &Source<'_>) -> Vec<Row> {
    let chains = source.case().chains();
    let row = |(entry, item): (&Entry, &crate::model::Evidence)| {
        let custody = chains.get(&entry.id()).into_iter().flatten().map(|(_, event)| {
            let to = event.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
            let reason = event.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{} {} by {}{to}{reason}", date(event.at.timestamp()), event.action, source.name(&event.by))
        });
        let from = item.source.as_ref();
        let cells = vec![
            entry.id().to_string(),
            item.kind.to_string(),
            String::new(),
            from.and_then(|from| from.asset).map(|asset| source.titled(asset.0)).unwrap_or_default(),
            String::new(),
            when(Some(&item.acquired.at)),
            source.name(&item.acquired.by).to_owned(),
            item.list.map(|digest| digest.to_string()).unwrap_or_default(),
            item.storage.to_string(),
            custody.collect::<Vec<_>>().join("\n"),
            item.title.to_string(),
            remarks(source, entry, item.description.iter().map(ToString::to_string).collect()),
        ];
        (Some(entry.id()), cells)
    };
    source.case().evidence().map(row).collect()
}
