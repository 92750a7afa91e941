//! A text begins or ends with white space.
//!
//! ## What it checks
//! Texts of one line, such as titles and names. White space around Markdown means nothing, `original` is as the tool gave
//! it, and the values of indicators have a rule of their own, `bad-indicator`.
//!
//! ## Why
//! It comes with what is copied; two names that differ in it alone are two names to every search and count.
//!
//! ## Fails
//! ```toml
//! name = "mail01 "
//! ```
//!
//! ## Passes
//! ```toml
//! name = "mail01"
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
    if trimmed.len() == text.len() || matches!(trail.last_key(), Some("original" | "value")) {
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
