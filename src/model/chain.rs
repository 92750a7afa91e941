//! Chains of custody: the events of an item in their order, and what follows from them.

use super::{Case, Custody, Entry, Evidence};
use crate::values::EntryId;
use crate::values::vocabulary::{CustodyAction, Storage};
use std::collections::{BTreeMap, BTreeSet};

/// The custody events of one item by their time, without those that a later one corrects.
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

impl Case {
    /// The chains of all items that have a custody event.
    pub fn chains(&self) -> BTreeMap<EntryId, Chain<'_>> {
        let corrected: BTreeSet<EntryId> =
            self.custody().filter_map(|(_, event)| event.supersedes).map(|before| before.0).collect();
        let mut chains: BTreeMap<EntryId, Chain<'_>> = BTreeMap::new();
        for (entry, event) in self.custody().filter(|(entry, _)| !corrected.contains(&entry.id())) {
            chains.entry(event.item.0).or_default().push((entry, event));
        }
        for chain in chains.values_mut() {
            chain.sort_by_key(|(entry, event)| (event.at, entry.id()));
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
