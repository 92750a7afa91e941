//! An entry is superseded but does not say by what, or says by what but is not superseded.
//!
//! ## What it checks
//! That `status = "superseded"` and `superseded_by` stand together.
//!
//! ## Why
//! Whoever held on to the old entry must find the new one, and a report must not show both.
//!
//! ## Fails
//! ```toml
//! status = "superseded"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "superseded"
//! superseded_by = "f-4n8tbw2z"
//! ```
//!
//! ## How to fix
//! Add the key that is missing. If nothing takes the place of the entry, its status is `withdrawn`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("supersession");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let place = |key: &str| Place::value(&entry.path, Route::key(key));
    match (entry.is_superseded(), entry.superseded_by()) {
        (true, None) => found.push(
            Diagnostic::error(CODE, place("status"), "it is superseded, but nothing says by what").help(format!(
                "add `superseded_by = \"{}-…\"`, or write `status = \"withdrawn\"` if nothing takes its place",
                entry.kind().letter()
            )),
        ),
        (false, Some(next)) => found.push(
            Diagnostic::error(
                CODE,
                place("superseded_by"),
                format!("`{next}` takes its place, but its status is `{}`", entry.status()),
            )
            .help("write `status = \"superseded\"`, or remove `superseded_by`"),
        ),
        (true, Some(_)) | (false, None) => {}
    }
}
