//! A release was changed or removed.
//!
//! ## What it checks
//! That every file of `releases/` of the commit that this one follows is still there, with the same bytes.
//!
//! ## Why
//! A release says who was told what. Where it can be rewritten later, nobody knows who is owed a correction.
//!
//! ## Fails
//! ```text
//! $ git status --short
//! D  releases/5cb2a84f1de0937a.toml
//! ```
//!
//! ## Passes
//! ```text
//! $ git status --short
//! A  releases/9f3d0c1be27a4456.toml
//! ```
//!
//! ## How to fix
//! Bring the file back with `git checkout HEAD -- PATH`. What was recorded wrongly stays, and a new release says what is right.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("release-changed");

pub fn found(base: &str, path: &TreePath, is_gone: bool) -> Diagnostic {
    let what = if is_gone { "is gone" } else { "is not what was committed" };
    Diagnostic::error(CODE, Place::file(path), format!("the release `{path}` {what}"))
        .help(format!("bring it back with `{}`; a new release says what is right now", restore_from(base, path)))
}
