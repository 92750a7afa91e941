//! A file is not valid TOML, or not UTF-8.
//!
//! ## What it checks
//! That every entry parses as TOML 1.0. The syntax errors of a file are reported at once, the first of each line. What
//! TOML 1.1 allows more (a line break or a last comma inside an inline table, `\x41` and `\e`, times without seconds) is
//! refused, since other tools that read the case do not know it.
//!
//! ## Why
//! A file that cannot be read says nothing, to anyone.
//!
//! ## Fails
//! ```toml
//! title = "mail01
//! ```
//!
//! ## Passes
//! ```toml
//! title = "mail01"
//! ```
//!
//! ## How to fix
//! Close the quote, bracket or table that the message points at. Text of several lines stands between `"""` and `"""`;
//! text with backslashes, such as a Windows path, between `'` and `'`.

use super::{dialect, slip};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("syntax");

/// As many errors of one file as anybody reads at once.
const MANY: usize = 100;

/// The errors of a text that could not be parsed, in their order, one for each line: one slip often makes several, and
/// the first of them is where it happened.
pub fn found(path: &TreePath, text: &str, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut errors: Vec<(Range<usize>, &str)> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    let mut line_end = None;
    errors.retain(|(span, _)| {
        let new = line_end.is_none_or(|end| span.start > end);
        if new {
            line_end = Some(slip::line_of(text, span.start).end);
        }
        new
    });
    errors.into_iter().take(MANY).map(|(span, message)| one(path, text, span, message)).collect()
}

fn one(path: &TreePath, text: &str, span: Range<usize>, message: &str) -> Diagnostic {
    let slip = slip::behind(text, &span, message);
    let place = Place::bytes(path, span);
    let diagnostic = Diagnostic::error(CODE, place, format!("not valid TOML: {}", slip.message)).help(slip.help);
    match slip.first {
        Some(first) => diagnostic.related(Place::bytes(path, first), "first here"),
        None => diagnostic,
    }
}

/// What a valid TOML 1.1 text has that TOML 1.0 does not know.
pub fn found_newer(path: &TreePath, text: &str) -> Vec<Diagnostic> {
    let newer = |newer: dialect::Newer| {
        let message = format!("not valid TOML 1.0: {}", newer.what);
        Diagnostic::error(CODE, Place::bytes(path, newer.span), message).help(newer.help)
    };
    dialect::newer(text).into_iter().map(newer).collect()
}

pub fn without_seconds(path: &TreePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(path, span), "not valid TOML 1.0: the time has no seconds").help(
        "write them, as in `2026-03-01T10:15:00Z`; where they are not known, `{ at = …, precision = \"minute\" }`",
    )
}

pub fn not_utf8(path: &TreePath, valid_up_to: usize) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("the file is not UTF-8: byte {valid_up_to} begins no character"))
        .help("save it as UTF-8; raw bytes of evidence belong under evidence/, see `casebook evidence add --help`")
}

pub fn unreadable(path: &TreePath, reason: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), reason.to_owned())
        .help(format!("may you read it? `chmod u+r {0}`; `git checkout HEAD -- {0}` brings back what was committed, without your changes", path.quoted()))
}
