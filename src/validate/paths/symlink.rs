//! A symbolic link stands in the case.
//!
//! ## What it checks
//! Every name of the tree. A link is never followed.
//!
//! ## Why
//! A link can lead out of the case, to `/etc/passwd` or to a file of the reader's own; evidence that is a link is not kept.
//!
//! ## Fails
//! ```text
//! notes/log.md -> /var/log/auth.log
//! ```
//!
//! ## Passes
//! ```text
//! notes/log.md
//! ```
//!
//! ## How to fix
//! Remove the link and put the file itself there: a file from outside is evidence and is added with
//! `casebook evidence add PATH`.

use super::{path_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Node, NodeKind};
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("symlink");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if node.kind != NodeKind::Symlink {
            continue;
        }
        let message = format!("`{}` is a symbolic link", path_of(folder, node));
        found.push(
            Diagnostic::error(CODE, place_of(folder, node), message)
                .help("remove it and put the file itself there; evidence is added with `casebook evidence add PATH`"),
        );
    }
}
