//! Judging the candidate: the whole tree that Git is about to commit, not the files that changed and not the work tree.
//!
//! The whole tree, because `git commit --amend`, merges and rebases make "what changed" a guess, and because removing
//! an asset breaks a finding that did not change.

use super::HookError;
use crate::check::{self, Memories, Verdict};
use crate::diagnostic::Sources;
use crate::git::{GitTree, GitVariables, Repo};
use crate::tree::Tree;
use jiff::Timestamp;

/// What came of judging a candidate.
pub struct Judged {
    /// The id of the tree that was judged, in hexadecimal.
    pub tree: String,
    pub verdict: Verdict,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

/// Judges the tree that would be committed from an index, as the follower of HEAD and of what is being merged; `None`
/// where none of them is a case, such as on a branch that holds something else.
pub fn judge(
    repository: &Repo,
    variables: &GitVariables,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Option<Judged>, HookError> {
    let id = repository.candidate(variables.index.as_deref())?;
    let tree = repository.tree(id);
    let parents = repository.next_parents(variables)?;
    let parents: Vec<(String, GitTree<'_>)> =
        parents.into_iter().map(|(name, parent)| (name, repository.tree(parent.tree))).collect();
    if !super::is_case(&tree) && !parents.iter().any(|(_, parent)| super::is_case(parent)) {
        return Ok(None);
    }
    let bases: Vec<(String, &dyn Tree)> =
        parents.iter().map(|(name, parent)| (name.clone(), parent as &dyn Tree)).collect();
    let verdict = check::check(&tree, &bases, memories, now)?;
    let sources = check::sources(&tree, &verdict.diagnostics);
    Ok(Some(Judged { tree: id.to_string(), verdict, sources }))
}
