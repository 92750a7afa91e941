//! `casebook promote`: rows of registered evidence become events.

use super::evidence::open;
use super::import::{self, Source, inside, strangers, write_new};
use super::open::{Open, tell_unreadable};
use super::wanted::ReadAs;
use super::{Failure, Format, Outcome, Surroundings, ids, style};
use crate::diagnostic::render::{printable, printable_line};
use crate::evidence::list::ListLine;
use crate::import::event;
use crate::import::making::{Account, Making, Outcome as RowOutcome};
use crate::import::rows::{self, Chosen};
use crate::ingest::format::{self, Head};
use crate::model::{Case, EvidenceId};
use crate::timeline::filter::Filter;
use crate::timeline::opened::opened;
use crate::values::{EntryId, Selector};
use clap::Args;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Make events of rows of the evidence, each citing its row.
///
/// A row is named by its item and its place, as `casebook timeline` shows them, and by its file where the item has several. The time is
/// the row's own, with the skew of the source's clock. Promoting a row twice adds nothing.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook promote x-4n8 row:17
  casebook promote x-4n8 Security.evtx record:7389 record:7391
  casebook promote x-4n8 body.txt lines:120 --means modified

Exit codes: 0 the events are there, 1 a row is not there or makes no event, 2 could not run.")]
pub struct Arguments {
    /// The evidence item; any unambiguous beginning of its id.
    #[arg(value_name = "ITEM")]
    item: String,

    /// The file inside the item, where it has several, and the places: row:17, record:4211, lines:120, json:3.
    #[arg(required = true, value_name = "PLACE")]
    places: Vec<String>,

    /// Which of a row's times is meant, in the tool's words.
    #[arg(long, value_name = "NAME")]
    means: Option<String>,

    #[command(flatten)]
    read_as: ReadAs,

    /// How to print what was made.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    tell_unreadable(&case);
    let item = ids::evidence(&case, &arguments.item, &surroundings.folder)?;
    let lines = import::lines_of(&open.tree(), item)?;
    let (line, places) = arguments.line_and_places(&lines, item)?;
    let source = &import::source_of(&open, item, line)?;
    let asked = Asked { item, source, is_only: lines.len() == 1, places: &places, means: arguments.means.as_deref() };
    let promoted = promote(&asked, &arguments.read_as, &open, &case, surroundings)?;
    Ok(print(arguments, &promoted, &places, &asked))
}

/// Which rows of which file are to become events.
pub struct Asked<'a> {
    pub item: EntryId,
    pub source: &'a Source,
    /// Whether it is the only file of its item.
    pub is_only: bool,
    pub places: &'a BTreeSet<Selector>,
    pub means: Option<&'a str>,
}

impl Asked<'_> {
    fn name(&self) -> String {
        format!("{} {}", self.item, printable_line(self.source.inside()))
    }
}

/// What came of rows that were to become events.
pub struct Promoted {
    /// A place, its event, and what came of it.
    pub found: Vec<(Selector, EntryId, RowOutcome)>,
    /// The titles of the events that are new.
    pub titles: BTreeMap<EntryId, String>,
    pub account: Account,
}

/// Makes events of rows, and writes them.
pub fn promote(
    asked: &Asked<'_>,
    read_as: &ReadAs,
    open: &Open,
    case: &Case,
    surroundings: &Surroundings,
) -> Result<Promoted, Failure> {
    let (name, inside) = (asked.name(), asked.source.inside());
    let cannot = |error| import::cannot_read(&name, &error);
    let opened = opened(Box::new(asked.source.open().map_err(cannot)?)).map_err(cannot)?;
    import::demand_columns(read_as.columns.as_ref(), &name, &opened.head)?;
    let file = inside.rsplit('/').next().unwrap_or_default();
    let detected = || format::detect(&Head { name: file, bytes: &opened.head });
    let format = read_as.format()?.or_else(detected).ok_or_else(|| {
        Failure::new(format!("{name} has no format that is known")).help("`--as NAME` reads it as one")
    })?;
    let mut making = Making::new(asked.source.digest, case, read_as.told());
    making.marking = event::marking(case, asked.item);
    let (filter, skew) = (Filter::default(), case.clock_skew(asked.item));
    let chosen = Chosen { filter: &filter, places: Some(asked.places), means: asked.means, skew, most: u64::MAX };
    let mut found = Vec::new();
    rows::read(&mut making, format, opened, Some(&chosen), &mut |place, id, outcome| {
        found.push((place.clone(), id, outcome.clone()));
    })
    .map_err(cannot)?;
    write_new(open, &making.files(EvidenceId(asked.item), (!asked.is_only).then_some(inside)), surroundings)?;
    Ok(Promoted { found, titles: making.titles().into_iter().collect(), account: making.account })
}

