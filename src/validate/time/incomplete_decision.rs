//! A decision was taken, but what, by whom, when or why is not said.
//!
//! ## What it checks
//! That decisions with the status `taken` have `by`, `at`, `decision` and `rationale`.
//!
//! ## Why
//! A decision log is read when somebody asks, months later, why the shop was offline. What was not written down then is
//! not remembered.
//!
//! ## Fails
//! ```toml
//! status = "taken"
//! decision = "mail01 stays on the network until Monday"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "taken"
//! by = "alice"
//! at = 2026-03-01T12:00:00Z
//! decision = "mail01 stays on the network until Monday"
//! rationale = "Taking it off would show the attacker that we know."
//! ```
//!
//! ## How to fix
//! Add what is missing, as the message lists it.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::DecisionStatus;

pub const CODE: Code = Code::new("incomplete-decision");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Decision(decision) = &entry.body else { return };
    if decision.status != DecisionStatus::Taken {
        return;
    }
    let fields = [
        ("by", "by = \"alice\"", decision.by.is_some()),
        ("at", "at = 2026-03-01T10:15:00Z", decision.at.is_some()),
        ("decision", "decision = \"…\"", decision.decision.is_some()),
        ("rationale", "rationale = \"…\"", decision.rationale.is_some()),
    ];
    if fields.iter().all(|(_, _, there)| *there) {
        return;
    }
    let missing = || fields.iter().filter(|(_, _, there)| !there);
    let names: Vec<String> = missing().map(|(name, _, _)| format!("`{name}`")).collect();
    let lines: Vec<String> = missing().map(|(_, line, _)| format!("`{line}`")).collect();
    let message = format!("the decision is taken, but it has no {}", names.join(", "));
    found.push(
        Diagnostic::error(CODE, Place::value(&entry.path, Route::key("status")), message)
            .help(format!("add {}", lines.join(", "))),
    );
}
