//! The record of an evidence item counts other files or bytes than there are.
//!
//! ## What it checks
//! That `files` is the number of lines in the item's list, and `bytes` what the files have together.
//!
//! ## Why
//! Hand-over papers and reports quote these numbers.
//!
//! ## Fails
//! ```toml
//! files = 3   # the list has 2 lines
//! ```
//!
//! ## Passes
//! ```toml
//! files = 2
//! ```
//!
//! ## How to fix
//! The record is written by `casebook evidence add`: bring it back with `git checkout HEAD -- evidence/x-….toml`, or, if it
//! has never been committed, write the number that the message names.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, TreePath};

pub const CODE: Code = Code::new("evidence-count");

pub fn found(record: &TreePath, field: &'static str, written: u64, counted: u64) -> Diagnostic {
    let message = format!("the item has {counted} {field}, not {written}");
    Diagnostic::error(CODE, Place::value(record, Route::key(field)), message).help(format!(
        "bring the record back with `{}`; if it is new, write `{field} = {counted}`",
        super::restore(record)
    ))
}
