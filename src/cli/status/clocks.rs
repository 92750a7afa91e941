//! The legal clocks of a case: which run, which ended in time, which are overdue.

use crate::model::{Action, Case, Duty, Entry};
use crate::values::vocabulary::ActionStatus;
use jiff::{SignedDuration, Timestamp};

/// Where a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The milestone that it starts at is not known.
    NotStarted,
    /// It ends then, and nothing has fulfilled it.
    Running(Timestamp),
    Overdue(Timestamp),
    /// It was fulfilled, and in time as far as is known.
    Fulfilled,
    Late,
    /// Every action for it was declined, with a reason in the action.
    Declined,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::NotStarted => "not started",
            Standing::Running(_) => "running",
            Standing::Overdue(_) => "overdue",
            Standing::Fulfilled => "fulfilled",
            Standing::Late => "late",
            Standing::Declined => "declined",
        }
    }
}

/// A duty with the actions for it.
pub struct Clock<'c> {
    pub duty: &'c Duty,
    pub standing: Standing,
    pub actions: Vec<&'c Entry>,
}

/// The duties of the policy at a moment. Who is not sure when a clock started is held to the earliest time.
pub fn of(case: &Case, now: Timestamp) -> Vec<Clock<'_>> {
    let duties = case.policy.as_ref().map_or(&[][..], |policy| &policy.value.duties);
    duties
        .iter()
        .map(|duty| {
            let actions: Vec<(&Entry, &Action)> = case
                .actions()
                .filter(|(entry, action)| !entry.is_retired() && action.duty.as_ref() == Some(&duty.handle))
                .collect();
            let standing = standing(end(case, duty), &actions, now);
            Clock { duty, standing, actions: actions.into_iter().map(|(entry, _)| entry).collect() }
        })
        .collect()
}

/// The earliest moment at which the time of a duty can end.
fn end(case: &Case, duty: &Duty) -> Option<Timestamp> {
    let start = case.record.as_ref()?.value.milestones.as_ref()?.get(duty.starts)?;
    start.earliest().checked_add(SignedDuration::from_secs(duty.within.0)).ok()
}

fn standing(end: Option<Timestamp>, actions: &[(&Entry, &Action)], now: Timestamp) -> Standing {
    let done = actions.iter().find(|(_, action)| action.status == ActionStatus::Done);
    match (end, done) {
        (Some(end), Some((_, action))) if action.done_at.is_some_and(|at| at.timestamp() > end) => Standing::Late,
        (_, Some(_)) => Standing::Fulfilled,
        (None, None) => Standing::NotStarted,
        (Some(end), None) => {
            let declined = actions.iter().all(|(_, action)| action.status == ActionStatus::Declined);
            match (!actions.is_empty() && declined, end < now) {
                (true, _) => Standing::Declined,
                (false, true) => Standing::Overdue(end),
                (false, false) => Standing::Running(end),
            }
        }
    }
}
