//! Which rows of tools' outputs a command is about, and how they are read.

use super::{Failure, ids};
use crate::diagnostic::render::{printable, printable_line};
use crate::import::names::all_names;
use crate::ingest::columns::{ColumnMap, Given};
use crate::ingest::format::{self, Format};
use crate::ingest::formats::any_table;
use crate::ingest::instant::Told;
use crate::ingest::table::Header;
use crate::model::{Body, Case, KnownAs};
use crate::timeline::Timeline;
use crate::timeline::filter::Filter;
use crate::values::{EntryId, Malformed, TechniqueId, Zone, nearest};
use clap::Args;
use jiff::Timestamp;
use regex::RegexBuilder;
use unicode_width::UnicodeWidthStr;

/// What rows must have.
#[derive(Args)]
pub struct Wanted {
    /// Only from this moment on.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,

    /// Only before this moment.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Option<Timestamp>,

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
}

/// How files are read whose text does not say it.
#[derive(Args)]
pub struct ReadAs {
    /// The zone of times that do not say one.
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,

    /// The year of times that do not say one.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=2200))]
    year: Option<i16>,

    /// Read files as this format, whatever they look like.
    #[arg(long, value_name = "NAME")]
    pub r#as: Option<String>,

    /// Read tables whose columns are these: `time=When,message=What,host=Machine`; besides them zone, account, source, destination,
    /// rule, severity and technique. A time is ISO 8601, or `time:seconds=`, `time:milliseconds=`, `time:microseconds=`,
    /// `time:filetime=` or a pattern of strptime, `"time:%d.%m.%Y %H:%M=Date+Clock"`, over one column or several.
    /// `casebook import` makes indicators of a table with `value=IOC,type=Kind`; besides them verdict, tlp, tags, description,
    /// first_seen, last_seen and confidence.
    #[arg(long, value_name = "MAP", conflicts_with = "as", value_parser = column_map)]
    pub columns: Option<ColumnMap>,
}

impl Wanted {
    /// Whether anything is asked for.
    pub fn is_given(&self) -> bool {
        self.from.is_some()
            || self.to.is_some()
            || self.host.is_some()
            || !self.grep.is_empty()
            || !self.technique.is_empty()
            || self.detections
    }

    /// The rows that have all of it; `asset` is one whose names a row may be of, where it is not `--host` that says so.
    pub fn filter(&self, case: &Case, asset: Option<&str>) -> Result<Filter, Failure> {
        let (hosts, known_as) = match asset {
            Some(typed) => names_of(case, ids::resolve(case, typed)?)?,
            None => (self.host.iter().cloned().collect(), Vec::new()),
        };
        let pattern = |text: &String| RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        let texts = self.grep.iter().map(pattern).collect::<Result<Vec<_>, _>>();
        Ok(Filter {
            from: self.from,
            to: self.to,
            hosts,
            known_as,
            texts: texts.map_err(|error| Failure::new(error.to_string()))?,
            techniques: self.technique.clone(),
            detections: self.detections,
        })
    }
}

impl ReadAs {
    pub fn format(&self) -> Result<Option<&'static Format>, Failure> {
        let named = |name: &String| {
            format::named(name).ok_or_else(|| {
                Failure::new(format!("there is no format `{name}`")).help("`casebook timeline --formats` lists them")
            })
        };
        let format = self.r#as.as_ref().map(named).transpose()?;
        if self.columns.as_ref().is_some_and(ColumnMap::is_of_indicators) {
            return Err(Failure::new("indicators have no place in a timeline")
                .help("`casebook import FILE --columns value=IOC,type=Kind` makes entries of them"));
        }
        let format = self.columns.as_ref().map(|_| &any_table::FORMAT).or(format);
        if format.is_some_and(|format| format.name == any_table::FORMAT.name) && self.columns.is_none() {
            return Err(Failure::new("what the columns of the table are was not said")
                .help("`--columns time=When,message=What` says it"));
        }
        Ok(format)
    }

    pub fn told(&self) -> Told {
        Told { zone: self.zone.clone(), year: self.year, columns: self.columns.clone() }
    }
}

/// The names and identifiers of an asset, and those that it had for a time.
fn names_of(case: &Case, id: EntryId) -> Result<(Vec<String>, Vec<KnownAs>), Failure> {
    match case.get(id).map(|entry| &entry.body) {
        Some(Body::Asset(asset)) => Ok((all_names(asset).map(str::to_owned).collect(), asset.known_as.clone())),
        None => Err(Failure::new(format!("the file of `{id}` cannot be read")).help("`casebook check` says why")),
        Some(_) => Err(Failure::new(format!("`{id}` is no asset")).help("`casebook list assets` lists them")),
    }
}

fn moment(typed: &str) -> Result<Timestamp, String> {
    typed
        .parse()
        .map_err(|_| "write it with its zone, such as `2026-03-01T10:15:00Z` or `2026-03-01T11:15+01:00`".to_owned())
}

fn column_map(typed: &str) -> Result<ColumnMap, String> {
    typed.parse().map_err(|error: Malformed| match error.help {
        Some(help) => format!("{}: {help}", error.message),
        None => error.message,
    })
}

/// What is said where no file has the columns that were named.
pub fn misfits(columns: &ColumnMap, timeline: &Timeline<'_>) -> Option<Failure> {
    let (place, header) = timeline.misfits.first()?;
    Some(misfit_of(columns, place, header))
}

/// What is said of a file that does not have them.
pub fn misfit_of(columns: &ColumnMap, place: &str, header: &Header) -> Failure {
    Failure::new(printable(&misfit(columns, place, header))).help(printable_line(&has(columns, header)))
}

/// Which columns a file does not have, underlined where they were typed.
pub fn misfit(columns: &ColumnMap, place: &str, header: &Header) -> String {
    let missing = columns.missing(header);
    let names: Vec<String> = missing.iter().map(|given| format!("`{}`", given.column)).collect();
    let mut marks = String::new();
    for given in &missing {
        let before = columns.typed[..given.at.start].width();
        marks += &" ".repeat(before.saturating_sub(marks.len()));
        marks += &"^".repeat(given.column.width().max(1));
    }
    format!("{place} has no column {}\n  {}\n  {marks}", names.join(", "), columns.typed)
}

/// The columns that a file has, the nearest to what was typed before them.
pub fn has(columns: &ColumnMap, header: &Header) -> String {
    let names = || header.names().iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let near = |given: &&Given| nearest(&given.column, names());
    let near = columns.missing(header).iter().find_map(near).map(|near| format!("did you mean `{near}`? "));
    let all: Vec<String> = names().take(40).map(|name| format!("`{name}`")).collect();
    let all = if all.is_empty() { "it has none".to_owned() } else { format!("it has {}", all.join(", ")) };
    format!("{}{all}", near.unwrap_or_default())
}
