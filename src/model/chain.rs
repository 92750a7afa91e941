//! Chains of custody: the events of an item in their order, and what follows from them.

use super::{Case, Corrections, Custody, Entry, Evidence};
use crate::values::EntryId;
use crate::values::vocabulary::{CustodyAction, Storage};
use std::collections::BTreeMap;

/// A custody event with its entry.
pub type Link<'c> = (&'c Entry, &'c Custody);

/// The custody events of one item by their time, without those that another one corrects or retracts.
pub type Chain<'c> = Vec<Link<'c>>;

/// Where an item stands by its record and its chain of custody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Where its bytes live: the home of the last event that names one, or else that of the record.
    pub storage: Storage,
    /// The event by which it was disposed of, after which its bytes need not be anywhere.
    pub disposed: Option<EntryId>,
}

impl Holding {
    pub fn of(item: &Evidence, chain: &[Link<'_>]) -> Self {
        // A physical exhibit has no files, and an item that has some does not lose them by what an event says.
        let moved = chain.iter().rev().find_map(|(_, event)| event.storage.filter(|home| *home != Storage::None));
        let moved = moved.filter(|_| item.storage != Storage::None);
        let disposed = chain.iter().rev().find(|(_, event)| event.action == CustodyAction::Disposed);
        Self { storage: moved.unwrap_or(item.storage), disposed: disposed.map(|(entry, _)| entry.id()) }
    }

    /// Where its bytes live now, in one word; `disposed` where they need not be anywhere.
    pub fn word(self) -> &'static str {
        if self.disposed.is_some() { "disposed" } else { self.storage.word() }
    }
}

/// Who, or which place, has an item by its chain: the last that an event states, with the event.
pub fn holder<'c>(chain: &[Link<'c>]) -> Option<(&'c str, Link<'c>)> {
    chain.iter().rev().find_map(|link| taker(link.1).map(|taker| (taker, *link)))
}

/// Who, or which place, an event gives the item to. A copy and an export leave it where it is, and so does a move of its
/// bytes. Who received it has it, where nothing else is said.
pub fn taker(event: &Custody) -> Option<&str> {
    if event.storage.is_some() || matches!(event.action, CustodyAction::Copied | CustodyAction::Exported) {
        return None;
    }
    let receiver = (event.action == CustodyAction::Received).then(|| event.by.as_str());
    event.to.as_ref().map(|to| to.as_str()).or(receiver)
}

/// How long after the event its record was written down, in seconds; `None` where that was at once, or nobody noted when.
pub fn delay(event: &Custody) -> Option<i64> {
    let delay = event.recorded?.timestamp().duration_since(event.at.timestamp()).as_secs();
    (delay >= PROMPT).then_some(delay)
}

/// Within this many seconds of the event, a record is taken to be made at once.
const PROMPT: i64 = 3_600;

/// Whether two events say the same of what was done.
pub fn is_same_act(a: &Custody, b: &Custody) -> bool {
    let act = |event: &Custody| (event.item, event.at, event.action, event.storage);
    let is_same = act(a) == act(b) && (&a.by, &a.from, &a.to, &a.digest) == (&b.by, &b.from, &b.to, &b.digest);
    is_same || (a.action == CustodyAction::Retracted && b.action == CustodyAction::Retracted)
}

/// The order of events of the same moment: nothing comes before it was collected, and nothing after its disposal.
fn rank(action: CustodyAction) -> u8 {
    match action {
        CustodyAction::Collected => 0,
        CustodyAction::Disposed => 2,
        _ => 1,
    }
}

impl Case {
    /// The chains of all items that have a custody event which counts.
    pub fn chains(&self) -> BTreeMap<EntryId, Chain<'_>> {
        let corrections = Corrections::of(self);
        let origins = self.custody_origins();
        let mut chains: BTreeMap<EntryId, Chain<'_>> = BTreeMap::new();
        for (entry, event) in self.custody() {
            if corrections.counts(entry, event) {
                chains.entry(event.item.0).or_default().push((entry, event));
            }
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|(entry, event)| (event.at, rank(event.action), entry.id()));
            drop_repeated_corrections(chain, &origins);
        }
        chains
    }

    /// Where every item stands.
    pub fn holdings(&self) -> BTreeMap<EntryId, Holding> {
        let chains = self.chains();
        let chain = |id: EntryId| chains.get(&id).map(Vec::as_slice).unwrap_or_default();
        self.evidence().map(|(entry, item)| (entry.id(), Holding::of(item, chain(entry.id())))).collect()
    }
}

/// Keeps one of several corrections that say the same of the same event, as two branches may have made them.
fn drop_repeated_corrections(chain: &mut Chain<'_>, origins: &BTreeMap<EntryId, EntryId>) {
    let mut kept: BTreeMap<EntryId, Vec<&Custody>> = BTreeMap::new();
    chain.retain(|(entry, event)| {
        let Some(origin) = origins.get(&entry.id()) else { return true };
        let others = kept.entry(*origin).or_default();
        let is_new = !others.iter().any(|other| is_same_act(other, event));
        others.push(event);
        is_new
    });
}
