//! Two names in one folder are the same on some systems.
//!
//! ## What it checks
//! Names that differ only in the case of letters, or in how Unicode writes them: `café` with one character or with an accent of
//! its own.
//!
//! ## Why
//! Windows and macOS keep one file of the two: the other is silently lost from the clone, and its bytes are shown as changed.
//!
//! ## Fails
//! ```text
//! notes/Plan.md
//! notes/plan.md
//! ```
//!
//! ## Passes
//! ```text
//! notes/plan.md
//! notes/plan-of-bob.md
//! ```
//!
//! ## How to fix
//! Rename one of them.

use super::{path_of, place_of, renaming};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::tree::Node;
use crate::validate::Found;
use crate::values::{Kind, TreePath};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

pub const CODE: Code = Code::new("name-collision");

pub fn check(folder: &TreePath, nodes: &[Node], found: &mut Found) {
    // Names in a tree are unique, so they can collide only where one of them is not folded already.
    if nodes.iter().all(|node| node.name.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())) {
        return;
    }
    let mut seen: BTreeMap<String, &Node> = BTreeMap::new();
    for node in nodes {
        let Some(name) = node.text() else { continue };
        let Some(first) = seen.insert(folded(name), node) else { continue };
        let other = path_of(folder, first);
        let help = match folder.top() == Kind::Evidence.folder() {
            true => renaming(folder, node),
            false => "rename one of them".to_owned(),
        };
        found.push(
            Diagnostic::error(
                CODE,
                place_of(folder, node),
                format!("some systems cannot tell this name from `{other}`"),
            )
            .related(Place::file(&other), "the other one")
            .help(help),
        );
    }
}

/// The name as a file system that ignores case and Unicode form sees it.
pub fn folded(name: &str) -> String {
    name.nfd().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).nfc().collect()
}
