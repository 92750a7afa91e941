//! Kanvas: its workbook.
//!
//! Its times are in UTC, as the heading of the column says. An arrow between the systems of an event says which one is the source.
//! Systems that are listed as compromised are compromised; the kind of a system is told from its type. Recommendations are
//! recommendations, work streams are investigations. What casebook exported comes back under its own ids and with what its notes
//! say; findings come back as drafts.

use super::Neighbour;
use super::entries::{self, Observed, identity, mark, settle};
use super::fields::Fields;
use super::prose::{self, Prose};
use super::references::{self, listed};
use super::remarks::{self, Own, take_first, take_listed, take_named};
use super::words;
use crate::import::{Made, Making, Outcome, made};
use crate::ingest::instant::Form;
use crate::values::Kind;
use crate::values::vocabulary::{ActionStatus, AssetKind, IndicatorType};
use calamine::{DataRef, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub const FORMAT: Neighbour = Neighbour {
    name: "kanvas",
    what: "a case of Kanvas: its workbook",
    keeps: "timeline, systems, accounts, indicators, containment, recommendations, work streams; title, severity, TLP and description of the case to be set by hand",
    loses: "evidence without its bytes, its sheet of VERIS, who sees what in the picture",
    detect: |head| head.bytes.starts_with(b"PK\x03\x04") && head.name.to_lowercase().ends_with(".xlsx"),
    read,
};

/// The most that a workbook may come to when it is unpacked, in bytes: 256 MiB.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;

/// The most columns of a sheet that are read.
const MAX_COLUMNS: u32 = 200;

type Row = (u32, BTreeMap<u32, String>);

fn read(bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
    demand_small(bytes)?;
    // The parser reads hostile bytes, and counts with what they say.
    let sheets = catch_unwind(AssertUnwindSafe(|| sheets(bytes, making)));
    let mut sheets = sheets.unwrap_or_else(|_| Err("it is damaged".to_owned()))?;
    if let Some(info) = sheets.remove("Case Info") {
        case_info(&info, making);
    }
    type Read = fn(&str, Fields, &mut Making<'_>);
    let order: [(&str, Read); 8] = [
        ("Systems", system),
        ("Accounts", account),
        ("Indicators", indicator),
        ("Timeline", event),
        ("Containment -Isolation", containment),
        ("Recommendations", recommendation),
        ("Investigation Streams", stream),
        ("Evidence Tracker", |_, fields, making| fields.count(making, Outcome::Skipped(entries::NO_BYTES.to_owned()))),
    ];
    for (name, read) in order {
        let Some(rows) = sheets.remove(name) else { continue };
        let mut rows = rows.into_iter();
        let Some((_, header)) = rows.next() else { continue };
        for (number, cells) in rows {
            let named = cells.iter().filter_map(|(at, cell)| Some((header.get(at)?.trim(), cell.as_str())));
            let place = format!("{name} row {}", u64::from(number) + 1);
            let fields = Fields::of_row(place, None, named);
            if fields.rest().is_empty() {
                fields.count(making, Outcome::Refused("its cells stand under no header".to_owned()));
                continue;
            }
            for _ in cells.keys().filter(|at| !header.contains_key(at)) {
                making.lose(&format!("{name}: a cell under no header"));
            }
            read(&format!("{name}/{number}"), fields, making);
        }
    }
    for (name, rows) in sheets.iter().filter(|(_, rows)| rows.len() > 1) {
        making.lose(&format!("the sheet `{name}` ({} rows)", rows.len() - 1));
    }
    Ok(())
}

/// Refuses a workbook that unpacks to very much.
fn demand_small(bytes: &[u8]) -> Result<(), String> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("it is no workbook: {error}"))?;
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| format!("it is no workbook: {error}"))?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        left = read.ok().and_then(|read| left.checked_sub(read)).ok_or_else(|| {
            format!("it is damaged, or comes to more than {} MiB when it is unpacked", MAX_UNPACKED >> 20)
        })?;
    }
    Ok(())
}

/// The rows of each sheet.
fn sheets(bytes: &[u8], making: &mut Making<'_>) -> Result<BTreeMap<String, Vec<Row>>, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| format!("it is no workbook: {error}"))?;
    let names = book.sheet_names();
    if !names.iter().any(|name| name == "Timeline") {
        return Err("it has no sheet `Timeline`".to_owned());
    }
    let mut sheets = BTreeMap::new();
    for name in names {
        sheets.insert(name.clone(), rows(&mut book, &name, making)?);
    }
    Ok(sheets)
}

