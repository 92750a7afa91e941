//! A file in the folder of an evidence item is not in the item's list.
//!
//! ## What it checks
//! That every file below `evidence/x-…/` is named by `evidence/x-….sha256`.
//!
//! ## Why
//! Nobody collected it, and no digest protects it; in a report it would pass for evidence.
//!
//! ## Fails
//! ```text
//! $ cat evidence/x-7q2k9dm4.sha256
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! $ ls evidence/x-7q2k9dm4
//! auth.log  auth.log.bak
//! ```
//!
//! ## Passes
//! ```text
//! $ ls evidence/x-7q2k9dm4
//! auth.log
//! ```
//!
//! ## How to fix
//! An item is never extended: move the file out of the folder and register it as an item of its own with
//! `casebook evidence add`.

use super::{as_argument, restore};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("evidence-unlisted");

/// `registered_as` is the missing file of the item that has these bytes.
pub fn found(file: &TreePath, item: EntryId, registered_as: Option<&TreePath>) -> Diagnostic {
    let help = match registered_as {
        Some(old) => format!(
            "it was registered as `{old}`, and names are part of the evidence: `{}` brings it back, then `git rm {}`",
            restore(old),
            file.quoted()
        ),
        None => format!(
            "an item is never extended: move the file out of the folder, then `casebook evidence add {} --title …`",
            as_argument(file)
        ),
    };
    Diagnostic::error(CODE, Place::file(file), format!("`{file}` is not in the list of `{item}`")).help(help)
}
