//! A field refers to an entry that does not exist.
//!
//! ## What it checks
//! Every id in every field of every entry. An entry whose file cannot be read exists: only its own errors are reported.
//!
//! ## Why
//! Git merges without a conflict when one branch removes an asset and the other refers to it; the report would name
//! something that nobody can look up.
//!
//! ## Fails
//! ```toml
//! assets = ["a-00000000"]   # there is no assets/a-00000000.toml
//! ```
//!
//! ## Passes
//! ```toml
//! assets = ["a-7q2k9dm4"]   # there is an assets/a-7q2k9dm4.toml
//! ```
//!
//! ## How to fix
//! Correct the id: `casebook list` shows those that exist. If the entry was deleted, bring it back with
//! `git checkout HEAD -- PATH` and set its status to `withdrawn` instead.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Case, Datum, Entry};
use crate::validate::{Context, Found};
use crate::values::{EntryId, Trail};

pub const CODE: Code = Code::new("dangling-reference");

pub fn check(context: &Context<'_>, entry: &Entry, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Reference(id) = datum else { return };
    if !exists(context.case, id) {
        found.push(report(context.case, id, Place::value(&entry.path, trail.to_route())));
    }
}

/// The dangling references of entries that cannot be read as a whole: their other errors must not hide these.
pub fn of_unreadable(case: &Case) -> impl Iterator<Item = Diagnostic> {
    let dangling = case.loose_references.iter().filter(|(id, _)| !exists(case, *id));
    dangling.map(|(id, place)| report(case, *id, place.clone()))
}

fn exists(case: &Case, id: EntryId) -> bool {
    case.entries.contains_key(&id) || case.unreadable.contains_key(&id)
}

fn report(case: &Case, id: EntryId, place: Place) -> Diagnostic {
    let help = match case.one_slip_from(id) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`casebook list {}` shows the ids that exist", id.kind()),
    };
    Diagnostic::error(CODE, place, format!("there is no {} `{id}`", id.kind())).help(help)
}
