//! Corrections of custody events: which records still count, and what stands in the place of those that do not.

use super::{Body, Case, Custody, Entry, Link};
use crate::values::EntryId;
use crate::values::vocabulary::CustodyAction;
use std::collections::{BTreeMap, BTreeSet};

/// How the custody events of a case correct each other.
///
/// A correction takes the place of the event that it names, and a retraction says that it did not happen. Both can be wrong
/// in turn: a correction that is itself retracted takes nobody's place.
#[derive(Debug, Default)]
pub struct Corrections<'c> {
    /// What corrects or retracts each event.
    after: BTreeMap<EntryId, Vec<Link<'c>>>,
    /// Events that were retracted.
    retracted: BTreeSet<EntryId>,
    /// Events whose place another one took, or that were retracted.
    replaced: BTreeSet<EntryId>,
}

impl<'c> Corrections<'c> {
    pub fn of(case: &'c Case) -> Self {
        let mut corrections = Self::default();
        let mut before: BTreeMap<EntryId, EntryId> = BTreeMap::new();
        for link in case.custody() {
            if let Some(corrected) = corrected(case, link.1) {
                corrections.after.entry(corrected).or_default().push(link);
                before.insert(link.0.id(), corrected);
            }
        }
        corrections.settle(case, &before);
        corrections
    }

    /// Goes from what nothing corrects to what it corrects, so that each is judged after all that correct it. What corrects
    /// itself in a circle is never reached: it does not count.
    fn settle(&mut self, case: &'c Case, before: &BTreeMap<EntryId, EntryId>) {
        let mut open: BTreeMap<EntryId, usize> =
            self.after.iter().map(|(event, links)| (*event, links.len())).collect();
        let mut unsettled: BTreeSet<EntryId> = case.custody().map(|(entry, _)| entry.id()).collect();
        let mut ready: Vec<EntryId> = unsettled.iter().copied().filter(|id| !open.contains_key(id)).collect();
        while let Some(id) = ready.pop() {
            unsettled.remove(&id);
            self.judge(id);
            let Some(next) = before.get(&id) else { continue };
            let left = open.entry(*next).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 && unsettled.contains(next) {
                ready.push(*next);
            }
        }
        self.replaced.extend(unsettled);
    }

    fn judge(&mut self, id: EntryId) {
        let standing = self.after(id).iter().filter(|(entry, _)| !self.retracted.contains(&entry.id()));
        let (mut is_replaced, mut is_retracted) = (false, false);
        for (_, event) in standing {
            is_replaced = true;
            is_retracted |= event.action == CustodyAction::Retracted;
        }
        if is_replaced {
            self.replaced.insert(id);
        }
        if is_retracted {
            self.retracted.insert(id);
        }
    }

    /// What corrects or retracts an event, itself right or not.
    pub fn after(&self, event: EntryId) -> &[Link<'c>] {
        self.after.get(&event).map(Vec::as_slice).unwrap_or_default()
    }

