//! An evidence list names the same path twice.
//!
//! ## What it checks
//! That every path of `evidence/x-….sha256` stands there once.
//!
//! ## Why
//! With two digests for one file, either could be claimed as the registered one.
//!
//! ## Fails
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9  x-7q2k9dm4/auth.log
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
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("list-duplicate");

/// `number` counts from 1.
pub fn found(list: &TreePath, number: usize, path: &str, span: Range<usize>, first: Range<usize>) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(list, span), format!("line {number} of the list names `{path}` again"))
        .related(Place::bytes(list, first), "first here")
        .help(format!("lists are not written by hand: bring it back with `{}`", restore(list)))
}
