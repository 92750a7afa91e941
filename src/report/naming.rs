//! What entries are called in a report: numbers for people, titles, and the order in which they are shown.

use crate::model::{Body, Case, Entry, Event, Finding, Person, Team};
use crate::values::vocabulary::{FindingStatus, Naming, Phase, Role};
use crate::values::{EntryId, Kind};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The names of a report.
pub struct Names<'c> {
    entries: BTreeMap<EntryId, Name<'c>>,
    people: BTreeMap<&'c str, &'c str>,
    teams: BTreeMap<&'c str, &'c str>,
    /// The entries that still count, kind by kind, in the order in which they are shown and numbered.
    live: BTreeMap<Kind, Vec<&'c Entry>>,
    naming: Naming,
}

/// What one entry is called.
pub struct Name<'c> {
    /// `Finding 3`, or its kind and id where it counts no longer.
    pub label: String,
    pub title: Cow<'c, str>,
    /// Whether the title says enough without the label.
    pub speaks: bool,
}

impl<'c> Names<'c> {
    pub fn of(case: &'c Case, people: Naming) -> Self {
        let mut names = Self::of_people(case.team.as_ref().map(|team| &team.value), people);
        for kind in Kind::ALL {
            let live = in_order(case, kind);
            for (index, entry) in live.iter().enumerate() {
                // A table of custody shows ids: a number would be found nowhere.
                let label = match kind {
                    Kind::Custody => entry.id().to_string(),
                    kind => format!("{} {}", noun(kind), index + 1),
                };
                names.entries.insert(entry.id(), name(label, entry));
            }
            names.live.insert(kind, live);
            for entry in case.of_kind(kind).filter(|entry| is_retired(entry)) {
                let label = format!("{} {} ({})", noun(kind), entry.id(), entry.status());
                names.entries.insert(entry.id(), name(label, entry));
            }
        }
        names
    }

    /// Those of a report without entries.
    pub fn none() -> Self {
        Self::of_people(None, Naming::Names)
    }

    /// What entries are called, by names of their own.
    pub fn of_entries(&self) -> Names<'static> {
        let owned = |name: &Name<'_>| Name {
            label: name.label.clone(),
            title: Cow::Owned(name.title.clone().into_owned()),
            speaks: name.speaks,
        };
        Names { entries: self.entries.iter().map(|(id, name)| (*id, owned(name))).collect(), ..Names::none() }
    }

    fn of_people(team: Option<&'c Team>, people: Naming) -> Self {
        let mut names = Self {
            entries: BTreeMap::new(),
            people: BTreeMap::new(),
            teams: BTreeMap::new(),
            live: BTreeMap::new(),
            naming: people,
        };
        if let Some(team) = team {
            names.people.extend(team.people.iter().map(|person| (person.handle.as_str(), called(person, people))));
            names.teams.extend(team.teams.iter().map(|team| (team.handle.as_str(), team.name.as_str())));
        }
        names
    }

    /// What an entry is called; `None` where the report does not show it.
    pub fn get(&self, id: EntryId) -> Option<&Name<'c>> {
        self.entries.get(&id)
    }

    /// The entries of a kind that still count, in the order of their numbers.
    pub fn live(&self, kind: Kind) -> &[&'c Entry] {
        self.live.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The name of a person, or the handle where the roster has no such person.
    pub fn person<'h>(&self, handle: &'h str) -> &'h str
    where
        'c: 'h,
    {
        match self.naming {
            Naming::Names => self.people.get(handle).copied().unwrap_or(handle),
            _ => self.people.get(handle).copied().unwrap_or(SOMEBODY),
        }
    }

    /// The name of a team, or the handle where the roster has no such team.
    pub fn team<'h>(&self, handle: &'h str) -> &'h str
    where
        'c: 'h,
    {
        self.teams.get(handle).copied().unwrap_or(handle)
    }
}

/// Who a person is, where nobody is to be named.
const SOMEBODY: &str = "a member of the team";

/// What a person is called.
fn called(person: &Person, naming: Naming) -> &str {
    let role = || match person.roles.iter().max_by_key(|role| **role == Role::Lead)? {
        Role::Lead => Some("the lead"),
        Role::Analyst => Some("an analyst"),
        Role::Reviewer => Some("a reviewer"),
        Role::Custodian => Some("a custodian"),
        Role::Operations => Some("a member of operations"),
        Role::Developer => Some("a developer"),
        Role::Legal => Some("legal counsel"),
        _ => None,
    };
    match naming {
        Naming::Names => person.name.as_str(),
        Naming::Roles => role().unwrap_or(SOMEBODY),
        Naming::Nobody => SOMEBODY,
    }
}

