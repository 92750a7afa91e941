//! Chains of custody: the events of an item in their order, and what follows from them.

use super::{Body, Case, Custody, Entry, Evidence};
use crate::values::EntryId;
use crate::values::vocabulary::{CustodyAction, Storage};
use std::collections::{BTreeMap, BTreeSet};

/// The custody events of one item by their time, without those that another one corrects or retracts.
pub type Chain<'c> = Vec<(&'c Entry, &'c Custody)>;

/// Where an item stands by its record and its chain of custody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Where its bytes live: the home of the last event that names one, or else that of the record.
    pub storage: Storage,
    /// The event by which it was disposed of, after which its bytes need not be anywhere.
    pub disposed: Option<EntryId>,
}

impl Holding {
    pub fn of(item: &Evidence, chain: &[(&Entry, &Custody)]) -> Self {
        let moved = chain.iter().rev().find_map(|(_, event)| event.storage);
        let disposed = chain.iter().rev().find(|(_, event)| event.action == CustodyAction::Disposed);
        Self { storage: moved.unwrap_or(item.storage), disposed: disposed.map(|(entry, _)| entry.id()) }
    }
}

/// The order of events of the same moment: nothing comes before it was collected, and nothing after its disposal.
fn rank(action: CustodyAction) -> u8 {
    match action {
        CustodyAction::Collected => 0,
        CustodyAction::Disposed => 2,
        _ => 1,
    }
}

/// Whether two events say the same of what was done.
pub fn is_same_act(a: &Custody, b: &Custody) -> bool {
    let act = |event: &Custody| (event.item, event.at, event.action, event.storage);
    act(a) == act(b) && (&a.by, &a.from, &a.to, &a.digest) == (&b.by, &b.from, &b.to, &b.digest)
}

/// Keeps one of several corrections that say the same of the same event, as two branches may have made them.
fn drop_repeated_corrections(chain: &mut Chain<'_>, case: &Case) {
    let mut kept: Vec<(EntryId, &Custody)> = Vec::new();
    chain.retain(|(entry, event)| {
        let Some(origin) = event.supersedes.and_then(|_| case.custody_origin(entry.id())) else { return true };
        let is_new = !kept.iter().any(|(other, same)| *other == origin && is_same_act(same, event));
        kept.push((origin, event));
        is_new
    });
}

impl Case {
    /// The chains of all items that have a custody event which counts.
    pub fn chains(&self) -> BTreeMap<EntryId, Chain<'_>> {
        let corrected = self.corrected_custody();
        let counts = |entry: &Entry, event: &Custody| {
            event.action != CustodyAction::Retracted && !corrected.contains(&entry.id())
        };
        let mut chains: BTreeMap<EntryId, Chain<'_>> = BTreeMap::new();
        for (entry, event) in self.custody().filter(|(entry, event)| counts(entry, event)) {
            chains.entry(event.item.0).or_default().push((entry, event));
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|(entry, event)| (event.at, rank(event.action), entry.id()));
            drop_repeated_corrections(chain, self);
        }
        chains
    }

    /// The custody events that another one corrects.
    pub fn corrected_custody(&self) -> BTreeSet<EntryId> {
        self.custody().filter_map(|(_, event)| event.supersedes).map(|before| before.0).collect()
    }

    /// The first record of what a custody event tells of: following what corrects what to its beginning. `None` where that
    /// goes in a circle.
    pub fn custody_origin(&self, event: EntryId) -> Option<EntryId> {
        let mut at = event;
        let mut passed = BTreeSet::from([event]);
        while let Some(Body::Custody(event)) = self.get(at).map(|entry| &entry.body) {
            let Some(before) = event.supersedes else { break };
            at = before.0;
            if !passed.insert(at) {
                return None;
            }
        }
        Some(at)
    }

    /// Where every item stands.
    pub fn holdings(&self) -> BTreeMap<EntryId, Holding> {
        let chains = self.chains();
        let chain = |id: EntryId| chains.get(&id).map(Vec::as_slice).unwrap_or_default();
        self.evidence().map(|(entry, item)| (entry.id(), Holding::of(item, chain(entry.id())))).collect()
    }
}
