//! The JSON of a whole case, as DFIR-IRIS exports it.

use super::super::Neighbour;
use super::super::entries::{self, identity, mark, settle};
use super::super::fields::{Fields, document, each};
use super::super::prose::{self, Prose};
use super::super::references::{listed, titles};
use super::super::words;
use super::{Asset, Event, Ioc};
use crate::import::{Made, Making, Outcome};
use crate::ingest::instant::Form;
use crate::values::{EntryId, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

pub const FORMAT: Neighbour = Neighbour {
    name: "iris",
    what: "a case of DFIR-IRIS: its JSON",
    keeps: "events, indicators, assets with their compromise, tasks, notes; title, severity, dates and summary of the case to be set by hand",
    loses: "evidence without its bytes, colours and flags of events, custom attributes",
    detect: |head| {
        let text = head.text();
        text.contains("\"case\"")
            && ["\"event_uuid\"", "\"asset_uuid\"", "\"ioc_uuid\"", "\"soc_id\"", "\"case_uuid\"", "\"export_date\""]
                .iter()
                .any(|key| text.contains(key))
    },
    read,
};

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    let document = document(bytes)?;
    let mut all = Fields::of_json(&document, "")?;
    case(&mut all, making);
    let mut assets = BTreeMap::new();
    each(&all.list("assets"), "/assets", making, &mut |number, fields, making| {
        asset(number, fields, making, &mut assets);
    });
    let mut iocs = BTreeMap::new();
    each(&all.list("iocs"), "/iocs", making, &mut |number, fields, making| ioc(number, fields, making, &mut iocs));
    sightings(&document, &assets, making);
    each(&all.list("timeline"), "/timeline", making, &mut |number, fields, making| {
        event(number, fields, making, &assets, &iocs);
    });
    each(&all.list("notes"), "/notes", making, &mut |_, fields, making| note(fields, making));
    let known = TASK_LISTS.map(|(_, _, kind)| titles(making, kind));
    each(&all.list("tasks"), "/tasks", making, &mut |number, fields, making| task(number, fields, making, &known));
    each(&all.list("evidences"), "/evidences", making, &mut |_, fields, making| evidence(&fields, making));
    each(&all.list("comments"), "/comments", making, &mut |_, fields, making| comment(fields, making));
    all.pass(&["export_date"]);
    all.lose_rest("case", making);
    Ok(())
}

