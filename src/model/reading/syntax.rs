//! A file is not valid TOML, or not UTF-8.
//!
//! ## What it checks
//! That every entry parses as TOML 1.0. All syntax errors of a file are reported at once. What TOML 1.1 allows more (a line
//! break inside an inline table, `\x41`) is refused, since other tools that read the case do not know it.
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
//! conflict markers (`<<<<<<<`) are left of a merge: choose a side and remove them.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("syntax");

pub fn found(path: &TreePath, span: Range<usize>, message: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(path, span), format!("not valid TOML: {message}"))
}

pub fn not_utf8(path: &TreePath, valid_up_to: usize) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("the file is not UTF-8: byte {valid_up_to} begins no character"))
        .help("save it as UTF-8; raw bytes of evidence belong under evidence/, see `casebook evidence add --help`")
}

pub fn unreadable(path: &TreePath, reason: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), reason.to_owned())
}
