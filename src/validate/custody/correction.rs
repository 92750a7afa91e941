//! A custody event corrects an event of another evidence item.
//!
//! ## What it checks
//! That `supersedes` of a custody event names a custody event of the same item.
//!
//! ## Why
//! A custody event is never changed: a later one corrects it. Where it corrects one of another item, the chain of custody
//! of both is wrong.
//!
//! ## Fails
//! ```toml
//! item = "x-4n8tbw2z"
//! supersedes = "c-7q2k9dm4"   # whose item is x-7q2k9dm4
//! ```
//!
//! ## Passes
//! ```toml
//! item = "x-7q2k9dm4"
//! supersedes = "c-7q2k9dm4"   # whose item is x-7q2k9dm4
//! ```
//!
//! ## How to fix
//! Correct `item` or `supersedes`; `casebook evidence custody ITEM` lists the events of an item.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("custody-correction");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Custody(custody) = &entry.body else { return };
    let Some(other) = custody.supersedes.and_then(|id| context.case.get(id.0)) else { return };
    let Body::Custody(corrected) = &other.body else { return };
    if corrected.item == custody.item {
        return;
    }
    let message = format!("`{}` is an event of `{}`, not of `{}`", other.id(), corrected.item.0, custody.item.0);
    found.push(
        Diagnostic::error(CODE, Place::value(&entry.path, Route::key("supersedes")), message)
            .related(Place::value(&other.path, Route::key("item")), "the item of the other event")
            .help(format!(
                "correct the item, or the id: `casebook evidence custody {}` lists its events",
                custody.item.0
            )),
    );
}
