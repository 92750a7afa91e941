//! A name is not UTF-8.
//!
//! ## What it checks
//! Every name of the tree.
//!
//! ## Why
//! Such a name cannot be written in an entry, looks different on each system, and macOS refuses it.
//!
//! ## Fails
//! ```text
//! notes/caf\xe9.md
//! ```
//!
//! ## Passes
//! ```text
//! notes/cafe.md
//! ```
//!
//! ## How to fix
//! Rename the file. `casebook evidence add` does so for evidence, and records the bytes of its own name.

use super::{place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("name-encoding");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if node.text().is_some() {
            continue;
        }
        let message = format!("the name `{}` is not UTF-8", node.name.escape_ascii());
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}
