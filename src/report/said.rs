//! What sentences need: times as people say them, lists with "and", parts of a whole.

use super::clock::{self, Range};
use crate::values::Zone;
use jiff::Timestamp;
use jiff::tz::Offset;

/// A stretch of time that something happened in; both ends are the same where it is known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Stretch {
    /// The shortest stretch that holds all of them.
    pub fn around(all: impl IntoIterator<Item = Stretch>) -> Option<Stretch> {
        all.into_iter().reduce(|a, b| Stretch { from: a.from.min(b.from), to: a.to.max(b.to) })
    }

    /// `on 19 September 2020 between 02:21 and 02:25 UTC`, and the same in the reader's zone.
    pub fn said(self, zone: Option<&Zone>) -> String {
        let stretch = if self.is_one_minute() { Stretch { to: self.from, ..self } } else { self };
        let utc = phrase(stretch, day, time, " UTC");
        match zone {
            Some(zone) => {
                format!("{utc} ({})", phrase(stretch, |at| zone.day(at), |at| zone.time(at), &format!(" in {}", zone)))
            }
            None => utc,
        }
    }

    /// Whether it is one minute of the clock, which is as exactly as a sentence says it.
    fn is_one_minute(self) -> bool {
        self.from.as_second() % 60 == 0 && self.to.duration_since(self.from) == jiff::SignedDuration::from_secs(60)
    }
}

fn phrase(
    stretch: Stretch,
    day: impl Fn(Timestamp) -> String,
    time: impl Fn(Timestamp) -> String,
    place: &str,
) -> String {
    let (from, to) = (day(stretch.from), day(stretch.to));
    let (starts, ends) = (time(stretch.from), time(stretch.to));
    if is_whole_day(stretch) && place == " UTC" {
        return format!("on {from}");
    }
    match (from == to, starts == ends) {
        (true, true) => format!("on {from} at {starts}{place}"),
        (true, false) => format!("on {from} between {starts} and {ends}{place}"),
        (false, _) => format!("between {from}, {starts} and {to}, {ends}{place}"),
    }
}

/// Whether nothing but the day is known.
fn is_whole_day(stretch: Stretch) -> bool {
    time(stretch.from) == "00:00" && stretch.to.duration_since(stretch.from).as_secs() == 86_400
}

fn day(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).strftime("%-d %B %Y").to_string()
}

fn time(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).strftime("%H:%M").to_string()
}

/// A length of time in words: `about 1 h`, `9 to 10 min`, `between 2 h and 3 h`, `at most 5 d`.
pub fn lasting(range: Range) -> String {
    let (min, max) = (clock::length(range.min), clock::length(range.max));
    let is_about = range.max - range.min <= range.max / 20;
    match (min.split_once(' '), max.split_once(' ')) {
        _ if min == max => max,
        _ if range.min == 0 => format!("at most {max}"),
        _ if is_about => format!("about {max}"),
        (Some((from, unit)), Some((to, same))) if unit == same && !unit.contains(' ') => {
            format!("{from} to {to} {unit}")
        }
        _ => format!("between {min} and {max}"),
    }
}

/// `a`, `a and b`, `a, b and c`: what stands before the item at an index of a list of this length.
pub fn before(index: usize, length: usize) -> &'static str {
    match index {
        0 => "",
        _ if index + 1 == length => " and ",
        _ => ", ",
    }
}
