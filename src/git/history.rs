//! The commits of a history, in the order in which they follow each other.

use super::{Commit, GitError, Repo};
use git2::Sort;

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

    /// A commit by its id; `None` where it is not in this clone, such as a parent that a shallow clone has cut off.
    pub fn find(&self, id: git2::Oid) -> Option<Commit> {
        self.commit(&self.repository.find_commit(id).ok()?).ok()
    }
}
