//! Two people, or two teams, have the same handle.
//!
//! ## What it checks
//! The `handle` of every person and of every team in team.toml.
//!
//! ## Why
//! Nobody could say which of the two wrote a finding, or signed it.
//!
//! ## Fails
//! ```toml
//! [[people]]
//! handle = "bob"
//! name = "Bob Example"
//!
//! [[people]]
//! handle = "bob"
//! name = "Bob Sample"
//! ```
//!
//! ## Passes
//! ```toml
//! [[people]]
//! handle = "bob"
//! name = "Bob Example"
//!
//! [[people]]
//! handle = "bob.s"
//! name = "Bob Sample"
//! ```
//!
//! ## How to fix
//! Give one of them another handle. If records use it already, the newer one changes.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::{Handle, Route, TreePath};

pub const CODE: Code = Code::new("duplicate-handle");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = &context.case.team else { return };
    let people: Vec<&Handle> = team.value.people.iter().map(|person| &person.handle).collect();
    let teams: Vec<&Handle> = team.value.teams.iter().map(|group| &group.handle).collect();
    report(&team.path, "people", "person", &people, found);
    report(&team.path, "teams", "team", &teams, found);
}

fn report(path: &TreePath, list: &str, noun: &str, handles: &[&Handle], found: &mut Found) {
    let place = |index: usize| Place::value(path, Route::key(list).at(index).then("handle"));
    for (index, handle) in handles.iter().enumerate() {
        let Some(first) = handles[..index].iter().position(|other| other == handle) else { continue };
        found.push(
            Diagnostic::error(CODE, place(index), format!("the handle `{handle}` is that of another {noun}"))
                .related(place(first), "first here")
                .help("give one of them another handle"),
        );
    }
}
