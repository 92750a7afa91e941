//! The list of an evidence item is not the one that was registered.
//!
//! ## What it checks
//! That the SHA-256 digest of `evidence/x-….sha256` is the one that the field `list` of `evidence/x-….toml` names.
//!
//! ## Why
//! Whoever changes a file of the evidence must also change its line in the list; the record, which custody events and
//! sign-offs bind, then no longer fits the list.
//!
//! ## Fails
//! ```toml
//! # evidence/x-7q2k9dm4.toml, while `sha256sum evidence/x-7q2k9dm4.sha256` gives another digest
//! list = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
//! ```
//!
//! ## Passes
//! ```toml
//! # the digest that `sha256sum evidence/x-7q2k9dm4.sha256` gives
//! list = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
//! ```
//!
//! ## How to fix
//! Bring the list back with `git checkout HEAD -- evidence/x-….sha256`. What has changed since it was registered is
//! another item: add it with `casebook evidence add`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, Sha256, TreePath};

pub const CODE: Code = Code::new("list-digest");

pub fn found(record: &TreePath, list: &TreePath, registered: Sha256, now: Sha256) -> Diagnostic {
    let message = format!("`{list}` was registered with the digest {registered}, it now has {now}");
    Diagnostic::error(CODE, Place::value(record, Route::key("list")), message).label("registered here").help(format!(
        "bring the list back with `{}`; what has changed since is another item: `casebook evidence add PATH`",
        restore(list)
    ))
}

/// The record names no list, but there is one.
pub fn not_named(record: &TreePath, list: &TreePath, now: Sha256) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(record), format!("the record does not name the digest of its list `{list}`"))
        .help(format!("if the list is the one that was registered, add `list = \"{now}\"`"))
}
