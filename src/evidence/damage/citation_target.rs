//! A citation names a file that its evidence item does not have, or no file where it must.
//!
//! ## What it checks
//! Every citation of every entry: its `path` is a file of the item, written as in the item's list without the item's id in
//! front; where the item has several files, a `path` is there.
//!
//! ## Why
//! A claim whose place in the evidence cannot be opened is not proven, however right it is.
//!
//! ## Fails
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.lgo"
//! ```
//!
//! ## Passes
//! ```toml
//! [[evidence]]
//! item = "x-7q2k9dm4"
//! path = "auth.log"
//! ```
//!
//! ## How to fix
//! Correct the path: `casebook show x-7q2k9dm4` and the item's `.sha256` list name its files.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, Route, TreePath};

pub const CODE: Code = Code::new("citation-target");

/// The item has no such file.
pub fn missing(entry: &TreePath, citation: usize, item: EntryId, path: &str, near: Option<&str>) -> Diagnostic {
    let place = Place::value(entry, route(citation).then("path"));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`evidence/{item}.sha256` lists the files of the item"),
    };
    Diagnostic::error(CODE, place, format!("the evidence item `{item}` has no file `{path}`")).help(help)
}

/// The item has several files, and the citation names none.
pub fn unnamed(entry: &TreePath, citation: usize, item: EntryId, files: u64) -> Diagnostic {
    let place = Place::value(entry, route(citation).then("item"));
    Diagnostic::error(CODE, place, format!("`{item}` has {files} files, and the citation does not say which"))
        .help(format!("add `path = \"…\"`: `evidence/{item}.sha256` lists the files of the item"))
}

fn route(citation: usize) -> Route {
    Route::key("evidence").at(citation)
}
