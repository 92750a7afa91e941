//! Applying a plan: what is new is put into the ledger, then everything that is pending is sent.
//!
//! Whatever ends this process between two steps, the next run goes on from there: a plan is in the ledger whole or not at all, and a
//! notice whose receipt is missing is sent again under the same key.

use super::channel::Channels;
use super::ledger::{self, Ledger, Parcel, Receipt, State};
use super::{Notice, NoticeError, Past, Plan, Withheld};
use crate::disk::lock;
use crate::git::{Commit, Oid, Repo};
use crate::load::Memory;
use crate::publish::log;
use crate::values::Handle;
use crate::values::vocabulary::Occasion;
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
#[derive(Default)]
pub struct Applied {
    /// Whether the ledger begins with this: what was there before is not told.
    pub begins: bool,
    /// How many notices are new.
    pub planned: usize,
    pub withheld: Vec<Withheld>,
    pub sent: Vec<Parcel>,
    /// What is still to be sent.
    pub pending: Vec<Parcel>,
    /// The keys of those that were tried in vain.
    pub tried: BTreeSet<String>,
}

impl Applied {
    /// Adds what a later round did, whose pending notices are those that are left.
    pub fn add(&mut self, later: Applied) {
        self.begins |= later.begins;
        self.planned += later.planned;
        let fresh = later.withheld.into_iter().filter(|one| !self.withheld.contains(one));
        self.withheld.extend(fresh.collect::<Vec<_>>());
        self.sent.extend(later.sent);
        self.tried = later.tried;
        self.pending = later.pending;
    }

    /// What was not tried, since its time has not come, and failed before.
    pub fn waiting(&self) -> impl Iterator<Item = &Parcel> {
        let failed = self.pending.iter().filter(|parcel| !parcel.failures.is_empty());
        failed.filter(|parcel| !self.tried.contains(&parcel.notice.key.to_string()))
    }

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
    let state = State { format: ledger::FORMAT, applied: plan.after.clone(), planned, past: past(&ledger, &plan) };
    let mut pending = ledger.pending()?;
    if order.dry {
        pending.extend(fresh.iter().cloned());
        return Ok(Applied { begins, planned: fresh.len(), withheld: plan.withheld, pending, ..Applied::default() });
    }
    if !fresh.is_empty() || ledger.state.as_ref() != Some(&state) {
        ledger.plan(state, &fresh, (order.clock)())?;
    }
    pending.extend(fresh.iter().cloned());
    let (planned, withheld) = (fresh.len(), plan.withheld);
    Ok(Applied { begins, planned, withheld, ..send(&mut ledger, pending, order, tell)? })
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
        return super::plan(repository, memory, before, order.tip, &Past::default(), now);
    };
    let applied = Oid::from_str(&state.applied).ok().and_then(|id| repository.find(id));
    let applied = applied.ok_or_else(|| NoticeError::Unknown(state.applied.clone()))?;
    let tip = match repository.contains(order.tip.id, applied.id)? {
        true => order.tip,
        false if repository.contains(applied.id, order.tip.id)? => &applied,
        false => return Err(NoticeError::Apart(state.applied.clone())),
    };
    super::plan(repository, memory, Some(&applied), tip, &state.past, now)
}

/// What the next plan is to know.
fn past(ledger: &Ledger<'_>, plan: &Plan) -> Past {
    let before = ledger.state.as_ref().map(|state| state.past.clone()).unwrap_or_default();
    let key = |route: &Handle, about: &str| (route.to_string(), about.to_owned());
    let mut told = before.told.unwrap_or_default();
    for notice in &plan.notices {
        match notice.occasion {
            Occasion::Corrected if !notice.holds => told.remove(&key(&notice.route, &notice.about)),
            Occasion::Reached | Occasion::Changed => told.insert(key(&notice.route, &notice.about)),
            _ => false,
        };
    }
    let held = plan.withheld.iter().filter(|withheld| withheld.by_gate && withheld.occasion == Occasion::Reached);
    let again = held.map(|withheld| key(&withheld.route, &withheld.about)).collect();
    Past { again, told: Some(told) }
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

/// Sends what is due. Once a channel fails, what comes after on it waits, so that everything arrives in its order and nobody knocks at a
/// closed door again and again; a notice that the channel may not carry holds up nobody.
fn send(
    ledger: &mut Ledger<'_>,
    parcels: Vec<Parcel>,
    order: &Order<'_>,
    tell: &mut dyn FnMut(&Parcel),
) -> Result<Applied, NoticeError> {
    let mut applied = Applied::default();
    let mut closed = BTreeSet::new();
    for mut parcel in parcels {
        let channel = parcel.notice.channel.clone();
        let now = (order.clock)();
        let is_due = order.retry || parcel.next().is_none_or(|next| next <= now);
        let is_carried = order.channels.carries(&parcel.notice);
        if closed.contains(&channel) || !is_due {
            if is_carried {
                closed.insert(channel);
            }
            applied.pending.push(parcel);
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
            applied.sent.push(parcel);
        } else {
            if is_carried {
                closed.insert(channel);
            }
            applied.tried.insert(parcel.notice.key.to_string());
            applied.pending.push(parcel);
        }
    }
    Ok(applied)
}
