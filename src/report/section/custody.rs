//! Custody: the hands that each item went through, and the records that were corrected.

use super::View;
use super::exhibits::fitting;
use crate::model::corrections::said_before;
use crate::model::{Body, Case, Chain, Corrections, Custody, Evidence, Link, chain};
use crate::report::clock;
use crate::report::outline::{Line, Row, Span, Table, Tone, badge, code, small, text};
use crate::values::EntryId;
use crate::values::vocabulary::{CustodyAction, Storage};
use std::collections::BTreeMap;

/// The custody events of a case by their items: the chains, and what counts no longer.
pub struct Custodies<'c> {
    corrections: Corrections<'c>,
    chains: BTreeMap<EntryId, Chain<'c>>,
    past: BTreeMap<EntryId, Vec<Link<'c>>>,
}

impl<'c> Custodies<'c> {
    pub fn of(case: &'c Case) -> Self {
        let chains = case.chains();
        let mut past: BTreeMap<EntryId, Vec<Link<'c>>> = BTreeMap::new();
        for link in case.custody() {
            let item = link.1.item.0;
            let counts = |chain: &Chain<'c>| chain.iter().any(|(entry, _)| entry.id() == link.0.id());
            if !chains.get(&item).is_some_and(counts) {
                past.entry(item).or_default().push(link);
            }
        }
        for events in past.values_mut() {
            events.sort_by_key(|(entry, event)| (event.at, entry.id()));
        }
        Self { corrections: Corrections::of(case), chains, past }
    }

    pub fn is_empty(&self) -> bool {
        self.chains.is_empty() && self.past.is_empty()
    }

    /// The chain of an item, and its events that count no longer.
    pub fn take(&mut self, item: EntryId) -> (Chain<'c>, Vec<Link<'c>>) {
        (self.chains.remove(&item).unwrap_or_default(), self.past.remove(&item).unwrap_or_default())
    }

    /// All events of items that nobody took.
    pub fn rest(self) -> Vec<Link<'c>> {
        self.chains.into_values().chain(self.past.into_values()).flatten().collect()
    }
}

/// The events of a chain; without the item, nothing is said of the digests.
pub fn table<'c>(view: &View<'_, 'c>, item: Option<&Evidence>, chain: &[Link<'c>]) -> Table<'c> {
    Table {
        caption: "Chain of custody",
        columns: &["When", "What", "By", "From", "To", "Why", "Digest seen"],
        rows: chain.iter().map(|link| row(view, item, *link)).collect(),
    }
}

fn row<'c>(view: &View<'_, 'c>, item: Option<&Evidence>, link: Link<'c>) -> Row<'c> {
    let (entry, event) = link;
    let is_hand_over =
        matches!(event.action, CustodyAction::Received | CustodyAction::Transferred | CustodyAction::Returned)
            && event.storage.is_none();
    let is_asked = |action: bool| if action { small("not recorded") } else { Span::Nothing };
    let is_made = item.is_some_and(|item| item.derived_from.is_some());
    let from = is_hand_over || (event.action == CustodyAction::Collected && !is_made);
    Row {
        entry: Some(entry.id()),
        cells: vec![
            when(view, event),
            what(view, link),
            vec![view.person(event.by.as_str())],
            vec![event.from.as_ref().map_or(is_asked(from), |from| view.person(from.as_str()))],
            vec![event.to.as_ref().map_or(is_asked(is_hand_over), |to| view.person(to.as_str()))],
            vec![event.reason.as_ref().map_or(is_asked(true), |reason| text(reason.as_str()))],
            digest(item, event),
        ],
    }
}

/// When it was, in the zone that it was written in, and how much later the record was made.
fn when<'c>(view: &View<'_, 'c>, event: &'c Custody) -> Line<'c> {
    let mut line = vec![text(clock::moment(event.at.timestamp()))];
    line.extend(clock::zone_of(event.at).into_iter().flat_map(|zone| [Span::Break, small(zone)]));
    if let Some(delay) = chain::delay(event) {
        line.extend([Span::Break, badge(Tone::Watch, "recorded late"), text(" ")]);
        line.push(small(format!("after {}", clock::length(delay))));
    }
    if let Some(by) = &event.recorded_by {
        line.extend([Span::Break, small(format!("written down by {}", view.names.person(by.as_str())))]);
    }
    line
}

