//! The commits of a history, in the order in which they follow each other.

use super::{Commit, GitError, Repo};
use crate::values::{Sha256, TreePath};
use git2::Sort;
use std::collections::BTreeSet;
use std::path::Path;

/// How many commits are looked through for a file as it was.
const LOOKED_BACK: usize = 10_000;

impl Repo {
    /// The commits of a range such as `main..HEAD`, or all that a revision such as `HEAD` leads to; parents come before
    /// their children.
    pub fn commits(&self, range: &str) -> Result<Vec<Commit>, GitError> {
        let (from, to) = self.ends(range)?;
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        walk.push(to.id)?;
        if let Some(from) = from {
            walk.hide(from.id)?;
        }
        walk.map(|id| self.commit(&self.repository.find_commit(id?)?)).collect()
    }

    /// The two ends of a range such as `main..HEAD`, where an end that is not named is HEAD; only the last one of a revision.
    pub fn ends(&self, range: &str) -> Result<(Option<Commit>, Commit), GitError> {
        let end = |name: &str| if name.is_empty() { self.resolve("HEAD") } else { self.resolve(name) };
        match range.split_once("..") {
            Some((_, to)) if to.starts_with('.') => Err(GitError::Unsupported {
                message: format!("`{range}` is no range of commits that follow each other"),
                help: "write `A..B`: the commits of B that A does not have".to_owned(),
            }),
            Some((from, to)) => Ok((Some(end(from)?), end(to)?)),
            None => Ok((None, self.resolve(range)?)),
        }
    }

    /// The last commit of HEAD's history in which a file has these bytes; `None` where none is found among so many commits that
    /// nobody would wait for more.
    pub fn commit_with(&self, file: &TreePath, bytes: Sha256) -> Result<Option<Commit>, GitError> {
        let Some(head) = self.head()? else { return Ok(None) };
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        walk.push(head.id)?;
        let mut seen = BTreeSet::new();
        for id in walk.take(LOOKED_BACK) {
            let commit = self.repository.find_commit(id?)?;
            let Ok(entry) = commit.tree()?.get_path(Path::new(file.as_str())) else { continue };
            if seen.insert(entry.id())
                && self.repository.find_blob(entry.id()).is_ok_and(|blob| Sha256::of(blob.content()) == bytes)
            {
                return self.commit(&commit).map(Some);
            }
        }
        Ok(None)
    }

    /// A commit by its id; `None` where it is not in this clone, such as a parent that a shallow clone has cut off.
    pub fn find(&self, id: git2::Oid) -> Option<Commit> {
        self.commit(&self.repository.find_commit(id).ok()?).ok()
    }
}
