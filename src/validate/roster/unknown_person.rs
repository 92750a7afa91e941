//! A record names a person who is not in the roster.
//!
//! ## What it checks
//! Authors, leads, assignees, approvers, and who decided, acquired or handed over, against `[[people]]` of team.toml.
//!
//! ## Why
//! Nobody can be asked, told or held to account whose name stands nowhere else.
//!
//! ## Fails
//! ```toml
//! authors = ["bbo"]
//! ```
//!
//! ## Passes
//! ```toml
//! authors = ["bob"]
//! ```
//!
//! ## How to fix
//! Correct the handle, or add the person to team.toml. Who left the team stays in the roster: the records remain theirs.

use super::{Named, named};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Datum, Team};
use crate::validate::{Context, Found};
use crate::values::{Trail, TreePath, nearest};

pub const CODE: Code = Code::new("unknown-person");

pub fn check(context: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Handle(handle) = datum else { return };
    // An empty roster is reported as such.
    let Some(team) = context.case.team.as_ref().filter(|team| !team.value.people.is_empty()) else { return };
    if named(trail) == Named::Person && !team.value.has_person(handle) {
        found.push(unknown(&team.value, handle, Place::value(path, trail.to_route())));
    }
}

fn unknown(team: &Team, handle: &str, place: Place) -> Diagnostic {
    let near = nearest(handle, team.people.iter().map(|person| person.handle.as_str()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if team.has_team(handle) => "this is a team; write the handle of a person".to_owned(),
        None => format!("add `[[people]]` with `handle = \"{handle}\"` and a `name` to team.toml"),
    };
    Diagnostic::error(CODE, place, format!("`{handle}` is not a person of team.toml")).help(help)
}
