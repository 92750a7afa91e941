//! A milestone of the case comes before one that must precede it.
//!
//! ## What it checks
//! That the milestones of case.toml can have happened in their order: occurred, detected, reported, contained, eradicated,
//! recovered, closed. Ranges may overlap; only what is impossible whatever the exact times were is reported.
//!
//! ## Why
//! Times to detect, contain and recover are computed from the milestones; a slip makes them negative.
//!
//! ## Fails
//! ```toml
//! [milestones]
//! detected = 2026-03-02T08:00:00Z
//! contained = 2026-03-01T09:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! [milestones]
//! detected = 2026-03-01T08:00:00Z
//! contained = 2026-03-02T09:00:00Z
//! ```
//!
//! ## How to fix
//! Correct the time that is wrong. Where a time is only known roughly, write a range: `{ from = …, to = … }`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("milestone-order");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(record) = &context.case.record else { return };
    let Some(milestones) = &record.value.milestones else { return };
    let known: Vec<_> =
        milestones.in_order().into_iter().filter_map(|(name, when)| when.map(|when| (name, when))).collect();
    let place = |name: &str| Place::value(&record.path, Route::key("milestones").then(name));
    for pair in known.windows(2) {
        let [(before, earlier), (after, later)] = pair else { continue };
        if later.latest() < earlier.earliest() {
            let message = format!("`{after}` is before `{before}`, which must come first");
            found.push(
                Diagnostic::error(CODE, place(after.word()), message)
                    .related(place(before.word()), format!("`{before}` is later"))
                    .help("correct the time that is wrong, or write a range: `{ from = …, to = … }`"),
            );
        }
    }
}
