//! A custody event was changed or removed.
//!
//! ## What it checks
//! That every custody event of the commit that this one follows is still there, with the same bytes.
//!
//! ## Why
//! The chain of custody is what a court reads. A link that can be rewritten later proves nothing.
//!
//! ## Fails
//! ```text
//! $ git diff --stat HEAD
//!  custody/c-7q2k9dm4.toml | 2 +-
//! ```
//!
//! ## Passes
//! ```text
//! $ git diff --stat HEAD
//!  custody/c-8r3m0en5.toml | 7 +++++++
//! ```
//!
//! ## How to fix
//! Bring the event back with `git checkout HEAD -- custody/c-….toml`. A correction is a new event that names the old one:
//! `supersedes = "c-…"`.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("custody-changed");

pub fn found(base: &str, path: &TreePath, is_gone: bool) -> Diagnostic {
    let what = if is_gone { "is gone" } else { "is not what was committed" };
    Diagnostic::error(CODE, Place::file(path), format!("the custody event `{path}` {what}")).help(format!(
        "bring it back with `{}`; a correction is a new event with `supersedes = \"{}\"`",
        restore_from(base, path),
        path.stem()
    ))
}
