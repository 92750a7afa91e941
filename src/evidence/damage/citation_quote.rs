//! The quote of a citation does not stand at its place in the evidence.
//!
//! ## What it checks
//! The `quote` of every citation, in the bytes whose digest is registered. It must be a part of what stands at `at`, or
//! anywhere in the file where no `at` is given. Both are compared in the Unicode form NFC and with every run of white space as
//! one space; `[…]` or `[...]` stands for what was left out. Nothing else is tolerated. What stands at a place: of lines the
//! lines; of a row its cells as `Header: value`, or the row as it is; of a record of an event log its fields as `Name: value`;
//! of a JSON value its text, or compact JSON; of bytes their text in UTF-8 or UTF-16, or `hex: 4d 5a`.
//!
//! ## Why
//! The quote is what a reader believes without opening the evidence.
//!
//! ## Fails
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.log"
//! at = "lines:1"
//! quote = "Accepted password for backup"
//! ```
//!
//! ## Passes
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.log"
//! at = "lines:2"
//! quote = "Accepted password for backup"
//! ```
//!
//! ## How to fix
//! Quote what stands there: `casebook cite x-7q2k9dm4 auth.log --at lines:1` shows it. Or correct the place:
//! `casebook cite x-7q2k9dm4 auth.log --find "Accepted password"` names it.

use crate::diagnostic::render::printable_line;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, Selector, TreePath};

pub const CODE: Code = Code::new("citation-quote");

/// What stands at the place is something else.
pub fn found(
    entry: &TreePath,
    citation: usize,
    at: &Selector,
    there: &str,
    elsewhere: Option<&Selector>,
) -> Diagnostic {
    let message = format!("the quote does not stand at `{at}`: there stands {}", shortened(there));
    let help = match elsewhere {
        Some(place) => format!("it stands at `{place}`"),
        None => "it stands nowhere in the file; `casebook cite ITEM PATH --at PLACE` shows what does".to_owned(),
    };
    Diagnostic::error(CODE, quote(entry, citation), message).help(help)
}

/// The file does not hold the quote.
pub fn nowhere(entry: &TreePath, citation: usize, file: &str) -> Diagnostic {
    let message = format!("the quote stands nowhere in `{}`", printable_line(file));
    Diagnostic::error(CODE, quote(entry, citation), message)
        .help("`casebook cite ITEM PATH --find TEXT` looks for a part of it")
}

fn quote(entry: &TreePath, citation: usize) -> Place {
    Place::value(entry, Route::key("evidence").at(citation).then("quote"))
}

/// The most characters of the evidence that a message shows.
const SHOWN: usize = 200;

fn shortened(there: &str) -> String {
    let there = printable_line(&there.split_whitespace().collect::<Vec<_>>().join(" "));
    match there.char_indices().nth(SHOWN) {
        _ if there.is_empty() => "nothing".to_owned(),
        Some((end, _)) => format!("“{}…”", &there[..end]),
        None => format!("“{there}”"),
    }
}