/// The rows of a sheet that say something, cell by cell: a sheet with a cell far away is not held whole.
fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, making: &mut Making<'_>) -> Result<Vec<Row>, String> {
    let wrong = |error: calamine::XlsxError| format!("the sheet `{name}` cannot be read: {error}");
    let mut reader = book.worksheet_cells_reader(name).map_err(wrong)?;
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if let DataRef::Error(error) = cell.get_value() {
            making.lose(&format!("{name}: a cell with the error {error}"));
        } else if column >= MAX_COLUMNS && !text.trim().is_empty() {
            making.lose(&format!("{name}: a cell beyond the first {MAX_COLUMNS} columns"));
        } else if !text.trim().is_empty() {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    Ok(rows.into_iter().collect())
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::DateTime(at) if at.is_duration() => duration(at.as_f64()),
        DataRef::DateTime(at) if !DATES.contains(&at.as_f64()) => {
            format!("the number {}, which is no date", at.as_f64())
        }
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{}", fraction(milli.into()))
        }
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Empty | DataRef::Error(_) => String::new(),
    }
}

/// The numbers that are dates, as days: from the first day of a calendar of Excel to the end of the year 9999.
const DATES: Range<f64> = 1.0..2_958_466.0;

/// A duration, from days, as hours, minutes and seconds.
fn duration(days: f64) -> String {
    let millis = (days.abs() * 86_400_000.0).round();
    if millis.is_nan() || millis >= 1e15 {
        return format!("{days} days");
    }
    let millis = millis as u64;
    let (minutes, seconds) = (millis / 60_000, millis / 1000 % 60);
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{}:{:02}:{seconds:02}{}", minutes / 60, minutes % 60, fraction(millis % 1000))
}

/// The milliseconds behind a second, where there are some.
fn fraction(millis: u64) -> String {
    if millis == 0 { String::new() } else { format!(".{millis:03}") }
}

fn case_info(rows: &[Row], making: &mut Making<'_>) {
    for (_, cells) in rows {
        for _ in cells.keys().filter(|column| **column > 1 || !cells.contains_key(&0)) {
            making.lose("Case Info: a cell without a label");
        }
        let (Some(label), Some(value)) = (cells.get(&0), cells.get(&1)) else { continue };
        match label.trim() {
            "CaseName:" => making.tell("title", value),
            "CollectionDescription:" => making.tell("summary", value),
            "TLP:" => making.tell("tlp", words::marking(value).map_or("", |marking| marking.word())),
            "IncidentSeverity:" => {
                making.tell("severity", words::severity(value).map_or("", |severity| severity.word()))
            }
            "CaseID:" | "CollectionID:" => {}
            label => making.lose(&format!("Case Info: {label}")),
        }
    }
}

fn event(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let when = match words::when(&fields.text("Timestamp_UTC_0").unwrap_or_default(), Form::IsoUtc, making) {
        Ok(when) => when,
        Err(why) => return fields.count(making, Outcome::Refused(why.to_string())),
    };
    let notes = fields.text("Notes").unwrap_or_default();
    let techniques = fields.text("MITRE Techniques").unwrap_or_default();
    let found: std::collections::BTreeSet<_> = techniques.split([',', ';', '\n']).flat_map(words::techniques).collect();
    let title = fields.text("Activity").unwrap_or_else(|| "(no activity)".to_owned());
    if let Some(own) = remarks::own(&notes, Kind::Finding) {
        let mut entry = Made::new(identity(making, Kind::Finding, key, Some(own.id)));
        let hosts = fields.text("Event System").unwrap_or_default();
        let assets = listed(&hosts, ", ", &references::assets(&making.names));
        entry.line("title", &title).set("techniques", found).set("assets", assets.ids);
        remarks::finding(&mut entry, &own, Some(when), making);
        fields.pass(&["EvidenceType"]);
        fields.lose_rest("Timeline", making);
        settle(making, &fields, entry);
        return;
    }
    let own = remarks::own(&notes, Kind::Event);
    let mut entry = Made::new(identity(making, Kind::Event, key, own.as_ref().map(|own| own.id)));
    let kind = fields.text("EvidenceType").unwrap_or_default();
    let (here, there) = (fields.text("Event System"), fields.text("Remote System"));
    let tactic_name = fields.text("MITRE Tactic");
    let tactic = tactic_name.as_deref().and_then(words::tactic);
    let asset = |name: &Option<String>| name.as_ref().and_then(|name| making.names.asset(name));
    let (mut source, mut destination) = (asset(&there), asset(&here));
    if fields.text("<->").as_deref() == Some("->") {
        (source, destination) = (destination, source);
    }
    entry
        .line("title", &title)
        .set("techniques", &found)
        .maybe("tactic", tactic)
        .maybe("source", source)
        .maybe("destination", destination)
        .line("account", &fields.text("Suspect Account").unwrap_or_default());
    match own.filter(|own| own.id == entry.id) {
        Some(own) => {
            entry.word("actor", &kind);
            remarks::event(&mut entry, &own, when, making);
        }
        None => {
            let mut said = Prose::default();
            said.add(Some(&notes)).fact("Tactic", tactic_name.filter(|_| tactic.is_none()));
            said.fact("Techniques", Some(&techniques).filter(|_| found.is_empty()));
            said.fact("Event system", here.filter(|name| making.names.asset(name).is_none()));
            said.fact("Remote system", there.filter(|name| making.names.asset(name).is_none()));
            said.fact("Evidence", Some(&kind));
            let actor = if tactic.is_some() { "attacker" } else { "unknown" };
            entry.when("time", &when).word("actor", actor).markdown("description", &said.text());
        }
    }
    fields.pass(&["Visualize", "Visualise"]);
    fields.lose_rest("Timeline", making);
    settle(making, &fields, entry);
}

