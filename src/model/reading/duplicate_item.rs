//! A list that is a set holds the same item twice.
//!
//! ## What it checks
//! Lists whose order says nothing: ids, tags, techniques, authors.
//!
//! ## Why
//! Git makes such doubles when two branches add the same item in different places; counts are then wrong.
//!
//! ## Fails
//! ```toml
//! tags = ["phishing", "phishing"]
//! ```
//!
//! ## Passes
//! ```toml
//! tags = ["phishing"]
//! ```
//!
//! ## How to fix
//! Remove one of the two, or type `casebook fmt`, which removes exact doubles.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("duplicate-item");

pub fn found(path: &TreePath, again: Range<usize>, first: Range<usize>) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(path, again), "this item is in the list already")
        .related(Place::bytes(path, first), "first here")
        .help("remove one of the two, or type `casebook fmt`")
}
