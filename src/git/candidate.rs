//! The candidate: the tree that Git is about to commit, from the index that it really commits.
//!
//! libgit2's own `Index::write_tree` is not used: it cannot read a split or sparse index, writes an empty file for what
//! was only announced with `git add -N`, and on an index of 110,000 files takes longer than both ways here.

use super::{GitError, index_file};
use crate::disk::{file, write};
use git2::{Oid, Repository};
use std::ffi::OsStr;
use std::path::Path;

/// The tree of an index: the one that the index itself knows, or else the one that Git writes.
pub(super) fn tree_of_index(repository: &Repository, index: Option<&Path>) -> Result<Oid, GitError> {
    let index = index.map_or_else(|| repository.path().join("index"), Path::to_owned);
    let found =
        file::find(&index).map_err(|error| GitError::Other(format!("cannot read {}: {error}", index.display())))?;
    let Some(found) = found else {
        return repository.treebuilder(None)?.write().map_err(GitError::from);
    };
    match index_file::known_tree(&found.content) {
        Some(tree) if repository.find_tree(tree).is_ok() => Ok(tree),
        _ => write_tree(repository, &index),
    }
}

/// Asks `git write-tree`. It works on a copy of the index beside it: `write-tree` locks the index that it reads, and
/// another program that looks at the repository at this moment must not make a commit fail.
fn write_tree(repository: &Repository, index: &Path) -> Result<Oid, GitError> {
    let copy =
        write::private_copy(index).map_err(|error| GitError::Other(format!("cannot copy the index: {error}")))?;
    let set: [(&str, &OsStr); 2] =
        [("GIT_INDEX_FILE", copy.path().as_os_str()), ("GIT_DIR", repository.path().as_os_str())];
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
