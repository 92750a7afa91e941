//! Corrections: what an audience was told and what holds no longer.

use crate::model::{Body, Case, Entry};
use crate::report::audience::Profile;
use crate::report::naming::{is_retired, title};
use crate::values::vocabulary::{FindingStatus, Marking, ReportSection};
use crate::values::{EntryId, Kind};
use std::fmt;

/// Something that was told and holds no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub entry: EntryId,
    /// What it was called when it was told.
    pub title: String,
    pub change: Change,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is withdrawn, superseded or refuted, or a finding that was confirmed and is not.
    NoLonger(String),
    /// Its marking is stricter than they know.
    Raised(Marking),
    /// Fields in which it says something else.
    Says(Vec<&'static str>),
    /// It is not in the case.
    Gone,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::NoLonger(status) => write!(f, "is {status} now"),
            Change::Raised(marking) => write!(f, "is TLP:{} now", marking.word().to_uppercase()),
            Change::Says(fields) => write!(f, "has another {}", fields.join(", ")),
            Change::Gone => f.write_str("is not in the case"),
        }
    }
}

/// What an audience was told of a case and what of that the case does not say any more. `has_news` is whether they were told
/// what was new.
pub fn between(profile: &Profile, has_news: bool, then: &Case, now: &Case) -> Vec<Correction> {
    let told = then.told(&profile.telling()).case;
    let is_told = |kind: Kind| {
        let news = has_news && profile.has(ReportSection::Changes) && kind != Kind::Custody;
        news || profile.sections.iter().any(|section| kinds(*section).contains(&kind))
    };
    let of_told = told.entries.keys().filter_map(|id| then.get(*id));
    let live = of_told.filter(|entry| is_told(entry.kind()) && !is_retired(entry));
    live.filter_map(|entry| {
        let change = change_of((then, entry), now)?;
        Some(Correction { entry: entry.id(), title: title(entry).into_owned(), change })
    })
    .collect()
}

/// The kinds of entry that a section tells of. Prose may speak of any: that is not followed.
fn kinds(section: ReportSection) -> &'static [Kind] {
    use ReportSection as Section;
    match section {
        Section::Story | Section::Course | Section::Timeline => &[Kind::Event],
        Section::Response => &[Kind::Action, Kind::Event],
        Section::Impact | Section::Assets | Section::Conditions => &[Kind::Asset],
        Section::Needs => &[Kind::Decision, Kind::Action],
        Section::Open => &[Kind::Finding, Kind::Decision, Kind::Action],
        Section::Certainty | Section::Findings => &[Kind::Finding],
        Section::Recommendations | Section::Actions | Section::Duties => &[Kind::Action],
        Section::Indicators => &[Kind::Indicator],
        Section::Decisions => &[Kind::Decision],
        Section::Evidence => &[Kind::Evidence],
        Section::Summary
        | Section::Changes
        | Section::Objectives
        | Section::Lessons
        | Section::Milestones
        | Section::Classification
        | Section::Releases
        | Section::Notes
        | Section::Retired => &[],
    }
}

/// What became of one entry that was told; nothing where it says what it said.
pub fn change_of((then, old): (&Case, &Entry), now: &Case) -> Option<Change> {
    let Some(new) = now.get(old.id()) else {
        // What cannot be read is there, and `check` says so.
        return (!now.unreadable.contains_key(&old.id())).then_some(Change::Gone);
    };
    let is_confirmed =
        |entry: &Entry| matches!(&entry.body, Body::Finding(finding) if finding.status == FindingStatus::Confirmed);
    if is_retired(new) || (is_confirmed(old) && !is_confirmed(new)) {
        return Some(Change::NoLonger(new.status().to_owned()));
    }
    let marking = now.marking(new);
    if marking > then.marking(old) {
        return Some(Change::Raised(marking));
    }
    let says = other_fields(&old.body, &new.body);
    (!says.is_empty()).then_some(Change::Says(says))
}

/// The fields of a statement that say something else. What only grows with the work, such as citations, is none of them.
fn other_fields(old: &Body, new: &Body) -> Vec<&'static str> {
    let differing = |fields: &[(&'static str, bool)]| {
        fields.iter().filter(|(_, is_same)| !is_same).map(|(name, _)| *name).collect::<Vec<_>>()
    };
    match (old, new) {
        (Body::Finding(old), Body::Finding(new)) => differing(&[
            ("title", old.title == new.title),
            ("summary", old.summary == new.summary),
            ("confidence", old.confidence == new.confidence),
            ("severity", old.severity == new.severity),
        ]),
        (Body::Event(old), Body::Event(new)) => differing(&[
            ("title", old.title == new.title),
            ("time", old.time == new.time),
            ("actor", old.actor == new.actor),
        ]),
        (Body::Indicator(old), Body::Indicator(new)) => differing(&[
            ("type", old.r#type == new.r#type),
            ("value", old.value == new.value),
            ("verdict", old.verdict == new.verdict),
            ("confidence", old.confidence == new.confidence),
        ]),
        _ => Vec::new(),
    }
}
