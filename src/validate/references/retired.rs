//! An entry that counts refers to one that was withdrawn or superseded.
//!
//! ## What it checks
//! The ids in the fields of every entry that is not itself withdrawn or superseded. Evidence and custody records, which
//! are written once, may go on naming an asset that was superseded since.
//!
//! ## Why
//! When a finding is withdrawn, whatever rests on it has to be thought over; a report would go on citing it.
//!
//! ## Fails
//! ```toml
//! findings = ["f-7q2k9dm4"]   # its status is "superseded", by f-4n8tbw2z
//! ```
//!
//! ## Passes
//! ```toml
//! findings = ["f-4n8tbw2z"]
//! ```
//!
//! ## How to fix
//! Refer to the entry that took its place, which the message names, or remove the reference. If this entry falls with the
//! other one, set its status to `withdrawn`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Case, Datum, Entry};
use crate::validate::{Context, Found};
use crate::values::{EntryId, Kind, Route, Trail};

pub const CODE: Code = Code::new("retired-reference");

pub fn check(context: &Context<'_>, entry: &Entry, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Reference(id) = datum else { return };
    let Some(target) = context.case.get(id) else { return };
    if !target.is_retired() || entry.is_retired() || matches!(entry.kind(), Kind::Evidence | Kind::Custody) {
        return;
    }
    // Who takes its place is said by `superseded_by`, which only a superseded entry has.
    if trail.last_key() == Some("superseded_by") {
        return;
    }
    let help = match successor(context.case, target) {
        Some(next) => format!("write `{next}`, which took its place"),
        None => "remove the id; if this entry falls with the other one, write `status = \"withdrawn\"`".to_owned(),
    };
    let place = Place::value(&entry.path, trail.to_route());
    found.push(
        Diagnostic::warning(CODE, place, format!("`{id}` is {}", target.status()))
            .related(Place::value(&target.path, Route::key("status")), format!("it is {} here", target.status()))
            .help(help),
    );
}

/// The entry that counts in the place of a superseded one.
fn successor(case: &Case, entry: &Entry) -> Option<EntryId> {
    let mut next = entry.superseded_by()?;
    // No chain is as long as this; a loop is reported by its own rule.
    for _ in 0..64 {
        let entry = case.get(next)?;
        match entry.superseded_by() {
            Some(after) => next = after,
            None => return (!entry.is_retired()).then_some(next),
        }
    }
    None
}
