//! A sign-off was changed or removed.
//!
//! ## What it checks
//! That every file below `signoffs/` of the commit that this one follows is still there, with the same bytes.
//!
//! ## Why
//! A sign-off is what somebody put their name to. It is taken back by a new statement that says so, not by deleting it.
//!
//! ## Fails
//! ```text
//! $ git status --short
//! D  signoffs/alice-2026-03-05.stmt
//! ```
//!
//! ## Passes
//! ```text
//! $ git status --short
//! A  signoffs/alice-2026-03-06-withdraw.stmt
//! ```
//!
//! ## How to fix
//! Bring the file back with `git checkout HEAD -- PATH`.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("signoff-changed");

pub fn found(base: &str, path: &TreePath, is_gone: bool) -> Diagnostic {
    let what = if is_gone { "is gone" } else { "is not what was committed" };
    Diagnostic::error(CODE, Place::file(path), format!("the sign-off `{path}` {what}"))
        .help(format!("bring it back with `{}`; a sign-off is taken back by a new statement", restore_from(base, path)))
}
