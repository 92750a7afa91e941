//! An evidence item has no list of its files.
//!
//! ## What it checks
//! That beside every record `evidence/x-….toml` of an item with files there is its list `evidence/x-….sha256`, a file that
//! can be read.
//!
//! ## Why
//! The record names the digest of the list, and the list those of the files: without it nothing says what the bytes of
//! the evidence were when it was registered.
//!
//! ## Fails
//! ```text
//! evidence/x-7q2k9dm4.toml
//! evidence/x-7q2k9dm4/auth.log
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
//! Bring the list back with `git checkout HEAD -- evidence/x-….sha256`. For a physical exhibit, which has no files, write
//! `storage = "none"`.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("list-missing");

pub fn found(record: &TreePath, list: &TreePath, why: Option<&str>) -> Diagnostic {
    let message = match why {
        None => format!("the list `{list}` is not there, so nothing says what the bytes of this evidence must be"),
        Some(why) => format!("the list `{list}` cannot be read: {why}"),
    };
    Diagnostic::error(CODE, Place::file(record), message)
        .help(format!("bring it back with `{}`; a physical exhibit has `storage = \"none\"`", restore(list)))
}