impl Arguments {
    /// The file and the places in it: the first word is the file unless it is a place.
    fn line_and_places<'l>(
        &self,
        lines: &'l [ListLine],
        item: EntryId,
    ) -> Result<(&'l ListLine, BTreeSet<Selector>), Failure> {
        let (path, places) = match self.places.split_first() {
            Some((first, rest)) if first.parse::<Selector>().is_err() => (Some(first), rest),
            _ => (None, self.places.as_slice()),
        };
        let names: Vec<String> = lines.iter().map(|line| printable_line(&inside(item, line))).collect();
        let line = match (path, lines) {
            (None, [only]) => only,
            (Some(path), _) => lines.iter().find(|line| inside(item, line) == *path).ok_or_else(|| {
                Failure::new(format!("`{}` is neither a place nor a file of {item}", printable_line(path)))
                    .help(format!("{}; its files are {}", shows(item), names.join(", ")))
            })?,
            (None, _) => {
                return Err(Failure::new(format!("{item} has several files"))
                    .help(format!("name one before the place: {}", names.join(", "))));
            }
        };
        let places = places.iter().map(|place| place.parse::<Selector>()).collect::<Result<BTreeSet<_>, _>>()?;
        if places.is_empty() {
            return Err(Failure::new("no place is named").help(shows(item)));
        }
        Ok((line, places))
    }
}

/// Where the places of rows are to be seen.
fn shows(item: EntryId) -> String {
    format!("`casebook timeline {item}` shows the place of each row last, such as `lines:7`")
}

fn print(arguments: &Arguments, promoted: &Promoted, places: &BTreeSet<Selector>, asked: &Asked<'_>) -> Outcome {
    let (bold, warn, dim) = (style::BOLD, style::WARN, style::DIM);
    let mut refused = Vec::new();
    let mut events = Vec::new();
    for (place, id, came) in &promoted.found {
        match came {
            RowOutcome::Refused(why) => refused.push((place.clone(), why.clone())),
            _ => events.push((place, id, promoted.titles.get(id))),
        }
    }
    let is_found = |place: &&Selector| !promoted.found.iter().any(|(found, ..)| found == *place);
    let why =
        |place: &Selector| match promoted.account.refusals.iter().find(|refusal| refusal.place == place.to_string()) {
            Some(refusal) => refusal.why.clone(),
            None => format!("no row of {} is there, or none with such a time", asked.name()),
        };
    let is_all_found = !places.iter().any(|place| is_found(&place));
    refused.extend(places.iter().filter(is_found).map(|place| (place.clone(), why(place))));
    for (place, why) in &refused {
        errln!("{warn}refused{warn:#} {place}: {}", printable_line(why));
    }
    if !is_all_found {
        errln!("  {dim}help:{dim:#} {}", shows(asked.item));
    }
    match arguments.format {
        Format::Text => {
            for (_, id, title) in &events {
                outln!(
                    "{bold}{id}{bold:#} {}",
                    title.map_or("in the case already".to_owned(), |title| printable(title))
                );
            }
            strangers(&promoted.account);
        }
        Format::Json => {
            let events: Vec<_> = events
                .iter()
                .map(|(place, id, title)| json!({ "id": id, "place": place.to_string(), "is_new": title.is_some() }))
                .collect();
            let refused: Vec<_> =
                refused.iter().map(|(place, why)| json!({ "place": place.to_string(), "why": why })).collect();
            outln!("{:#}", json!({ "events": events, "refused": refused }));
        }
    }
    if refused.is_empty() { Outcome::Sound } else { Outcome::Problems }
}
