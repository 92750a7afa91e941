//! A citation names a place that the cited file does not have.
//!
//! ## What it checks
//! The `at` of every citation, in the bytes whose digest is registered: the file has these lines, this row, this record, this
//! JSON value, these bytes. Lines and rows count from 1, the header of a table is not a row, a record is named by its
//! EventRecordID, bytes count from 0. Where two things have the same number or name, as records of a damaged log may have, a
//! quote must tell which is meant.
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

use super::citation_quote::{Cited, Elsewhere};
use crate::diagnostic::render::printable_line;
use crate::diagnostic::{Code, Diagnostic};
use crate::values::Selector;

pub const CODE: Code = Code::new("citation-place");

/// The file has no such place.
pub fn found(cited: &Cited<'_>, at: &Selector, why: &str, elsewhere: &Elsewhere) -> Diagnostic {
    let message = format!("`{}` has no `{at}`: {}", printable_line(cited.file), printable_line(why));
    let help = match elsewhere {
        Elsewhere::At(place) => format!("the quote stands at `{place}`: write `at = \"{place}\"`"),
        Elsewhere::Nowhere | Elsewhere::Unknown => {
            format!("{} names the place of a text", cited.command("--find TEXT"))
        }
    };
    Diagnostic::error(CODE, cited.place("at"), message).help(help)
}

/// Several things have the same number or name, and nothing is quoted that tells which is meant.
pub fn several(cited: &Cited<'_>, at: &Selector, times: u64) -> Diagnostic {
    let message = format!("`{}` has `{at}` {times} times", printable_line(cited.file));
    let shows = cited.command(&format!("--at {at}"));
    Diagnostic::error(CODE, cited.place("at"), message)
        .help(format!("add a `quote` of the one that is meant: {shows} shows them"))
}
