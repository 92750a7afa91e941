//! What may change, but not in any way: the status of an entry, and the milestones of the case.

use super::codes::{milestone_rewritten, status_move};
use super::{Desk, HistoryError, Parent, is_entry};
use crate::diagnostic::Diagnostic;
use crate::git::GitTree;
use crate::load;
use crate::model::{Case, Milestones, Policy};
use crate::review::Item;
use crate::values::{EntryId, TreePath, When};

/// A parent, and the others that a merge joins with it, each with the tree that both come from.
struct Joined<'p, 'r> {
    parent: &'p Parent<'r>,
    others: Vec<(&'p Parent<'r>, Option<GitTree<'r>>)>,
}

impl Joined<'_, '_> {
    /// Whether a merge has something from another side, while this one left it as it was.
    fn is_of_another<T: PartialEq>(&self, before: &T, after: &T, of: impl Fn(&GitTree<'_>) -> Option<T>) -> bool {
        let left = |base: &Option<GitTree<'_>>| base.as_ref().and_then(&of).as_ref() == Some(before);
        self.others.iter().any(|(other, base)| of(&other.tree).as_ref() == Some(after) && left(base))
    }
}

pub(super) fn judge<'r>(
    desk: &mut Desk<'_, 'r>,
    parents: &[Parent<'r>],
    tree: &GitTree<'_>,
) -> Result<(), HistoryError> {
    for (number, parent) in parents.iter().enumerate() {
        let is_changed =
            |path: &TreePath| parent.changes.iter().any(|change| change.path == *path && change.before.is_some());
        let record = TreePath::from("case.toml");
        let has_entries = parent.changes.iter().any(|change| is_entry(&change.path) && change.before.is_some());
        if !is_changed(&record) && !has_entries {
            continue;
        }
        let mut others = Vec::new();
        for (_, other) in parents.iter().enumerate().filter(|(at, _)| *at != number) {
            let base = desk.repository.merge_base(parent.commit.id, other.commit.id)?;
            let base = base.and_then(|id| desk.repository.find(id));
            others.push((other, base.map(|base| desk.repository.tree(base.tree))));
        }
        let joined = Joined { parent, others };
        let before = desk.memo.files(&parent.tree)?;
        let policy = before.policy_or_none();
        if !policy.transitions.is_empty() {
            entries(desk, &joined, tree, &policy);
        }
        if is_changed(&record) {
            case(desk, &joined, &before, &policy, tree)?;
        }
    }
    Ok(())
}

/// Entries whose status went where the policy does not let it.
fn entries(desk: &mut Desk<'_, '_>, joined: &Joined<'_, '_>, tree: &GitTree<'_>, policy: &Policy) {
    let changed = joined.parent.changes.iter().filter(|change| change.before.is_some() && change.after.is_some());
    for change in changed.filter(|change| is_entry(&change.path)) {
        let Ok(id) = change.path.stem().parse::<EntryId>() else { continue };
        let kind = id.kind().noun();
        if !policy.transitions.iter().any(|rule| rule.kind.as_str() == kind) {
            continue;
        }
        let Some(from) = desk.memo.status(&joined.parent.tree, id) else { continue };
        let Some(to) = desk.memo.status(tree, id) else {
            // With the next commit it could be anything.
            desk.found.push(status_move::unreadable(&change.path));
            continue;
        };
        let of = |tree: &GitTree<'_>| load::entry(tree, id).map(|entry| entry.status().to_owned());
        if from != to && !joined.is_of_another(&from, &to, of) {
            desk.found.extend(judge_move(policy, kind, &from, &to, &change.path));
        }
    }
}

fn judge_move(policy: &Policy, kind: &str, from: &str, to: &str, path: &TreePath) -> Option<Diagnostic> {
    let rule = policy.transitions.iter().find(|rule| rule.kind.as_str() == kind && rule.from.as_str() == from)?;
    let may = from == to || rule.to.iter().any(|status| status.as_str() == to);
    (!may).then(|| status_move::found(path, from, to, rule))
}

/// The case itself: its status, and the milestones that were set.
fn case(
    desk: &mut Desk<'_, '_>,
    joined: &Joined<'_, '_>,
    before: &Case,
    policy: &Policy,
    tree: &GitTree<'_>,
) -> Result<(), HistoryError> {
    let path = TreePath::from("case.toml");
    let after = desk.memo.files(tree)?;
    let Some(old) = &before.record else { return Ok(()) };
    let Some(new) = &after.record else {
        // That it is gone is said already.
        desk.found.extend(load::is_case(tree).then(|| milestone_rewritten::unreadable(&path)));
        return Ok(());
    };
    let record = |tree: &GitTree<'_>| load::files(tree).ok()?.record.map(|record| record.value);
    let (from, to) = (old.value.status.word(), new.value.status.word());
    if !joined.is_of_another(&from, &to, |tree| record(tree).map(|record| record.status.word())) {
        desk.found.extend(judge_move(policy, "case", from, to, &path));
    }
    let (Some(old), new) = (&old.value.milestones, &new.value.milestones) else { return Ok(()) };
    let mut rewritten = rewritten(old, new.as_ref());
    rewritten.retain(|(name, before, after)| {
        let of = |tree: &GitTree<'_>| {
            let milestones = record(tree)?.milestones?;
            milestones.in_order().into_iter().find(|(own, _)| own.word() == *name)?.1.map(says)
        };
        !after.as_ref().is_some_and(|after| joined.is_of_another(before, after, of))
    });
    if rewritten.is_empty() || is_approved(desk, before, tree)? {
        return Ok(());
    }
    desk.found.extend(
        rewritten.into_iter().map(|(name, old, new)| milestone_rewritten::found(&path, name, &old, new.as_deref())),
    );
    Ok(())
}

type Rewritten = (&'static str, String, Option<String>);

/// Milestones that were set and say something else now. To say more exactly what was said before is no change of it.
fn rewritten(old: &Milestones, new: Option<&Milestones>) -> Vec<Rewritten> {
    let mut found = Vec::new();
    for (milestone, before) in old.in_order() {
        let Some(before) = before else { continue };
        let after = new.and_then(|new| new.get(milestone));
        match after {
            Some(after) if after.earliest() >= before.earliest() && after.latest() <= before.latest() => {}
            after => found.push((milestone.word(), says(before), after.map(says))),
        }
    }
    found
}

fn says(when: &When) -> String {
    match (when.earliest(), when.latest()) {
        (earliest, latest) if earliest == latest => earliest.to_string(),
        (earliest, latest) => format!("from {earliest} to {latest}"),
    }
}

/// Whether somebody whose word counts has signed case.toml as it is now.
fn is_approved(desk: &Desk<'_, '_>, before: &Case, tree: &GitTree<'_>) -> Result<bool, HistoryError> {
    let item = Item::File("case.toml".to_owned());
    let standing = desk.signed.standing(tree, &item, before)?;
    Ok(!standing.approvals.is_empty() && standing.rejections.is_empty())
}
