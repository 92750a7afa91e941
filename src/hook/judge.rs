//! Judging the candidate: the whole tree that Git is about to commit, not the files that changed and not the work tree.
//!
//! The whole tree, because `git commit --amend`, merges and rebases make "what changed" a guess, and because removing
//! an asset breaks a finding that did not change.

use super::HookError;
use crate::check::{self, Memories, Verdict};
use crate::diagnostic::Sources;
use crate::git::Repo;
use crate::tree::Tree;
use jiff::Timestamp;
use std::path::Path;

/// What came of judging a candidate.
pub struct Judged {
    /// The id of the tree that was judged, in hexadecimal.
    pub tree: String,
    pub verdict: Verdict,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

/// Judges the tree that would be committed from an index, as the follower of HEAD; `None` where neither it nor HEAD
/// is a case, such as on a branch that holds something else.
pub fn judge(
    repository: &Repo,
    index: Option<&Path>,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Option<Judged>, HookError> {
    let id = repository.candidate(index)?;
    let tree = repository.tree(id);
    let head = repository.head()?.map(|head| repository.tree(head.tree));
    if !super::is_case(&tree) && !head.as_ref().is_some_and(|head| super::is_case(head)) {
        return Ok(None);
    }
    let base = head.as_ref().map(|head| head as &dyn Tree);
    let verdict = check::check(&tree, base, memories, now)?;
    let sources = check::sources(&tree, &verdict.diagnostics);
    Ok(Some(Judged { tree: id.to_string(), verdict, sources }))
}
