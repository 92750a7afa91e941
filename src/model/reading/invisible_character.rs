//! A file holds a character that nobody sees.
//!
//! ## What it checks
//! TOML files and notes for zero-width spaces and joiners, soft hyphens, byte order marks inside the text, direction
//! marks, fillers and tags. Joiners between letters of scripts that need them are left alone.
//!
//! ## Why
//! A domain or a path with such a character is not found again by searching, and does not match in a block list. They
//! come with what is copied from web pages, chat and PDF files.
//!
//! ## Fails
//! ```text
//! value = "evil<U+200B>.example"
//! ```
//!
//! ## Passes
//! ```toml
//! value = "evil.example"
//! ```
//!
//! ## How to fix
//! Remove the character, or type the word anew. Where it is part of the evidence, write it as the escape that the message
//! shows, between double quotes.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use crate::values::characters::{code_point, escape};
use std::ops::Range;

pub const CODE: Code = Code::new("invisible-character");

pub fn found(path: &TreePath, span: Range<usize>, character: char) -> Diagnostic {
    let message = format!("{} is in the text and cannot be seen", code_point(character));
    let diagnostic = Diagnostic::warning(CODE, Place::bytes(path, span), message);
    match path.as_str().ends_with(".toml") {
        true => diagnostic
            .help(format!("remove it, or write `{}` between double quotes if the evidence has it", escape(character))),
        false => diagnostic.help("remove it, or type the word anew"),
    }
}
