//! A field holds the id of an entry of another kind.
//!
//! ## What it checks
//! The letter of each id against the kind that its field takes.
//!
//! ## Why
//! An asset in the list of indicators is in no list of either.
//!
//! ## Fails
//! ```toml
//! assets = ["i-7q2k9dm4"]
//! ```
//!
//! ## Passes
//! ```toml
//! assets = ["a-7q2k9dm4"]
//! ```
//!
//! ## How to fix
//! Move the id to the field of its kind; `casebook list asset` shows the ids that fit.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, Kind, TreePath};
use std::ops::Range;

pub const CODE: Code = Code::new("wrong-kind");

pub fn found(path: &TreePath, span: Range<usize>, id: EntryId, expected: Kind) -> Diagnostic {
    let (found, letter) = (id.kind(), expected.letter());
    Diagnostic::error(CODE, Place::bytes(path, span), format!("`{id}` is of the kind {found}, here goes {expected}"))
        .help(format!("use an id that starts with `{letter}-`: `casebook list {expected}` shows them"))
}
