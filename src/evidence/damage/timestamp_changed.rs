//! A time stamp was changed or removed.
//!
//! ## What it checks
//! That every file below `timestamps/` of the commit that this one follows is still there, with the same bytes.
//!
//! ## Why
//! A time stamp is the word of an authority that takes no side. Nobody in the case can make it again with the same time.
//!
//! ## Fails
//! ```text
//! $ git status --short
//! D  timestamps/2c2f0a4f3c1b9d6e.tsr
//! ```
//!
//! ## Passes
//! ```text
//! $ git status --short
//! A  timestamps/83be0c0d5a9f7e12.txt
//! A  timestamps/83be0c0d5a9f7e12.tsr
//! ```
//!
//! ## How to fix
//! Bring the file back with `git checkout HEAD -- PATH`. A new time stamp is made by `casebook timestamp create`.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("timestamp-changed");

pub fn found(base: &str, path: &TreePath, is_gone: bool) -> Diagnostic {
    let what = if is_gone { "is gone" } else { "is not what was committed" };
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` of a time stamp {what}"))
        .help(format!("bring it back with `{}`; nobody can make it again with the same time", restore_from(base, path)))
}
