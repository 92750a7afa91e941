//! The last commit of a range, which a server takes or refuses with all that lead to it.

use super::{Memories, Verdict};
use crate::git::{Commit, Repo};
use crate::history::{self, HistoryError, Signed};
use crate::tree::Tree;
use jiff::Timestamp;

/// Judges a commit as what a branch becomes that was at `base`. What its commits took away on the way is left to
/// [`history::judge`]. With the sign-offs that there are, it is also asked that everything that was changed has those that the
/// policy wants: what a protected branch asks for.
pub fn last(
    repository: &Repo,
    base: Option<&Commit>,
    tip: &Commit,
    protected: Option<&Signed>,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Verdict, HistoryError> {
    let tree = repository.tree(tip.tree);
    let base_tree = base.map(|base| repository.tree(base.tree));
    let known: Vec<&dyn Tree> = base_tree.iter().map(|tree| tree as &dyn Tree).collect();
    let mut verdict = super::judge(&tree, &[], &known, memories, now)?;
    if let Some(signed) = protected {
        verdict.diagnostics.extend(history::unsigned(repository, base, tip, &verdict.case, signed)?);
        crate::diagnostic::sort(&mut verdict.diagnostics);
    }
    Ok(verdict)
}