/// Says what remarks say of an asset; others' are text.
fn about_asset(entry: &mut Made, own: Option<&Own>, notes: &str, said: &Prose, making: &Making<'_>) {
    let Some(own) = own.filter(|own| own.id == entry.id) else {
        let mut all = Prose::default();
        all.add(Some(notes)).add(Some(said.text()));
        entry.markdown("description", &all.text());
        return;
    };
    let mut lines = own.cite(entry, making);
    for name in ["containment", "compromise", "criticality"] {
        entry.maybe(name, take_named(&mut lines, name));
    }
    entry.maybe("owner", take_named(&mut lines, "owner").and_then(|name| words::group(&name, making)));
    if let Some(identifiers) = take_named(&mut lines, "identifiers") {
        entry.set("identifiers", identifiers.split(", "));
    }
    entry.markdown("description", &lines.join("\n"));
}

fn system(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let name = fields.text("HostName").unwrap_or_default();
    let notes = fields.text("Notes").unwrap_or_default();
    let own = remarks::own(&notes, Kind::Asset);
    let kind_name = fields.text("SystemType").unwrap_or_default();
    let kind = words::asset_kind(&kind_name).unwrap_or(AssetKind::Other);
    let addresses = fields.text("IPAddress").unwrap_or_default();
    let reason = fields.text("Reason for Listing");
    let compromise = match reason.as_deref().map(words::plain).as_deref() {
        Some("compromised") => Some("compromised"),
        Some("suspected") => Some("suspected"),
        Some("cleared") => Some("cleared"),
        Some("unknown") if own.is_some() => Some("unknown"),
        _ => None,
    };
    let mut said = Prose::default();
    said.fact("Reason for listing", reason.filter(|_| compromise.is_none()));
    for (name, column) in [("Location", "Location"), ("Operating system", "OS"), ("Entry point", "EntryPoint")] {
        said.fact(name, fields.text(column).filter(|text| text != "Unknown"));
    }
    said.fact("Type", Some(&kind_name).filter(|_| kind == AssetKind::Other));
    fields.pass(&["Date Added", "EvidenceCollected"]);
    fields.lose_rest("Systems", making);
    let own_id = own.as_ref().map(|own| own.id);
    entries::asset(making, &fields, key, own_id, (&name, kind), &mut |entry, making| {
        entry.set("identifiers", addresses.split([',', ';', ' ', '\n']).map(str::trim)).maybe("compromise", compromise);
        about_asset(entry, own.as_ref(), &notes, &said, making);
    });
}

fn account(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let (account, user) = (fields.text("AccountName"), fields.text("UserName"));
    let notes = fields.text("Notes").unwrap_or_default();
    let own = remarks::own(&notes, Kind::Asset);
    let name = account.or(user.clone()).unwrap_or_default();
    let kind_name = fields.text("AccountType").unwrap_or_default();
    let kind = if kind_name == "mailbox" { AssetKind::Mailbox } else { AssetKind::Account };
    let sid = fields.text("SID");
    let mut said = Prose::default();
    said.fact("Type", Some(&kind_name).filter(|_| own.is_none()));
    for (name, column) in [
        ("Privileges", "AccountPrivileges"),
        ("First known compromised use", "First known compromised use"),
        ("Last known compromised use", "Last known compromised use"),
    ] {
        said.fact(name, fields.text(column));
    }
    fields.lose_rest("Accounts", making);
    let own_id = own.as_ref().map(|own| own.id);
    entries::asset(making, &fields, key, own_id, (&name, kind), &mut |entry, making| {
        entry.set("identifiers", sid.iter().chain(user.iter().filter(|user| **user != name)));
        about_asset(entry, own.as_ref(), &notes, &said, making);
    });
}

