//! Evidence was made from itself.
//!
//! ## What it checks
//! That following the `inputs` of derived evidence, and theirs, never leads back to where it started.
//!
//! ## Why
//! A tool can only read what was there before. In a circle nothing was collected, so it proves nothing.
//!
//! ## Fails
//! ```toml
//! # evidence/x-7q2k9dm4.toml         # evidence/x-4n8tbw2z.toml
//! [derived_from]                     # [derived_from]
//! inputs = ["x-4n8tbw2z"]            # inputs = ["x-7q2k9dm4"]
//! ```
//!
//! ## Passes
//! ```toml
//! # evidence/x-7q2k9dm4.toml         # evidence/x-4n8tbw2z.toml
//! [derived_from]                     # [acquired]
//! inputs = ["x-4n8tbw2z"]            # by = "bob"
//! ```
//!
//! ## How to fix
//! Find out which of them was collected, and remove its `derived_from`. Where the records are committed already, register the
//! bytes anew, with inputs that are right.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Case};
use crate::validate::{Context, Found};
use crate::values::{EntryId, Route};
use std::collections::BTreeSet;

pub const CODE: Code = Code::new("derivation-loop");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let mut done = BTreeSet::new();
    for (entry, _) in context.case.evidence() {
        walk(context.case, entry.id(), &mut done, found);
    }
}

/// An item on the way, and its inputs that are still to be followed.
struct Step {
    item: EntryId,
    left: Vec<EntryId>,
}

/// Follows the inputs of an item in all directions; each item is left behind once. A chain may be long, so this is no
/// recursion.
fn walk(case: &Case, start: EntryId, done: &mut BTreeSet<EntryId>, found: &mut Found) {
    if done.contains(&start) {
        return;
    }
    let mut way = vec![Step { item: start, left: inputs(case, start) }];
    let mut on_way = BTreeSet::from([start]);
    while let Some(step) = way.last_mut() {
        let Some(next) = step.left.pop() else {
            done.insert(step.item);
            on_way.remove(&step.item);
            way.pop();
            continue;
        };
        if on_way.contains(&next) {
            let circle: Vec<EntryId> = way.iter().map(|step| step.item).skip_while(|item| *item != next).collect();
            found.extend(report(case, &circle));
        } else if !done.contains(&next) {
            on_way.insert(next);
            way.push(Step { item: next, left: inputs(case, next) });
        }
    }
}

/// The items that an item was made from, in an order that ends with the first.
fn inputs(case: &Case, item: EntryId) -> Vec<EntryId> {
    let Some(Body::Evidence(record)) = case.get(item).map(|entry| &entry.body) else { return Vec::new() };
    let inputs = record.derived_from.iter().flat_map(|made| made.inputs.0.iter());
    inputs.rev().map(|input| input.0).collect()
}

fn report(case: &Case, circle: &[EntryId]) -> Option<Diagnostic> {
    let place = |id: &EntryId| {
        let entry = case.get(*id)?;
        Some(Place::value(&entry.path, Route::key("derived_from").then("inputs")))
    };
    let first = circle.first()?;
    let message = match circle {
        [only] => format!("`{only}` was made from itself"),
        [first, second] => format!("`{first}` and `{second}` were made from each other"),
        [first, ..] => format!("`{first}` and {} more were made from each other in a circle", circle.len() - 1),
        [] => return None,
    };
    let mut diagnostic = Diagnostic::error(CODE, place(first)?, message)
        .help("find out which of them was collected, and remove its `derived_from`");
    for place in circle[1..].iter().take(8).filter_map(place) {
        diagnostic = diagnostic.related(place, "and here");
    }
    Some(diagnostic)
}
