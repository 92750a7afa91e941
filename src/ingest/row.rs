//! What a row of a tool's output says, in the same words for every tool.

use super::instant::{Instant, NoInstant};
use crate::values::vocabulary::Severity;
use crate::values::{Selector, TechniqueId};

/// A row of a tool's output: a line, a record, or an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Row {
    /// Where it stands in its file, as citations name it.
    pub place: Option<Selector>,
    /// The times that it gives, the one that says when it happened first.
    pub times: Vec<Timed>,
    /// What happened, in one line.
    pub message: String,
    /// The machine that it happened on.
    pub host: Option<String>,
    /// The account that it names.
    pub account: Option<String>,
    /// The address that it came from.
    pub source: Option<String>,
    /// The address that it went to.
    pub destination: Option<String>,
    /// What a tool took it for.
    pub detection: Option<Detection>,
    pub techniques: Vec<TechniqueId>,
    /// Everything that it says, by the tool's own names, in the order of the file.
    pub fields: Vec<(String, String)>,
}

/// A time that a row gives.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Timed {
    /// What it is the time of, in the tool's words: `Creation Time`.
    pub means: String,
    pub at: Result<Instant, NoInstant>,
}

/// What a tool took a row for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Detection {
    /// The rule.
    pub rule: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    pub severity: Option<Severity>,
}

impl Row {
    /// The instant at which it stands in a timeline.
    pub fn at(&self) -> Option<&Instant> {
        self.times.iter().find_map(|timed| timed.at.as_ref().ok())
    }

    /// The instants that it gives, each once, with what they are the times of: `modified, accessed`.
    pub fn instants(&self) -> Vec<(&Instant, String)> {
        let mut found: Vec<(&Instant, String)> = Vec::new();
        for timed in &self.times {
            let Ok(instant) = &timed.at else { continue };
            match found.iter_mut().find(|(other, _)| other.earliest() == instant.earliest()) {
                Some((_, means)) => *means += &format!(", {}", timed.means),
                None => found.push((instant, timed.means.clone())),
            }
        }
        found
    }

    /// Why one of its times, or the row itself, has no place in a timeline; none where each time that it gives has one.
    pub fn why_not(&self) -> Option<&NoInstant> {
        // That a time cannot be read matters more than that another one is not given.
        let reasons = || self.times.iter().filter_map(|timed| timed.at.as_ref().err());
        let unread = reasons().find(|why| **why != NoInstant::Absent);
        unread.or_else(|| self.at().is_none().then(|| reasons().next().unwrap_or(&ABSENT)))
    }
}

/// Why a row that gives no times at all has no place.
static ABSENT: NoInstant = NoInstant::Absent;

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// Why, lower case and without a full stop.
    pub why: String,
}
