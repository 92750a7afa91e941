//! An entry or a file of evidence is executable.
//!
//! ## What it checks
//! The files of entry folders, of evidence, of releases, of sign-offs and of time stamps.
//!
//! ## Why
//! Evidence may be malware: a slip of the hand should not start it. Nothing else there is a program.
//!
//! ## Fails
//! ```text
//! 100755 evidence/x-4n8tbw2z/invoice.exe
//! ```
//!
//! ## Passes
//! ```text
//! 100644 evidence/x-4n8tbw2z/invoice.exe
//! ```
//!
//! ## How to fix
//! `git update-index --chmod=-x PATH` and `chmod -x PATH`.

use super::{path_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Node, NodeKind};
use crate::validate::Found;
use crate::values::{Kind, TreePath};

pub const CODE: Code = Code::new("executable-file");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if node.kind != (NodeKind::File { executable: true }) || !is_guarded(folder) {
            continue;
        }
        let path = path_of(folder, node).quoted();
        let message = "this file is executable";
        found.push(
            Diagnostic::warning(CODE, place_of(folder, node), message)
                .help(format!("type `chmod -x {path} && git update-index --chmod=-x {path}`")),
        );
    }
}

fn is_guarded(folder: &TreePath) -> bool {
    Kind::of_folder(folder.top()).is_some() || matches!(folder.top(), "releases" | "signoffs" | "timestamps")
}
