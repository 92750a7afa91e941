//! References that neighbours write as text: names of assets, values of indicators, titles, in lists with something between.

use crate::import::{Making, Names};
use crate::values::{EntryId, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// What a list in text refers to, and what of it nobody knows.
#[derive(Default)]
pub struct Listed {
    pub ids: Vec<EntryId>,
    pub unknown: Vec<String>,
}

/// Reads a list whose members may hold what stands between them: the longest that is known counts.
pub fn listed(text: &str, between: &str, known: &dyn Fn(&str) -> Vec<EntryId>) -> Listed {
    let pieces: Vec<&str> = text.split(between).collect();
    let mut listed = Listed::default();
    let mut at = 0;
    while at < pieces.len() {
        let most = pieces.len().min(at + MAX_PIECES);
        let found = (at + 1..=most).rev().find_map(|end| {
            let ids = known(pieces[at..end].join(between).trim());
            (!ids.is_empty()).then_some((ids, end))
        });
        match found {
            Some((ids, end)) => {
                listed.ids.extend(ids);
                at = end;
            }
            None => {
                let piece = pieces[at].trim();
                if !piece.is_empty() {
                    listed.unknown.push(piece.to_owned());
                }
                at += 1;
            }
        }
    }
    let mut seen = BTreeSet::new();
    listed.ids.retain(|id| seen.insert(*id));
    listed
}

/// The most pieces of a list that are one member.
const MAX_PIECES: usize = 8;

/// The asset of a name, as a list of at most one.
pub fn assets(names: &Names) -> impl Fn(&str) -> Vec<EntryId> {
    |name| names.asset(name).into_iter().collect()
}

pub fn indicators(names: &Names) -> impl Fn(&str) -> Vec<EntryId> {
    |value| names.indicators_of(value).to_vec()
}

/// The titles of what was made and of what the case has, of one kind.
pub fn titles(making: &Making<'_>, kind: Kind) -> BTreeMap<String, Vec<EntryId>> {
    let mut titles: BTreeMap<String, Vec<EntryId>> = BTreeMap::new();
    for entry in making.case.of_kind(kind) {
        titles.entry(entry.title()).or_default().push(entry.id());
    }
    for (id, title) in making.titles().into_iter().filter(|(id, _)| id.kind() == kind) {
        titles.entry(title).or_default().push(id);
    }
    titles
}
