//! A text begins or ends with white space.
//!
//! ## What it checks
//! Texts of one line: titles, names, values, tags. White space around Markdown means nothing, and `original` is as the
//! tool gave it.
//!
//! ## Why
//! It comes with what is copied, and a value with a space at its end is not found in any log.
//!
//! ## Fails
//! ```toml
//! value = "194.61.24.102 "
//! ```
//!
//! ## Passes
//! ```toml
//! value = "194.61.24.102"
//! ```
//!
//! ## How to fix
//! Remove the white space.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Datum;
use crate::validate::{Context, Found};
use crate::values::{Trail, TreePath};

pub const CODE: Code = Code::new("surrounding-space");

pub fn check(_: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Text(text) = datum else { return };
    let trimmed = text.trim();
    if trimmed.len() == text.len() || trail.last_key() == Some("original") {
        return;
    }
    let (before, after) = (text.trim_start() != text, text.trim_end() != text);
    let where_it_is = match (before, after) {
        (true, true) => "begins and ends",
        (true, false) => "begins",
        _ => "ends",
    };
    let place = Place::value(path, trail.to_route());
    found.push(
        Diagnostic::warning(CODE, place, format!("this text {where_it_is} with white space"))
            .help(format!("write `{}`", trimmed.escape_debug())),
    );
}
