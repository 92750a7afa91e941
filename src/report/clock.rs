//! Times and lengths of time for readers: corrected, in UTC, and as ranges where nobody knows them exactly.

use crate::model::{Milestones, Objective};
use crate::values::time::Known;
use crate::values::vocabulary::{Measure, Milestone};
use crate::values::{Moment, When};
use jiff::Timestamp;

/// A length of time in seconds that lies between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub min: i64,
    pub max: i64,
}

/// What is known of how long something took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elapsed {
    /// It took this long.
    Took(Range),
    /// It is not reached yet; this long has passed at the time of the report.
    Running(Range),
    /// The milestone that it is counted from is not known.
    NoStart,
}

/// Whether an objective is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Met,
    Missed,
    NotYet,
    CannotBeSaid,
}

impl Standing {
    pub fn words(self) -> &'static str {
        match self {
            Standing::Met => "met",
            Standing::Missed => "missed",
            Standing::NotYet => "not yet",
            Standing::CannotBeSaid => "cannot be said",
        }
    }
}

/// The milestones that a measure runs between.
pub fn ends(measure: Measure) -> (Milestone, Milestone) {
    match measure {
        Measure::TimeToDetect => (Milestone::Occurred, Milestone::Detected),
        Measure::TimeToReport => (Milestone::Detected, Milestone::Reported),
        Measure::TimeToContain => (Milestone::Detected, Milestone::Contained),
        Measure::TimeToEradicate => (Milestone::Detected, Milestone::Eradicated),
        Measure::TimeToRecover => (Milestone::Detected, Milestone::Recovered),
        Measure::TimeToClose => (Milestone::Detected, Milestone::Closed),
    }
}

/// How long it took, or has taken until `now`.
pub fn elapsed(milestones: &Milestones, measure: Measure, now: Timestamp) -> Elapsed {
    let (from, to) = ends(measure);
    match (milestones.get(from), milestones.get(to)) {
        (Some(from), Some(to)) => Elapsed::Took(between(from, to.earliest(), to.latest())),
        (Some(from), None) => Elapsed::Running(between(from, now, now)),
        (None, _) => Elapsed::NoStart,
    }
}

/// Whether an objective is reached at `now`, as far as the times allow to say.
pub fn standing(objective: &Objective, elapsed: Elapsed) -> Standing {
    let target = objective.target.0;
    match elapsed {
        Elapsed::Took(range) if range.max <= target => Standing::Met,
        Elapsed::Took(range) | Elapsed::Running(range) if range.min > target => Standing::Missed,
        Elapsed::Running(range) if range.max <= target => Standing::NotYet,
        _ => Standing::CannotBeSaid,
    }
}

/// The time between two moments that may be known only roughly; never less than nothing.
fn between(from: &When, earliest: Timestamp, latest: Timestamp) -> Range {
    let seconds = |a: Timestamp, b: Timestamp| b.duration_since(a).as_secs().max(0);
    Range { min: seconds(from.latest(), earliest), max: seconds(from.earliest(), latest) }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (min, max) = (length(self.min), length(self.max));
        if min == max { f.write_str(&max) } else { write!(f, "{min} – {max}") }
    }
}

/// A length of time in its two largest units: `3 d 4 h`, `15 min`, `45 s`.
pub fn length(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let seconds = seconds.max(0);
    let Some(first) = units.iter().position(|(_, size)| seconds >= *size) else { return "0 s".to_owned() };
    let (name, size) = units[first];
    let whole = format!("{} {name}", seconds / size);
    match units.get(first + 1) {
        Some((next, small)) if seconds % size >= *small => format!("{whole} {} {next}", seconds % size / small),
        _ => whole,
    }
}

/// A moment in UTC without saying so: the report says it once.
pub fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.trim_end_matches('Z').replacen('T', " ", 1)
}

/// A moment in UTC to the minute.
pub fn to_the_minute(at: Timestamp) -> String {
    let text = moment(at);
    text.get(..16).map_or(text.clone(), str::to_owned)
}

