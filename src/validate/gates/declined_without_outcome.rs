//! An action was declined, but does not say why.
//!
//! ## What it checks
//! That a declined action has an `outcome`.
//!
//! ## Why
//! A declined recommendation is a risk that somebody took: the next incident asks who, and why.
//!
//! ## Fails
//! ```toml
//! status = "declined"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "declined"
//! outcome = "The server is replaced next month; the risk is taken by the head of operations"
//! ```
//!
//! ## How to fix
//! Add `outcome` with the reason.

use super::gate_unmet::asks;
use super::status_of;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::vocabulary::ActionStatus;

pub const CODE: Code = Code::new("declined-without-outcome");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Action(action) = &entry.body else { return };
    let is_silent = action.status == ActionStatus::Declined && action.outcome.is_none();
    if is_silent && !asks(context, "action", action.status.word(), "outcome") {
        found.push(
            Diagnostic::error(CODE, status_of(entry), "this action is declined, but does not say why")
                .help("add `outcome = \"…\"` with the reason"),
        );
    }
}