fn case(all: &mut Fields, making: &mut Making<'_>) {
    let Some(case) = all.value("case") else { return };
    let Ok(mut case) = Fields::of_json(&case, "/case") else { return };
    for (key, name) in [("title", "name"), ("summary", "description")] {
        if let Some(text) = case.text(name) {
            making.tell(key, &text);
        }
    }
    if let Some(severity) = case.first(&["severity", "severity_name"]).and_then(|text| words::severity(&text)) {
        making.tell("severity", severity.word());
    }
    let outcome = case.first(&["status", "status_name"]).and_then(|text| match text.as_str() {
        "true_positive_with_impact" => Some("true-positive"),
        "true_positive_without_impact" => Some("true-positive-no-impact"),
        "false_positive" => Some("false-positive"),
        "legitimate" => Some("benign"),
        _ => None,
    });
    making.tell("outcome", outcome.unwrap_or_default());
    for (key, name) in [("milestones.reported", "open_date"), ("milestones.closed", "close_date")] {
        let Some(text) = case.text(name) else { continue };
        match words::when(&text, Form::Iso, making) {
            Ok(when) => making.tell(key, &crate::import::made::when_value(&when).to_string()),
            Err(_) => making.lose(&format!("case: {name}")),
        }
    }
    let tags: Vec<String> =
        case.texts("tags").iter().flat_map(|tags| tags.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    let tags = words::tags(tags.iter().map(String::as_str), making);
    if let Some(marking) = tags.marking {
        making.tell("tlp", marking.word());
    }
    case.pass(&[
        "case_uuid",
        "case_id",
        "soc_id",
        "open_by_user",
        "state",
        "custom_attributes",
        "modification_history",
    ]);
    case.lose_rest("case", making);
}

fn asset(number: usize, mut fields: Fields, making: &mut Making<'_>, known: &mut BTreeMap<String, EntryId>) {
    let name = fields.text("asset_name").unwrap_or_default();
    let kind = fields.first(&["type", "asset_type"]);
    let tags = fields.text("asset_tags").unwrap_or_default();
    let status = fields.text("asset_compromise_status");
    // Older exports have the number alone.
    let compromise = match status.or(fields.text("asset_compromise_status_id")).as_deref() {
        Some("compromised" | "1") => Some("compromised"),
        Some("not_compromised" | "2") => Some("cleared"),
        Some("to_be_determined" | "0") => Some("suspected"),
        _ => None,
    };
    let mut more = Prose::default();
    let info = fields.text("asset_info");
    let analysis = fields.text("analysis_status").filter(|status| status != "Unspecified");
    more.add(info).fact("Analysis", analysis);
    fields.pass(&["asset_id", "date_added", "asset_ioc", "light_asset_description", "asset_compromise_status_id"]);
    let key = fields.text("asset_uuid").unwrap_or_else(|| number.to_string());
    let asset = Asset {
        key: format!("asset/{key}"),
        name: name.clone(),
        kind: kind.clone(),
        description: fields.text("asset_description").unwrap_or_default(),
        address: fields.text("asset_ip"),
        domain: fields.text("asset_domain"),
        compromise,
        tags: words::tags(tags.split([',', '|']), making),
        more,
    };
    fields.lose_rest("asset", making);
    if let Some(id) = super::asset(making, &fields, asset) {
        known.insert(format!("{name} ({})", kind.unwrap_or_default()), id);
    }
}

fn ioc(number: usize, mut fields: Fields, making: &mut Making<'_>, known: &mut BTreeMap<String, EntryId>) {
    let tags = fields.text("ioc_tags").unwrap_or_default();
    let key = fields.text("ioc_uuid").unwrap_or_else(|| number.to_string());
    let ioc_id = fields.text("ioc_id");
    let ioc = Ioc {
        key: format!("ioc/{key}"),
        value: fields.text("ioc_value").unwrap_or_default(),
        kind: fields.first(&["ioc_type", "type", "type_name"]),
        description: fields.text("ioc_description").unwrap_or_default(),
        tags: words::tags(tags.split([',', '|']), making),
        marking: words::marking_in(fields.first(&["tlp_name", "ioc_tlp"]), "ioc: tlp_name", making),
    };
    fields.pass(&["ioc_misp", "ioc_type_id", "ioc_tlp_id", "user_id"]);
    fields.lose_rest("ioc", making);
    if let Some(id) = super::ioc(making, &fields, &ioc)
        && let Some(ioc_id) = ioc_id
    {
        known.insert(ioc_id, id);
    }
}

/// Which values were seen on which asset.
fn sightings(document: &Value, assets: &BTreeMap<String, EntryId>, making: &mut Making<'_>) {
    let Some(rows) = document.get("assets").and_then(Value::as_array) else { return };
    for row in rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = row.get("type").or(row.get("asset_type")).and_then(Value::as_str).unwrap_or_default();
        let Some(asset) = assets.get(&format!("{} ({kind})", text("asset_name"))) else { continue };
        for seen in row.get("asset_ioc").and_then(Value::as_array).into_iter().flatten() {
            let value = seen.get("ioc_value").and_then(Value::as_str).unwrap_or_default();
            for id in making.names.indicators_of(value).to_vec() {
                match making.made_mut(id) {
                    Some(entry) => _ = entry.row("sightings", [("asset", asset.to_string().into())]),
                    None => making.lose("asset: asset_ioc of an indicator that the case has"),
                }
            }
        }
    }
}

fn event(
    number: usize,
    mut fields: Fields,
    making: &mut Making<'_>,
    assets: &BTreeMap<String, EntryId>,
    iocs: &BTreeMap<String, EntryId>,
) {
    let zone = fields.text("event_tz").unwrap_or_default();
    let date = fields.text("event_date").unwrap_or_default();
    let local = fields.text("event_date_wtz");
    // `event_date` is in UTC; the other one is the same in the zone of the event, which is how it was entered.
    let when = match local.filter(|_| !zone.is_empty()) {
        Some(local) => words::when(&format!("{local}{zone}"), Form::Iso, making),
        None => words::when(&date, Form::IsoUtc, making),
    };
    let mut content = fields.text("event_content").unwrap_or_default();
    let mut unknown = Vec::new();
    let mut found = Vec::new();
    for name in fields.texts("assets") {
        match assets
            .get(&name)
            .copied()
            .or_else(|| making.names.asset(name.rsplit_once(" (").map_or(&name, |(name, _)| name)))
        {
            Some(id) => found.push(id),
            None => unknown.push(name),
        }
    }
    if !unknown.is_empty() {
        content.push_str(&format!("\n\n- Assets: {}", unknown.join(", ")));
    }
    let mut indicators = Vec::new();
    for ioc in fields.list("iocs") {
        let number = ioc.get("ioc_id").map(|id| id.to_string()).unwrap_or_default();
        let value = ioc.get("ioc_value").and_then(Value::as_str).unwrap_or_default();
        match iocs.get(&number) {
            Some(id) => indicators.push(*id),
            None if !making.names.indicators_of(value).is_empty() => {
                indicators.extend(making.names.indicators_of(value))
            }
            None => content.push_str(&format!("\n\n- Indicator: {value}")),
        }
    }
    let key = fields.text("event_uuid").unwrap_or_else(|| number.to_string());
    let category = fields.text("category");
    let both = Event::of(format!("timeline/{key}"), when, &mut fields, making);
    let event = Event { category, content, assets: found, indicators, ..both };
    fields.pass(&[
        "event_id",
        "event_in_summary",
        "event_in_graph",
        "last_edited_by",
        "parent_event_id",
        "event_color",
    ]);
    fields.lose_rest("timeline", making);
    super::event(making, &fields, event);
}

