//! A path is too long.
//!
//! ## What it checks
//! That no path has more than 200 bytes. What is below a folder with such a path is not reported again.
//!
//! ## Why
//! Windows allows 260 characters for the whole path, and the folder of the clone takes its part of them.
//!
//! ## Fails
//! ```text
//! notes/… (a path of more than 200 bytes)
//! ```
//!
//! ## Passes
//! ```text
//! notes/plan.md
//! ```
//!
//! ## How to fix
//! Give the file or its folders shorter names. `casebook evidence add` does so for evidence, and records its own name.

use super::{MAX_PATH_BYTES, length_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("long-path");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    // Told once, where the path becomes too long.
    if folder.as_str().len() > MAX_PATH_BYTES {
        return;
    }
    for node in nodes {
        let length = length_of(folder, node);
        if length <= MAX_PATH_BYTES {
            continue;
        }
        let message = format!("the path has {length} bytes, more than {MAX_PATH_BYTES}");
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming_long(folder)));
    }
}

fn renaming_long(folder: &TreePath) -> &'static str {
    if folder.top() == "evidence" {
        return "add evidence with `casebook evidence add PATH`, which gives it a short name and records its own";
    }
    "give the file or its folders shorter names"
}
