//! A folder of entries holds something that is not an entry.
//!
//! ## What it checks
//! That folders of entries hold `.toml` files only. Folders inside them and other files are reported, and so is a folder
//! whose name differs from that of one which is read in the case of its letters alone, such as `Findings`.
//!
//! ## Why
//! What is not an entry is read by nobody: it is in no report, and no rule looks at it.
//!
//! ## Fails
//! ```text
//! findings/f-7q2k9dm4.tmol
//! ```
//!
//! ## Passes
//! ```text
//! findings/f-7q2k9dm4.toml
//! ```
//!
//! ## How to fix
//! Correct the ending, or move the file: narrative goes into `notes/`, evidence is added with `casebook evidence add`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Kind, TreePath};

pub const CODE: Code = Code::new("stray-file");

pub fn found(path: &TreePath, kind: Kind) -> Diagnostic {
    Diagnostic::error(
        CODE,
        Place::file(path),
        format!("`{path}` is no {kind}: only `.toml` files belong in this folder"),
    )
    .help("narrative goes into `notes/`, evidence is added with `casebook evidence add PATH`")
}

/// A top folder that some systems take for one that is read, and casebook does not.
pub fn miswritten(path: &TreePath, meant: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("nothing in `{path}` is read: the folder is named `{meant}`"))
        .help(format!("type `git mv {} {meant}`", path.quoted()))
}
