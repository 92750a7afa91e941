//! What a difference means for sign-offs: those that hold no longer, and what is to be signed now.

use super::{Act, EntryChange, Side};
use crate::review::{FILES, Item, Ledger, Standing, State, Voice, requirement};
use crate::tree::{Tree, TreeError};
use crate::values::Kind;
use std::collections::BTreeSet;

/// A sign-off that held before, and does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub item: Item,
    /// Whose sign-off it is: a handle of team.toml.
    pub signer: String,
    /// Why it holds no longer, in a few words.
    pub why: String,
}

/// Something that differs and that was not approved as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSign {
    pub item: Item,
    /// Whether the policy of the side before asks for it.
    pub is_asked: bool,
    /// Where it stands, in a few words; empty where nobody has signed it and nobody asks for it.
    pub standing: String,
}

/// The sign-offs that held on the side before and do not hold on the side after.
pub(super) fn stale(before: &Side<'_>, after: &Side<'_>, entries: &[EntryChange]) -> Result<Vec<Stale>, TreeError> {
    let (old, _) = Ledger::read(before.tree, before.case())?;
    let (new, _) = Ledger::read(after.tree, after.case())?;
    // Another roster may make any sign-off hold no longer.
    let items: BTreeSet<Item> = match differs(before, after, "team.toml") {
        true => old.items().into_iter().collect(),
        false => differing(before, after, entries).collect(),
    };
    let mut stale = Vec::new();
    for item in items.into_iter().filter(|item| is_there(before.tree, item)) {
        let was = old.standing(&item)?;
        let is = if is_there(after.tree, &item) { Some(new.standing(&item)?) } else { None };
        for voice in counting(&was) {
            if let Some(why) = why_not(is.as_ref(), voice) {
                stale.push(Stale { item: item.clone(), signer: voice.by.to_string(), why });
            }
        }
    }
    Ok(stale)
}

/// What differs and is not approved as it is now. What is asked is asked by the policy of the side before, where it has one; whose
/// word counts, its roster says, until those in it have agreed to the one after.
pub(super) fn to_sign(before: &Side<'_>, after: &Side<'_>, entries: &[EntryChange]) -> Result<Vec<ToSign>, TreeError> {
    let judging = if before.case().policy.is_some() { before } else { after };
    let policy = judging.case().policy_or_none();
    let asked = |ledger: &Ledger<'_>, item: &Item| -> Result<Standing, TreeError> {
        Ok(Standing { requirement: requirement(&policy, after.case(), item), ..ledger.standing(item)? })
    };
    let known = if before.case().team.is_some() { before } else { after };
    let (mut ledger, _) = Ledger::by_roster(after.tree, after.case(), known.case())?;
    let team = Item::File("team.toml".to_owned());
    if differs(before, after, "team.toml") && asked(&ledger, &team)?.is_met() {
        ledger = Ledger::read(after.tree, after.case())?.0;
    }
    let mut found = Vec::new();
    for item in differing(before, after, entries).filter(|item| is_there(after.tree, item) && counts(after, item)) {
        let standing = asked(&ledger, &item)?;
        let is_asked = !standing.requirement.is_nothing();
        if (is_asked && standing.is_met()) || standing.state == State::Approved {
            continue;
        }
        found.push(ToSign { item, is_asked, standing: said(&standing) });
    }
    Ok(found)
}

fn said(standing: &Standing) -> String {
    match (standing.state, standing.summary()) {
        (State::Draft, summary) => summary,
        (state, summary) if summary.is_empty() => state.word().to_owned(),
        (state, summary) => format!("{} {summary}", state.word()),
    }
}

/// What differs and can be signed.
fn differing<'a>(
    before: &'a Side<'_>,
    after: &'a Side<'_>,
    entries: &'a [EntryChange],
) -> impl Iterator<Item = Item> + 'a {
    let files = FILES.iter().filter(|name| differs(before, after, name)).map(|name| Item::File((*name).to_owned()));
    let changed = entries.iter().filter(|change| change.act != Act::Removed).map(|change| Item::Entry(change.id));
    files.chain(changed)
}

/// Whether a file at the top is there on both sides and is another one on each.
fn differs(before: &Side<'_>, after: &Side<'_>, name: &str) -> bool {
    let item = Item::File(name.to_owned());
    let text = |side: &Side<'_>| super::text(side.tree, &item.path());
    is_there(before.tree, &item) && is_there(after.tree, &item) && text(before) != text(after)
}

fn is_there(tree: &dyn Tree, item: &Item) -> bool {
    tree.node(&item.path()).is_some_and(|node| node.is_file())
}

/// Whether something says something of the incident, and still counts. Records of evidence and custody are facts, which a sign-off
/// of a claim binds.
fn counts(after: &Side<'_>, item: &Item) -> bool {
    match item {
        Item::File(name) => name != "case.toml",
        Item::Entry(id) if matches!(id.kind(), Kind::Evidence | Kind::Custody) => false,
        Item::Entry(id) => after.case().get(*id).is_some_and(|entry| !entry.is_retired()),
    }
}

/// The sign-offs that count for something.
fn counting(standing: &Standing) -> impl Iterator<Item = &Voice> {
    standing.authors.iter().chain(&standing.approvals).chain(&standing.rejections)
}

/// Why a sign-off does not count any more; `None` where it does.
fn why_not(standing: Option<&Standing>, voice: &Voice) -> Option<String> {
    let Some(standing) = standing else { return Some("it is gone".to_owned()) };
    let is_it = |other: &&Voice| other.name == voice.name;
    let spoke_again = |other: &&Voice| other.by == voice.by && other.role == voice.role;
    if counting(standing).any(|other| is_it(&other) || spoke_again(&other)) {
        return None;
    }
    if let Some(other) = standing.stale.iter().find(is_it) {
        let items: Vec<String> = other.other_evidence.iter().map(ToString::to_string).collect();
        return Some(match items.as_slice() {
            [] => "it was changed since".to_owned(),
            items => format!("the evidence that it cites is another: {}", items.join(", ")),
        });
    }
    if standing.refused.iter().any(|(other, _)| other.name == voice.name) {
        return Some("by the roster as it is now it does not count".to_owned());
    }
    if standing.other_roles.iter().chain(&standing.own).any(|other| other.name == voice.name) {
        return Some("by roster and policy as they are now it is not one that counts".to_owned());
    }
    Some("it was taken back, or its file is gone".to_owned())
}
