//! A name ends in a dot or a space.
//!
//! ## What it checks
//! Every name of the tree.
//!
//! ## Why
//! Windows drops such an ending silently, so that the file is not found under its own name, or takes the place of another.
//!
//! ## Fails
//! ```text
//! notes/plan.
//! ```
//!
//! ## Passes
//! ```text
//! notes/plan
//! ```
//!
//! ## How to fix
//! Rename the file. `casebook evidence add` does so for evidence, and records its own name.

use super::{place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("name-ending");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if !matches!(node.name.last(), Some(b'.' | b' ')) {
            continue;
        }
        let message = "the name ends in a dot or a space, which Windows drops";
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}
