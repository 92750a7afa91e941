//! The case is in a format that this version of casebook does not know.
//!
//! ## What it checks
//! The key `format` of case.toml.
//!
//! ## Why
//! A newer format may mean something else by the same words; guessing would make false statements.
//!
//! ## Fails
//! ```toml
//! format = 2
//! ```
//!
//! ## Passes
//! ```toml
//! format = 1
//! ```
//!
//! ## How to fix
//! Install the version of casebook that the team uses; do not change the number by hand.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("unknown-format");

pub fn found(path: &TreePath, span: Range<usize>, number: u32) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(path, span), format!("this casebook reads format 1, not format {number}"))
        .help("install the version of casebook that your team uses: `casebook --version` shows this one")
}
