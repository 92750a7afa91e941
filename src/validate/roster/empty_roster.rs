//! The roster names nobody.
//!
//! ## What it checks
//! That team.toml has at least one `[[people]]`.
//!
//! ## Why
//! Findings need authors, and sign-offs need signers: without people there can be neither.
//!
//! ## Fails
//! ```toml
//! [[teams]]
//! handle = "ir"
//! name = "Incident response"
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

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Team;
use crate::validate::{Context, Found};

pub const CODE: Code = Code::new("empty-roster");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = context.case.team.as_ref().filter(|team| team.value.people.is_empty()) else { return };
    found.push(
        Diagnostic::error(CODE, Place::file(&team.path), "the roster names nobody")
            .help(format!("type `{}`", Team::adding("YOU@EXAMPLE.ORG"))),
    );
}
