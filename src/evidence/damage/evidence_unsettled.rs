//! A file of the evidence changed while it was read.
//!
//! ## What it checks
//! Whether a file of the work tree has the same size and time stamps after it was read as before.
//!
//! ## Why
//! Bytes that somebody is writing have no digest: nothing can be said of them, neither that they are those that were
//! registered nor that they are not.
//!
//! ## Fails
//! ```text
//! $ tail -f /var/log/auth.log >> evidence/x-7q2k9dm4/auth.log &
//! $ casebook evidence verify
//! ```
//!
//! ## Passes
//! ```text
//! $ casebook evidence verify
//! ```
//!
//! ## How to fix
//! Find who writes to it (`fuser PATH` names the processes) and stop that. Then bring the registered bytes back with
//! `git checkout HEAD -- PATH`, if they differ, and verify again.

use super::evidence_altered::Line;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("evidence-unsettled");

pub fn found(file: &TreePath, line: Line<'_>) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(file), format!("`{file}` changed while it was read, so it has no digest"))
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(format!("find who writes to it with `fuser {}`, stop that, and verify again", file.quoted()))
}
