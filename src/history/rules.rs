//! Roster and policy: who may change whose word counts. Each state of them is agreed to by those who had a say before it, commit by
//! commit, back to a first roster that is pinned outside of the repository.

use super::codes::{rules_unapproved, rules_unpinned, rules_version};
use super::{Desk, HistoryError, Parent};
use crate::git::{GitTree, Oid, Repo};
use crate::load;
use crate::model::{Case, Person, Team};
use crate::review::{Item, digest, requirement};
use crate::tree::{Tree, TreeError};
use crate::values::{Sha256, TreePath};
use std::rc::Rc;

/// What is known of the first roster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pin {
    /// Nothing.
    #[default]
    Unknown,
    /// Its digest, from outside of the repository.
    Digest(Sha256),
    /// It is the one that the history of this commit began with, which is believed since it was there first.
    Of(Oid),
}

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
    let now = desk.memo.files(tree)?;
    let mut in_force = Vec::new();
    for parent in parents {
        let case = desk.memo.files(&parent.tree)?;
        if is_in_force(&case) {
            in_force.push((parent, case));
        }
    }
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
    let policy = case.policy_or_none();
    let roles = requirement(&policy, case, &Item::File("team.toml".to_owned())).roles;
    let can = |person: &Person| {
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
    let pinned = match *desk.pin {
        Pin::Unknown => None,
        Pin::Digest(digest) => Some(digest),
        Pin::Of(tip) => first_of(desk.repository, tip)?,
    };
    if let Some(pinned) = pinned.filter(|pinned| *pinned != own) {
        desk.found.push(rules_unpinned::found(&TreePath::from("team.toml"), pinned, own));
    }
    Ok(())
}

/// The digest of the first roster in the history of a commit that was in force.
fn first_of(repository: &Repo, tip: Oid) -> Result<Option<Sha256>, HistoryError> {
    for commit in repository.commits_beyond(tip, &[], usize::MAX)?.unwrap_or_default() {
        if let Some(digest) = first_roster(&repository.tree(commit.tree))? {
            return Ok(Some(digest));
        }
    }
    Ok(None)
}

fn judge_file(
    desk: &mut Desk<'_, '_>,
    name: &str,
    parents: &[(&Parent<'_>, Rc<Case>)],
    now: &Case,
    tree: &GitTree<'_>,
) -> Result<(), HistoryError> {
    let path = TreePath::from(name);
    let differs = |parent: &Parent<'_>| parent.changes.iter().any(|change| change.path == path);
    let version_now = version(name, now);
    let others: Vec<&(&Parent<'_>, Rc<Case>)> = parents.iter().filter(|(parent, _)| differs(parent)).collect();
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
    // A merge takes the newer of two states that were agreed to, each by those before it, from one state that both come from. A side
    // that does not come from there had rules of its own making.
    for (side, _) in parents.iter().filter(|(parent, _)| !differs(parent)) {
        let mut is_grown = true;
        for (other, _) in &others {
            is_grown = is_grown && are_of_one_state(desk.repository, side, other)?;
        }
        if is_grown {
            return Ok(());
        }
    }
    let item = Item::File(name.to_owned());
    for (_, before) in others {
        let standing = desk.signed.standing(tree, &item, before)?;
        if !standing.is_met() {
            desk.found.push(rules_unapproved::found(&path, &standing));
        }
    }
    Ok(())
}

/// Whether two commits come from one whose roster was in force.
fn are_of_one_state(repository: &Repo, one: &Parent<'_>, other: &Parent<'_>) -> Result<bool, HistoryError> {
    let base = repository.merge_base(one.commit.id, other.commit.id)?.and_then(|id| repository.find(id));
    let Some(base) = base else { return Ok(false) };
    Ok(is_in_force(&load::files(&repository.tree(base.tree))?))
}

/// The version of one of the files; `None` where it cannot be read.
fn version(name: &str, case: &Case) -> Option<u64> {
    let team = |team: &Team| team.version.unwrap_or(0);
    match name {
        "team.toml" => case.team.as_ref().map(|file| team(&file.value)),
        _ => case.policy.as_ref().map(|file| file.value.version),
    }
}
