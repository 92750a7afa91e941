//! An evidence list is not sorted by path.
//!
//! ## What it checks
//! That the lines of `evidence/x-….sha256` are sorted by the bytes of their paths (`LC_ALL=C sort -k2`).
//!
//! ## Why
//! One set of files has one list, and so one digest: two people who register the same folder get the same list.
//!
//! ## Fails
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/b.log
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/a.log
//! ```
//!
//! ## Passes
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/a.log
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/b.log
//! ```
//!
//! ## How to fix
//! Lists are written by `casebook evidence add` and never by hand: bring the list back with
//! `git checkout HEAD -- evidence/x-….sha256`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("list-order");

/// `number` counts from 1; `before` is the span of the line that must come after it.
pub fn found(list: &TreePath, number: usize, span: Range<usize>, before: Range<usize>) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(list, span), format!("line {number} of the list is out of order"))
        .related(Place::bytes(list, before), "this path comes after it")
        .help(format!("lists are not written by hand: bring it back with `{}`", restore(list)))
}
