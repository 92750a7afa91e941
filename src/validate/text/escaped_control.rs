//! A text that people write holds a control or direction-changing character as an escape.
//!
//! ## What it checks
//! Titles, names, summaries and all other texts but those that repeat the evidence (`quote`, `value`, `original`, `path`,
//! `location`, `command`, `account`, `identifiers`): no `\u001b`, no `\u202e`. Characters that stand in a file as they
//! are, are found by `control-character` and `bidirectional-text`.
//!
//! ## Why
//! The file shows the escape, but what is made of it, a report or an export, would hold the character itself.
//!
//! ## Fails
//! ```toml
//! title = "The user opened invoice_\u202efdp.exe"
//! ```
//!
//! ## Passes
//! ```toml
//! title = "The user opened a program whose name looks like that of a PDF"
//! value = "invoice_\u202efdp.exe"
//! ```
//!
//! ## How to fix
//! Describe the character in words, and keep the exact text in the value of an indicator or the quote of a citation.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Datum;
use crate::validate::{Context, Found};
use crate::values::characters::{Deceit, code_point, deceit, may_deceive};
use crate::values::{Trail, TreePath};

pub const CODE: Code = Code::new("escaped-control");

pub fn check(_: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let text = match datum {
        Datum::Text(text) => text,
        Datum::Markdown(text) => text.as_str(),
        _ => return,
    };
    if !may_deceive(text) || super::is_verbatim(trail) {
        return;
    }
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let what = match deceit(c) {
            Some(Deceit::Controls) if c == '\r' && characters.peek() == Some(&'\n') => continue,
            Some(Deceit::Controls) => "a control character",
            Some(Deceit::TurnsAround) => "a character that turns text around",
            Some(Deceit::Hides) | None => continue,
        };
        let place = Place::value(path, trail.to_route());
        found.push(Diagnostic::error(CODE, place, format!("{}, {what}, is in this text", code_point(c))).help(
            "describe it in words; the exact text belongs in the `quote` of a citation or an indicator's `value`",
        ));
        return;
    }
}
