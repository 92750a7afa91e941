//! Roster and policy: who may change whose word counts. Each state of them is agreed to by those who had a say before it, commit by
//! commit, back to a first roster that is pinned outside of the repository.

use super::codes::{rules_unapproved, rules_unpinned, rules_version};
use super::{Desk, HistoryError, Parent};
use crate::git::GitTree;
use crate::load;
use crate::model::{Case, Policy, Team};
use crate::review::{Bytes, Item, digest, requirement, standing_of};
use crate::tree::{Tree, TreeError};
use crate::values::{Sha256, TreePath};
use std::collections::BTreeMap;

/// What is known of the first roster from outside of the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pin(pub Option<Sha256>);

/// The files that say whose word counts.
const FILES: [&str; 2] = ["team.toml", "policy.toml"];

/// The digest of the roster of a tree, by which it is pinned.
pub fn fingerprint(tree: &dyn Tree) -> Result<Sha256, TreeError> {
    digest(tree, &Item::File("team.toml".to_owned()))
}

/// The digest of the roster of a tree, if somebody could agree to a change of it.
pub fn first_roster(tree: &dyn Tree) -> Result<Option<Sha256>, TreeError> {
    let case = load::files(tree)?;
    if is_in_force(&case) { fingerprint(tree).map(Some) } else { Ok(None) }
}

pub(super) fn judge(desk: &mut Desk<'_, '_>, parents: &[Parent<'_>], tree: &GitTree<'_>) -> Result<(), HistoryError> {
    let touches = |parent: &Parent<'_>| parent.changes.iter().any(|change| FILES.contains(&change.path.as_str()));
    if !parents.is_empty() && !parents.iter().any(touches) {
        return Ok(());
    }
    let now = load::files(tree)?;
    let in_force: Vec<(&Parent<'_>, Case)> = parents
        .iter()
        .map(|parent| Ok::<_, TreeError>((parent, load::files(&parent.tree)?)))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .filter(|(_, case)| is_in_force(case))
        .collect();
    if in_force.is_empty() {
        return first(desk, &now, tree);
    }
    for name in FILES {
        judge_file(desk, name, &in_force, &now, tree)?;
    }
    Ok(())
}

/// Whether anybody could agree to a change of a roster: until somebody can, everybody may write it.
pub fn is_in_force(case: &Case) -> bool {
    let Some(team) = &case.team else { return false };
    let policy = case.policy.as_ref().map_or_else(Policy::none, |policy| policy.value.clone());
    let roles = requirement(&policy, case, &Item::File("team.toml".to_owned())).roles;
    let can = |person: &crate::model::Person| {
        person.keys().any(|key| !team.value.is_revoked(&key)) && person.roles.iter().any(|role| roles.contains(role))
    };
    team.value.people.iter().any(can)
}

/// The first roster that is in force is the pinned one, where one is pinned.
fn first(desk: &mut Desk<'_, '_>, now: &Case, tree: &GitTree<'_>) -> Result<(), HistoryError> {
    if !is_in_force(now) {
        return Ok(());
    }
    let own = fingerprint(tree)?;
    if let Some(pinned) = desk.pin.0.filter(|pinned| *pinned != own) {
        desk.found.push(rules_unpinned::found(&TreePath::from("team.toml"), pinned, own));
    }
    Ok(())
}

fn judge_file(
    desk: &mut Desk<'_, '_>,
    name: &str,
    parents: &[(&Parent<'_>, Case)],
    now: &Case,
    tree: &GitTree<'_>,
) -> Result<(), HistoryError> {
    let path = TreePath::from(name);
    let differs = |parent: &Parent<'_>| parent.changes.iter().any(|change| change.path == path);
    let version_now = version(name, now);
    let others: Vec<&(&Parent<'_>, Case)> = parents.iter().filter(|(parent, _)| differs(parent)).collect();
    let highest = others.iter().filter_map(|(_, case)| version(name, case)).max();
    if others.is_empty() {
        return Ok(());
    }
    let Some(version_now) = version_now else {
        desk.found.push(rules_version::unreadable(&path));
        return Ok(());
    };
    if highest.is_some_and(|highest| version_now <= highest) {
        desk.found.push(rules_version::found(&path, highest.unwrap_or(0), version_now));
    }
    // A merge takes the newer of two states that were agreed to.
    let is_of_a_side = others.len() < parents.len();
    if is_of_a_side {
        return Ok(());
    }
    let item = Item::File(name.to_owned());
    let bytes = Bytes { now: digest(tree, &item)?, evidence: BTreeMap::new() };
    for (_, before) in others {
        let policy = before.policy.as_ref().map_or_else(Policy::none, |policy| policy.value.clone());
        let refusals = desk.signed.weighed(before);
        let wanted = requirement(&policy, before, &item);
        let standing = standing_of(&item, &bytes, before, wanted, &desk.signed.ballots(&refusals));
        if !standing.is_met() {
            desk.found.push(rules_unapproved::found(&path, &standing));
        }
    }
    Ok(())
}

/// The version of one of the files; `None` where it cannot be read.
fn version(name: &str, case: &Case) -> Option<u64> {
    let team = |team: &Team| team.version.unwrap_or(0);
    match name {
        "team.toml" => case.team.as_ref().map(|file| team(&file.value)),
        _ => case.policy.as_ref().map(|file| file.value.version),
    }
}
