//! The record or the list of an evidence item is not what was committed before.
//!
//! ## What it checks
//! That every evidence record and list of the commit that this one follows is still there, with the same bytes. The files
//! themselves are held by the list (`evidence-altered`).
//!
//! ## Why
//! Without it, evidence could be changed and registered anew, with a list and a record that fit: the case would look sound.
//!
//! ## Fails
//! ```text
//! $ git diff --stat HEAD
//!  evidence/x-7q2k9dm4.sha256 | 2 +-
//!  evidence/x-7q2k9dm4.toml   | 2 +-
//! ```
//!
//! ## Passes
//! ```text
//! $ git diff --stat HEAD
//!  evidence/x-8r3m0en5.sha256 | 1 +
//!  evidence/x-8r3m0en5.toml   | 9 +++++++++
//! ```
//!
//! ## How to fix
//! Bring it back with `git checkout HEAD -- PATH`. What was wrong in a record is corrected in a note, a custody event or a new
//! item; files that changed are a new item: `casebook evidence add`.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("evidence-changed");

/// `base` names the commit that has it.
pub fn vanished(base: &str, path: &TreePath, what: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("the {what} `{path}` was registered and is gone"))
        .help(format!("evidence is never removed: bring it back with `{}`", restore_from(base, path)))
}

/// `how` says which lines of a list differ, or nothing.
pub fn changed(base: &str, path: &TreePath, what: &str, how: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("the {what} `{path}` was registered with other content{how}"))
        .help(format!(
            "bring it back with `{}`; files that changed are a new item: `casebook evidence add PATH`",
            restore_from(base, path)
        ))
}
