//! A `.gitattributes` stands below the top folder.
//!
//! ## What it checks
//! Every folder but the top one.
//!
//! ## Why
//! The nearest `.gitattributes` wins: one inside `evidence/` lets Git change line ends or replace bytes of evidence when it is
//! added or checked out.
//!
//! ## Fails
//! ```text
//! evidence/.gitattributes
//! ```
//!
//! ## Passes
//! ```text
//! .gitattributes
//! ```
//!
//! ## How to fix
//! Move its lines to the top `.gitattributes`, if they are needed, and type `git rm PATH`.

use super::{ATTRIBUTES, path_of, place_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

pub const CODE: Code = Code::new("nested-attributes");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if folder.is_root() || !node.name.eq_ignore_ascii_case(ATTRIBUTES.as_bytes()) {
            continue;
        }
        let message = "Git would treat this folder by other attributes than those of the top `.gitattributes`";
        found.push(Diagnostic::error(CODE, place_of(folder, node), message).help(format!(
            "move its lines to the top `.gitattributes`, if they are needed, and type `git rm {}`",
            path_of(folder, node).quoted()
        )));
    }
}
