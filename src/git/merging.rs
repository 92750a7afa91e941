//! Merging two commits without a work tree: what would come out, and what stands against it.

use super::{GitError, Repo};
use git2::{BranchType, MergeOptions, Oid};
use std::collections::BTreeSet;

/// What comes of merging two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// The tree that comes out.
    Clean(Oid),
    /// The files that both sides changed in ways that do not go together.
    Conflicts(Vec<String>),
}

impl Repo {
    /// Merges a commit into another, as far as that goes without a person. Nothing is checked out and no ref moves; the tree
    /// that comes out is an object that nothing refers to, which Git clears away in time.
    ///
    /// Renames are not looked for: an entry keeps its name for good, and what looks like a rename of one is an edit that
    /// would move into another entry.
    pub fn merged(&self, into: Oid, commit: Oid) -> Result<Merged, GitError> {
        let (into, commit) = (self.repository.find_commit(into)?, self.repository.find_commit(commit)?);
        let mut options = MergeOptions::new();
        options.find_renames(false);
        let mut index = self.repository.merge_commits(&into, &commit, Some(&options))?;
        if !index.has_conflicts() {
            return Ok(Merged::Clean(index.write_tree_to(&self.repository)?));
        }
        let mut paths = BTreeSet::new();
        for conflict in index.conflicts()? {
            let conflict = conflict?;
            let entries = [conflict.our, conflict.their, conflict.ancestor];
            paths.extend(
                entries.into_iter().flatten().map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).take(1),
            );
        }
        Ok(Merged::Conflicts(paths.into_iter().collect()))
    }

    /// The branch that work is merged into: the default branch of the remote that the current branch follows, or of `origin`;
    /// or else `main` or `master`. `None` where there is none of them.
    pub fn default_branch(&self) -> Option<String> {
        let branch = self.repository.head().ok().and_then(|head| head.shorthand().ok().map(str::to_owned));
        let own = branch.and_then(|branch| self.config(&format!("branch.{branch}.remote")));
        let remotes = own.filter(|remote| remote != ".").into_iter().chain(["origin".to_owned()]);
        for remote in remotes {
            let head = self.repository.find_reference(&format!("refs/remotes/{remote}/HEAD"));
            let target = head.ok().and_then(|head| head.symbolic_target().ok().flatten().map(str::to_owned));
            if let Some(name) = target.as_deref().and_then(|target| target.strip_prefix("refs/remotes/")) {
                return Some(name.to_owned());
            }
            let mut usual = ["main", "master"].into_iter().map(|name| format!("{remote}/{name}"));
            if let Some(name) = usual.find(|name| self.repository.find_branch(name, BranchType::Remote).is_ok()) {
                return Some(name);
            }
        }
        let mut usual = ["main", "master"].into_iter();
        usual.find(|name| self.repository.find_branch(name, BranchType::Local).is_ok()).map(str::to_owned)
    }
}
