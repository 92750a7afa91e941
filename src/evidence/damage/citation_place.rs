//! A citation names a place that the cited file does not have.
//!
//! ## What it checks
//! The `at` of every citation, in the bytes whose digest is registered: the file has these lines, this row, this record, this
//! JSON value, these bytes. Lines and rows count from 1, the header of a table is not a row, a record is named by its
//! EventRecordID, bytes count from 0.
//!
//! ## Why
//! Whoever follows the citation must arrive at what the claim rests on.
//!
//! ## Fails
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.log"
//! at = "lines:4000"
//! ```
//!
//! ## Passes
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.log"
//! at = "lines:2"
//! ```
//!
//! ## How to fix
//! `casebook cite x-7q2k9dm4 auth.log --find "Accepted password"` names the place of a text.

use crate::diagnostic::render::printable_line;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, Selector, TreePath};

pub const CODE: Code = Code::new("citation-place");

pub fn found(
    entry: &TreePath,
    citation: usize,
    file: &str,
    at: &Selector,
    why: &str,
    elsewhere: Option<&Selector>,
) -> Diagnostic {
    let place = Place::value(entry, Route::key("evidence").at(citation).then("at"));
    let message = format!("`{}` has no `{at}`: {}", printable_line(file), printable_line(why));
    let help = match elsewhere {
        Some(place) => format!("the quote stands at `{place}`"),
        None => "`casebook cite ITEM PATH --find TEXT` names the place of a text".to_owned(),
    };
    Diagnostic::error(CODE, place, message).help(help)
}
