//! The legal clocks of a case: which run, which were met, which are overdue.

use crate::model::{Action, Case, Duty, Entry};
use crate::values::vocabulary::ActionStatus;
use jiff::{SignedDuration, Timestamp};

/// Where a duty stands. Who is not sure when a clock started is held to its earliest end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The milestone that it starts at is not known.
    NotStarted,
    Running,
    /// Its earliest end is past, its latest is not.
    PerhapsOverdue,
    Overdue,
    /// It was fulfilled before its earliest end.
    Fulfilled,
    PerhapsLate,
    Late,
    /// It was fulfilled, and the action does not say when.
    Undated,
    /// Every action for it was declined, with a reason in the action.
    Declined,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::NotStarted => "not started",
            Standing::Running => "running",
            Standing::PerhapsOverdue => "perhaps overdue",
            Standing::Overdue => "overdue",
            Standing::Fulfilled => "fulfilled in time",
            Standing::PerhapsLate => "fulfilled, perhaps late",
            Standing::Late => "fulfilled late",
            Standing::Undated => "fulfilled, time not recorded",
            Standing::Declined => "declined, see the action",
        }
    }

    /// Whether nobody has fulfilled it, and its time may be over.
    pub fn is_overdue(self) -> bool {
        matches!(self, Standing::Overdue | Standing::PerhapsOverdue)
    }
}

/// A duty, the earliest and the latest moment at which its time can end, and the actions for it.
pub struct Clock<'c> {
    pub duty: &'c Duty,
    pub window: Option<(Timestamp, Timestamp)>,
    pub standing: Standing,
    pub actions: Vec<&'c Entry>,
}

impl Clock<'_> {
    /// The earliest end, while the duty is not fulfilled.
    pub fn end(&self) -> Option<Timestamp> {
        let open = self.standing == Standing::Running || self.standing.is_overdue();
        self.window.filter(|_| open).map(|(earliest, _)| earliest)
    }
}

/// The duties of the policy at a moment.
pub fn of(case: &Case, now: Timestamp) -> Vec<Clock<'_>> {
    let duties = case.policy.as_ref().map_or(&[][..], |policy| &policy.value.duties);
    duties.iter().map(|duty| clock(case, duty, now)).collect()
}

fn clock<'c>(case: &'c Case, duty: &'c Duty, now: Timestamp) -> Clock<'c> {
    let live = case.actions().filter(|(entry, _)| !entry.is_retired());
    let actions: Vec<_> = live.filter(|(_, action)| action.duty.as_ref() == Some(&duty.handle)).collect();
    let window = window(case, duty);
    let standing = standing(window, &actions, now);
    Clock { duty, window, standing, actions: actions.into_iter().map(|(entry, _)| entry).collect() }
}

fn window(case: &Case, duty: &Duty) -> Option<(Timestamp, Timestamp)> {
    let start = case.record.as_ref()?.value.milestones.as_ref()?.get(duty.starts)?;
    let within = SignedDuration::from_secs(duty.within.0);
    Some((start.earliest().checked_add(within).ok()?, start.latest().checked_add(within).ok()?))
}

fn standing(window: Option<(Timestamp, Timestamp)>, actions: &[(&Entry, &Action)], now: Timestamp) -> Standing {
    let done = actions.iter().find(|(_, action)| action.status == ActionStatus::Done);
    let Some((earliest, latest)) = window else {
        return if done.is_some() { Standing::Fulfilled } else { Standing::NotStarted };
    };
    if let Some((_, done)) = done {
        return match done.done_at.map(|at| at.timestamp()) {
            None => Standing::Undated,
            Some(at) if at <= earliest => Standing::Fulfilled,
            Some(at) if at <= latest => Standing::PerhapsLate,
            Some(_) => Standing::Late,
        };
    }
    let declined = actions.iter().all(|(_, action)| action.status == ActionStatus::Declined);
    if declined && !actions.is_empty() {
        Standing::Declined
    } else if now > latest {
        Standing::Overdue
    } else if now > earliest {
        Standing::PerhapsOverdue
    } else {
        Standing::Running
    }
}
