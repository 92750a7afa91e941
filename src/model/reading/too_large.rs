//! A text file is too large to be read.
//!
//! ## What it checks
//! That TOML files and notes have at most 1 MiB.
//!
//! ## Why
//! Every commit reads them all. What is longer was not written by a person: it is evidence, which has a place of its
//! own, where it is hashed and never changes silently.
//!
//! ## Fails
//! ```text
//! notes/proxy-log.md, 40 MiB
//! ```
//!
//! ## Passes
//! ```text
//! evidence/x-4n8tbw2z/proxy.log, added with `casebook evidence add`
//! ```
//!
//! ## How to fix
//! Add the long part as evidence with `casebook evidence add PATH` and cite it; divide a long note into several.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("too-large");

pub fn found(path: &TreePath, bytes: u64, limit: u64) -> Diagnostic {
    let message = format!("`{path}` has {bytes} bytes, more than the {limit} that a text file may have");
    Diagnostic::error(CODE, Place::file(path), message)
        .help("add the long part as evidence with `casebook evidence add PATH`, and cite it")
}
