//! `casebook duties`: which legal clocks run, when each ends, and what fulfils it.

use super::open::{self, Open};
use super::table::{Cell, Table};
use super::{Failure, Outcome, Surroundings, style, terminal};
use crate::diagnostic::render::printable_line;
use crate::load::{self, NoMemory};
use crate::model::Case;
use crate::report::calendar::{self, About};
use crate::report::clock;
use crate::report::duty::{self, Clock, Standing};
use crate::values::{Handle, Moment, Zone};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Show the legal clocks of the case: what is due when, from which start, and what fulfils it.
///
/// A clock starts at a milestone, once another duty is fulfilled, or with a decision, as policy.toml says. Where nobody knows exactly
/// when it started, its earliest end counts. An action with `duty = "HANDLE"` fulfils a duty when it is done.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook duties                              every clock, as it stands now
  casebook duties --zone Europe/Berlin         beside UTC, in the zone of whoever must act
  casebook duties gdpr-72h                     one of them, and what the authority asks for
  casebook duties --format ics > duties.ics    a calendar of what is due, for everybody's calendar
  casebook duties --rev v1 --format json

Exit codes: 0 nothing is overdue, 1 something is, or may be, 2 could not show.")]
pub struct Arguments {
    /// The duty; all where none is named.
    #[arg(value_name = "HANDLE")]
    duty: Option<Handle>,

    /// The commit whose clocks are shown; the files as they are where nothing is said.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// A zone of the IANA database in which times are shown, too.
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// iCalendar, for calendars.
    Ics,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let case = case(arguments.rev.as_deref(), surroundings)?;
    let mut clocks = duty::of(&case, surroundings.now);
    if let Some(handle) = &arguments.duty {
        clocks.retain(|clock| clock.duty.handle == *handle);
        if clocks.is_empty() {
            return Err(Failure::new(format!("the policy has no duty `{handle}`")).help("`casebook duties` lists them"));
        }
    }
    match arguments.format {
        Format::Json => outln!("{:#}", clocks.iter().map(as_json).collect::<Value>()),
        Format::Ics => out!("{}", calendar(&case, &clocks, surroundings.now)),
        Format::Text if arguments.duty.is_some() => {
            clocks.iter().for_each(|clock| print_one(clock, arguments.zone.as_ref(), surroundings.now));
        }
        Format::Text => print_all(&clocks, arguments.zone.as_ref(), surroundings.now),
    }
    let is_overdue = clocks.iter().any(|clock| clock.standing.is_overdue());
    Ok(if is_overdue { Outcome::Problems } else { Outcome::Sound })
}

fn case(revision: Option<&str>, surroundings: &Surroundings) -> Result<Case, Failure> {
    let Some(revision) = revision else { return Ok(Open::here(surroundings)?.case()?.0) };
    let repository = surroundings.repository()?;
    let tree = repository.tree(repository.resolve(revision)?.tree);
    open::demand_case(&tree)?;
    Ok(load::load(&tree, &mut NoMemory)?.0)
}

fn calendar(case: &Case, clocks: &[Clock<'_>], now: Timestamp) -> String {
    let record = case.record.as_ref().map(|record| &record.value);
    let about = About {
        case: record.map_or("", |record| record.id.as_str()),
        title: record.map_or("", |record| record.title.as_str()),
        marking: case.own_marking(),
        now,
    };
    calendar::write(clocks, &about)
}

fn print_all(clocks: &[Clock<'_>], zone: Option<&Zone>, now: Timestamp) {
    if clocks.is_empty() {
        outln!("no duties: policy.toml has none (docs/duties.md has those of several laws)");
        return;
    }
    let mut table = Table::new(&["duty", "standing", "due", "", "after", "fulfilled by", "law"], 0);
    for clock in clocks {
        let duty = clock.duty;
        let word = clock.standing.word();
        table.push(vec![
            Cell::styled(duty.handle.as_str(), style::NAME),
            Cell::styled(word, style::of_word(word)),
            Cell::new(due(clock, zone)),
            Cell::new(clock.end().map(|end| clock::due(Moment::utc(end), now)).unwrap_or_default()),
            Cell::new(format!("{} after {}", duty.within.words(clock::length), duty::trigger(duty))),
            Cell::new(clock.actions.iter().map(|entry| entry.id().to_string()).collect::<Vec<_>>().join(", ")),
            Cell::new(duty.law.as_ref().map_or("", |law| law.as_str())),
        ]);
    }
    out!("{}", table.render(0, terminal::known_width()));
}

/// The end of a clock: its earliest, and the latest where that is another.
fn due(clock: &Clock<'_>, zone: Option<&Zone>) -> String {
    let Some((earliest, latest)) = clock.window else { return String::new() };
    let one = |at: Timestamp| match zone {
        Some(zone) => format!("{} UTC ({} {})", clock::to_the_minute(at), zone.day(at), zone.time(at)),
        None => format!("{} UTC", clock::to_the_minute(at)),
    };
    if earliest == latest { one(earliest) } else { format!("{}, at the latest {}", one(earliest), one(latest)) }
}

/// One duty with everything that is to be known of it.
fn print_one(clock: &Clock<'_>, zone: Option<&Zone>, now: Timestamp) {
    let duty = clock.duty;
    let bold = style::BOLD;
    outln!("{bold}{}{bold:#} ({})", printable_line(duty.name.as_str()), duty.handle);
    let fact = |name: &str, value: &str| {
        if !value.is_empty() {
            outln!("  {name}: {}", printable_line(value));
        }
    };
    fact("law", duty.law.as_ref().map_or("", |law| law.as_str()));
    fact("to", duty.to.as_ref().map_or("", |to| to.as_str()));
    fact("allowed", &format!("{} after {}", duty.within.words(clock::length), duty::trigger(duty)));
    fact("standing", clock.standing.word());
    let left = clock.end().map(|end| format!(", {}", clock::due(Moment::utc(end), now))).unwrap_or_default();
    fact("due", &format!("{}{left}", due(clock, zone)));
    for entry in &clock.actions {
        fact("fulfilled by", &format!("{} “{}”, {}", entry.id(), entry.title(), entry.status()));
    }
    if clock.actions.is_empty() && clock.standing != Standing::NotStarted {
        outln!("  next: casebook new action \"TITLE\" --set phase=duty --set duty={}", duty.handle);
    }
    if !duty.asks.is_empty() {
        outln!("  they ask for:");
        duty.asks.iter().for_each(|asked| outln!("    - {}", printable_line(asked.as_str())));
    }
}

fn as_json(clock: &Clock<'_>) -> Value {
    let duty = clock.duty;
    json!({
        "handle": duty.handle.as_str(),
        "name": duty.name.as_str(),
        "law": duty.law.as_ref().map(|law| law.as_str()),
        "to": duty.to.as_ref().map(|to| to.as_str()),
        "within": duty.within.to_string(),
        "after": duty::trigger(duty),
        "standing": clock.standing.word(),
        "earliest": clock.window.map(|(earliest, _)| earliest.to_string()),
        "latest": clock.window.map(|(_, latest)| latest.to_string()),
        "actions": clock.actions.iter().map(|entry| entry.id().to_string()).collect::<Vec<_>>(),
        "asks": duty.asks.iter().map(|asked| asked.as_str()).collect::<Vec<_>>(),
    })
}