fn indicator(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let kind_name = fields.text("IndicatorType").unwrap_or_default();
    let value = fields.text("Indicator").unwrap_or_default();
    let notes = fields.text("Notes").unwrap_or_default();
    let own = remarks::own(&notes, Kind::Indicator);
    let marking = words::marking_in(fields.text("TLP"), "Indicators: TLP", making);
    let digests: Vec<(IndicatorType, String)> =
        [(IndicatorType::Sha256, "SHA256"), (IndicatorType::Sha1, "SHA1"), (IndicatorType::Md5, "MD5")]
            .into_iter()
            .filter_map(|(kind, column)| Some((kind, fields.text(column)?)))
            .collect();
    // casebook says the type and the verdict in a line of its own.
    let facts = own.as_ref().and_then(|own| own.lines.iter().find_map(|line| words::type_and_verdict(line)));
    let kind = facts
        .as_ref()
        .map(|(kind, _)| *kind)
        .or_else(|| words::indicator_type(&kind_name))
        .unwrap_or(IndicatorType::Other);
    let mut values: Vec<(IndicatorType, String)> = Vec::new();
    match (kind, &digests[..]) {
        (IndicatorType::Filename | IndicatorType::FilenameSha256, [(IndicatorType::Sha256, digest)])
            if !value.is_empty() =>
        {
            values.push((IndicatorType::FilenameSha256, format!("{value}|{digest}")));
        }
        _ => {
            values.extend((!value.is_empty()).then(|| (kind, value.clone())));
            values.extend(digests.into_iter().filter(|(_, digest)| *digest != value));
        }
    }
    let mut said = Prose::default();
    said.fact("Source", fields.text("Source").filter(|source| source != "casebook"));
    said.fact("Type", Some(&kind_name).filter(|_| kind == IndicatorType::Other && own.is_none()));
    fields.lose_rest("Indicators", making);
    let own_id = own.as_ref().map(|own| own.id);
    let keys: Vec<String> =
        (0..values.len()).map(|at| if at == 0 { key.to_owned() } else { format!("{key}/{at}") }).collect();
    let all: Vec<Observed<'_>> = values
        .iter()
        .zip(&keys)
        .map(|((kind, value), key)| Observed { key, own: own_id, kind: *kind, value })
        .collect();
    entries::indicators(
        making,
        &fields,
        &all,
        &mut |entry, making| match own.as_ref().filter(|own| own.id == entry.id) {
            Some(own) => about_indicator(entry, own, making),
            None => {
                mark(entry, making, marking);
                let mut all = Prose::default();
                all.add(Some(&notes)).add(Some(said.text()));
                entry.markdown("description", &all.text());
            }
        },
    );
}

/// Says what remarks say of an indicator.
fn about_indicator(entry: &mut Made, own: &Own, making: &Making<'_>) {
    let mut lines = own.cite(entry, making);
    for asset in take_listed(&mut lines, &references::assets(&making.names)) {
        entry.row("sightings", [("asset", asset.to_string().into())]);
    }
    for (name, key) in [("last seen", "last_seen"), ("first seen", "first_seen")] {
        if let Some(when) = take_named(&mut lines, name).and_then(|text| prose::shown_time(&text)) {
            entry.when(key, &when);
        }
    }
    entry.maybe("confidence", take_named(&mut lines, "confidence"));
    if let Some((_, verdict)) = lines.last().and_then(|line| words::type_and_verdict(line)) {
        lines.pop();
        entry.word("verdict", verdict);
    }
    entry.markdown("description", &lines.join("\n"));
}

