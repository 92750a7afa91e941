//! The sections of a report, one file each: what the case says, as blocks of the outline.

pub mod actions;
pub mod assets;
pub mod banner;
pub mod certainty;
pub mod changes;
pub mod classification;
pub mod conditions;
pub mod course;
pub mod custody;
pub mod decisions;
pub mod duties;
pub mod exhibits;
pub mod findings;
pub mod impact;
pub mod indicators;
pub mod lessons;
pub mod milestones;
pub mod needs;
pub mod notes;
pub mod objectives;
pub mod open;
pub mod recommendations;
pub mod releases;
pub mod response;
pub mod retired;
pub mod story;
pub mod summary;
pub mod timeline;

use super::naming::Names;
use super::outline::{CitationLine, Fact, Line, Span, Tone, badge, code, fact, join, text};
use crate::model::{Case, Citation, Custom, Entry, LeftOut, Reference};
use crate::report::Since;
use crate::report::audience::Profile;
use crate::review::{Standing, State};
use crate::values::vocabulary::{Confidence, Marking, Severity};
use crate::values::{EntryId, Kind, Tag, TechniqueId, attack};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What the sections look at.
pub struct View<'v, 'c> {
    /// What may be told.
    pub case: &'c Case,
    /// What may not, and why.
    pub left_out: &'c BTreeMap<EntryId, LeftOut>,
    pub names: &'v Names<'c>,
    pub now: Timestamp,
    pub standings: &'c BTreeMap<EntryId, Standing>,
    /// For whom.
    pub profile: &'c Profile,
    /// What was told before.
    pub since: Option<&'c Since>,
}

impl<'c> View<'_, 'c> {
    /// A badge with where an entry stands, where it is signed or must be.
    fn standing(&self, entry: &Entry) -> Option<Span<'c>> {
        let standing = self.standings.get(&entry.id())?;
        let tone = match (standing.state, standing.is_met()) {
            (State::Rejected, _) => Tone::Bad,
            (State::Approved, true) => Tone::Good,
            (State::Stale, _) | (_, false) => Tone::Watch,
            _ => Tone::Plain,
        };
        let word = match standing.state {
            State::Draft => "not signed",
            state => state.word(),
        };
        Some(badge(tone, word))
    }

    /// Who has signed an entry, and what of that counts.
    fn signed(&self, entry: &Entry) -> Vec<Span<'c>> {
        let standing = self.standings.get(&entry.id());
        standing
            .map(|standing| vec![text(format!("{} {}", standing.state.word(), standing.summary()))])
            .unwrap_or_default()
    }

    /// The entries of a kind that still count, in the order of their numbers.
    fn live(&self, kind: Kind) -> &[&'c Entry] {
        self.names.live(kind)
    }

    fn person(&self, handle: &'c str) -> Span<'c> {
        text(self.names.person(handle).to_owned())
    }

    fn team(&self, handle: &'c str) -> Span<'c> {
        text(self.names.team(handle).to_owned())
    }

    /// A badge with the marking of an entry, where it is not the case's.
    fn own_marking(&self, entry: &Entry) -> Option<Span<'c>> {
        let case = self.case.record.as_ref().map(|record| record.value.tlp);
        entry.tlp().filter(|own| Some(*own) != case).map(marking)
    }

    /// Where citations point, in the words of the report.
    fn citations(&self, citations: &'c [Citation]) -> Vec<CitationLine<'c>> {
        let line = |citation: &'c Citation| CitationLine {
            place: self.place(citation),
            quote: citation.quote.as_ref().map(|quote| quote.as_str().trim_end_matches('\n')),
        };
        citations.iter().map(line).collect()
    }

    fn place(&self, citation: &'c Citation) -> Line<'c> {
        let mut place = vec![Span::Label(citation.item.0)];
        if let Some(path) = &citation.path {
            place.extend([text(", "), code(path.as_str())]);
        }
        if let Some(at) = &citation.at {
            place.extend([text(", "), code(at.to_string())]);
        }
        place
    }
}

/// A badge with a marking.
pub fn marking<'c>(marking: Marking) -> Span<'c> {
    badge(Tone::Marking(marking), marking_words(marking))
}

/// A marking as FIRST writes it.
pub fn marking_words(marking: Marking) -> &'static str {
    match marking {
        Marking::Clear => "TLP:CLEAR",
        Marking::Green => "TLP:GREEN",
        Marking::Amber => "TLP:AMBER",
        Marking::AmberStrict => "TLP:AMBER+STRICT",
        Marking::Red => "TLP:RED",
    }
}

fn severity<'c>(severity: Severity) -> Span<'c> {
    badge(severity_tone(severity), format!("{severity} severity"))
}

fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Watch,
        Severity::Low | Severity::Informational => Tone::Plain,
    }
}

fn confidence<'c>(confidence: Confidence) -> Span<'c> {
    let tone = match confidence {
        Confidence::High => Tone::Good,
        Confidence::Moderate => Tone::Watch,
        Confidence::Low => Tone::Plain,
    };
    badge(tone, format!("{confidence} confidence"))
}

/// Entries, each as a link on a line of its own.
fn links_of<'c>(entries: &[EntryId]) -> Vec<Line<'c>> {
    entries.iter().map(|id| vec![Span::Entry(*id)]).collect()
}

/// References, each as a link.
fn links<'c, R: Reference>(references: &[R], between: &'static str) -> Line<'c> {
    join(references.iter().map(|reference| Span::Entry(reference.id())), between)
}

fn techniques<'c>(techniques: &'c [TechniqueId], between: &'static str) -> Line<'c> {
    join(techniques.iter().map(technique), between)
}

/// A technique by its id and its name in ATT&CK, where it has one.
fn technique(id: &TechniqueId) -> Span<'_> {
    match attack::technique(id.as_str()) {
        Some(known) => text(format!("{id} {}", known.name)),
        None => text(id.as_str()),
    }
}

fn tags<'c>(tags: &'c [Tag]) -> Line<'c> {
    join(tags.iter().map(|tag| code(tag.as_str())), " ")
}

/// Adds what an entry has beside the fields of its kind: the team's own fields.
fn push_custom<'c>(facts: &mut Vec<Fact<'c>>, custom: &'c Custom) {
    facts.extend(custom.0.iter().map(|(name, value)| fact(name, text(value.to_string()))));
}

/// A line, or a dash where it is empty.
fn or_nothing(line: Line<'_>) -> Line<'_> {
    if line.is_empty() { vec![Span::Nothing] } else { line }
}
