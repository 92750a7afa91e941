//! Merging two commits without a work tree: what would come out, and what stands against it.

use super::{GitError, Repo};
use git2::{BranchType, Index, IndexConflict, IndexEntry, MergeOptions, Oid};
use std::path::Path;

/// What comes of merging two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// The tree that comes out, and the files in it that were settled where Git's merge of lines did not.
    Clean { tree: Oid, settled: Vec<String> },
    /// The files that both sides changed in ways that do not go together.
    Conflicts(Vec<String>),
}

/// A file that lines alone do not merge, as both sides have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    pub path: String,
    /// What both come from; none where both added it.
    pub base: Option<Vec<u8>>,
    pub ours: Vec<u8>,
    pub theirs: Vec<u8>,
}

/// The largest version of a file that is merged in another way than by lines, in bytes.
const MAX_BYTES: u64 = 1 << 24;

/// The bits of an index entry's flags that say which side it is of (gitformat-index(5)).
const STAGE: u16 = 0x3000;

impl Repo {
    /// Merges a commit into another, as far as that goes without a person. Nothing is checked out and no ref moves; the tree
    /// that comes out is an object that nothing refers to, which Git clears away in time.
    ///
    /// Renames are not looked for: an entry keeps its name for good, and what looks like a rename of one is an edit that
    /// would move into another entry.
    ///
    /// Of a file that lines do not merge, `settle` gives the text, or nothing where somebody must decide: what Git asks a merge
    /// driver for, which libgit2 does not run.
    pub fn merged(
        &self,
        into: Oid,
        commit: Oid,
        settle: &dyn Fn(&Contested) -> Option<Vec<u8>>,
    ) -> Result<Merged, GitError> {
        let (into, commit) = (self.repository.find_commit(into)?, self.repository.find_commit(commit)?);
        let mut options = MergeOptions::new();
        options.find_renames(false);
        let mut index = self.repository.merge_commits(&into, &commit, Some(&options))?;
        let (mut settled, mut left) = (Vec::new(), Vec::new());
        let conflicts: Vec<IndexConflict> = index.conflicts()?.collect::<Result<_, _>>()?;
        for conflict in conflicts {
            let Some(path) = path_of(&conflict) else { continue };
            match self.contested(&conflict).and_then(|contested| settle(&contested)) {
                Some(text) => {
                    self.put(&mut index, &path, conflict, &text)?;
                    settled.push(path);
                }
                None => left.push(path),
            }
        }
        if left.is_empty() {
            return Ok(Merged::Clean { tree: index.write_tree_to(&self.repository)?, settled });
        }
        left.sort();
        left.dedup();
        Ok(Merged::Conflicts(left))
    }

    /// The versions of a conflict; `None` where a side has no file of this name, or one that is not to be read.
    fn contested(&self, conflict: &IndexConflict) -> Option<Contested> {
        let read = |entry: &IndexEntry| self.blob(entry.id, MAX_BYTES).ok();
        let (our, their) = (conflict.our.as_ref()?, conflict.their.as_ref()?);
        if our.mode != their.mode {
            return None;
        }
        let base = match &conflict.ancestor {
            Some(entry) => Some(read(entry)?),
            None => None,
        };
        Some(Contested { path: path_of(conflict)?, base, ours: read(our)?, theirs: read(their)? })
    }

    /// Puts a text in the place of a conflict.
    fn put(&self, index: &mut Index, path: &str, conflict: IndexConflict, text: &[u8]) -> Result<(), GitError> {
        let Some(our) = conflict.our else { return Ok(()) };
        let id = self.repository.blob(text)?;
        index.conflict_remove(Path::new(path))?;
        let flags = our.flags & !STAGE;
        Ok(index.add(&IndexEntry { id, flags, file_size: 0, ..our })?)
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

/// The path of a conflict, by whichever side has it.
fn path_of(conflict: &IndexConflict) -> Option<String> {
    let entry = [&conflict.our, &conflict.their, &conflict.ancestor].into_iter().flatten().next()?;
    Some(String::from_utf8_lossy(&entry.path).into_owned())
}
