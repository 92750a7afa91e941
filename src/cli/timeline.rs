//! `casebook timeline`: what the registered outputs of tools say, merged in the order of true time.

use super::browse;
use super::open::Open;
use super::table::{cut, one_line};
use super::wanted::{ReadAs, Wanted, has, misfit, misfits};
use super::{Failure, Outcome, Surroundings, ids, style, terminal};
use crate::diagnostic::render::{printable, printable_line};
use crate::import::neighbour;
use crate::ingest::format;
use crate::ingest::instant::NoInstant;
use crate::model::Case;
use crate::timeline::evidence::Reading;
use crate::timeline::{self, Occurrence, Timeline, kept, written};
use crate::values::wording::counted;
use clap::Args;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::num::NonZero;
use std::path::Path;
use std::thread;

/// Show what the registered outputs of tools say, merged in the order of true time.
///
/// Every file of the evidence that is on this machine and has a known format is read, row by row; nothing is written into the
/// case. A row with several times stands at each of them. The skew of a source's clock, as its record has it, is taken off. Each
/// row names the place that a citation of it names.
/// A time without a zone or a year is not guessed: its rows are counted until `--zone` or `--year` says it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook timeline                                        everything, oldest first
  casebook timeline --from 2020-09-19T02:00:00Z --to 2020-09-19T04:00:00Z
  casebook timeline --host citadel-dc01 --detections
  casebook timeline --grep coreupdater --format csv > rows.csv
  casebook timeline --interactive                          scroll, search, mark, promote
  casebook timeline x-4n8 --zone Europe/Berlin --year 2026  one item, whose times say neither
  casebook timeline x-4n8 --columns time=When,message=What  a table that no format knows
  casebook timeline --formats                              what can be read

Exit codes: 0 rows were found, 1 none was found, 2 could not run.")]
pub struct Arguments {
    /// The items to read; all of them where none is named.
    #[arg(value_name = "ITEM")]
    items: Vec<String>,

    #[command(flatten)]
    wanted: Wanted,

    /// Only of this asset, by all of its names.
    #[arg(long, value_name = "ASSET", conflicts_with = "host")]
    asset: Option<String>,

    #[command(flatten)]
    read_as: ReadAs,

    /// List the formats that can be read.
    #[arg(long)]
    formats: bool,

    /// Show it on the whole terminal, to scroll, search, mark rows and make events of them.
    ///
    /// ↑↓ PgUp PgDn Home End move; / and a text find, n and N the next row with it and the one before; enter shows everything that a
    /// row says, where ↑↓ scroll and ←→ go to other rows; space marks rows, p makes events of them; q quits.
    #[arg(short, long, conflicts_with = "format")]
    interactive: bool,

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
        outln!("\nAnd, for `casebook import`, cases of neighbours:");
        neighbour::ALL.iter().for_each(|format| outln!("{:<14} {}", format.name, format.what));
        return Ok(Outcome::Sound);
    }
    let open = Open::here(surroundings)?;
    let case = open.case()?.0;
    let width = terminal::known_width();
    let case_id = case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default();
    let write = |occurrence: &Occurrence<'_>, out: &mut Vec<u8>| match arguments.format {
        Shape::Text => out.extend_from_slice(in_text(occurrence, width).as_bytes()),
        Shape::Csv => written::as_csv(occurrence, out),
        Shape::Jsonl => written::as_json(occurrence, out),
        Shape::Timesketch => written::as_timesketch(occurrence, &case_id, out),
    };
    let write: &timeline::Write<'_> = if arguments.interactive { &kept::keep } else { &write };
    let mut timeline = Timeline::new(write, cores());
    arguments.read(&open, &case, &mut timeline, &surroundings.folder)?;
    if let (Some(columns), true) = (&arguments.read_as.columns, timeline.accounts.is_empty())
        && let Some(failure) = misfits(columns, &timeline)
    {
        return Err(failure);
    }
    tell(&timeline);
    if let Some(columns) = &arguments.read_as.columns {
        let (warn, dim) = (style::WARN, style::DIM);
        for (place, header) in &timeline.misfits {
            errln!("{warn}warning{warn:#}: {}", printable(&misfit(columns, place, header)));
            errln!("  {dim}help:{dim:#} {}", printable_line(&has(columns, header)));
        }
    }
    let why = why_nothing(&timeline, arguments.wanted.is_given() || arguments.asset.is_some());
    if arguments.interactive {
        return match browse::browse(timeline, &arguments.read_as, &open, surroundings)? {
            Some(0) => Ok(Outcome::Sound),
            Some(made) => {
                outln!("{} made; next: casebook check, then git add -A && git commit", counted(made as u64, "event"));
                Ok(Outcome::Sound)
            }
            None => {
                errln!("{why}");
                Ok(Outcome::Problems)
            }
        };
    }
    let mut printed = 0_u64;
    if arguments.format == Shape::Text {
        timeline.each(&mut |line| {
            printed += 1;
            outln!("{}", String::from_utf8_lossy(line));
            true
        })?;
    } else {
        printed = write_out(timeline, arguments.format)?;
    }
    if printed == 0 {
        errln!("{why}");
        return Ok(Outcome::Problems);
    }
    Ok(Outcome::Sound)
}

