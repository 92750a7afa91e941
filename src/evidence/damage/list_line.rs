//! A line of an evidence list is not a digest and a path.
//!
//! ## What it checks
//! That every line of `evidence/x-….sha256` is a SHA-256 digest of 64 lower-case hexadecimal digits, two spaces (or a
//! space and `*`), and a path, and that the last line ends as the others do. Comments, blank lines, carriage returns and
//! the `\` escapes of coreutils are not used in these lists.
//!
//! ## Why
//! `sha256sum -c` only warns of a line that it cannot read, and passes: the file of that line is then checked by nobody.
//!
//! ## Fails
//! ```text
//! 9b74c9897bac770ffc029102a200c5de x-7q2k9dm4/auth.log
//! ```
//!
//! ## Passes
//! ```text
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! ```
//!
//! ## How to fix
//! Lists are written by `casebook evidence add` and never by hand: bring the list back with
//! `git checkout HEAD -- evidence/x-….sha256`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("list-line");

/// `number` counts from 1.
pub fn found(list: &TreePath, number: usize, span: Range<usize>, why: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(list, span), format!("line {number} of the list {why}"))
        .help(format!("lists are not written by hand: bring it back with `{}`", restore(list)))
}
