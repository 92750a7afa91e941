//! Another Git repository stands inside the case.
//!
//! ## What it checks
//! That the tree holds no submodule, no `.gitmodules` and nothing that is named `.git`, in whatever case of letters.
//!
//! ## Why
//! What a submodule holds is not in the case, and can change without a commit here. A folder named `.git` or `.GIT` can make
//! Git run hooks of whoever made it.
//!
//! ## Fails
//! ```text
//! tools/.git
//! .gitmodules
//! ```
//!
//! ## Passes
//! ```text
//! tools/parse.py
//! ```
//!
//! ## How to fix
//! Take the repository out with `git rm --cached PATH`, or remove the `.git` folder in it and add its files.

use super::{path_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Node, NodeKind};
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("submodule");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        let path = || path_of(folder, node);
        let message = if node.kind == NodeKind::Submodule {
            format!("`{}` is another Git repository", path())
        } else if node.name.eq_ignore_ascii_case(b".git") {
            format!("`{}` would be taken for a Git repository", path())
        } else if node.name.eq_ignore_ascii_case(b".gitmodules") {
            format!("`{}` declares submodules", path())
        } else {
            continue;
        };
        let help = format!("type `git rm --cached {}`: a case holds its own files only", path().quoted());
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(help));
    }
}