/// What an entry is called as reports show it.
pub fn title(entry: &Entry) -> Cow<'_, str> {
    match &entry.body {
        Body::Indicator(indicator) => super::section::indicators::shown_value(indicator),
        _ => own_title(entry).into(),
    }
}

/// Whether an entry is shown among those that count no longer: withdrawn, superseded or refuted.
pub fn is_retired(entry: &Entry) -> bool {
    entry.is_retired() || matches!(&entry.body, Body::Finding(finding) if finding.status == FindingStatus::Refuted)
}

fn name<'c>(label: String, entry: &'c Entry) -> Name<'c> {
    Name { label, title: title(entry), speaks: matches!(entry.kind(), Kind::Indicator | Kind::Asset) }
}

/// The title that an entry has itself.
fn own_title(entry: &Entry) -> &str {
    match &entry.body {
        Body::Finding(finding) => finding.title.as_str(),
        Body::Event(event) => event.title.as_str(),
        Body::Indicator(indicator) => indicator.value.as_str(),
        Body::Asset(asset) => asset.name.as_str(),
        Body::Action(action) => action.title.as_str(),
        Body::Decision(decision) => decision.question.as_str(),
        Body::Evidence(item) => item.title.as_str(),
        Body::Custody(custody) => custody.action.word(),
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Finding => "Finding",
        Kind::Event => "Event",
        Kind::Indicator => "Indicator",
        Kind::Asset => "Asset",
        Kind::Action => "Action",
        Kind::Decision => "Decision",
        Kind::Evidence => "Exhibit",
        Kind::Custody => "Custody event",
    }
}

/// The entries of a kind that still count, in the order in which a person reads them. Ids are random, so they only
/// decide between entries that are otherwise the same.
fn in_order(case: &Case, kind: Kind) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = case.of_kind(kind).filter(|entry| !is_retired(entry)).collect();
    entries.sort_by_cached_key(|entry| (place(entry), own_title(entry), entry.id()));
    entries
}

/// The place of an entry among those of its kind: a rank, then a time; entries without a time come after the others.
fn place(entry: &Entry) -> (usize, bool, Timestamp) {
    let (rank, time) = match &entry.body {
        Body::Finding(finding) => (finding_rank(finding), finding.observed.as_ref().map(|when| when.earliest())),
        Body::Event(event) => (0, Some(event_time(event))),
        Body::Indicator(indicator) => {
            let rank = match indicator.verdict.word() {
                "malicious" => 0,
                "suspicious" => 1,
                "unknown" => 2,
                _ => 3,
            };
            (rank * 100 + indicator.r#type as usize, indicator.first_seen.as_ref().map(|when| when.earliest()))
        }
        Body::Asset(asset) => {
            let rank = match asset.compromise.map(|compromise| compromise.word()) {
                Some("compromised") => 0,
                Some("suspected") => 1,
                Some("cleared") => 3,
                _ => 2,
            };
            (rank * 10 + 4 - asset.criticality.map_or(0, |criticality| criticality as usize + 1), None)
        }
        Body::Action(action) => {
            let phase = Phase::ALL.iter().position(|phase| *phase == action.phase).unwrap_or(0);
            let standing = usize::from(!entry.is_open());
            (phase * 10 + standing, action.due.or(action.done_at).map(|moment| moment.timestamp()))
        }
        Body::Decision(decision) => {
            (usize::from(!entry.is_open()), decision.at.or(decision.due).map(|moment| moment.timestamp()))
        }
        // What a tool made comes after what it was made from.
        Body::Evidence(item) => (usize::from(item.derived_from.is_some()), Some(item.acquired.at.earliest())),
        Body::Custody(custody) => (0, Some(custody.at.timestamp())),
    };
    (rank, time.is_none(), time.unwrap_or(Timestamp::MIN))
}

fn finding_rank(finding: &Finding) -> usize {
    match finding.status {
        FindingStatus::Confirmed => 0,
        FindingStatus::Proposed => 1,
        _ => 2,
    }
}

fn event_time(event: &Event) -> Timestamp {
    event.time.earliest()
}
