//! A file of `releases/` is no release, or not the one that its name says.
//!
//! ## What it checks
//! That the folder holds nothing but releases as `casebook release` writes them, each named after the first 16 digits of the
//! SHA-256 of its file, and that each names who received the report.
//!
//! ## Why
//! A release says who was told what, and so who is owed a correction. One that was written or changed by hand would say something
//! else of what has been.
//!
//! ## Fails
//! ```text
//! releases/mail-to-counsel.toml
//! ```
//!
//! ## Passes
//! ```text
//! releases/5cb2a84f1de0937a.toml
//! ```
//!
//! ## How to fix
//! Take the file away, or bring it back as it was with `git checkout HEAD -- PATH`. `casebook release AUDIENCE --to WHO` writes a
//! new one.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("release-broken");

const HELP: &str = "`casebook release AUDIENCE --to WHO` writes a release; nothing else belongs in this folder";

/// A file that is none by its name.
pub fn stray(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` is no release")).help(HELP)
}

/// One whose content has another name.
pub fn renamed(path: &TreePath, own: &str) -> Diagnostic {
    Diagnostic::error(
        CODE,
        Place::file(path),
        format!("`{path}` is not as it was written: its digest begins with {own}"),
    )
    .help(HELP)
}

/// One that nobody received.
pub fn to_nobody(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` does not say who received the report")).help(HELP)
}
