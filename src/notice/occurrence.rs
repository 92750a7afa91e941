//! What came to be so between two commits, or by a moment, that a route leads to.

use super::Ends;
use crate::model::{Body, Case, Duty, Entry, LeftOut, NoticeRoute};
use crate::release::corrections::{self, Change};
use crate::report::audience::Profile;
use crate::report::naming::is_retired;
use crate::report::{Source, clock, duty};
use crate::review::State;
use crate::values::vocabulary::{Milestone, Occasion, Severity};
use crate::values::{EntryId, Handle, Kind, Line, Span, TechniqueId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// How long before something is due people hear of it, where the route does not say.
const AHEAD: Span = Span(24 * 3_600);

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Case,
    Entry(EntryId),
    Duty(Handle),
    Milestone(Milestone),
    /// An objective of the case, by its name.
    Objective(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Case => f.write_str("case"),
            Subject::Entry(id) => id.fmt(f),
            Subject::Duty(handle) => write!(f, "duty {handle}"),
            Subject::Milestone(milestone) => write!(f, "milestone {milestone}"),
            Subject::Objective(name) => write!(f, "objective {name}"),
        }
    }
}

/// Something that a route leads to.
pub struct Occurrence {
    pub occasion: Occasion,
    pub subject: Subject,
    /// What became of it, where it was told and holds no longer.
    pub correction: Option<Change>,
    /// The end that is near or past, which tells one notice of a time from the next.
    pub end: Option<Timestamp>,
    /// Why the audience is not told yet.
    pub kept_back: Option<String>,
}

impl Occurrence {
    fn new(occasion: Occasion, subject: Subject) -> Self {
        Self { occasion, subject, correction: None, end: None, kept_back: None }
    }
}

/// What a route leads to, in the order of its occasions.
pub fn between(ends: &Ends<'_>, route: &NoticeRoute, profile: &Profile) -> Vec<Occurrence> {
    let Ends { old, new, now, .. } = *ends;
    let is_on = |occasion: Occasion| match route.on.is_empty() {
        true => matches!(occasion, Occasion::Reached | Occasion::Corrected),
        false => route.on.contains(&occasion),
    };
    let mut found = Vec::new();
    if is_on(Occasion::Reached) {
        found.extend(case_reached(&old.case, &new.case, route, profile));
        found.extend(entries_reached(ends, route, profile));
    }
    if is_on(Occasion::Changed) {
        found.extend(changed(old, new, route, profile));
    }
    if is_on(Occasion::Reached) || is_on(Occasion::Corrected) {
        found.extend(corrected(ends, route, profile));
    }
    if is_on(Occasion::Milestone) {
        found.extend(milestones(&old.case, &new.case, profile));
    }
    for occasion in [Occasion::DueSoon, Occasion::Overdue] {
        if is_on(occasion) {
            found.extend(due(&new.case, route, occasion, now));
            found.extend(duties(&new.case, route, occasion, now));
        }
    }
    if is_on(Occasion::ObjectiveMissed) {
        found.extend(missed(&new.case, now));
    }
    found
}

fn case_reached(old: &Case, new: &Case, route: &NoticeRoute, profile: &Profile) -> Option<Occurrence> {
    let describes = |case: &Case| {
        let record = case.record.as_ref();
        record.is_some_and(|record| {
            is_about(route, crate::validate::gates::CASE)
                && names_no_entries(route)
                && is_named(&route.status.0, record.value.status.word())
                && (route.severity.is_empty() || route.severity.contains(&record.value.severity))
        })
    };
    let was_told = describes(old) && may_be_told(old, profile);
    let is_news = describes(new) && if may_be_told(new, profile) { !was_told } else { !describes(old) };
    is_news.then(|| Occurrence::new(Occasion::Reached, Subject::Case))
}

fn entries_reached(ends: &Ends<'_>, route: &NoticeRoute, profile: &Profile) -> Vec<Occurrence> {
    let Ends { old, new, .. } = *ends;
    let key = |id: EntryId| (route.handle.to_string(), id.to_string());
    let is_tried_again = |id: EntryId| ends.past.again.contains(&key(id));
    let was_told = |id: EntryId| ends.past.told.as_ref().is_some_and(|told| told.contains(&key(id)));
    let reached = |entry: &Entry| {
        if !describes(route, &new.case, entry) {
            return None;
        }
        let before = old.case.get(entry.id()).filter(|before| describes(route, &old.case, before));
        let kept_back = kept_back(new, entry, profile);
        let is_news = match (before, &kept_back) {
            // What was told before it could not be read for a while is no news when it can be read again.
            _ if old.case.unreadable.contains_key(&entry.id()) => !was_told(entry.id()),
            (None, _) => true,
            (Some(before), None) => is_tried_again(entry.id()) || self::kept_back(old, before, profile).is_some(),
            (Some(_), Some(_)) => false,
        };
        is_news.then(|| Occurrence { kept_back, ..Occurrence::new(Occasion::Reached, Subject::Entry(entry.id())) })
    };
    new.case.entries.values().filter_map(reached).collect()
}