/// The true time, as exactly as it is known, in UTC.
pub fn when(when: &When) -> String {
    match when.known {
        Known::At(_) => moment(when.earliest()),
        Known::Between(..) => span(when.earliest(), when.latest()),
        Known::Within(..) => when.to_string().replace(" UTC", ""),
    }
}

/// Two moments, the day only once where it is the same.
fn span(from: Timestamp, to: Timestamp) -> String {
    let (from, to) = (moment(from), moment(to));
    match (from.get(..11), to.get(..11), to.get(11..)) {
        (Some(day), Some(same), Some(time)) if day == same => format!("{from} – {time}"),
        _ => format!("{from} – {to}"),
    }
}

/// What the source itself said, where its clock was wrong, and the text as the tool gave it.
pub fn source_time(when: &When) -> Option<String> {
    let skew = when.skew.filter(|skew| skew.0 != 0).map(|skew| {
        let raw = When { known: when.known, skew: None, original: None };
        let ahead = if skew.0 > 0 { "ahead" } else { "behind" };
        format!("source clock {}, {} {ahead}", self::when(&raw), length(skew.0.abs()))
    });
    let original = when.original.as_ref().map(|text| format!("as given: {text}"));
    match (skew, original) {
        (Some(skew), Some(original)) => Some(format!("{skew}; {original}")),
        (skew, original) => skew.or(original),
    }
}

/// A moment in the zone that it was written in, where that is not UTC.
pub fn zone_of(at: Moment) -> Option<String> {
    let written = at.as_written();
    (!written.ends_with("+00:00")).then(|| written.replacen('T', " ", 1))
}

/// The same for a time that may be a range.
pub fn written_zone(when: &When) -> Option<String> {
    match when.known {
        Known::At(at) | Known::Within(at, _) => zone_of(at),
        Known::Between(from, to) => zone_of(from).zip(zone_of(to)).map(|(from, to)| format!("{from} to {to}")),
    }
}

/// When something must be done, seen from `now`.
pub fn due(at: Moment, now: Timestamp) -> String {
    let left = at.timestamp().duration_since(now).as_secs();
    if left < 0 { format!("{} ago", length(-left)) } else { format!("in {}", length(left)) }
}

#[cfg(test)]
mod tests {
    use super::{Elapsed, Range, Standing, length, standing, when};
    use crate::model::Objective;
    use crate::values::time::Known;
    use crate::values::vocabulary::Measure;
    use crate::values::{Span, When};

    #[test]
    fn lengths_have_two_units_at_most() {
        for (seconds, text) in [(0, "0 s"), (59, "59 s"), (90, "1 min 30 s"), (3_600, "1 h"), (90_061, "1 d 1 h")] {
            assert_eq!(length(seconds), text);
        }
        assert_eq!(Range { min: 60, max: 120 }.to_string(), "1 min – 2 min");
    }

    #[test]
    fn an_objective_is_only_judged_as_far_as_the_times_allow() {
        let objective = Objective { name: "x".parse().unwrap(), measure: Measure::TimeToContain, target: Span(100) };
        let range = |min, max| Range { min, max };
        for (elapsed, expected) in [
            (Elapsed::Took(range(10, 100)), Standing::Met),
            (Elapsed::Took(range(90, 101)), Standing::CannotBeSaid),
            (Elapsed::Took(range(101, 200)), Standing::Missed),
            (Elapsed::Running(range(10, 20)), Standing::NotYet),
            (Elapsed::Running(range(90, 120)), Standing::CannotBeSaid),
            (Elapsed::Running(range(101, 120)), Standing::Missed),
            (Elapsed::NoStart, Standing::CannotBeSaid),
        ] {
            assert_eq!(standing(&objective, elapsed), expected, "{elapsed:?}");
        }
    }

    #[test]
    fn a_range_within_a_day_names_the_day_once() {
        let known = Known::Between("2026-03-01T02:00:00Z".parse().unwrap(), "2026-03-01T03:00:00Z".parse().unwrap());
        let range = When { known, skew: None, original: None };
        assert_eq!(when(&range), "2026-03-01 02:00:00 – 03:00:00");
    }
}
