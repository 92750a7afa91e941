//! An action is done but does not say when, or says when but is not done.
//!
//! ## What it checks
//! That `status = "done"` and `done_at` stand together.
//!
//! ## Why
//! How long containment and recovery took is computed from these times, and a legal duty is proven by them.
//!
//! ## Fails
//! ```toml
//! status = "done"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "done"
//! done_at = 2026-03-01T12:40:00Z
//! ```
//!
//! ## How to fix
//! Type `casebook set ID status=done done_at=2026-03-01T12:40:00Z`, with its own time.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::gates::gate_unmet::asks;
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::ActionStatus;

pub const CODE: Code = Code::new("done-at");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Action(action) = &entry.body else { return };
    let place = |key: &str| Place::value(&entry.path, Route::key(key));
    let help = "write when it was done, such as `done_at = 2026-03-01T10:15:00Z`";
    match (action.status, action.done_at) {
        (ActionStatus::Done, None) if !asks(context, "action", action.status.word(), "done_at") => {
            let message = "the action is done, but nothing says when";
            found.push(Diagnostic::warning(CODE, place("status"), message).help(help));
        }
        (ActionStatus::Open | ActionStatus::InProgress | ActionStatus::Declined, Some(_)) => {
            let message = format!("it says when it was done, but its status is `{}`", action.status);
            let help = "write `status = \"done\"`, or remove `done_at`";
            found.push(Diagnostic::warning(CODE, place("done_at"), message).help(help));
        }
        _ => {}
    }
}
