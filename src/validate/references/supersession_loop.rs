//! Entries take each other's place in a circle.
//!
//! ## What it checks
//! That following `superseded_by`, and `supersedes` of custody events, never leads back to where it started.
//!
//! ## Why
//! In a circle no entry is the one that counts. Two branches that each supersede the other's entry make one without a
//! conflict.
//!
//! ## Fails
//! ```toml
//! # f-7q2k9dm4                      # f-4n8tbw2z
//! superseded_by = "f-4n8tbw2z"      # superseded_by = "f-7q2k9dm4"
//! ```
//!
//! ## Passes
//! ```toml
//! # f-7q2k9dm4                      # f-4n8tbw2z
//! superseded_by = "f-4n8tbw2z"      # status = "confirmed"
//! ```
//!
//! ## How to fix
//! Decide which of them counts: remove its `superseded_by` and give it the status that it has.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Case, Entry};
use crate::validate::{Context, Found};
use crate::values::{EntryId, Route};
use std::collections::BTreeMap;

pub const CODE: Code = Code::new("supersession-loop");

pub fn check(context: &Context<'_>, found: &mut Found) {
    // The walk that an entry was first met in; each entry is met once.
    let mut met: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    for start in context.case.entries.values().filter(|entry| next(entry).is_some()) {
        let walk = start.id();
        let mut at = walk;
        while !met.contains_key(&at) {
            let Some(after) = context.case.get(at).and_then(next) else { break };
            met.insert(at, walk);
            at = after;
        }
        // It came back to an entry of this same walk: the walk ends in a circle that was not met before.
        if met.get(&at) == Some(&walk) {
            report(context.case, at, found);
        }
    }
}

/// The entry that an entry gives its place to, or that it corrects.
fn next(entry: &Entry) -> Option<EntryId> {
    match &entry.body {
        Body::Custody(custody) => custody.supersedes.map(|id| id.0),
        _ => entry.superseded_by(),
    }
}

fn report(case: &Case, start: EntryId, found: &mut Found) {
    let mut circle = vec![start];
    while let Some(after) = case.get(circle[circle.len() - 1]).and_then(next).filter(|after| *after != start) {
        circle.push(after);
    }
    let Some(entry) = case.get(start) else { return };
    let message = match circle.as_slice() {
        [only] => format!("`{only}` takes its own place"),
        [first, second] => format!("`{first}` and `{second}` take each other's place"),
        [first, ..] => format!("`{first}` and {} more take each other's place in a circle", circle.len() - 1),
        [] => return,
    };
    let mut diagnostic = Diagnostic::error(CODE, place(entry), message)
        .help("decide which of them counts, remove that line from it and correct its status");
    for other in circle[1..].iter().take(8).filter_map(|id| case.get(*id)) {
        diagnostic = diagnostic.related(place(other), "and here");
    }
    found.push(diagnostic);
}

fn place(entry: &Entry) -> Place {
    let key = if matches!(entry.body, Body::Custody(_)) { "supersedes" } else { "superseded_by" };
    Place::value(&entry.path, Route::key(key))
}
