//! Merges: an entry comes from one of the sides, or was changed by both. Anything else, nobody wrote where it would be seen.

use super::codes::merge_altered;
use super::{Desk, HistoryError, Parent, is_entry};
use crate::git::{GitTree, Oid, Repo};
use crate::tree::{ContentKey, Tree};
use crate::values::TreePath;
use std::collections::BTreeSet;

/// What a file is in a tree; `None` where it is not there.
type Version = Option<ContentKey>;

pub(super) fn judge(desk: &mut Desk<'_, '_>, parents: &[Parent<'_>], tree: &GitTree<'_>) -> Result<(), HistoryError> {
    if parents.len() < 2 {
        return Ok(());
    }
    let changes = parents.iter().flat_map(|parent| &parent.changes).map(|change| &change.path);
    let paths: BTreeSet<&TreePath> = changes.filter(|path| is_entry(path) || path.as_str() == "case.toml").collect();
    if paths.is_empty() {
        return Ok(());
    }
    let mut pairs = Vec::new();
    for (one, other) in (0..parents.len()).flat_map(|one| (one + 1..parents.len()).map(move |other| (one, other))) {
        let base = Base::of(desk.repository, parents[one].commit.id, parents[other].commit.id)?;
        pairs.push((one, other, base));
    }
    for path in paths {
        let versions: Vec<Version> = parents.iter().map(|parent| version(&parent.tree, path)).collect();
        match outcome(&versions, version(tree, path), path, &pairs) {
            Outcome::Sound => {}
            Outcome::Lost => desk.found.push(merge_altered::lost(path)),
            Outcome::Altered => desk.found.push(merge_altered::found(path)),
        }
    }
    Ok(())
}

enum Outcome {
    Sound,
    /// A side changed it, and the merge does not have that.
    Lost,
    /// It is of no side.
    Altered,
}

/// What a merge made of a file that its parents have in these versions. Each two of them are compared with what they come from, so
/// that a third parent, such as an old commit, is no excuse for bringing back what was.
fn outcome(versions: &[Version], result: Version, path: &TreePath, pairs: &[(usize, usize, Base<'_>)]) -> Outcome {
    let mut outdated = BTreeSet::new();
    let (mut is_joined, mut is_undone) = (false, false);
    for (one, other, base) in pairs {
        let base = base.version(path);
        let changed = |side: usize| base != Some(versions[side]);
        match (changed(*one), changed(*other)) {
            (false, true) => drop(outdated.insert(*one)),
            (true, false) => drop(outdated.insert(*other)),
            // Both changed it differently: whoever merged had to choose, or to write a third.
            (true, true) if versions[*one] != versions[*other] => {
                is_joined = true;
                is_undone |= base == Some(result);
            }
            _ => {}
        }
    }
    let sides: Vec<usize> = (0..versions.len()).filter(|side| versions[*side] == result).collect();
    match sides.is_empty() {
        false if sides.iter().any(|side| !outdated.contains(side)) => Outcome::Sound,
        false => Outcome::Lost,
        true if is_undone => Outcome::Lost,
        true if is_joined => Outcome::Sound,
        true => Outcome::Altered,
    }
}

fn version(tree: &GitTree<'_>, path: &TreePath) -> Version {
    tree.node(path)?.key
}

/// What two commits come from: mostly one commit.
struct Base<'r> {
    trees: Vec<GitTree<'r>>,
    /// Where there are several, what the first two come from in their turn.
    below: Option<GitTree<'r>>,
}

impl<'r> Base<'r> {
    fn of(repository: &'r Repo, one: Oid, other: Oid) -> Result<Self, HistoryError> {
        let bases = repository.merge_bases(one, other)?;
        let below = match bases[..] {
            [first, second, ..] => repository.merge_base(first, second)?,
            _ => None,
        };
        let tree = |id: Oid| repository.find(id).map(|commit| repository.tree(commit.tree));
        Ok(Self { trees: bases.into_iter().filter_map(tree).collect(), below: below.and_then(tree) })
    }

    /// The version that both come from; `None` where they come from several that nobody has joined.
    fn version(&self, path: &TreePath) -> Option<Version> {
        let mut versions = self.trees.iter().map(|tree| version(tree, path));
        let first = versions.next().unwrap_or(None);
        versions.try_fold(first, |joined, next| {
            let below = self.below.as_ref().and_then(|tree| version(tree, path));
            match (joined, next) {
                (joined, next) if joined == next || next == below => Some(joined),
                (joined, next) if joined == below => Some(next),
                _ => None,
            }
        })
    }
}
