//! Applying a plan: what is new is put into the ledger, then everything that is pending is sent.
//!
//! Whatever ends this process between two steps, the next run goes on from there: a plan is in the ledger whole or not at all, and a
//! notice whose receipt is missing is sent again under the same key.

use super::channel::Channels;
use super::ledger::{self, Ledger, Parcel, Receipt, State};
use super::{Again, Notice, NoticeError, Plan, Withheld};
use crate::disk::lock;
use crate::git::{Commit, Oid, Repo};
use crate::load::Memory;
use crate::publish::log;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// From where on a case is told that was never told.
pub enum Start {
    /// What is there already is known to everybody.
    Here,
    /// All of it is new.
    Everything,
    /// What came after this commit is new.
    After(Commit),
}

/// What is to be applied.
pub struct Order<'o> {
    /// The commit up to which the case is told.
    pub tip: &'o Commit,
    pub start: &'o Start,
    pub channels: &'o Channels,
    /// Whether what failed is tried again before its time.
    pub retry: bool,
    /// Whether to say only what would be done.
    pub dry: bool,
    /// How long to wait for another casebook that sends.
    pub patience: Duration,
    pub clock: &'o dyn Fn() -> Timestamp,
}

/// What was done.
pub struct Applied {
    /// Whether the ledger begins with this: what was there before is not told.
    pub begins: bool,
    /// How many notices are new.
    pub planned: usize,
    pub withheld: Vec<Withheld>,
    pub sent: Vec<Parcel>,
    /// What is still to be sent.
    pub pending: Vec<Parcel>,
}

impl Applied {
    /// When the next of what is pending may be tried again; none where nothing is.
    pub fn next(&self) -> Option<Timestamp> {
        self.pending.iter().filter_map(Parcel::next).min()
    }
}

/// Plans what is new up to a commit, and sends everything that is pending, one process at a time. `tell` hears of each notice as soon as
/// something came of it.
pub fn apply(
    repository: &Repo,
    memory: &mut dyn Memory,
    order: &Order<'_>,
    tell: &mut dyn FnMut(&Parcel),
) -> Result<Applied, NoticeError> {
    let path = log::folder(repository).join("notify.lock");
    let held = lock::hold(&path, order.patience).map_err(|reason| NoticeError::Disk { path: path.clone(), reason })?;
    let _lock = held.ok_or(NoticeError::Busy)?;
    if order.dry {
        repository.forget_writes()?;
    }
    let mut ledger = Ledger::open(repository)?;
    let begins = ledger.state.is_none() && matches!(order.start, Start::Here);
    let plan = planned(repository, memory, &ledger, order)?;
    let fresh = parcels(&ledger, &plan, (order.clock)());
    let planned = ledger.state.as_ref().map_or(0, |state| state.planned) + fresh.len();
    let state = State { format: ledger::FORMAT, applied: plan.after.clone(), planned, again: again(&plan) };
    let mut pending = ledger.pending()?;
    if order.dry {
        pending.extend(fresh.iter().cloned());
        return Ok(Applied { begins, planned: fresh.len(), withheld: plan.withheld, sent: Vec::new(), pending });
    }
    if !fresh.is_empty() || ledger.state.as_ref() != Some(&state) {
        ledger.plan(state, &fresh, (order.clock)())?;
    }
    pending.extend(fresh.iter().cloned());
    let (sent, pending) = send(&mut ledger, pending, order, tell)?;
    Ok(Applied { begins, planned: fresh.len(), withheld: plan.withheld, sent, pending })
}

/// What differs from what was planned last. An older commit than that brings nothing but what time brings.
fn planned(
    repository: &Repo,
    memory: &mut dyn Memory,
    ledger: &Ledger<'_>,
    order: &Order<'_>,
) -> Result<Plan, NoticeError> {
    let now = (order.clock)();
    let Some(state) = &ledger.state else {
        let before = match order.start {
            Start::Here => Some(order.tip),
            Start::Everything => None,
            Start::After(commit) => Some(commit),
        };
        return super::plan(repository, memory, before, order.tip, &Again::new(), now);
    };
    let applied = Oid::from_str(&state.applied).ok().and_then(|id| repository.find(id));
    let applied = applied.ok_or_else(|| NoticeError::Unknown(state.applied.clone()))?;
    let tip = match repository.contains(order.tip.id, applied.id)? {
        true => order.tip,
        false if repository.contains(applied.id, order.tip.id)? => &applied,
        false => return Err(NoticeError::Apart(state.applied.clone())),
    };
    super::plan(repository, memory, Some(&applied), tip, &state.again, now)
}

/// What is to be tried again with the next commit.
fn again(plan: &Plan) -> Again {
    let held = plan.withheld.iter().filter(|withheld| withheld.by_gate);
    held.map(|withheld| (withheld.route.to_string(), withheld.about.clone())).collect()
}

/// The notices of a plan that nobody planned before.
fn parcels(ledger: &Ledger<'_>, plan: &Plan, now: Timestamp) -> Vec<Parcel> {
    let mut keys = BTreeSet::new();
    let fresh = plan.notices.iter().filter(|notice| !ledger.knows(&notice.key) && keys.insert(notice.key));
    let before = ledger.state.as_ref().map_or(0, |state| state.planned);
    let parcel = |(number, notice): (usize, &Notice)| Parcel {
        notice: notice.clone(),
        case: plan.case.clone(),
        commit: plan.after.clone(),
        planned: now,
        number: before + number,
        failures: Vec::new(),
        attempts: 0,
        receipt: None,
    };
    fresh.enumerate().map(parcel).collect()
}

/// Sends what is due, and gives what was sent and what is left. Once a channel fails, what comes after on it waits, so that everything
/// arrives in its order and nobody knocks at a closed door again and again.
fn send(
    ledger: &mut Ledger<'_>,
    parcels: Vec<Parcel>,
    order: &Order<'_>,
    tell: &mut dyn FnMut(&Parcel),
) -> Result<(Vec<Parcel>, Vec<Parcel>), NoticeError> {
    let (mut sent, mut left) = (Vec::new(), Vec::new());
    let mut closed = BTreeSet::new();
    for mut parcel in parcels {
        let now = (order.clock)();
        let is_due = order.retry || parcel.next().is_none_or(|next| next <= now);
        if closed.contains(&parcel.notice.channel) || !is_due {
            closed.insert(parcel.notice.channel.clone());
            left.push(parcel);
            continue;
        }
        let answered = order.channels.deliver(&parcel, now);
        let at = (order.clock)();
        match answered {
            Ok((to, answer)) => parcel.receipt = Some(Receipt { at, to, answer }),
            Err(why) => parcel.fail(at, why),
        }
        ledger.note(&parcel, at)?;
        tell(&parcel);
        if parcel.receipt.is_some() {
            sent.push(parcel);
        } else {
            closed.insert(parcel.notice.channel.clone());
            left.push(parcel);
        }
    }
    Ok((sent, left))
}
