//! Evidence was acquired before the incident began.
//!
//! ## What it checks
//! The time at which each item was acquired against the milestone `occurred`. Only what is certain, whatever the exact
//! times were, is reported.
//!
//! ## Why
//! One of the two is wrong, or the item shows a state from before the attack: then it proves nothing about it, unless it
//! is meant for comparison.
//!
//! ## Fails
//! ```toml
//! # case.toml                          # evidence/x-4n8tbw2z.toml
//! occurred = 2026-03-01T02:00:00Z      # acquired.at = 2026-02-01T11:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! # case.toml                          # evidence/x-4n8tbw2z.toml
//! occurred = 2026-03-01T02:00:00Z      # acquired.at = 2026-03-01T11:00:00Z
//! ```
//!
//! ## How to fix
//! Correct the milestone, if the incident began earlier. A committed evidence record is not changed: say in its custody
//! events what is wrong. A backup or baseline from before the attack may stay as it is.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("acquired-before-incident");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Evidence(item) = &entry.body else { return };
    let Some(record) = &context.case.record else { return };
    let Some(occurred) = record.value.milestones.as_ref().and_then(|milestones| milestones.occurred.as_ref()) else {
        return;
    };
    if item.acquired.at.latest() >= occurred.earliest() {
        return;
    }
    let place = Place::value(&entry.path, Route::key("acquired").then("at"));
    found.push(
        Diagnostic::warning(CODE, place, "it was acquired before the incident began")
            .related(Place::value(&record.path, Route::key("milestones").then("occurred")), "the incident began here")
            .help("correct the one that is wrong; what is meant for comparison may stay"),
    );
}