/// What was told by this route, is told still, and is otherwise. A ticket that was opened for it is no change of it.
fn changed(old: &Source, new: &Source, route: &NoticeRoute, profile: &Profile) -> Vec<Occurrence> {
    let is_told = |source: &Source, entry: &Entry| {
        describes(route, &source.case, entry) && kept_back(source, entry, profile).is_none()
    };
    let changed = |entry: &&Entry| {
        let before = old.case.get(entry.id()).filter(|before| is_told(old, before));
        // What a correction says is not said twice.
        let is_corrected = |before: &Entry| change_of((&old.case, before), &new.case).is_some();
        before.is_some_and(|before| {
            is_told(new, entry) && without_ticket(before) != without_ticket(entry) && !is_corrected(before)
        })
    };
    let changed = new.case.entries.values().filter(changed);
    changed.map(|entry| Occurrence::new(Occasion::Changed, Subject::Entry(entry.id()))).collect()
}

fn without_ticket(entry: &Entry) -> std::borrow::Cow<'_, Body> {
    match &entry.body {
        Body::Action(action) if action.ticket.is_some() => {
            std::borrow::Cow::Owned(Body::Action(Box::new(crate::model::Action { ticket: None, ..(**action).clone() })))
        }
        body => std::borrow::Cow::Borrowed(body),
    }
}

/// What was told by this route and holds no longer.
fn corrected(ends: &Ends<'_>, route: &NoticeRoute, profile: &Profile) -> Vec<Occurrence> {
    let Ends { old, new, .. } = *ends;
    let was_told = |entry: &&Entry| match &ends.past.told {
        Some(told) => told.contains(&(route.handle.to_string(), entry.id().to_string())),
        None => describes(route, &old.case, entry) && kept_back(old, entry, profile).is_none(),
    };
    let corrected = |entry: &Entry| {
        let change = change_of((&old.case, entry), &new.case)?;
        Some(Occurrence {
            correction: Some(change),
            ..Occurrence::new(Occasion::Corrected, Subject::Entry(entry.id()))
        })
    };
    old.case.entries.values().filter(was_told).filter_map(corrected).collect()
}

/// What became of an entry. That it is marked higher comes before all else: nobody is told anything more of it.
fn change_of((then, old): (&Case, &Entry), now: &Case) -> Option<Change> {
    let raised = now.get(old.id()).map(|new| now.marking(new)).filter(|marking| *marking > then.marking(old));
    raised.map(Change::Raised).or_else(|| corrections::change_of((then, old), now))
}

/// Why an audience is not told of an entry as it stands.
fn kept_back(source: &Source, entry: &Entry, profile: &Profile) -> Option<String> {
    if let Some(reason) = source.case.kept_back(entry, &profile.telling()) {
        let who = &profile.handle;
        return Some(match reason {
            LeftOut::Above(marking) => format!("it is marked {marking}, and `{who}` is told up to {}", profile.ceiling),
            LeftOut::Draft => format!("it is a draft, and `{who}` is told of none"),
            _ => format!("it counts no longer, and `{who}` is told of what does"),
        });
    }
    lacks(source, entry, profile)
}

/// What an entry lacks of the sign-offs that the audience asks for.
pub fn lacks(source: &Source, entry: &Entry, profile: &Profile) -> Option<String> {
    let asked = profile.standing.filter(|_| matches!(entry.kind(), Kind::Finding | Kind::Decision))?;
    let state = source.standings.get(&entry.id()).map_or(State::Draft, |standing| standing.state);
    let says = || format!("it is {}, and `{}` is told of what is {asked} only", state.word(), profile.handle);
    (!state.reaches(asked)).then(says)
}

/// Whether an audience may be told of the case itself.
fn may_be_told(case: &Case, profile: &Profile) -> bool {
    case.own_marking() <= profile.ceiling
}

fn milestones(old: &Case, new: &Case, profile: &Profile) -> Vec<Occurrence> {
    let of = |case: &Case, milestone| {
        let record = case.record.as_ref()?;
        record.value.milestones.as_ref()?.get(milestone).map(|_| ())
    };
    let is_lowered = may_be_told(new, profile) && old.record.is_some() && !may_be_told(old, profile);
    let is_new =
        |milestone: &&Milestone| of(new, **milestone).is_some() && (is_lowered || of(old, **milestone).is_none());
    let reached = Milestone::ALL.iter().filter(is_new);
    reached.map(|milestone| Occurrence::new(Occasion::Milestone, Subject::Milestone(*milestone))).collect()
}

/// Open actions and decisions whose time is near or over.
fn due(case: &Case, route: &NoticeRoute, occasion: Occasion, now: Timestamp) -> Vec<Occurrence> {
    if !route.duties.is_empty() {
        return Vec::new();
    }
    let open = case.entries.values().filter(|entry| entry.is_open() && describes(route, case, entry));
    let ends = open.filter_map(|entry| Some((entry.id(), entry.due()?.timestamp())));
    let timely = ends.filter(|(_, end)| is_time(route, occasion, *end, now));
    timely.map(|(id, end)| Occurrence { end: Some(end), ..Occurrence::new(occasion, Subject::Entry(id)) }).collect()
}

