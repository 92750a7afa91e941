//! Roster or policy were changed without raising their version, or were rolled back.
//!
//! ## What it checks
//! That team.toml and policy.toml, where a commit changes them, have a `version` above that of every parent that they differ from;
//! and that a merge takes the newer of two.
//!
//! ## Why
//! Every state of the roster was agreed to once. An older one brings back people who have left and rules that were given up, with
//! signatures that are genuine.
//!
//! ## Fails
//! ```toml
//! version = 3     # and the policy of the commit before had 4
//! ```
//!
//! ## Passes
//! ```toml
//! version = 5
//! ```
//!
//! ## How to fix
//! Raise it: `casebook set policy version=N`, `casebook set team version=N`. To go back to an older state, write it anew under a
//! higher version and have it signed.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("rules-version");

pub fn found(path: &TreePath, before: u64, now: u64) -> Diagnostic {
    let name = path.stem();
    let message = format!("`{path}` was changed, and its version is {now}, not above the {before} of before");
    Diagnostic::error(CODE, Place::file(path), message).help(format!(
        "raise it, and have it signed: `casebook set {name} version={}`, `casebook sign {name}`",
        before + 1
    ))
}

/// The file cannot be read, so that nobody knows whose word counts.
pub fn unreadable(path: &TreePath) -> Diagnostic {
    let message = format!("`{path}` is gone or cannot be read, so nobody knows whose word counts");
    Diagnostic::error(CODE, Place::file(path), message)
        .help(format!("bring it back: `git checkout HEAD^ -- {path}`, and `casebook check {path}`"))
}
