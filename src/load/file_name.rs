//! The name of a file is not the id of the entry in it.
//!
//! ## What it checks
//! That `findings/f-7q2k9dm4.toml` holds `id = "f-7q2k9dm4"`, for every entry.
//!
//! ## Why
//! People and Git know an entry by its file, references know it by its id: they must be the same.
//!
//! ## Fails
//! ```toml
//! # findings/f-00000000.toml
//! id = "f-7q2k9dm4"
//! ```
//!
//! ## Passes
//! ```toml
//! # findings/f-7q2k9dm4.toml
//! id = "f-7q2k9dm4"
//! ```
//!
//! ## How to fix
//! Rename the file to its id if it is new. An entry that was committed keeps its file and its id for good.

use crate::diagnostic::{Code, Diagnostic};
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("file-name");

pub fn found(path: &TreePath, id: EntryId) -> Diagnostic {
    Diagnostic::error(CODE, super::id_place(path), format!("the file of `{id}` must be named `{id}.toml`"))
        .help(format!("if the entry is new, type `git mv {} {}`", path.quoted(), id.path()))
}
