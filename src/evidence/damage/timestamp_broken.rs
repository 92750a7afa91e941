//! A time stamp is not whole.
//!
//! ## What it checks
//! That each time stamp in `timestamps/` has its statement (`.txt`) and its token (`.tsr`), that both are named after the
//! first 16 digits of the statement's SHA-256 digest, that the statement has its five lines, and that nothing else is
//! there. Whether the token is genuine is what `casebook timestamp verify` checks.
//!
//! ## Why
//! The authority signed the digest of the statement. With another byte in it, or without one of the two, the time stamp
//! proves nothing.
//!
//! ## Fails
//! ```text
//! timestamps/2c2f0a4f3c1b9d6e.txt
//! ```
//!
//! ## Passes
//! ```text
//! timestamps/2c2f0a4f3c1b9d6e.tsr
//! timestamps/2c2f0a4f3c1b9d6e.txt
//! ```
//!
//! ## How to fix
//! If it was committed whole, bring it back with `git checkout HEAD -- timestamps`. If it was never whole, remove it and make
//! a new one with `casebook timestamp create`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("timestamp-broken");

/// One of the two files is there without the other.
pub fn half(there: &TreePath, missing: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(there), format!("`{there}` is half of a time stamp: there is no `{missing}`"))
        .help(mend(missing))
}

pub fn statement(path: &TreePath, why: &str) -> Diagnostic {
    let message = format!("`{path}` is not the statement that was stamped: {why}");
    Diagnostic::error(CODE, Place::file(path), message).help(mend(path))
}

pub fn token(path: &TreePath, why: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` is no token of a time stamp: {why}")).help(mend(path))
}

/// A file that is neither.
pub fn stray(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` belongs to no time stamp"))
        .help(format!("move it out of the folder: `git mv {} notes/`", path.quoted()))
}

fn mend(path: &TreePath) -> String {
    format!(
        "bring it back with `{}`, or remove what there is of it and type `casebook timestamp create`",
        restore(path)
    )
}