fn containment(_: &str, mut fields: Fields, making: &mut Making<'_>) {
    let name = fields.text("TargetName").unwrap_or_default();
    let method = fields.text("IsolationMethod").unwrap_or_default();
    let Some(id) = making.names.asset(&name) else {
        return fields.count(making, Outcome::Refused(format!("no one asset is called `{name}`")));
    };
    let word = match words::plain(&method) {
        text if text.contains("isolat") || text.contains("contain") || text.contains("quarantin") => "isolated",
        text if text.contains("disabl") || text.contains("lock") => "disabled",
        text if text.contains("rebuil") || text.contains("reimag") => "rebuilt",
        text if text.contains("restor") => "restored",
        text if text.contains("monitor") => "monitored",
        _ => "",
    };
    let mut said = Prose::default();
    said.fact("Containment", Some(&method).filter(|_| word.is_empty()));
    let notes = fields.text("Notes").unwrap_or_default();
    if remarks::own(&notes, Kind::Asset).is_some() {
        // What was done, and when, are actions.
        fields.pass(&["Timestamp of Isolation Requested", "Timestamp of isolation"]);
    } else {
        said.fact("About it", Some(notes));
    }
    for (name, column) in
        [("Isolation requested", "Timestamp of Isolation Requested"), ("Isolated", "Timestamp of isolation")]
    {
        said.fact(name, fields.text(column));
    }
    fields.pass(&["Timestamp_UTC_0", "TargetType"]);
    fields.lose_rest("Containment -Isolation", making);
    let Some(entry) = making.made_mut(id) else {
        making.lose("Containment -Isolation: of an asset that the case has");
        let outcome = entries::known_as(making, "the asset of this name", id);
        return fields.count(making, outcome);
    };
    let before = entry.get("description").unwrap_or_default().to_owned();
    let mut all = Prose::default();
    all.add(Some(before)).add(Some(said.text()));
    entry.maybe("containment", (!word.is_empty()).then_some(word)).markdown("description", &all.text());
    fields.count(making, Outcome::Taken);
}

fn recommendation(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let notes = fields.text("Notes").unwrap_or_default();
    let issue = fields.text("Finding/Issue");
    let applies = fields.text("ApplyTo").unwrap_or_default();
    let found = listed(&applies, ", ", &references::assets(&making.names));
    if let Some(own) = remarks::own(&notes, Kind::Finding) {
        let mut entry = Made::new(identity(making, Kind::Finding, key, Some(own.id)));
        entry.line("title", &issue.unwrap_or_default()).set("assets", found.ids);
        remarks::finding(&mut entry, &own, None, making);
        fields.pass(&["Status"]);
        fields.lose_rest("Recommendations", making);
        settle(making, &fields, entry);
        return;
    }
    let title = fields.text("Recommendations").or(issue.clone()).unwrap_or_default();
    let own = remarks::own(&notes, Kind::Action);
    let mut entry = Made::new(identity(making, Kind::Action, key, own.as_ref().map(|own| own.id)));
    let own = own.filter(|own| own.id == entry.id);
    let titles = references::titles(making, Kind::Finding);
    let issue = issue.filter(|issue| *issue != title).unwrap_or_default();
    let issues = listed(&issue, "\n", &|title| titles.get(title).cloned().unwrap_or_default());
    let mut said = Prose::default();
    let (lines, done) = match &own {
        Some(own) => {
            let mut lines = own.cite(&mut entry, making);
            take_due(&mut lines, &mut entry);
            let done = take_named(&mut lines, "done");
            (lines, done)
        }
        None => (notes.lines().map(str::to_owned).collect(), None),
    };
    said.fact("Issue", Some(issues.unknown.join("; ")));
    said.fact("Applies to", Some(found.unknown.join(", ")));
    entry.set("assets", found.ids).set("findings", issues.ids);
    entry.line("title", &title).word("phase", "recommend");
    let outcome = own.as_ref().map(|_| None);
    action(&mut entry, lines, &mut fields, ("Status", done.as_deref(), outcome), said, making);
    fields.lose_rest("Recommendations", making);
    settle(making, &fields, entry);
}

/// Takes when an action is due off the end.
fn take_due(lines: &mut Vec<String>, entry: &mut Made) {
    let due = take_named(lines, "due").and_then(|due| format!("{}Z", due.replacen(' ', "T", 1)).parse().ok());
    if let Some(due) = due {
        entry.cell("due", made::moment_value(due));
    }
}

