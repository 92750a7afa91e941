//! The candidate: the tree that Git is about to commit, from the index that it really commits.

use super::GitError;
use git2::{Oid, Repository};
use std::path::Path;

/// Asks `git write-tree` for the tree of the index. It honours GIT_INDEX_FILE, split and sparse indexes, and leaves out
/// what was only announced with `git add -N`, exactly as `git commit` does; libgit2's own writer does none of these.
///
/// It works on a copy of the index beside it: `write-tree` locks the index that it reads, and another program that
/// looks at the repository at this moment must not make a commit fail.
pub(super) fn tree_of_index(repository: &Repository, index: Option<&Path>) -> Result<Oid, GitError> {
    let index = index.map_or_else(|| repository.path().join("index"), Path::to_owned);
    if !index.exists() {
        return repository.treebuilder(None)?.write().map_err(GitError::from);
    }
    let copy = crate::disk::write::private_copy(&index)
        .map_err(|error| GitError::Other(format!("cannot copy the index: {error}")))?;
    let set = [("GIT_INDEX_FILE", copy.path().as_os_str()), ("GIT_DIR", repository.path().as_os_str())];
    let folder = repository.workdir().unwrap_or(repository.path());
    let output = crate::exec::git(&["write-tree"], folder, &set)
        .map_err(|error| GitError::Other(format!("cannot run `git`: {error}")))?;
    if !output.status.success() {
        let conflicts = output.stderr.contains("unmerged");
        return Err(if conflicts { GitError::Conflicts } else { GitError::Other(output.stderr.trim().to_owned()) });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Oid::from_str(text.trim())?)
}
