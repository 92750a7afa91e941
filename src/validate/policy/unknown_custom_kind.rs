//! The policy declares fields for a kind of record that does not exist.
//!
//! ## What it checks
//! The kinds of `[custom.KIND.NAME]` in policy.toml: `case` and the kinds of entry.
//!
//! ## Why
//! Such a field can be in no record: what was meant is undeclared.
//!
//! ## Fails
//! ```toml
//! [custom.findings.room]
//! type = "text"
//! ```
//!
//! ## Passes
//! ```toml
//! [custom.finding.room]
//! type = "text"
//! ```
//!
//! ## How to fix
//! Write the kind as the message shows it.

use super::{kind_help, kinds};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("unknown-custom-kind");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for kind in policy.value.custom.keys().filter(|kind| kinds().all(|known| known != *kind)) {
        let place = Place::key(&policy.path, Route::key("custom").then(kind));
        found.push(Diagnostic::error(CODE, place, format!("`{kind}` is not a kind of record")).help(kind_help(kind)));
    }
}
