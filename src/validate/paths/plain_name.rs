//! A name in a folder of records is not plain.
//!
//! ## What it checks
//! That names of files in the entry folders, in `releases/`, in `signoffs/` and in `timestamps/` have only letters without accents, digits,
//! `.`, `_` and `-`. Names inside an evidence item are its own.
//!
//! ## Why
//! These names stand in lists, links and command lines; the names that casebook gives have nothing else in them.
//!
//! ## Fails
//! ```text
//! findings/f-7q2k9dm4 (copy).toml
//! ```
//!
//! ## Passes
//! ```text
//! findings/f-7q2k9dm4.toml
//! ```
//!
//! ## How to fix
//! Name the file by the id in it, or remove it if it is a copy.

use super::{holds_records, place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("plain-name");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if !holds_records(folder) || !node.text().is_some_and(is_odd) {
            continue;
        }
        let message = "names in this folder have only letters without accents, digits, `.`, `_` and `-`";
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}

/// Whether a name has a character that is not plain, and that no other rule reports.
fn is_odd(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let reported = |c: char| c.is_control() || "\\:*?\"<>|".contains(c);
    name.chars().any(|c| !plain(c)) && !name.chars().any(reported)
}
