//! Kanvas: its workbook.
//!
//! Its times are in UTC, as the heading of the column says. An arrow between the systems of an event says which one is the source.
//! Systems that are listed as compromised are compromised; the kind of a system is told from its type. Recommendations are
//! recommendations, work streams are investigations. Of what casebook exported, ids, markings and tags come back; what it
//! wrote into the columns of notes stays text.

use super::Neighbour;
use super::entries::{self, Observed, identity, mark, settle};
use super::fields::Fields;
use super::prose::{self, Own, Prose};
use super::references::{self, listed};
use super::words;
use crate::import::{Made, Making, Outcome};
use crate::ingest::instant::Form;
use crate::values::vocabulary::{AssetKind, IndicatorType};
use crate::values::{EntryId, Kind};
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

/// Remarks of casebook; a line of values that the case knows is no line of tags.
fn own(notes: &str, kind: Kind, making: &Making<'_>) -> Option<Own> {
    let own = prose::own(notes, "")?;
    let is_known = |tag: &str| !making.names.indicators_of(tag).is_empty() || making.names.asset(tag).is_some();
    let mut own = if own.id.kind() == kind { own } else { return None };
    if own.tags.iter().any(|tag| is_known(tag.as_str())) {
        let tags: Vec<&str> = own.tags.iter().map(|tag| tag.as_str()).collect();
        own.lines.push(tags.join(", "));
        own.tags.clear();
    }
    Some(own)
}

/// What remarks say: of casebook's own the citations, tags and marking, and the rest as text.
fn describe(entry: &mut Made, own: Option<&Own>, notes: &str, said: &mut Prose, making: &Making<'_>) {
    match own.filter(|own| own.id == entry.id) {
        Some(own) => {
            let (text, citations) = prose::citations(&own.lines.join("\n"), making);
            mark(entry, making, own.marking);
            said.add(Some(text));
            entry.set("tags", &own.tags);
            citations.into_iter().for_each(|cited| cited.put(entry));
        }
        None => _ = said.add(Some(notes)),
    }
    let key = if entry.id.kind() == Kind::Finding { "summary" } else { "description" };
    entry.markdown(key, &said.text());
}

fn event(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let when = match words::when(&fields.text("Timestamp_UTC_0").unwrap_or_default(), Form::IsoUtc, making) {
        Ok(when) => when,
        Err(why) => return fields.count(making, Outcome::Refused(why.to_string())),
    };
    let notes = fields.text("Notes").unwrap_or_default();
    let kind = fields.text("EvidenceType").unwrap_or_default();
    let is_finding = kind == "finding";
    let of_kind = if is_finding { Kind::Finding } else { Kind::Event };
    let own = own(&notes, of_kind, making);
    let of_kind = if own.is_some() { of_kind } else { Kind::Event };
    let mut entry = Made::new(identity(making, of_kind, key, own.as_ref().map(|own| own.id)));
    let (here, there) = (fields.text("Event System"), fields.text("Remote System"));
    let arrow = fields.text("<->").unwrap_or_default();
    let techniques = fields.text("MITRE Techniques").unwrap_or_default();
    let tactic_name = fields.text("MITRE Tactic");
    let tactic = tactic_name.as_deref().and_then(words::tactic);
    let mut said = Prose::default();
    said.fact("Tactic", tactic_name.filter(|_| tactic.is_none()));
    let found: std::collections::BTreeSet<_> = techniques.split([',', ';', '\n']).flat_map(words::techniques).collect();
    said.fact("Techniques", Some(&techniques).filter(|_| found.is_empty()));
    entry
        .line("title", &fields.text("Activity").unwrap_or_else(|| "(no activity)".to_owned()))
        .set("techniques", found);
    if of_kind == Kind::Finding {
        let hosts = here.unwrap_or_default();
        let found = listed(&hosts, ", ", &references::assets(&making.names));
        entry.word("status", "draft").word("type", "observation").when("observed", &when).set("assets", found.ids);
    } else {
        let asset = |name: &Option<String>| name.as_ref().and_then(|name| making.names.asset(name));
        let (mut source, mut destination) = (asset(&there), asset(&here));
        if arrow == "->" {
            (source, destination) = (destination, source);
        }
        said.fact("Event system", here.filter(|name| making.names.asset(name).is_none()));
        said.fact("Remote system", there.filter(|name| making.names.asset(name).is_none()));
        let actor = match (own.is_some(), tactic) {
            (true, _) => kind.clone(),
            (false, Some(_)) => "attacker".to_owned(),
            (false, None) => "unknown".to_owned(),
        };
        said.fact("Evidence", Some(&kind).filter(|_| own.is_none()));
        entry.when("time", &when).word("actor", actor).maybe("tactic", tactic).maybe("source", source);
        entry.maybe("destination", destination).line("account", &fields.text("Suspect Account").unwrap_or_default());
    }
    describe(&mut entry, own.as_ref(), &notes, &mut said, making);
    fields.pass(&["Visualize", "Visualise"]);
    fields.lose_rest("Timeline", making);
    settle(making, &fields, entry);
}

fn system(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let name = fields.text("HostName").unwrap_or_default();
    let notes = fields.text("Notes").unwrap_or_default();
    let own = own(&notes, Kind::Asset, making);
    let kind_name = fields.text("SystemType").unwrap_or_default();
    let kind = words::asset_kind(&kind_name).unwrap_or(AssetKind::Other);
    let addresses = fields.text("IPAddress").unwrap_or_default();
    let reason = fields.text("Reason for Listing");
    let compromise = match reason.as_deref().map(words::plain).as_deref() {
        Some("compromised") => Some("compromised"),
        Some("suspected") => Some("suspected"),
        Some("cleared") => Some("cleared"),
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
        describe(entry, own.as_ref(), &notes, &mut said, making);
    });
}

