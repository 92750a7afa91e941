//! `casebook timeline`: what the registered outputs of tools say, merged in the order of true time.

use super::open::Open;
use super::table::{cut, one_line};
use super::{Failure, Outcome, Surroundings, ids, style, terminal};
use crate::diagnostic::render::printable_line;
use crate::evidence::list::{self, folder_path};
use crate::ingest::format;
use crate::ingest::instant::{Instant, NoInstant, Told};
use crate::model::{Asset, Body, Case, Evidence};
use crate::timeline::filter::Filter;
use crate::timeline::{Account, Occurrence, Source, Timeline};
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{EntryId, Line, Skew, TechniqueId, Zone};
use clap::Args;
use jiff::Timestamp;
use regex::RegexBuilder;
use serde_json::json;
use std::collections::BTreeSet;

/// Show what the registered outputs of tools say, merged in the order of true time.
///
/// Every file of the evidence that is on this machine and has a known format is read, row by row; nothing is written into the
/// case. The skew of a source's clock, as its record has it, is taken off. Each row names the place that a citation of it names.
/// A time without a zone or a year is not guessed: its rows are counted until `--zone` or `--year` says it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook timeline                                        everything, oldest first
  casebook timeline --from 2020-09-19T02:00:00Z --to 2020-09-19T04:00:00Z
  casebook timeline --host citadel-dc01 --detections
  casebook timeline --grep coreupdater --format csv > rows.csv
  casebook timeline x-4n8 --zone Europe/Berlin --year 2026  one item, whose times say neither
  casebook timeline --formats                              what can be read

Exit codes: 0 rows were found, 1 none was found, 2 could not run.")]
pub struct Arguments {
    /// The items to read; all of them where none is named.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,

    /// Only from this moment on.
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,

    /// Only before this moment.
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,

    /// Only of this asset, by all of its names.
    #[arg(long, value_name = "ASSET", conflicts_with = "host")]
    asset: Option<String>,

    /// Only of the machine of this name.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,

    /// Only rows that hold this text; may be given several times.
    #[arg(long, value_name = "TEXT")]
    grep: Vec<String>,

    /// Only rows in which a tool saw this technique of ATT&CK, or one of its sub-techniques.
    #[arg(long, value_name = "ID")]
    technique: Vec<TechniqueId>,

    /// Only what a rule of a tool fired on.
    #[arg(long)]
    detections: bool,

    /// The zone of times that do not say one.
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,

    /// The year of times that do not say one.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=2200))]
    year: Option<i16>,

    /// Read files as this format, whatever they look like.
    #[arg(long, value_name = "NAME")]
    r#as: Option<String>,

