//! An action fulfils a duty that the policy does not have.
//!
//! ## What it checks
//! `duty` of every action, against `[[duties]]` of policy.toml.
//!
//! ## Why
//! The clock of the duty is stopped by the action that names it: a misspelt name lets it run out, or hides that it does.
//!
//! ## Fails
//! ```toml
//! phase = "duty"
//! duty = "gdrp-33"
//! ```
//!
//! ## Passes
//! ```toml
//! phase = "duty"
//! duty = "gdpr-33"
//! ```
//!
//! ## How to fix
//! Correct the handle, or add the duty to policy.toml.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::{Route, nearest};

pub const CODE: Code = Code::new("unknown-duty");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let named = match &entry.body {
        Body::Action(action) => action.duty.as_ref(),
        Body::Decision(decision) => decision.duty.as_ref(),
        _ => None,
    };
    let Some(duty) = named.filter(|duty| context.policy.duty(duty.as_str()).is_none()) else { return };
    let handles = context.policy.duties.iter().map(|duty| duty.handle.as_str());
    let help = match nearest(duty.as_str(), handles) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `[[duties]]` with `handle = \"{duty}\"` to policy.toml, or remove the key"),
    };
    let place = Place::value(&entry.path, Route::key("duty"));
    found.push(Diagnostic::error(CODE, place, format!("the policy has no duty `{duty}`")).help(help));
}
