//! The legal clocks of a case: which run, which were met, which are overdue.

use crate::model::{Action, Case, Duty, Entry};
use crate::values::vocabulary::{ActionStatus, DecisionStatus};
use jiff::Timestamp;
use jiff::tz::TimeZone;

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
    /// It was fulfilled, and no clock is known to have started.
    Unclocked,
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
            Standing::Unclocked => "fulfilled, clock not started",
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
    let actions = fulfilling(case, duty);
    let window = window(case, duty);
    let standing = standing(window, &actions, now);
    Clock { duty, window, standing, actions: actions.into_iter().map(|(entry, _)| entry).collect() }
}

/// The actions that fulfil a duty, and count.
fn fulfilling<'c>(case: &'c Case, duty: &Duty) -> Vec<(&'c Entry, &'c Action)> {
    let live = case.actions().filter(|(entry, _)| !entry.is_retired());
    live.filter(|(_, action)| action.duty.as_ref() == Some(&duty.handle)).collect()
}

fn window(case: &Case, duty: &Duty) -> Option<(Timestamp, Timestamp)> {
    let (earliest, latest) = start(case, duty)?;
    let zone = duty.zone.as_ref().map_or(TimeZone::UTC, |zone| zone.time_zone().clone());
    Some((duty.within.end(earliest, &zone)?, duty.within.end(latest, &zone)?))
}

/// When its clock started, at the earliest and at the latest: at a milestone, once another duty was fulfilled, or with a decision.
fn start(case: &Case, duty: &Duty) -> Option<(Timestamp, Timestamp)> {
    if let Some(milestone) = duty.starts {
        let start = case.record.as_ref()?.value.milestones.as_ref()?.get(milestone)?;
        return Some((start.earliest(), start.latest()));
    }
    let at = match &duty.after {
        Some(before) => {
            let before = case.policy.as_ref()?.value.duty(before.as_str())?;
            let done = fulfilling(case, before).into_iter().filter(|(_, action)| action.status == ActionStatus::Done);
            done.filter_map(|(_, action)| action.done_at).min()?
        }
        None => {
            let live = case.decisions().filter(|(entry, _)| !entry.is_retired());
            let named = live.filter(|(_, decision)| decision.duty.as_ref() == Some(&duty.handle));
            named
                .filter(|(_, decision)| decision.status == DecisionStatus::Taken)
                .filter_map(|(_, one)| one.at)
                .min()?
        }
    };
    Some((at.timestamp(), at.timestamp()))
}

/// What starts the clock of a duty, in words: `detected`, `the duty gdpr-33`, `a decision`.
pub fn trigger(duty: &Duty) -> String {
    match (duty.starts, &duty.after) {
        (Some(milestone), _) => format!("“{milestone}”"),
        (None, Some(before)) => format!("the duty {before}"),
        (None, None) => "the decision on it".to_owned(),
    }
}

fn standing(window: Option<(Timestamp, Timestamp)>, actions: &[(&Entry, &Action)], now: Timestamp) -> Standing {
    let done = actions.iter().find(|(_, action)| action.status == ActionStatus::Done);
    let Some((earliest, latest)) = window else {
        return if done.is_some() { Standing::Unclocked } else { Standing::NotStarted };
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