/// Duties that nobody has fulfilled and whose time is near or over. Of an uncertain end, the earliest counts.
fn duties(case: &Case, route: &NoticeRoute, occasion: Occasion, now: Timestamp) -> Vec<Occurrence> {
    if !route.kind.is_empty() || !route.owners.is_empty() || !route.techniques.is_empty() {
        return Vec::new();
    }
    let is_meant = |duty: &Duty| route.duties.is_empty() || route.duties.contains(&duty.handle);
    let clocks = duty::of(case, now).into_iter().filter(|clock| is_meant(clock.duty));
    let timely = clocks.filter_map(|clock| {
        let end = clock.end().filter(|end| is_time(route, occasion, *end, now))?;
        let subject = Subject::Duty(clock.duty.handle.clone());
        Some(Occurrence { end: Some(end), ..Occurrence::new(occasion, subject) })
    });
    timely.collect()
}

/// Whether it is time to say that something is due soon, or overdue.
fn is_time(route: &NoticeRoute, occasion: Occasion, end: Timestamp, now: Timestamp) -> bool {
    let left = end.duration_since(now);
    match occasion {
        Occasion::Overdue => left < -SignedDuration::from_secs(route.patience.map_or(0, |patience| patience.0)),
        _ => {
            let ahead = SignedDuration::from_secs(route.ahead.unwrap_or(AHEAD).0);
            left >= SignedDuration::ZERO && left <= ahead
        }
    }
}

fn missed(case: &Case, now: Timestamp) -> Vec<Occurrence> {
    let Some(record) = &case.record else { return Vec::new() };
    let Some(milestones) = &record.value.milestones else { return Vec::new() };
    let missed = record.value.objectives.iter().filter_map(|objective| {
        let elapsed = clock::elapsed(milestones, objective.measure, now);
        let (from, _) = clock::ends(objective.measure);
        let from = milestones.get(from).filter(|_| clock::standing(objective, elapsed) == clock::Standing::Missed)?;
        let subject = Subject::Objective(objective.name.to_string());
        let end = from.latest().checked_add(SignedDuration::from_secs(objective.target.0)).ok();
        Some(Occurrence { end, ..Occurrence::new(Occasion::ObjectiveMissed, subject) })
    });
    missed.collect()
}

/// Whether a route is about an entry as it is.
fn describes(route: &NoticeRoute, case: &Case, entry: &Entry) -> bool {
    let status = match route.status.is_empty() {
        true => !is_retired(entry),
        false => is_named(&route.status.0, entry.status()),
    };
    status
        && is_about(route, entry.kind().noun())
        && route.duties.is_empty()
        && (route.severity.is_empty() || severity(entry).is_some_and(|own| route.severity.contains(&own)))
        && (route.techniques.is_empty() || techniques(entry).iter().any(|own| covers(route, own)))
        && (route.owners.is_empty() || owners(case, entry).any(|own| route.owners.contains(own)))
}

/// Whether a route is about a kind of record. Custody is told of where it is named only.
fn is_about(route: &NoticeRoute, kind: &str) -> bool {
    match route.kind.is_empty() {
        true => kind != Kind::Custody.noun(),
        false => is_named(&route.kind.0, kind),
    }
}

/// Whether a route asks for what only entries, or only duties, have.
fn names_no_entries(route: &NoticeRoute) -> bool {
    route.techniques.is_empty() && route.owners.is_empty() && route.duties.is_empty()
}

fn is_named(words: &[Line], word: &str) -> bool {
    words.is_empty() || words.iter().any(|named| named.as_str() == word)
}

fn severity(entry: &Entry) -> Option<Severity> {
    match &entry.body {
        Body::Finding(finding) => finding.severity,
        _ => None,
    }
}

fn techniques(entry: &Entry) -> &[TechniqueId] {
    match &entry.body {
        Body::Finding(finding) => &finding.techniques.0,
        Body::Event(event) => &event.techniques.0,
        _ => &[],
    }
}

/// Whether a route names a technique, or the one that it is a sub-technique of.
fn covers(route: &NoticeRoute, own: &TechniqueId) -> bool {
    let own = own.to_string();
    route
        .techniques
        .iter()
        .any(|named| own.strip_prefix(&named.to_string()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// The team of an action, and those of the assets that an entry refers to; of an asset, its own.
fn owners<'c>(case: &'c Case, entry: &'c Entry) -> impl Iterator<Item = &'c Handle> {
    let own = match &entry.body {
        Body::Action(action) => action.owner.as_ref(),
        Body::Asset(asset) => asset.owner.as_ref(),
        _ => None,
    };
    let mut of_assets = BTreeMap::new();
    entry.visit(&mut |_, datum| {
        if let crate::model::Datum::Reference(id) = datum
            && let Some(Body::Asset(asset)) = case.get(id).map(|asset| &asset.body)
            && let Some(owner) = &asset.owner
        {
            of_assets.insert(id, owner);
        }
    });
    own.into_iter().chain(of_assets.into_values())
}