    /// Events that are corrected, each with what corrects it.
    pub fn corrected(&self) -> impl Iterator<Item = (EntryId, &[Link<'c>])> {
        self.after.iter().map(|(event, links)| (*event, links.as_slice()))
    }

    /// Whether an event was retracted.
    pub fn is_retracted(&self, event: EntryId) -> bool {
        self.retracted.contains(&event)
    }

    /// Whether a custody event still counts: it is neither corrected nor retracted, nor itself a retraction.
    pub fn counts(&self, entry: &Entry, event: &Custody) -> bool {
        event.action != CustodyAction::Retracted && !self.replaced.contains(&entry.id())
    }

    /// What a record comes to in the end: itself, where nothing took its place, or what took it; nothing where it was
    /// retracted. A retraction comes to itself.
    pub fn standing(&self, link: Link<'c>) -> Vec<Link<'c>> {
        let mut standing = Vec::new();
        let mut passed = BTreeSet::new();
        let mut next = vec![link];
        while let Some(link) = next.pop() {
            let id = link.0.id();
            if self.is_retracted(id) || !passed.insert(id) {
                continue;
            }
            if self.replaced.contains(&id) {
                next.extend(self.after(id));
            } else {
                standing.push(link);
            }
        }
        standing
    }
}

/// The event that another one corrects. One of another item is not meant: that is a slip, and both chains stay what they
/// are.
fn corrected(case: &Case, event: &Custody) -> Option<EntryId> {
    let before = event.supersedes?.0;
    match case.get(before).map(|entry| &entry.body) {
        Some(Body::Custody(other)) if other.item != event.item => None,
        _ => Some(before),
    }
}

/// What an event said that its correction says otherwise, by the name of the key; `None` where it said nothing of it.
pub fn said_before(old: &Custody, new: &Custody) -> Vec<(&'static str, Option<String>)> {
    let said = |event: &Custody| {
        [
            ("at", Some(event.at.to_string())),
            ("action", Some(event.action.to_string())),
            ("by", Some(event.by.to_string())),
            ("from", event.from.as_ref().map(ToString::to_string)),
            ("to", event.to.as_ref().map(ToString::to_string)),
            ("reason", event.reason.as_ref().map(ToString::to_string)),
            ("storage", event.storage.map(|storage| storage.to_string())),
            ("digest", event.digest.as_ref().map(ToString::to_string)),
        ]
    };
    said(old).into_iter().zip(said(new)).filter(|(old, new)| old != new).map(|(old, _)| old).collect()
}

impl Case {
    /// The first record of what each correction tells of: following what corrects what to its beginning. Where that goes
    /// in a circle, it is one of the circle.
    pub fn custody_origins(&self) -> BTreeMap<EntryId, EntryId> {
        let before: BTreeMap<EntryId, EntryId> =
            self.custody().filter_map(|(entry, event)| Some((entry.id(), event.supersedes?.0))).collect();
        let mut origins: BTreeMap<EntryId, EntryId> = BTreeMap::new();
        for start in before.keys() {
            let mut passed = BTreeSet::new();
            let mut at = *start;
            let origin = loop {
                match (origins.get(&at), before.get(&at)) {
                    (Some(known), _) => break *known,
                    (None, Some(next)) if passed.insert(at) => at = *next,
                    (None, _) => break at,
                }
            };
            origins.extend(passed.into_iter().map(|event| (event, origin)));
        }
        origins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{NoMemory, load};
    use crate::tree::MemoryTree;
    use crate::values::Kind;

    /// The events that count, of events by number, each with its action and the number of the one that it corrects.
    fn counting(events: &[(u64, &str, u64)]) -> Vec<u64> {
        let id = |number: u64| EntryId::from_bits(Kind::Custody, number);
        let mut tree = MemoryTree::new();
        for (number, action, before) in events {
            let before = if *before > 0 { format!("supersedes = \"{}\"\n", id(*before)) } else { String::new() };
            let text = format!(
                "id = \"{}\"\nitem = \"x-00000001\"\nat = 2026-03-01T10:00:0{number}Z\nby = \"bob\"\naction = \"{action}\"\n{before}",
                id(*number)
            );
            tree.insert(id(*number).path().as_str(), text);
        }
        let (case, _) = load(&tree, &mut NoMemory).unwrap();
        let chains = case.chains();
        let chain = chains.values().next().map(Vec::as_slice).unwrap_or_default();
        (1..10).filter(|number| chain.iter().any(|(entry, _)| entry.id() == id(*number))).collect()
    }

    #[test]
    fn what_is_corrected_counts_no_longer_and_what_is_retracted_gives_way() {
        assert_eq!(counting(&[(1, "collected", 0), (2, "accessed", 0)]), [1, 2]);
        assert_eq!(counting(&[(1, "collected", 0), (2, "received", 1)]), [2]);
        assert_eq!(counting(&[(1, "collected", 0), (2, "received", 1), (3, "collected", 2)]), [3]);
        // Retracted: it did not happen.
        assert_eq!(counting(&[(1, "collected", 0), (2, "accessed", 0), (3, "retracted", 2)]), [1]);
        // The correction was wrong: the event is what it was.
        assert_eq!(counting(&[(1, "collected", 0), (2, "received", 1), (3, "retracted", 2)]), [1]);
        // The retraction was wrong: the event did happen.
        assert_eq!(counting(&[(1, "collected", 0), (2, "retracted", 1), (3, "retracted", 2)]), [1]);
        // Of two corrections one was wrong.
        assert_eq!(counting(&[(1, "collected", 0), (2, "received", 1), (3, "accessed", 1), (4, "retracted", 3)]), [2]);
        // Circles and what hangs on them.
        assert_eq!(counting(&[(1, "collected", 2), (2, "received", 1), (3, "accessed", 3), (4, "sealed", 0)]), [4]);
    }
}
