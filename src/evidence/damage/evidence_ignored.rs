//! A file inside the evidence makes Git leave other evidence out.
//!
//! ## What it checks
//! That there is no `.gitignore` below `evidence/`. A `.gitattributes` there is reported as `nested-attributes`.
//!
//! ## Why
//! `git add` leaves out what a `.gitignore` names, without a word: the commit then lacks evidence that the list names.
//!
//! ## Fails
//! ```text
//! evidence/x-7q2k9dm4/.gitignore
//! ```
//!
//! ## Passes
//! ```text
//! evidence/x-7q2k9dm4/%2Egitignore
//! ```
//!
//! ## How to fix
//! Remove it with `git rm -f PATH`. A file of this name that is evidence itself is kept under a safe name by
//! `casebook evidence add`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("evidence-ignored");

/// Whether Git reads a file of this name wherever it is; some file systems ignore case.
pub fn is_one(name: &str) -> bool {
    name.eq_ignore_ascii_case(".gitignore")
}

pub fn found(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("`{path}` makes Git leave out evidence beside it"))
        .help(format!("remove it: `git rm -f {}`", path.quoted()))
}
