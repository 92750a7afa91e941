//! A record lacks what a gate of the policy asks for at its status.
//!
//! ## What it checks
//! Each `[[gates]]` of policy.toml: that every record of its `kind` with one of its `status` has every field of `require`, not
//! empty. A gate without `status` holds for all of them; the kind `case` is case.toml. Other
//! rules leave a field to the gate that asks for it.
//!
//! ## Why
//! Information that the team needs is noticed to be missing when the status is set, not when the report is due. The gate's own
//! reason is shown.
//!
//! ## Fails
//! ```toml
//! # policy.toml
//! [[gates]]
//! kind = "finding"
//! status = ["confirmed"]
//! require = ["severity"]
//! reason = "operations sorts by severity"
//!
//! # findings/f-7q2k9dm4.toml has no severity
//! status = "confirmed"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "confirmed"
//! severity = "high"
//! ```
//!
//! ## How to fix
//! Add the field, or set the status back until it is known.

use super::{CASE, field, status_of, table};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Entry, Field, Gate, schema};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("gate-unmet");

pub fn check_case(context: &Context<'_>, found: &mut Found) {
    let Some(record) = &context.case.record else { return };
    let status = record.value.status.word();
    let place = || Place::value(&record.path, Route::key("status"));
    for (index, gate) in gates(context, CASE, status) {
        report_unmet(context, index, gate, status, &|name| record.value.holds(name), &place, found);
    }
}

pub fn check_entry(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    if context.policy.gates.is_empty() {
        return;
    }
    let status = entry.status();
    for (index, gate) in gates(context, entry.kind().noun(), status) {
        report_unmet(context, index, gate, status, &|name| entry.holds(name), &|| status_of(entry), found);
    }
}

/// Whether a gate asks for a field and says so where it is missing: rules about the same field then have nothing to add.
/// A policy that changes the level of this rule leaves it to them.
pub fn asks(context: &Context<'_>, kind: &str, status: &str, name: &str) -> bool {
    context.policy.level(&CODE).is_none()
        && gates(context, kind, status).any(|(_, gate)| gate.require.iter().any(|field| field.as_str() == name))
}

/// The gates that hold for a kind and a status, each with its number in the policy.
fn gates<'c>(context: &'c Context<'_>, kind: &'c str, status: &'c str) -> impl Iterator<Item = (usize, &'c Gate)> {
    context.policy.gates.iter().enumerate().filter(move |(_, gate)| {
        gate.kind.as_str() == kind && (gate.status.is_empty() || gate.status.iter().any(|word| word.as_str() == status))
    })
}

fn report_unmet(
    context: &Context<'_>,
    index: usize,
    gate: &Gate,
    status: &str,
    holds: &dyn Fn(&str) -> Option<bool>,
    place: &dyn Fn() -> Place,
    found: &mut Found,
) {
    for (number, name) in gate.require.iter().enumerate() {
        if holds(name.as_str()) != Some(false) {
            continue;
        }
        let example = match table(gate.kind.as_str()).and_then(|table| field(&table, name.as_str())) {
            Some(shape) => schema::example(&shape),
            None if name.as_str().starts_with("custom.") => "…".to_owned(),
            // What the policy names and no record can have is an error of the policy.
            None => continue,
        };
        let help = format!("add `{name} = {example}`, or set the status back");
        found.push(unmet(context, index, number, gate, status, place()).help(help));
    }
}

fn unmet(context: &Context<'_>, index: usize, number: usize, gate: &Gate, status: &str, place: Place) -> Diagnostic {
    let (kind, name) = (&gate.kind, &gate.require[number]);
    let who = if gate.status.is_empty() { format!("every {kind}") } else { format!("each {kind} that is `{status}`") };
    let diagnostic = Diagnostic::error(CODE, place, format!("`{name}` is missing, which {who} must have"));
    let Some(policy) = &context.case.policy else { return diagnostic };
    let reason = gate.reason.as_ref().map_or("this gate asks for it", |reason| reason.as_str());
    let route = Route::key("gates").at(index).then("require").at(number);
    diagnostic.related(Place::value(&policy.path, route), reason)
}
