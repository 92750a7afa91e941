//! Two files hold entries with the same id.
//!
//! ## What it checks
//! The `id` inside every entry of a folder.
//!
//! ## Why
//! A reference to the id could mean either entry; Git merges two such files without a conflict.
//!
//! ## Fails
//! ```toml
//! # findings/f-7q2k9dm4.toml and findings/f-00000000.toml both have
//! id = "f-7q2k9dm4"
//! ```
//!
//! ## Passes
//! ```toml
//! # findings/f-00000000.toml
//! id = "f-00000000"
//! ```
//!
//! ## How to fix
//! Give the copy an id of its own: `casebook new finding` makes a file with a fresh one.

use crate::diagnostic::{Code, Diagnostic};
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("duplicate-id");

pub fn found(path: &TreePath, id: EntryId, first: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, super::id_place(path), format!("the id `{id}` is already that of `{first}`"))
        .related(super::id_place(first), "first here")
        .help(format!("a copied entry needs an id of its own: `casebook new {}` makes one", id.kind()))
}