fn what<'c>(view: &View<'_, 'c>, (entry, event): Link<'c>) -> Line<'c> {
    let mut line = vec![text(event.action.word())];
    if let Some(storage) = event.storage.filter(|storage| *storage != Storage::None) {
        line.extend([Span::Break, small(format!("kept {} from then on", home(storage)))]);
    }
    let mut new = event;
    let mut next = event.supersedes;
    let mut passed = vec![entry.id()];
    while let Some(before) = next.map(|id| id.0).filter(|id| !passed.contains(id) && passed.len() < 16) {
        passed.push(before);
        line.extend([Span::Break, badge(Tone::Watch, "correction"), small(" of "), Span::Label(before)]);
        let Some(Body::Custody(old)) = view.case.get(before).map(|entry| &entry.body) else { break };
        let said: Vec<String> = said_before(old, new)
            .into_iter()
            .map(|(name, value)| format!("{name} {}", value.unwrap_or_else(|| "not recorded".to_owned())))
            .collect();
        if !said.is_empty() {
            line.push(small(format!(", which said: {}", said.join("; "))));
        }
        (next, new) = (old.supersedes, old);
    }
    line
}

/// Where bytes are, in words.
pub fn home(storage: Storage) -> &'static str {
    match storage {
        Storage::Git => "in Git",
        Storage::Lfs => "in Git LFS",
        Storage::Store => "in the evidence store",
        Storage::None => "nowhere",
    }
}

fn digest<'c>(item: Option<&Evidence>, event: &Custody) -> Line<'c> {
    match (&event.digest, item) {
        (Some(digest), Some(item)) if Some(digest.0) == item.list => {
            // The whole digest stands above, with the item.
            vec![fitting(true), Span::Break, code(format!("{:.19}…", digest.to_string()))]
        }
        (Some(digest), Some(_)) => vec![fitting(false), Span::Break, code(digest.to_string())],
        (Some(digest), None) => vec![code(digest.to_string())],
        (None, Some(item)) if item.storage == Storage::None => vec![Span::Nothing],
        (None, _) => vec![small("none recorded")],
    }
}

/// The records that were corrected or retracted, and the retractions.
pub fn past_table<'c>(view: &View<'_, 'c>, custodies: &Custodies<'c>, past: &[Link<'c>]) -> Table<'c> {
    Table {
        caption: "Records of custody that count no longer",
        columns: &["When", "What", "By", "From", "To", "Why", "What became of it"],
        rows: past.iter().map(|link| past_row(view, &custodies.corrections, *link)).collect(),
    }
}

fn past_row<'c>(view: &View<'_, 'c>, corrections: &Corrections<'c>, (entry, event): Link<'c>) -> Row<'c> {
    let place = |place: &'c Option<crate::values::Line>| {
        vec![place.as_ref().map_or(Span::Nothing, |place| view.person(place.as_str()))]
    };
    let mut what = vec![text(event.action.word())];
    if let Some(before) = event.supersedes {
        let word = if event.action == CustodyAction::Retracted { "did not happen: " } else { "correction of " };
        what.extend([Span::Break, small(word), Span::Label(before.0)]);
    }
    let mut became = Vec::new();
    for (after, by) in corrections.after(entry.id()) {
        if !became.is_empty() {
            became.push(Span::Break);
        }
        let word = if by.action == CustodyAction::Retracted { "retracted by " } else { "corrected by " };
        became.extend([small(word), Span::Label(after.id())]);
    }
    Row {
        entry: Some(entry.id()),
        cells: vec![
            when(view, event),
            what,
            vec![view.person(event.by.as_str())],
            place(&event.from),
            place(&event.to),
            vec![event.reason.as_ref().map_or(Span::Nothing, |reason| text(reason.as_str()))],
            super::or_nothing(became),
        ],
    }
}
