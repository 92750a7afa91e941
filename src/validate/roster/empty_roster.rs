//! Records name people, but the roster names nobody.
//!
//! ## What it checks
//! That team.toml has at least one `[[people]]`, as soon as case.toml or an entry names a person.
//!
//! ## Why
//! Findings need authors, and sign-offs need signers: without people there can be neither.
//!
//! ## Fails
//! ```toml
//! # team.toml has no [[people]], and findings/f-7q2k9dm4.toml has
//! authors = ["bob"]
//! ```
//!
//! ## Passes
//! ```toml
//! [[people]]
//! handle = "alice"
//! name = "Alice Example"
//! roles = ["lead"]
//! ```
//!
//! ## How to fix
//! Add the people of the case to team.toml.

use super::{Named, named};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Case, Datum, Field};
use crate::validate::{Context, Found};
use crate::values::Trail;

pub const CODE: Code = Code::new("empty-roster");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = context.case.team.as_ref().filter(|team| team.value.people.is_empty()) else { return };
    let Some((handle, place)) = first_person(context.case) else { return };
    found.push(
        Diagnostic::error(CODE, Place::file(&team.path), "records name people, but the roster names nobody")
            .related(place, "such as here")
            .help(format!("add `[[people]]` with `handle = \"{handle}\"`, `name` and `roles` to team.toml")),
    );
}

/// The first handle of a person in the records of a case, and where it is.
fn first_person(case: &Case) -> Option<(&str, Place)> {
    let mut first = None;
    if let Some(record) = &case.record {
        record.value.visit(Trail::Root, &mut |trail, datum| match datum {
            Datum::Handle(handle) if named(trail) == Named::Person && first.is_none() => {
                first = Some((handle, Place::value(&record.path, trail.to_route())));
            }
            _ => {}
        });
    }
    for entry in case.entries.values() {
        entry.visit(&mut |trail, datum| match datum {
            Datum::Handle(handle) if named(trail) == Named::Person && first.is_none() => {
                first = Some((handle, Place::value(&entry.path, trail.to_route())));
            }
            _ => {}
        });
        if first.is_some() {
            break;
        }
    }
    first
}