/// Why there is no row, where there is none; `is_asked` where rows had to have something.
pub fn why_nothing(timeline: &Timeline<'_>, is_asked: bool) -> &'static str {
    match (timeline.accounts.is_empty(), timeline.absent.is_empty() && timeline.unread.is_empty()) {
        (true, true) => "no files are registered as evidence here; `casebook evidence add PATH` does that",
        (true, false) => "no file of the evidence could be read",
        (false, _) if is_asked => "no row has what you asked for",
        (false, _) => "no row can be shown",
    }
}

/// Writes what machines read, byte by byte as it is: what is printed for people loses everything that looks like a style, and a
/// row may hold such. Gives the number of rows.
fn write_out(timeline: Timeline<'_>, shape: Shape) -> io::Result<u64> {
    let mut out = BufWriter::with_capacity(256 << 10, io::stdout().lock());
    let mut printed = 0;
    let mut is_written = match shape {
        Shape::Csv => out.write_all(&written::table_row(&written::HEADER)?),
        _ => Ok(()),
    };
    timeline.each(&mut |line| {
        printed += 1;
        is_written = out.write_all(line);
        is_written.is_ok()
    })?;
    match is_written.and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(printed),
        written => written.map(|()| printed),
    }
}

impl Arguments {
    fn read(&self, open: &Open, case: &Case, timeline: &mut Timeline<'_>, folder: &Path) -> Result<(), Failure> {
        let reading = Reading {
            format: self.read_as.format()?,
            told: self.read_as.told(),
            filter: self.wanted.filter(case, self.asset.as_deref())?,
        };
        let wanted = ids::evidence_all(case, &self.items, folder)?;
        timeline.read_evidence(case, &open.tree(), &wanted, &reading)?;
        Ok(())
    }
}

/// On how many cores rows are read.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What of the files is not in the timeline, and why.
pub fn tell(timeline: &Timeline<'_>) {
    let (warn, dim) = (style::WARN, style::DIM);
    for (place, why) in &timeline.unread {
        errln!("{warn}warning{warn:#}: {}: {}", printable_line(place), printable_line(why));
        errln!("  {dim}help:{dim:#} casebook evidence verify");
    }
    if let Some(first) = timeline.absent.first() {
        let files = counted(timeline.absent.len() as u64, "file");
        let are = if timeline.absent.len() == 1 { "is" } else { "are" };
        errln!(
            "note: {files} {are} not on this machine, first {}; `casebook evidence fetch` brings them",
            printable_line(first)
        );
    }
    let accounts = &timeline.accounts;
    let mut unknown = accounts.iter().filter(|account| account.format.is_none());
    if let Some(first) = unknown.next() {
        let files = counted(1 + unknown.count(), "file");
        let place = printable_line(&format!("{} {}", first.item, first.path));
        errln!("note: {files} of no format that is known, first {place}; `--as NAME` reads them as one");
    }
    for account in accounts {
        let place = printable_line(&format!("{} {}", account.item, account.path));
        if account.format.is_some() && account.rows + account.refused == 0 {
            errln!("note: {place}: no rows");
        }
        if account.timeless > 0 {
            let (rows, give) = (counted(account.timeless, "row"), if account.timeless == 1 { "gives" } else { "give" });
            errln!("note: {place}: {rows} {give} no time");
        }
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
                "{warn}warning{warn:#}: {place}: {rows} with a time that cannot be placed: {}",
                printable_line(&why.to_string())
            );
            if let NoInstant::UnknownZone { .. } | NoInstant::NoZone(_) | NoInstant::NoYear(_) = why {
                errln!("  {dim}help:{dim:#} casebook timeline {} --zone ZONE --year YEAR", account.item);
            }
        }
    }
}

fn in_text(occurrence: &Occurrence<'_>, width: Option<usize>) -> String {
    let row = occurrence.row;
    let (bold, dim) = (style::BOLD, style::DIM);
    let at = occurrence.at;
    // What the clock of the source said, where that was another time.
    let said = Some(occurrence.instant.earliest()).filter(|said| *said != at);
    let said = said.map(|said| format!(" {dim}({}){dim:#}", said.strftime("%H:%M:%S"))).unwrap_or_default();
    let at = at.strftime("%Y-%m-%d %H:%M:%S.%3f");
    let host = one_line(row.host.as_deref().unwrap_or("-"));
    let place = one_line(&occurrence.citation());
    let mut message = one_line(&row.message);
    if row.times.iter().filter(|timed| timed.at.is_ok()).count() > 1 {
        message = format!("{}: {message}", one_line(occurrence.means));
    }
    let taken = 24 + if said.is_empty() { 0 } else { 11 } + host.chars().count() + place.chars().count() + 4;
    let message = match width {
        Some(width) if width > taken + 20 => cut(&message, width - taken),
        Some(_) => cut(&message, 60),
        None => message,
    };
    format!("{at}{said} {dim}{host}{dim:#} {bold}{message}{bold:#} {dim}{place}{dim:#}")
}