fn account(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let (account, user) = (fields.text("AccountName"), fields.text("UserName"));
    let notes = fields.text("Notes").unwrap_or_default();
    let own = own(&notes, Kind::Asset, making);
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
        describe(entry, own.as_ref(), &notes, &mut said, making);
    });
}

fn indicator(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let kind_name = fields.text("IndicatorType").unwrap_or_default();
    let value = fields.text("Indicator").unwrap_or_default();
    let notes = fields.text("Notes").unwrap_or_default();
    let own = own(&notes, Kind::Indicator, making);
    let marking = words::marking_in(fields.text("TLP"), "Indicators: TLP", making);
    let digests: Vec<(IndicatorType, String)> =
        [(IndicatorType::Sha256, "SHA256"), (IndicatorType::Sha1, "SHA1"), (IndicatorType::Md5, "MD5")]
            .into_iter()
            .filter_map(|(kind, column)| Some((kind, fields.text(column)?)))
            .collect();
    // casebook says the type and the verdict in a line of its own.
    let facts = own.as_ref().and_then(|own| own.lines.iter().find_map(|line| own_facts(line)));
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
    entries::indicators(making, &fields, &all, &mut |entry, making| {
        mark(entry, making, marking);
        entry.maybe("verdict", facts.as_ref().map(|(_, verdict)| verdict));
        describe(entry, own.as_ref(), &notes, &mut said, making);
    });
}

/// A line such as `ip-src, malicious`.
fn own_facts(line: &str) -> Option<(IndicatorType, crate::values::vocabulary::Verdict)> {
    let (kind, verdict) = line.split_once(", ")?;
    Some((kind.parse().ok()?, verdict.parse().ok()?))
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
    let notes = fields.text("Notes").filter(|notes| prose::own(notes, "").is_none());
    said.fact("About it", notes);
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
    let title = fields.text("Recommendations").or(issue.clone()).unwrap_or_default();
    let own = own(&notes, Kind::Action, making);
    let mut entry = Made::new(identity(making, Kind::Action, key, own.as_ref().map(|own| own.id)));
    let mut said = Prose::default();
    said.fact("Issue", issue.filter(|issue| *issue != title));
    action(&mut entry, &title, "recommend", &mut fields, ("Status", None), &mut said, making);
    let applies = fields.text("ApplyTo").unwrap_or_default();
    let found = listed(&applies, ", ", &references::assets(&making.names));
    said.fact("Applies to", Some(found.unknown.join(", ")));
    entry.set("assets", found.ids);
    describe(&mut entry, own.as_ref(), &notes, &mut said, making);
    fields.lose_rest("Recommendations", making);
    settle(making, &fields, entry);
}

fn stream(key: &str, mut fields: Fields, making: &mut Making<'_>) {
    let task = fields.text("Request / Task").unwrap_or_default();
    let number: Option<EntryId> = fields.text("ID").and_then(|id| id.parse().ok());
    let own = own(&task, Kind::Action, making).filter(|own| Some(own.id) == number);
    let stream = fields.text("Work Stream");
    let mut lines: Vec<String> =
        own.as_ref().map_or_else(|| task.lines().map(str::to_owned).collect(), |own| own.lines.clone());
    let title = if lines.is_empty() { stream.clone().unwrap_or_default() } else { lines.remove(0) };
    let mut entry = Made::new(identity(making, Kind::Action, key, own.as_ref().map(|own| own.id)));
    let phase = stream.as_deref().filter(|_| own.is_some()).unwrap_or("investigate");
    let done = fields.text("Date Completed");
    let mut said = Prose::default();
    said.fact("Work stream", stream.as_ref().filter(|_| own.is_none()));
    action(&mut entry, &title, phase, &mut fields, ("CurrentStatus", done.as_deref()), &mut said, making);
    said.fact("Updates", fields.text("Significant Updates"));
    if let Some(name) = fields.text("Assigned To") {
        let person = words::person(&name, making);
        said.fact("Assigned to", Some(&name).filter(|_| person.is_none()));
        entry.maybe("assignee", person);
    }
    let own = own.map(|own| Own { lines: lines.clone(), ..own });
    describe(&mut entry, own.as_ref(), &lines.join("\n"), &mut said, making);
    fields.pass(&["Date Updated"]);
    fields.lose_rest("Investigation Streams", making);
    settle(making, &fields, entry);
}

/// What both sheets of actions say.
fn action(
    entry: &mut Made,
    title: &str,
    phase: &str,
    fields: &mut Fields,
    (status, done): (&str, Option<&str>),
    said: &mut Prose,
    making: &mut Making<'_>,
) {
    entry.line("title", title).word("phase", phase);
    let priority = fields.text("Priority");
    let known =
        priority.as_deref().and_then(|text| words::plain(text).parse::<crate::values::vocabulary::Priority>().ok());
    said.fact("Priority", priority.filter(|_| known.is_none()));
    entry.maybe("priority", known);
    let text = fields.text(status).unwrap_or_default();
    // Its dates are in UTC.
    let done = done.map(|done| if done.ends_with('Z') { done.to_owned() } else { format!("{done}Z") });
    entries::status(entry, making, (&text, words::action_status(&text)), done.as_deref(), said);
}
