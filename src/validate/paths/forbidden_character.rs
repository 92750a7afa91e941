//! A name holds a character that Windows forbids in names.
//!
//! ## What it checks
//! `\`, `:`, `*`, `?`, `"`, `<`, `>` and `|` in every name of the tree.
//!
//! ## Why
//! A clone on Windows fails, or writes elsewhere: `a:b` is a hidden stream of the file `a`, and `\` parts folders.
//!
//! ## Fails
//! ```text
//! notes/10:15 call.md
//! ```
//!
//! ## Passes
//! ```text
//! notes/10-15 call.md
//! ```
//!
//! ## How to fix
//! Rename the file. `casebook evidence add` does so for evidence, and records its own name.

use super::{place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("forbidden-character");

pub const FORBIDDEN: &[u8] = b"\\:*?\"<>|";

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        let Some(bad) = node.name.iter().find(|byte| FORBIDDEN.contains(byte)) else { continue };
        let message = format!("the name holds `{}`, which Windows forbids in names", char::from(*bad));
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}