fn stream(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let task = fields.text("Request / Task").unwrap_or_default();
    let stream = fields.text("Work Stream");
    let (done, who) = (fields.text("Date Completed"), fields.text("Assigned To"));
    fields.pass(&["ID", "Date Updated"]);
    if let Some(own) = remarks::own(&task, Kind::Decision) {
        return decision(key, fields, own, (done, who), making);
    }
    let own = remarks::own(&task, Kind::Action);
    let mut entry = Made::new(identity(making, Kind::Action, key, own.as_ref().map(|own| own.id)));
    let own = own.filter(|own| own.id == entry.id);
    let mut lines: Vec<String> = match &own {
        Some(own) => own.cite(&mut entry, making),
        None => task.lines().map(str::to_owned).collect(),
    };
    let title = match lines.is_empty() {
        true => stream.clone().unwrap_or_default(),
        false => take_first(&mut lines),
    };
    let updates = fields.text("Significant Updates");
    let mut said = Prose::default();
    entry.line("title", &title);
    let outcome = if own.is_some() {
        remarks::take_ticket(&mut lines, &mut entry);
        entry.set("assets", take_listed(&mut lines, &references::assets(&making.names)));
        take_due(&mut lines, &mut entry);
        entry.word("phase", stream.as_deref().unwrap_or("investigate"));
        Some(updates)
    } else {
        said.fact("Work stream", stream.as_ref()).fact("Updates", updates);
        entry.word("phase", "investigate");
        None
    };
    if let Some(name) = who {
        let (person, team) = (words::person(&name, making), words::group(&name, making));
        said.fact("Assigned to", Some(&name).filter(|_| person.is_none() && team.is_none()));
        entry.maybe("assignee", person).maybe("owner", team);
    }
    action(&mut entry, lines, &mut fields, ("CurrentStatus", done.as_deref(), outcome), said, making);
    fields.lose_rest("Investigation Streams", making);
    settle(making, &fields, entry);
}

/// A decision that casebook wrote among the work streams.
fn decision(
    key: &str,
    mut fields: Fields,
    own: Own,
    (at, by): (Option<String>, Option<String>),
    making: &mut Making<'_>,
) {
    let mut entry = Made::new(identity(making, Kind::Decision, key, Some(own.id)));
    let mut lines = own.cite(&mut entry, making);
    let status = match fields.text("CurrentStatus").as_deref() {
        Some("open") => "open",
        Some("taken") => "taken",
        _ => "withdrawn",
    };
    entry
        .line("question", &take_first(&mut lines))
        .word("status", status)
        .maybe("by", by.and_then(|name| words::person(&name, making)));
    if let Some(at) = at.and_then(|at| format!("{}Z", at.replacen(' ', "T", 1)).parse().ok()) {
        entry.cell("at", made::moment_value(at));
    }
    let said = fields.text("Significant Updates").unwrap_or_default();
    remarks::decided(&mut entry, said.lines().map(str::to_owned).collect());
    fields.pass(&["Work Stream", "Priority"]);
    fields.lose_rest("Investigation Streams", making);
    settle(making, &fields, entry);
}

/// What both sheets of actions say: of which the columns of the status and when it was done, and, of what casebook exported, what came
/// of it; in a sheet without a column for that, it is the last line of the notes.
fn action(
    entry: &mut Made,
    mut lines: Vec<String>,
    fields: &mut Fields,
    (status, done, outcome): (&str, Option<&str>, Option<Option<String>>),
    mut facts: Prose,
    making: &mut Making<'_>,
) {
    let priority = fields.text("Priority");
    let known =
        priority.as_deref().and_then(|text| words::plain(text).parse::<crate::values::vocabulary::Priority>().ok());
    facts.fact("Priority", priority.filter(|_| known.is_none()));
    entry.maybe("priority", known);
    let text = fields.text(status).unwrap_or_default();
    let known = match (text.as_str(), &outcome) {
        // casebook writes so what no longer stands.
        ("Closed" | "superseded" | "withdrawn", Some(_)) => Some(ActionStatus::Declined),
        _ => words::action_status(&text),
    };
    // Its dates are in UTC.
    let done = done.map(|done| if done.ends_with('Z') { done.to_owned() } else { format!("{done}Z") });
    entries::status(entry, making, (&text, known), done.as_deref(), &mut facts);
    let is_over = matches!(entry.get("status"), Some("done" | "declined"));
    match outcome {
        Some(Some(outcome)) => _ = entry.markdown("outcome", &outcome),
        Some(None) if is_over && status == "Status" => {
            entry.markdown("outcome", lines.pop().as_deref().unwrap_or_default());
        }
        Some(None) if entry.get("status") == Some("done") => _ = entry.remove("outcome"),
        _ => {}
    }
    let mut said = Prose::default();
    said.add(Some(lines.join("\n"))).add(Some(facts.text()));
    entry.markdown("description", &said.text());
}
