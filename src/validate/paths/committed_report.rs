//! Rendered reports are part of the commit.
//!
//! ## What it checks
//! That the tree has no top folder `reports`. In a work tree the folder is there, and Git ignores it.
//!
//! ## Why
//! A report is made anew from each commit and names it; committed ones conflict at every merge and show an older state.
//!
//! ## Fails
//! ```text
//! reports/index.html
//! ```
//!
//! ## Passes
//! ```text
//! # .gitignore
//! /reports/
//! ```
//!
//! ## How to fix
//! `git rm -r --cached reports`, and write `/reports/` into `.gitignore`.

use super::place_of;
use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::TreePath;

/// The folder that reports are rendered into.
pub const FOLDER: &str = "reports";

pub const CODE: Code = Code::new("committed-report");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    for node in nodes {
        if !folder.is_root() || node.name != FOLDER.as_bytes() {
            continue;
        }
        let message = "reports are made from commits and do not belong in them";
        found.push(
            Diagnostic::error(CODE, place_of(folder, node), message)
                .help("type `git rm -r --cached reports`, and write `/reports/` into `.gitignore`"),
        );
    }
}
