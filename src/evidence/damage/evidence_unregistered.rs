//! Something in the folder `evidence` belongs to no evidence item.
//!
//! ## What it checks
//! That `evidence/` holds only records (`x-….toml`), and the list (`x-….sha256`) and folder (`x-…/`) of each.
//!
//! ## Why
//! What has no record was collected by nobody, at no time, from nowhere: it proves nothing.
//!
//! ## Fails
//! ```text
//! evidence/auth.log
//! ```
//!
//! ## Passes
//! ```text
//! evidence/x-7q2k9dm4.toml
//! evidence/x-7q2k9dm4.sha256
//! evidence/x-7q2k9dm4/auth.log
//! ```
//!
//! ## How to fix
//! Move it out of the folder and register it with `casebook evidence add`. If its record was deleted, bring that back with
//! `git checkout HEAD -- evidence/x-….toml`. If `casebook evidence add` was interrupted, `casebook evidence list` finishes it.

use super::{as_argument, restore};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("evidence-unregistered");

pub fn found(path: &TreePath, item: Option<EntryId>) -> Diagnostic {
    match item {
        Some(item) => {
            let record = item.path();
            Diagnostic::error(CODE, Place::file(path), format!("`{path}` has no record: there is no `{record}`")).help(
                format!(
                    "bring the record back with `{}`; after an interrupted `casebook evidence add`, type `casebook evidence \
                     list`",
                    restore(&record)
                ),
            )
        }
        None => Diagnostic::error(CODE, Place::file(path), format!("`{path}` belongs to no evidence item"))
            .help(format!("move it out of the folder, then `casebook evidence add {} --title …`", as_argument(path))),
    }
}
