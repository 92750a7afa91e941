//! A name holds a character that is not seen.
//!
//! ## What it checks
//! Control characters, characters that turn the direction of text, and characters without width, in every name of the tree.
//!
//! ## Why
//! A newline in a name breaks lists of digests; an escape sequence steers a terminal; `exe.cod.txt` can be made to look like
//! `exe.txt.doc` (CVE-2021-42574 shows the same in source code).
//!
//! ## Fails
//! ```text
//! notes/plan<TAB>final.md
//! ```
//!
//! ## Passes
//! ```text
//! notes/plan-final.md
//! ```
//!
//! ## How to fix
//! Rename the file. `casebook evidence add` does so for evidence, and records its own name.

use super::{place_of, renaming};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;
use crate::values::characters::{code_point, deceit};

pub const CODE: Code = Code::new("control-in-name");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        let Some(unseen) = node.text().and_then(|name| name.chars().find(|c| is_unseen(*c))) else { continue };
        let message = format!("the name holds the unseen character {}", code_point(unseen));
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(renaming(folder, node)));
    }
}

pub fn is_unseen(c: char) -> bool {
    c.is_control() || deceit(c).is_some()
}
