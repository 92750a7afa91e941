//! Folders are nested too deeply.
//!
//! ## What it checks
//! That no path has more than 32 names. What is below such a folder is not looked at.
//!
//! ## Why
//! Nobody finds anything there, and tools that walk folders fail on trees that are made deep on purpose.
//!
//! ## Fails
//! ```text
//! notes/a/a/a/… (more than 32 names)
//! ```
//!
//! ## Passes
//! ```text
//! notes/2026/plan.md
//! ```
//!
//! ## How to fix
//! Move the folder further up, or pack it into an archive that is one evidence item.

use super::{MAX_DEPTH, depth_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Node, NodeKind};
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("deep-folder");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if node.kind != NodeKind::Folder || depth_of(folder) < MAX_DEPTH {
            continue;
        }
        let message = format!("this folder is more than {MAX_DEPTH} folders deep");
        found.push(
            Diagnostic::error(CODE, place_of(folder, node), message)
                .help("move it further up, or pack it into an archive that is one evidence item"),
        );
    }
}
