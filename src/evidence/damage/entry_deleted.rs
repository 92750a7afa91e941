//! An entry was deleted or renamed.
//!
//! ## What it checks
//! That every entry of the commit that this one follows is still in its file.
//!
//! ## Why
//! Reports that were sent name it, and people would look for it in vain. When Git merges a deletion on one branch with an
//! edit on another, it can take a similar new file for the renamed old one, and puts the edit there without a word.
//!
//! ## Fails
//! ```text
//! $ git status --short
//! D  findings/f-7q2k9dm4.toml
//! ```
//!
//! ## Passes
//! ```toml
//! # findings/f-7q2k9dm4.toml
//! status = "withdrawn"
//! ```
//!
//! ## How to fix
//! Bring the file back with `git checkout HEAD -- PATH`, then set its `status` to `withdrawn`, or to `superseded` with
//! `superseded_by`.

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Kind, TreePath};

pub const CODE: Code = Code::new("entry-deleted");

pub fn found(base: &str, path: &TreePath, kind: Kind, renamed_to: Option<&TreePath>) -> Diagnostic {
    let (message, help) = match renamed_to {
        None => (
            format!("the {kind} `{path}` was deleted"),
            format!("bring it back with `{}`, then set its `status` to `\"withdrawn\"`", restore_from(base, path)),
        ),
        Some(new) => (
            format!("the {kind} `{path}` was renamed to `{new}`"),
            format!("type `git mv {} {}`: an entry keeps its file and its id", new.quoted(), path.quoted()),
        ),
    };
    Diagnostic::error(CODE, Place::file(path), message).help(help)
}
