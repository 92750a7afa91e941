//! A file holds a control character.
//!
//! ## What it checks
//! Notes for every control character but tab and line end, and TOML files for those that TOML does not refuse itself
//! (U+0080 to U+009F).
//!
//! ## Why
//! They steer the terminal of whoever reads the file, and are no part of any text.
//!
//! ## Fails
//! ```text
//! The attacker typed <U+001B>[2J
//! ```
//!
//! ## Passes
//! ```text
//! The attacker typed the escape sequence that clears the screen.
//! ```
//!
//! ## How to fix
//! Remove the character or describe it in words. Raw bytes of evidence are added with `casebook evidence add`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use crate::values::characters::{code_point, escape};
use std::ops::Range;

pub const CODE: Code = Code::new("control-character");

pub fn found(path: &TreePath, span: Range<usize>, character: char) -> Diagnostic {
    let message = format!("{} is a control character", code_point(character));
    let diagnostic = Diagnostic::error(CODE, Place::bytes(path, span), message);
    match path.as_str().ends_with(".toml") {
        true => diagnostic
            .help(format!("remove it, or write `{}` between double quotes if the evidence has it", escape(character))),
        false => diagnostic.help(format!("remove it, or write `{}` for it", code_point(character))),
    }
}
