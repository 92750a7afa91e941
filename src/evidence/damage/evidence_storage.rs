//! An evidence item has files where its record says that it has none.
//!
//! ## What it checks
//! That an item with `storage = "none"`, a physical exhibit, has no list, no folder and no digest of a list.
//!
//! ## Why
//! The files of such an item are verified by nobody.
//!
//! ## Fails
//! ```toml
//! # evidence/x-7q2k9dm4.toml, beside evidence/x-7q2k9dm4/auth.log
//! storage = "none"
//! ```
//!
//! ## Passes
//! ```toml
//! storage = "git"
//! ```
//!
//! ## How to fix
//! Write where the bytes live, `git`, `lfs` or `store`; or register the files as an item of their own with
//! `casebook evidence add`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, TreePath};

pub const CODE: Code = Code::new("evidence-storage");

pub fn found(record: &TreePath, what: &str) -> Diagnostic {
    let message = format!("a physical exhibit has no files, but there is {what}");
    Diagnostic::error(CODE, Place::value(record, Route::key("storage")), message)
        .help("write `storage = \"git\"` if the files are the exhibit, or register them: `casebook evidence add PATH`")
}
