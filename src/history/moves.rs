//! What may change, but not in any way: the status of an entry, and the milestones of the case.

use super::codes::{milestone_rewritten, status_move};
use super::{Desk, HistoryError, Parent, is_entry};
use crate::git::GitTree;
use crate::load;
use crate::model::{Case, Milestones, Policy};
use crate::review::{Bytes, Item, digest, requirement, standing_of};
use crate::values::{EntryId, TreePath, When};
use std::collections::BTreeMap;

pub(super) fn judge(desk: &mut Desk<'_, '_>, parent: &Parent<'_>, tree: &GitTree<'_>) -> Result<(), HistoryError> {
    let is_changed =
        |path: &TreePath| parent.changes.iter().any(|change| change.path == *path && change.before.is_some());
    let record = TreePath::from("case.toml");
    let has_entries = parent.changes.iter().any(|change| is_entry(&change.path) && change.before.is_some());
    if !is_changed(&record) && !has_entries {
        return Ok(());
    }
    let before = load::files(&parent.tree)?;
    let policy = before.policy.as_ref().map_or_else(Policy::none, |policy| policy.value.clone());
    if !policy.transitions.is_empty() {
        entries(desk, parent, tree, &policy);
    }
    if is_changed(&record) {
        case(desk, &before, &policy, tree)?;
    }
    Ok(())
}

/// Entries whose status went where the policy does not let it.
fn entries(desk: &mut Desk<'_, '_>, parent: &Parent<'_>, tree: &GitTree<'_>, policy: &Policy) {
    let changed = parent.changes.iter().filter(|change| change.before.is_some() && change.after.is_some());
    for change in changed.filter(|change| is_entry(&change.path)) {
        let Ok(id) = change.path.stem().parse::<EntryId>() else { continue };
        let (Some(before), Some(after)) = (load::entry(&parent.tree, id), load::entry(tree, id)) else { continue };
        let kind = id.kind().noun();
        desk.found.extend(judge_move(policy, kind, before.status(), after.status(), &change.path));
    }
}

fn judge_move(
    policy: &Policy,
    kind: &str,
    from: &str,
    to: &str,
    path: &TreePath,
) -> Option<crate::diagnostic::Diagnostic> {
    let rule = policy.transitions.iter().find(|rule| rule.kind.as_str() == kind && rule.from.as_str() == from)?;
    let may = from == to || rule.to.iter().any(|status| status.as_str() == to);
    (!may).then(|| status_move::found(path, from, to, rule))
}

/// The case itself: its status, and the milestones that were set.
fn case(desk: &mut Desk<'_, '_>, before: &Case, policy: &Policy, tree: &GitTree<'_>) -> Result<(), HistoryError> {
    let after = load::files(tree)?;
    let (Some(old), Some(new)) = (&before.record, &after.record) else { return Ok(()) };
    desk.found.extend(judge_move(policy, "case", old.value.status.word(), new.value.status.word(), &old.path));
    let (Some(old), new) = (&old.value.milestones, &new.value.milestones) else { return Ok(()) };
    let rewritten = rewritten(old, new.as_ref());
    if rewritten.is_empty() || is_approved(desk, before, policy, tree)? {
        return Ok(());
    }
    let path = TreePath::from("case.toml");
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
        let says = |when: &When| match (when.earliest(), when.latest()) {
            (earliest, latest) if earliest == latest => earliest.to_string(),
            (earliest, latest) => format!("from {earliest} to {latest}"),
        };
        match after {
            Some(after) if after.known == before.known => {}
            Some(after) if after.earliest() >= before.earliest() && after.latest() <= before.latest() => {}
            after => found.push((milestone.word(), says(before), after.map(says))),
        }
    }
    found
}

/// Whether somebody whose word counts has signed case.toml as it is now.
fn is_approved(desk: &Desk<'_, '_>, before: &Case, policy: &Policy, tree: &GitTree<'_>) -> Result<bool, HistoryError> {
    let item = Item::File("case.toml".to_owned());
    let refusals = desk.signed.weighed(before);
    let bytes = Bytes { now: digest(tree, &item)?, evidence: BTreeMap::new() };
    let standing =
        standing_of(&item, &bytes, before, requirement(policy, before, &item), &desk.signed.ballots(&refusals));
    Ok(!standing.approvals.is_empty() && standing.rejections.is_empty())
}
