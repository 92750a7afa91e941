//! An evidence list names a path outside the folder of its item.
//!
//! ## What it checks
//! That every path of `evidence/x-….sha256` starts with the item's own folder, and that none has an empty name, `.`, `..`,
//! a backslash or a control character in it.
//!
//! ## Why
//! A list that names files elsewhere proves nothing about its item, and `sha256sum -c` would read files outside the case.
//!
//! ## Fails
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/../../case.toml
//! ```
//!
//! ## Passes
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! ```
//!
//! ## How to fix
//! Lists are written by `casebook evidence add` and never by hand: bring the list back with
//! `git checkout HEAD -- evidence/x-….sha256`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, TreePath};
use std::ops::Range;

pub const CODE: Code = Code::new("list-path");

/// `number` counts from 1.
pub fn found(list: &TreePath, number: usize, span: Range<usize>, item: EntryId) -> Diagnostic {
    let message = format!("line {number} of the list names no file inside the folder `{item}`");
    Diagnostic::error(CODE, Place::bytes(list, span), message)
        .help(format!("lists are not written by hand: bring it back with `{}`", restore(list)))
}