const TASK_FACTS: [&str; 9] =
    ["Phase", "Owner", "Priority", "Due", "Duty", "Ticket", "Findings", "Assets", "Indicators"];

/// What an exported task lists by titles: its fact, the key of an action, and the kind of entry.
const TASK_LISTS: [(&str, &str, Kind); 3] = [
    ("Findings", "findings", Kind::Finding),
    ("Assets", "assets", Kind::Asset),
    ("Indicators", "indicators", Kind::Indicator),
];

/// `known` are the titles of each kind of `TASK_LISTS`.
fn task(number: usize, mut fields: Fields, making: &mut Making<'_>, known: &[BTreeMap<String, Vec<EntryId>>; 3]) {
    let tags = fields.text("task_tags").unwrap_or_default();
    let tags = words::tags(tags.split([',', '|']), making);
    let key = fields.text("task_uuid").unwrap_or_else(|| number.to_string());
    let id = identity(making, Kind::Action, &format!("task/{key}"), tags.id);
    let is_own = tags.id == Some(id);
    let text = fields.text("task_description").unwrap_or_default();
    let (said, facts) = if is_own { prose::facts(&text, &TASK_FACTS) } else { (text, BTreeMap::new()) };
    let get = |name: &str| facts.get(name).map(String::as_str);
    let mut more = Prose::default();
    more.add(Some(&said));
    let mut entry = Made::new(id);
    entry
        .line("title", &fields.text("task_title").unwrap_or_else(|| "(no title)".to_owned()))
        .word("phase", get("Phase").unwrap_or("investigate"))
        .set("tags", &tags.own)
        .maybe("priority", get("Priority"))
        .maybe("duty", get("Duty"))
        .maybe("owner", get("Owner").and_then(|name| words::group(name, making)));
    mark(&mut entry, making, tags.marking);
    for ((name, key, _), known) in TASK_LISTS.into_iter().zip(known) {
        if let Some(list) = get(name) {
            let found = listed(list, ", ", &|title| known.get(title).cloned().unwrap_or_default());
            entry.set(key, &found.ids);
            more.fact(name, Some(found.unknown.join(", ")));
        }
    }
    if let Some((system, rest)) = get("Ticket").and_then(|ticket| ticket.split_once(' ')) {
        let (key, url) = rest.split_once(' ').map_or((rest, None), |(key, url)| (key, Some(url)));
        entry.inside("ticket", "system", system).inside("ticket", "key", key);
        if let Some(url) = url {
            entry.inside("ticket", "url", url);
        }
    }
    if let Some(due) = get("Due").and_then(|due| due.parse().ok()) {
        entry.cell("due", crate::import::made::moment_value(due));
    }
    for name in fields.texts("task_assignees") {
        match words::person(&name, making) {
            Some(person) if entry.get("assignee").is_none() => _ = entry.word("assignee", person),
            _ => _ = more.fact("Assignee", Some(&name)),
        }
    }
    let status = fields.first(&["task_status", "status_name"]).unwrap_or_default();
    let closed = fields.text("task_close_date");
    entries::status(&mut entry, making, (&status, words::action_status(&status)), closed.as_deref(), &mut more);
    fields.pass(&["id", "task_id", "task_open_date", "task_last_update"]);
    fields.lose_rest("task", making);
    let has_outcome = matches!(entry.get("status"), Some("declined" | "done"));
    if is_own && has_outcome && !said.is_empty() {
        // casebook writes what came of it behind the description.
        let (before, outcome) = said.rsplit_once('\n').unwrap_or(("", &said));
        entry.markdown("description", before).markdown("outcome", outcome);
    } else {
        entry.markdown("description", &more.text());
    }
    settle(making, &fields, entry);
}

fn note(mut fields: Fields, making: &mut Making<'_>) {
    let title = fields.text("note_title").unwrap_or_else(|| "Note".to_owned());
    let content = fields.text("note_content").unwrap_or_default();
    fields.pass(&["note_id", "note_uuid", "note_user", "directory", "note_creationdate", "note_lastupdate"]);
    fields.lose_rest("note", making);
    if super::timeless(making, &fields, &title, &content) {
        return;
    }
    let mut text = Prose::default();
    text.add(Some(content));
    entries::note(making, &fields, &title, &text);
}

fn comment(mut fields: Fields, making: &mut Making<'_>) {
    let mut text = Prose::default();
    text.add(fields.text("comment_text")).fact("Date", fields.text("comment_date"));
    fields.pass(&["comment_id", "comment_uuid"]);
    fields.lose_rest("comment", making);
    entries::note(making, &fields, "Comment", &text);
}

fn evidence(fields: &Fields, making: &mut Making<'_>) {
    fields.count(making, Outcome::Skipped(entries::NO_BYTES.to_owned()));
}
