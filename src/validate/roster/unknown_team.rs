//! A record names a team that is not in the roster.
//!
//! ## What it checks
//! `owner` of assets and actions, and `team` of the people of team.toml, against its `[[teams]]`.
//!
//! ## Why
//! What belongs to nobody is done by nobody: notices and tickets go to the team that owns an action.
//!
//! ## Fails
//! ```toml
//! owner = "mial"
//! ```
//!
//! ## Passes
//! ```toml
//! owner = "mail"
//! ```
//!
//! ## How to fix
//! Correct the handle, or add the team to team.toml.

use super::{Named, named};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Datum, Team};
use crate::validate::{Context, Found};
use crate::values::{Trail, TreePath, nearest};

pub const CODE: Code = Code::new("unknown-team");

pub fn check(context: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Handle(handle) = datum else { return };
    let Some(team) = &context.case.team else { return };
    if named(trail) == Named::Team && !team.value.has_team(handle) {
        found.push(unknown(&team.value, handle, Place::value(path, trail.to_route())));
    }
}

fn unknown(team: &Team, handle: &str, place: Place) -> Diagnostic {
    let near = nearest(handle, team.teams.iter().map(|group| group.handle.as_str()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if team.has_person(handle) => "this is a person; write the handle of a team".to_owned(),
        None => format!("add `[[teams]]` with `handle = \"{handle}\"` and a `name` to team.toml"),
    };
    Diagnostic::error(CODE, place, format!("`{handle}` is not a team of team.toml")).help(help)
}
