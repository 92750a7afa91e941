//! The quote of a citation does not stand at its place in the evidence.
//!
//! ## What it checks
//! The `quote` of every citation, in the bytes whose digest is registered. It must be a part of what stands at `at`, or
//! anywhere in the file where no `at` is given. Both are compared in the Unicode form NFC and with every run of spaces, tabs
//! and line ends as one space; `[…]` or `[...]` stands for what was left out. Nothing else is tolerated. What stands at a
//! place: of lines the lines; of a row its cells as `Header: value`, or the row as it is; of a record of an event log its
//! fields as `Name: value`, or its XML; of a JSON value its text, or what is written there, or the same as compact JSON; of
//! bytes their text in UTF-8 or UTF-16, or `hex: 4d 5a`.
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
use crate::values::{EntryId, Route, Selector, TreePath, wording};

pub const CODE: Code = Code::new("citation-quote");

/// The citation that is judged, by the entry that has it.
#[derive(Clone, Copy)]
pub struct Cited<'c> {
    pub entry: &'c TreePath,
    /// Its number in the entry, from 0.
    pub number: usize,
    pub item: EntryId,
    /// The file inside the item.
    pub file: &'c str,
}

impl Cited<'_> {
    /// The command that looks into the file.
    pub fn command(&self, option: &str) -> String {
        let file = TreePath::from(self.file).quoted();
        format!("`casebook cite {} {} {option}`", self.item, printable_line(&file))
    }

    pub fn place(&self, key: &str) -> Place {
        Place::value(self.entry, Route::key("evidence").at(self.number).then(key))
    }
}

/// Where else a quote stands.
pub enum Elsewhere {
    At(Selector),
    Nowhere,
    /// Nobody has looked.
    Unknown,
}

/// What stands at the place is something else: `times` things, of which `there` is the first.
pub fn found(cited: &Cited<'_>, at: &Selector, there: &str, times: u64, elsewhere: &Elsewhere) -> Diagnostic {
    let message = match times {
        0 | 1 => format!("the quote does not stand at `{at}`: there stands {there}"),
        times => {
            format!("the file has `{at}` {times} times, and the quote stands in none: in the first stands {there}")
        }
    };
    let shows = cited.command(&format!("--at {at}"));
    let help = match elsewhere {
        Elsewhere::At(place) => {
            format!("it stands at `{place}`: write `at = \"{place}\"`, or quote what {shows} shows")
        }
        Elsewhere::Nowhere => format!("it stands nowhere in the file: quote what {shows} shows"),
        Elsewhere::Unknown => format!("quote what {shows} shows"),
    };
    Diagnostic::error(CODE, cited.place("quote"), message).help(help)
}

/// The file does not hold the quote.
pub fn nowhere(cited: &Cited<'_>) -> Diagnostic {
    let message = format!("the quote stands nowhere in `{}`", printable_line(cited.file));
    let help = format!("{} looks for a part of it; upper and lower case are told apart", cited.command("--find TEXT"));
    Diagnostic::error(CODE, cited.place("quote"), message).help(help)
}

/// The quote has nothing but marks of what was left out.
pub fn empty(cited: &Cited<'_>) -> Diagnostic {
    Diagnostic::error(CODE, cited.place("quote"), "the quote says nothing but that something was left out")
        .help("quote some words that stand there, or remove the key")
}

/// The most characters of the evidence that a message shows.
const SHOWN: usize = 200;

/// What stands somewhere, for a message.
pub fn shortened(there: &str) -> String {
    // More would be cut off anyway, and a place may hold a whole file.
    let beginning = there.char_indices().nth(16 * SHOWN).map_or(there, |(end, _)| &there[..end]);
    let there = printable_line(&beginning.split_whitespace().collect::<Vec<_>>().join(" "));
    if there.is_empty() { "nothing".to_owned() } else { format!("“{}”", wording::shortened(&there, SHOWN)) }
}
