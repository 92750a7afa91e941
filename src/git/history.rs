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
        let unknown = || GitError::NoCommit(range.to_owned());
        let mut walk = self.repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE)?;
        match range.split_once("..") {
            Some((_, to)) if to.starts_with('.') => {
                return Err(GitError::Unsupported {
                    message: format!("`{range}` is no range of commits that follow each other"),
                    help: "write `A..B`: the commits of B that A does not have".to_owned(),
                });
            }
            Some((from, to)) => {
                let end = |name: &str| if name.is_empty() { self.resolve("HEAD") } else { self.resolve(name) };
                walk.push(end(to)?.id)?;
                walk.hide(end(from)?.id)?;
            }
            None => walk.push(self.resolve(range).map_err(|_| unknown())?.id)?,
        }
        walk.map(|id| self.commit(&self.repository.find_commit(id?)?)).collect()
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
