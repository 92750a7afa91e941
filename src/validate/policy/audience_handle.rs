//! The handle of an audience cannot be a folder of its own.
//!
//! ## What it checks
//! The `handle` of every `[[audiences]]` in policy.toml: it has no dot in it.
//!
//! ## Why
//! The report for an audience lies in a folder of that name: `..` leads out of it, and `index.html` is a file there.
//!
//! ## Fails
//! ```toml
//! [[audiences]]
//! handle = "the.board"
//! ```
//!
//! ## Passes
//! ```toml
//! [[audiences]]
//! handle = "the-board"
//! ```
//!
//! ## How to fix
//! Write it without dots.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("audience-handle");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for (index, audience) in policy.value.audiences.iter().enumerate() {
        if audience.handle.as_str().contains('.') {
            let place = Place::value(&policy.path, Route::key("audiences").at(index).then("handle"));
            let message = format!("`{}` has a dot, and is to be the name of a folder", audience.handle);
            let help = format!("write `{}`", audience.handle.as_str().replace('.', "-"));
            found.push(Diagnostic::error(CODE, place, message).help(help));
        }
    }
}
