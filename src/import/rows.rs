//! Events made of the rows of a tool's output.

use super::event;
use super::making::{Making, Outcome};
use crate::ingest::format::Format;
use crate::ingest::instant::Instant;
use crate::ingest::row::{Refused, Row};
use crate::timeline::filter::Filter;
use crate::timeline::opened::{Opened, is_damage};
use crate::values::{EntryId, Kind, Selector, Skew};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::io::{self, Read};

/// Which rows become events.
pub struct Chosen<'f> {
    pub filter: &'f Filter,
    /// Only those at these places, where some are named.
    pub places: Option<&'f BTreeSet<Selector>>,
    /// Only at what is the time of this, in the tool's words.
    pub means: Option<&'f str>,
    /// How far the clock of the source was ahead.
    pub skew: Option<Skew>,
    /// The most events that are made.
    pub most: u64,
}

/// What is said of rows that were not asked for.
pub const NOT_ASKED: &str = "not asked for";

/// What is heard of a row that was asked for: its place, its event, and what came of it.
pub type HearRow<'h> = dyn FnMut(&Selector, EntryId, &Outcome) + 'h;

/// Reads all rows, and makes an event of each that is chosen; of none where `chosen` is none.
pub fn read(
    making: &mut Making<'_>,
    format: &Format,
    opened: Opened<'_>,
    chosen: Option<&Chosen<'_>>,
    hear: &mut HearRow<'_>,
) -> io::Result<()> {
    let told = making.told.clone();
    let mut content = io::Cursor::new(opened.head).chain(opened.content);
    let read = (format.read)(&mut content, &told, &mut |heard| {
        match heard {
            Err(Refused { line: 0, why }) => making.count("file", Outcome::Refused(why)),
            Err(Refused { line, why }) => making.count(format!("line {line}"), Outcome::Refused(why)),
            Ok(row) => {
                let place = row.place.as_ref().map(ToString::to_string).unwrap_or_default();
                let outcome = of_row(making, &row, chosen, hear);
                making.count(place, outcome);
            }
        }
        true
    });
    match read {
        Err(error) if opened.is_packed && is_damage(&error) => {
            making.count("file", Outcome::Refused(format!("what is packed is damaged: {error}")));
            Ok(())
        }
        read => read,
    }
}

fn of_row(making: &mut Making<'_>, row: &Row, chosen: Option<&Chosen<'_>>, hear: &mut HearRow<'_>) -> Outcome {
    let not_asked = || Outcome::Skipped(NOT_ASKED.to_owned());
    let Some(chosen) = chosen else { return not_asked() };
    let Some(place) = &row.place else { return Outcome::Refused("it has no place that could be cited".to_owned()) };
    if chosen.places.is_some_and(|places| !places.contains(place)) {
        return not_asked();
    }
    let times = row.instants();
    let is_meant = |means: &str| chosen.means.is_none_or(|wanted| means.split(", ").any(|own| own == wanted));
    let is_wanted = |(instant, means): &&(&Instant, String)| {
        is_meant(means) && chosen.filter.lets(true_time(instant, chosen.skew), row)
    };
    let Some((instant, means)) = times.iter().find(is_wanted) else {
        return match row.why_not().filter(|_| times.is_empty()) {
            Some(why) => Outcome::Refused(why.to_string()),
            None => not_asked(),
        };
    };
    if making.account.taken >= chosen.most {
        making.account.over += 1;
        return Outcome::Skipped("more than are made".to_owned());
    }
    let at = true_time(instant, chosen.skew);
    if let Some(host) = row.host.as_ref().filter(|host| making.names.machine_at(host, at).is_none()) {
        *making.account.strangers.entry(host.clone()).or_default() += 1;
    }
    for unknown in row.techniques.iter().filter(|id| event::known_techniques([*id]).next().is_none()) {
        making.lose(&format!("technique {unknown}, which this ATT&CK does not have"));
    }
    // The id comes from the place and from which of its times is meant.
    let id = making.id(Kind::Event, &format!("{place} {means}"));
    let means = (times.len() > 1).then_some(means.as_str());
    let event = event::of_row(id, row, instant, means, chosen.skew, &making.names);
    let outcome = making.take(event, Some(place.clone()));
    hear(place, id, &outcome);
    outcome
}

/// The instant of a row, with the skew of the clock that wrote it taken off.
pub fn true_time(instant: &Instant, skew: Option<Skew>) -> Timestamp {
    let ahead = SignedDuration::from_secs(skew.map_or(0, |skew| skew.0));
    instant.earliest().checked_sub(ahead).unwrap_or(instant.earliest())
}
