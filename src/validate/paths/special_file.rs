//! A device, a socket or a named pipe stands in the case.
//!
//! ## What it checks
//! Every name of a work tree; Git itself cannot hold such things.
//!
//! ## Why
//! Reading a pipe or a device waits for ever, or changes something.
//!
//! ## Fails
//! ```text
//! notes/pipe   (made with mkfifo)
//! ```
//!
//! ## Passes
//! ```text
//! notes/plan.md
//! ```
//!
//! ## How to fix
//! Remove it.

use super::{path_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Node, NodeKind};
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("special-file");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if node.kind != NodeKind::Special {
            continue;
        }
        let message = format!("`{}` is a device, a socket or a pipe, not a file", path_of(folder, node));
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help("remove it from the case"));
    }
}
