//! A merge changed an entry that its sides did not, or lost a change that one of them made.
//!
//! ## What it checks
//! That every entry of a merge commit, and case.toml, is that of one of its sides, or was changed by both; and that where one side alone changed
//! an entry, the merge has that change.
//!
//! ## Why
//! Nobody looks at what a merge does beside joining. A line that appears in it, or a finding that goes back to what it was, is
//! seen in no pull request. `git merge -s ours` drops everything that the other side did without a word.
//!
//! ## Fails
//! ```text
//! $ git merge --no-commit other && casebook set f-7q2k9dm4 severity=low && git commit -a
//! ```
//!
//! ## Passes
//! ```text
//! $ git merge other
//! ```
//!
//! ## How to fix
//! Merge again, without changing anything beside conflicts: `git reset --hard HEAD^`, `git merge OTHER`. Then make the change in a
//! commit of its own.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("merge-altered");

/// The entry is of none of the sides, though at most one of them changed it.
pub fn found(path: &TreePath) -> Diagnostic {
    let message = format!("the merge itself changed `{path}`: no side has it so, and they had not both changed it");
    Diagnostic::error(CODE, Place::file(path), message).help(HELP)
}

/// The change of one side is not there.
pub fn lost(path: &TreePath) -> Diagnostic {
    let message = format!("the merge has `{path}` as it was before, though one of its sides changed it");
    Diagnostic::error(CODE, Place::file(path), message).help(HELP)
}

const HELP: &str = "merge again and change nothing beside conflicts; then make the change in a commit of its own";
