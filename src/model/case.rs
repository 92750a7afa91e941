//! The case: its record in case.toml, and everything that was loaded with it.

use super::leaf::FormatNumber;
use super::record::record;
use super::{Body, Custom, Entry, Note, Policy, Release, Team};
use crate::diagnostic::Place;
use crate::values::vocabulary::{self, CaseStatus, Category, Marking, Measure, Milestone, Outcome};
use crate::values::{EntryId, Handle, Kind, Line, Markdown, Span, TreePath, When};
use std::collections::BTreeMap;

record! {
    /// The case: what it is, how bad it is, where it stands and what its response is measured by.
    CaseRecord("case") {
        /// The format of this repository; this version knows 1.
        format: FormatNumber,
        /// The team's own number or name for the case.
        id: Line,
        /// What happened, in one line.
        title: Line,
        /// How bad it is.
        severity: vocabulary::Severity,
        /// Who may read what does not say otherwise: TLP 2.0.
        tlp: Marking,
        /// Where the case stands.
        status: CaseStatus,
        /// What kind of incident it is.
        category: Option<Category>,
        /// Who leads the response.
        lead: Option<Handle>,
        /// What happened, what it means and what is being done, for a reader with one minute.
        summary: Option<Markdown>,
        /// When the case reached each stage.
        milestones: Option<Milestones>,
        /// What the response is measured by, agreed with the business.
        objectives: Vec<Objective>,
        /// What it turned out to be; needed to close the case.
        outcome: Option<Outcome>,
        /// What was learned; needed to close the case.
        lessons: Option<Markdown>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// When the case reached each stage.
    Milestones("milestones") {
        /// When the incident began.
        occurred: Option<When>,
        /// When somebody or something first noticed it.
        detected: Option<When>,
        /// When the response team was told.
        reported: Option<When>,
        /// When the attacker could do no more harm.
        contained: Option<When>,
        /// When nothing of the attacker was left.
        eradicated: Option<When>,
        /// When the business worked as before.
        recovered: Option<When>,
        /// When the case was closed.
        closed: Option<When>,
    }
}

impl Milestones {
    /// The milestones in their usual order, with the time of each that is known.
    pub fn in_order(&self) -> [(Milestone, Option<&When>); 7] {
        [
            (Milestone::Occurred, self.occurred.as_ref()),
            (Milestone::Detected, self.detected.as_ref()),
            (Milestone::Reported, self.reported.as_ref()),
            (Milestone::Contained, self.contained.as_ref()),
            (Milestone::Eradicated, self.eradicated.as_ref()),
            (Milestone::Recovered, self.recovered.as_ref()),
            (Milestone::Closed, self.closed.as_ref()),
        ]
    }

    pub fn get(&self, milestone: Milestone) -> Option<&When> {
        self.in_order()[milestone as usize].1
    }
}

record! {
    /// One objective of the response, and the time that it allows.
    Objective("objective") {
        /// What it is for, in the words of the business.
        name: Line,
        /// What is measured.
        measure: Measure,
        /// The time that it may take.
        target: Span,
    }
}

/// Something with the file that it was read from.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    pub path: TreePath,
    pub value: T,
}

/// A whole case as it was read: everything that could be read, whatever else could not.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub record: Option<Loaded<CaseRecord>>,
    pub team: Option<Loaded<Team>>,
    pub policy: Option<Loaded<Policy>>,
    pub entries: BTreeMap<EntryId, Entry>,
    /// Entries whose files could not be read: they exist, so references to them are not dangling.
    pub unreadable: BTreeMap<EntryId, TreePath>,
    /// What those refer to all the same, with the places.
    pub loose_references: Vec<(EntryId, Place)>,
    pub notes: Vec<Note>,
    /// Which reports were given to whom, by the paths of their files.
    pub releases: Vec<Loaded<Release>>,
}

impl Case {
    pub fn get(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// What it is judged by: its policy, or one that asks for nothing where there is none that can be read.
    pub fn policy_or_none(&self) -> Policy {
        self.policy.as_ref().map_or_else(Policy::none, |policy| policy.value.clone())
    }

    /// The entry that an id is meant for, when it is one slip of the hand away from it.
    pub fn one_slip_from(&self, id: EntryId) -> Option<EntryId> {
        id.slips().find(|slip| self.entries.contains_key(slip))
    }

    /// The entries of one kind, by id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.range(EntryId::first_of(kind)..=EntryId::last_of(kind)).map(|(_, entry)| entry)
    }

    /// The marking of an entry: its own, or else its case's. A custody event has that of the item that it tells of.
    pub fn marking(&self, entry: &Entry) -> Marking {
        let own = match &entry.body {
            Body::Custody(event) => self.get(event.item.0).and_then(Entry::tlp),
            _ => entry.tlp(),
        };
        own.unwrap_or(self.own_marking())
    }

    /// The marking of case.toml and of what has none, or else red, since nobody said that it may be shared.
    pub fn own_marking(&self) -> Marking {
        self.record.as_ref().map_or(Marking::Red, |record| record.value.tlp)
    }

    /// The full name of a person or team, or the handle where the roster has none.
    pub fn name_of<'h>(&'h self, handle: &'h Handle) -> &'h str {
        let team = self.team.as_ref().map(|team| &team.value);
        let person = team.and_then(|team| team.person(handle)).map(|person| person.name.as_str());
        let group = || team.and_then(|team| team.teams.iter().find(|group| group.handle == *handle));
        person.or_else(|| group().map(|group| group.name.as_str())).unwrap_or(handle.as_str())
    }

    /// The ids that a text may be short for: those that start with it.
    pub fn starting_with(&self, prefix: &str) -> Vec<EntryId> {
        let all = self.entries.keys().chain(self.unreadable.keys());
        let mut ids: Vec<EntryId> = all.copied().filter(|id| id.to_string().starts_with(prefix)).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

macro_rules! of_kind {
    ($($name:ident: $variant:ident),* $(,)?) => {
        impl Case {
            $(
                #[doc = concat!("The entries of the kind ", stringify!($variant), ", by id, each with its entry.")]
                pub fn $name(&self) -> impl Iterator<Item = (&Entry, &super::$variant)> {
                    self.of_kind(Kind::$variant).filter_map(|entry| match &entry.body {
                        super::Body::$variant(body) => Some((entry, body.as_ref())),
                        _ => None,
                    })
                }
            )*
        }
    };
}
of_kind!(
    findings: Finding, events: Event, indicators: Indicator, assets: Asset,
    actions: Action, decisions: Decision, evidence: Evidence, custody: Custody,
);