    /// List the formats that can be read.
    #[arg(long)]
    formats: bool,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shape {
    Text,
    Csv,
    Jsonl,
    /// JSON lines that Timesketch takes.
    Timesketch,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    if arguments.formats {
        format::ALL.iter().for_each(|format| outln!("{:<14} {}", format.name, format.what));
        return Ok(Outcome::Sound);
    }
    let open = Open::here(surroundings)?;
    let case = open.case()?.0;
    let timeline = arguments.read(&open, &case)?;
    tell(&timeline.accounts);
    let mut printed = 0_u64;
    let mut table = csv::Writer::from_writer(Vec::new());
    if arguments.format == Shape::Csv {
        table.write_record(HEADER).map_err(std::io::Error::other)?;
    }
    let width = terminal::known_width();
    let mut failed = None;
    timeline.each(&mut |occurrence| {
        printed += 1;
        match arguments.format {
            Shape::Text => outln!("{}", in_text(&occurrence, width)),
            Shape::Jsonl => outln!("{}", as_json(&occurrence)),
            Shape::Timesketch => outln!("{}", for_timesketch(&occurrence, &case)),
            Shape::Csv => failed = table_row(&mut table, &occurrence).err(),
        }
        if table.get_ref().len() > 1 << 20 {
            flush(&mut table);
        }
        failed.is_none()
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    flush(&mut table);
    Ok(if printed == 0 { Outcome::Problems } else { Outcome::Sound })
}

impl Arguments {
    fn read(&self, open: &Open, case: &Case) -> Result<Timeline, Failure> {
        let format = self.r#as.as_ref().map(|name| {
            format::named(name).ok_or_else(|| {
                Failure::new(format!("there is no format `{name}`")).help("`casebook timeline --formats` lists them")
            })
        });
        let format = format.transpose()?;
        let told = Told { zone: self.zone.clone(), year: self.year };
        let filter = self.filter(case)?;
        let wanted = ids::resolve_all(case, &self.items)?;
        let tree = open.tree();
        let mut timeline = Timeline::default();
        for (entry, item) in case.evidence().filter(|(entry, _)| wanted.is_empty() || wanted.contains(&entry.id())) {
            let id = entry.id();
            let skew = skew_of(case, item, MAX_DERIVATIONS);
            for path in listed(&tree, id) {
                let Ok(content) = tree.reader(&folder_path(id).join(&path)) else { continue };
                let source = Source { item: id, path, skew, content: Box::new(content) };
                timeline.read(source, format, &told, &filter)?;
            }
        }
        Ok(timeline)
    }

    fn filter(&self, case: &Case) -> Result<Filter, Failure> {
        let hosts = match &self.asset {
            Some(typed) => names_of(case, ids::resolve(case, typed)?)?,
            None => self.host.iter().cloned().collect(),
        };
        let pattern = |text: &String| RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        let texts = self.grep.iter().map(pattern).collect::<Result<Vec<_>, _>>();
        Ok(Filter {
            from: self.from,
            to: self.to,
            hosts,
            texts: texts.map_err(|error| Failure::new(error.to_string()))?,
            techniques: self.technique.clone(),
            detections: self.detections,
        })
    }
}

/// How many tools may have worked one after the other on what an item was made from.
const MAX_DERIVATIONS: usize = 8;

/// How far the clock of an item's source was ahead: what its record says, or else what those of everything that it was made from
/// say alike.
fn skew_of(case: &Case, item: &Evidence, left: usize) -> Option<Skew> {
    if let Some(own) = item.source.as_ref().and_then(|source| source.clock_skew) {
        return Some(own);
    }
    let inputs = &item.derived_from.as_ref().filter(|_| left > 0)?.inputs;
    let skews: BTreeSet<Option<Skew>> = inputs
        .iter()
        .map(|input| match case.get(input.0).map(|entry| &entry.body) {
            Some(Body::Evidence(input)) => skew_of(case, input, left - 1),
            _ => None,
        })
        .collect();
    if skews.len() == 1 { skews.into_iter().next().flatten() } else { None }
}

/// The names and identifiers of an asset.
fn names_of(case: &Case, id: EntryId) -> Result<Vec<String>, Failure> {
    match case.get(id).map(|entry| &entry.body) {
        Some(Body::Asset(asset)) => Ok(all_names(asset)),
        _ => Err(Failure::new(format!("`{id}` is no asset")).help("`casebook list assets` lists them")),
    }
}

fn all_names(asset: &Asset) -> Vec<String> {
    std::iter::once(&asset.name).chain(&asset.identifiers.0).map(Line::to_string).collect()
}

/// The files of an item, inside it.
fn listed(tree: &dyn Tree, item: EntryId) -> Vec<String> {
    let path = list::list_path(item);
    let content = tree.read(&path, list::MAX_LIST_BYTES).unwrap_or_default();
    let inside = format!("{}/", folder_path(item));
    let lines = list::parse(&path, item, &content).0;
    lines.iter().filter_map(|line| Some(line.path.as_str().strip_prefix(&inside)?.to_owned())).collect()
}

/// What of the files is not in the timeline, and why.
fn tell(accounts: &[Account]) {
    let (warn, dim) = (style::WARN, style::DIM);
    let mut unknown = accounts.iter().filter(|account| account.format.is_none());
    if let Some(first) = unknown.next() {
        let files = counted(1 + unknown.count(), "file");
        let place = printable_line(&format!("{} {}", first.item, first.path));
        errln!("note: {files} of no format that is known, first {place}; `--as NAME` reads them as one");
    }
    for account in accounts {
        let place = printable_line(&format!("{} {}", account.item, account.path));
        if let Some(refused) = &account.first {
            let line = if refused.line > 0 { format!("line {}: ", refused.line) } else { String::new() };
            let rows = counted(account.refused, "row");
            errln!(
                "{warn}warning{warn:#}: {place}: {rows} cannot be read, first {line}{}",
                printable_line(&refused.why)
            );
        }
        if let Some(why) = &account.why {
            let rows = counted(account.unplaced, "row");
            errln!(
                "{warn}warning{warn:#}: {place}: {rows} without a place in time: {}",
                printable_line(&why.to_string())
            );
            if let NoInstant::UnknownZone { .. } | NoInstant::NoZone(_) | NoInstant::NoYear(_) = why {
                errln!("  {dim}help:{dim:#} casebook timeline {} --zone ZONE --year YEAR", account.item);
            }
        }
    }
}

fn citation(occurrence: &Occurrence) -> String {
    let place = occurrence.row.place.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} {} {place}", occurrence.item, occurrence.path)
}

