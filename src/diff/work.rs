//! What is to be done: actions and legal duties that appear, are done or are overdue, and milestones that moved.

use super::EntryChange;
use crate::model::{Action, Body, Case, Entry};
use crate::report::duty::{self, Standing};
use crate::values::vocabulary::{ActionStatus, Milestone};
use crate::values::{EntryId, Moment, TreePath, When};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a difference means for the work of the response.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub milestones: Vec<MilestoneChange>,
    pub duties: Vec<DutyChange>,
    pub actions: Vec<ActionChange>,
}

/// A milestone that has another time than before, or has one only on one side.
#[derive(Clone, Debug)]
pub struct MilestoneChange {
    pub milestone: Milestone,
    pub old: Option<When>,
    pub new: Option<When>,
}

/// A duty that stands otherwise than before; both as they stand at the same moment.
#[derive(Clone, Debug)]
pub struct DutyChange {
    /// The handle and the words of policy.toml.
    pub handle: String,
    pub name: String,
    pub old: Option<Standing>,
    pub new: Option<Standing>,
    /// The earliest end of its time, while it runs.
    pub end: Option<Timestamp>,
}

/// What became of an action.
#[derive(Clone, Debug)]
pub struct ActionChange {
    pub id: EntryId,
    pub news: News,
    pub due: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Appeared,
    Done,
    Declined,
    Reopened,
    Overdue,
    Retired,
}

impl News {
    pub fn word(self) -> &'static str {
        match self {
            News::Appeared => "to do",
            News::Done => "done",
            News::Declined => "declined",
            News::Reopened => "open again",
            News::Overdue => "overdue",
            News::Retired => "no longer to do",
        }
    }
}

impl Work {
    pub fn is_empty(&self) -> bool {
        self.milestones.is_empty() && self.duties.is_empty() && self.actions.is_empty()
    }

    pub(super) fn keep(&mut self, is_chosen: &dyn Fn(&TreePath) -> bool) {
        self.actions.retain(|action| is_chosen(&action.id.path()));
        if !is_chosen(&TreePath::from("case.toml")) {
            self.milestones.clear();
        }
        if !is_chosen(&TreePath::from("policy.toml")) {
            self.duties.clear();
        }
    }
}

pub(super) fn between(before: &Case, after: &Case, entries: &[EntryChange], now: Timestamp) -> Work {
    Work {
        milestones: milestones(before, after),
        duties: duties(before, after, now),
        actions: entries.iter().filter_map(|change| action(before, after, change.id, now)).collect(),
    }
}

fn milestones(before: &Case, after: &Case) -> Vec<MilestoneChange> {
    let at = |case: &Case, milestone: Milestone| {
        case.record.as_ref().and_then(|record| record.value.milestones.as_ref()?.get(milestone).cloned())
    };
    let change = |milestone: &Milestone| {
        let (old, new) = (at(before, *milestone), at(after, *milestone));
        (old != new).then_some(MilestoneChange { milestone: *milestone, old, new })
    };
    Milestone::ALL.iter().filter_map(change).collect()
}

fn duties(before: &Case, after: &Case, now: Timestamp) -> Vec<DutyChange> {
    let (old, new) = (duty::of(before, now), duty::of(after, now));
    let old: BTreeMap<&str, &duty::Clock<'_>> = old.iter().map(|clock| (clock.duty.handle.as_str(), clock)).collect();
    let now_known: BTreeMap<&str, &duty::Clock<'_>> =
        new.iter().map(|clock| (clock.duty.handle.as_str(), clock)).collect();
    let change = |(handle, clock): (&&str, &&duty::Clock<'_>), old: Option<Standing>, new: Option<Standing>| {
        let end = new.and_then(|_| clock.end());
        DutyChange { handle: (*handle).to_owned(), name: clock.duty.name.to_string(), old, new, end }
    };
    let mut changes: Vec<DutyChange> = Vec::new();
    for (handle, clock) in &now_known {
        let was = old.get(handle).map(|clock| clock.standing);
        let has_moved = old.get(handle).is_none_or(|was| was.standing != clock.standing || was.window != clock.window);
        if has_moved {
            changes.push(change((handle, clock), was, Some(clock.standing)));
        }
    }
    let gone = old.iter().filter(|(handle, _)| !now_known.contains_key(*handle));
    changes.extend(gone.map(|(handle, clock)| change((handle, clock), Some(clock.standing), None)));
    changes
}

fn body(entry: &Entry) -> Option<&Action> {
    match &entry.body {
        Body::Action(action) => Some(action),
        _ => None,
    }
}

/// What became of an action that differs.
fn action(before: &Case, after: &Case, id: EntryId, now: Timestamp) -> Option<ActionChange> {
    let entry = after.get(id)?;
    let action = body(entry)?;
    let was = before.get(id).and_then(body).map(|action| action.status);
    let was_open = was.is_some_and(is_open);
    let is_overdue = is_open(action.status) && action.due.is_some_and(|due| due.timestamp() < now);
    let news = match action.status {
        _ if was == Some(action.status) && !is_overdue => return None,
        ActionStatus::Done => News::Done,
        ActionStatus::Declined => News::Declined,
        _ if is_overdue => News::Overdue,
        _ if entry.is_retired() => News::Retired,
        _ if was.is_none() => News::Appeared,
        _ if !was_open => News::Reopened,
        _ => return None,
    };
    Some(ActionChange { id, news, due: action.due })
}

fn is_open(status: ActionStatus) -> bool {
    matches!(status, ActionStatus::Open | ActionStatus::InProgress)
}
