//! A sign-off is not whole.
//!
//! ## What it checks
//! That each sign-off in `signoffs/` has its statement (`.stmt`) and its signature (`.stmt.sig`), that both are named after the
//! first 16 digits of the statement's SHA-256 digest and the signer's handle, that the statement is one as casebook writes it,
//! and that nothing else is there.
//!
//! ## Why
//! A signature is over exact bytes. With another byte in the statement, or without one of the two, nothing is signed.
//!
//! ## Fails
//! ```text
//! signoffs/2c2f0a4f3c1b9d6e-bob.stmt
//! ```
//!
//! ## Passes
//! ```text
//! signoffs/2c2f0a4f3c1b9d6e-bob.stmt
//! signoffs/2c2f0a4f3c1b9d6e-bob.stmt.sig
//! ```
//!
//! ## How to fix
//! If it was committed whole, bring it back with `git checkout HEAD -- signoffs`. If it was never whole, remove it and sign again
//! with `casebook sign`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("signoff-broken");

/// One of the two files is there without the other.
pub fn half(there: &TreePath, missing: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(there), format!("`{there}` is half of a sign-off: there is no `{missing}`"))
        .help(mend(missing))
}

pub fn statement(path: &TreePath, why: &str) -> Diagnostic {
    let message = format!("`{path}` is no statement that could be signed: {why}");
    Diagnostic::error(CODE, Place::file(path), message).help(mend(path))
}

/// A file that is neither.
pub fn stray(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` belongs to no sign-off"))
        .help(format!("move it out of the folder: `git mv {} notes/`", path.quoted()))
}

fn mend(path: &TreePath) -> String {
    let path = path.quoted();
    format!(
        "bring it back with `git checkout HEAD -- {path}`, or remove what there is of it and sign again: `casebook sign`"
    )
}
