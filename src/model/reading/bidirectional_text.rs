//! A file holds a character that turns the direction of its text.
//!
//! ## What it checks
//! TOML files and notes for the characters that embed, override and isolate directions (U+202A to U+202E and U+2066 to
//! U+2069, Unicode Standard Annex 9). Written as an escape, such as `\u202e`, they are seen and allowed in fields that
//! repeat evidence; see `escaped-control` for the others.
//!
//! ## Why
//! With them a reviewer reads something else than the file says (CVE-2021-42574), and a file name such as
//! `invoice_fdp.exe` looks like a PDF.
//!
//! ## Fails
//! ```text
//! title = "The user opened invoice_<U+202E>fdp.exe"
//! ```
//!
//! ## Passes
//! ```toml
//! title = "The user opened a file whose name ends in exe and looks like pdf"
//! value = "invoice_\u202efdp.exe"
//! ```
//!
//! ## How to fix
//! Remove the character. Where it is part of the evidence, write it as the escape that the message shows, between double
//! quotes. Editors hide these characters: the message says the line and the column.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use crate::values::characters::{code_point, escape};
use std::ops::Range;

pub const CODE: Code = Code::new("bidirectional-text");

pub fn found(path: &TreePath, span: Range<usize>, character: char) -> Diagnostic {
    let message = format!("{} turns the direction of the text after it", code_point(character));
    let diagnostic = Diagnostic::error(CODE, Place::bytes(path, span), message);
    match path.as_str().ends_with(".toml") {
        true => diagnostic
            .help(format!("remove it, or write `{}` between double quotes if the evidence has it", escape(character))),
        false => diagnostic.help(format!("remove it, or write `{}` for it", code_point(character))),
    }
}