fn in_text(occurrence: &Occurrence, width: Option<usize>) -> String {
    let row = &occurrence.row;
    let (bold, dim) = (style::BOLD, style::DIM);
    let at = occurrence.at();
    // What the clock of the source said, where that was another time.
    let said = row.at().map(Instant::earliest).filter(|said| *said != at);
    let said = said.map(|said| format!(" {dim}({}){dim:#}", said.strftime("%H:%M:%S"))).unwrap_or_default();
    let at = at.strftime("%Y-%m-%d %H:%M:%S.%3f");
    let host = one_line(row.host.as_deref().unwrap_or("-"));
    let place = one_line(&citation(occurrence));
    let message = one_line(&row.message);
    let taken = 24 + if said.is_empty() { 0 } else { 11 } + host.chars().count() + place.chars().count() + 4;
    let message = match width {
        Some(width) if width > taken + 20 => cut(&message, width - taken),
        Some(_) => cut(&message, 60),
        None => message,
    };
    format!("{at}{said} {dim}{host}{dim:#} {bold}{message}{bold:#} {dim}{place}{dim:#}")
}

/// The columns of the table.
const HEADER: [&str; 14] = [
    "time",
    "written",
    "means",
    "zone",
    "host",
    "account",
    "source",
    "destination",
    "severity",
    "techniques",
    "message",
    "item",
    "path",
    "at",
];

fn cells(occurrence: &Occurrence) -> [String; 14] {
    let row = &occurrence.row;
    let instant = row.at();
    let timed = row.times.iter().find(|timed| timed.at.is_ok());
    let severity = row.detection.as_ref().and_then(|detection| detection.severity);
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        occurrence.at().to_string(),
        instant.map(|instant| instant.raw.clone()).unwrap_or_default(),
        timed.map(|timed| timed.means.clone()).unwrap_or_default(),
        instant.map(|instant| instant.zone.to_string()).unwrap_or_default(),
        or_empty(&row.host),
        or_empty(&row.account),
        or_empty(&row.source),
        or_empty(&row.destination),
        severity.map(|severity| severity.to_string()).unwrap_or_default(),
        row.techniques.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" "),
        row.message.clone(),
        occurrence.item.to_string(),
        occurrence.path.clone(),
        row.place.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}

/// Writes a row. A cell that a spreadsheet would take for a formula begins with a quote, as in other exports.
fn table_row(table: &mut csv::Writer<Vec<u8>>, occurrence: &Occurrence) -> std::io::Result<()> {
    let cells = cells(occurrence)
        .map(|cell| if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell });
    table.write_record(cells).map_err(std::io::Error::other)
}

fn flush(table: &mut csv::Writer<Vec<u8>>) {
    let full = std::mem::replace(table, csv::Writer::from_writer(Vec::new()));
    if let Ok(bytes) = full.into_inner() {
        out!("{}", String::from_utf8_lossy(&bytes));
    }
}

fn as_json(occurrence: &Occurrence) -> serde_json::Value {
    let mut object: serde_json::Map<String, serde_json::Value> =
        HEADER.iter().zip(cells(occurrence)).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect();
    let fields = occurrence.row.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    object.insert("fields".to_owned(), serde_json::Value::Object(fields));
    object.into()
}

/// As Timesketch takes it: `message`, `datetime` and `timestamp_desc`, and everything else beside.
fn for_timesketch(occurrence: &Occurrence, case: &Case) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for (name, value) in &occurrence.row.fields {
        // Names that Timesketch keeps for itself.
        if !["_id", "_type", "_index", "_source", "__ts_timeline_id"].contains(&name.as_str()) {
            object.insert(name.clone(), json!(value));
        }
    }
    let at = occurrence.at().strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string();
    let means = occurrence.row.times.iter().find(|timed| timed.at.is_ok()).map(|timed| timed.means.clone());
    let case_id = case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default();
    for (name, value) in [
        ("message", occurrence.row.message.clone()),
        ("datetime", at),
        ("timestamp_desc", means.filter(|means| !means.is_empty()).unwrap_or_else(|| "Event Time".to_owned())),
        ("data_type", "casebook:evidence".to_owned()),
        ("case_id", case_id),
        ("citation", citation(occurrence)),
    ] {
        object.insert(name.to_owned(), json!(value));
    }
    object.remove("timestamp");
    object.into()
}
