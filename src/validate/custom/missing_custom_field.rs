//! A record lacks a field that the team requires.
//!
//! ## What it checks
//! The fields that policy.toml declares with `required = true`, in every record of the kind that still counts.
//!
//! ## Why
//! The team decided that a record without it is not complete.
//!
//! ## Fails
//! ```toml
//! # policy.toml: [custom.finding.room] type = "text", required = true
//! # findings/f-7q2k9dm4.toml has no [custom] table
//! ```
//!
//! ## Passes
//! ```toml
//! [custom]
//! room = "B-204"
//! ```
//!
//! ## How to fix
//! Add the field under `[custom]`. What is needed only at a certain status is a gate instead: `require = ["custom.room"]`.

use super::{declaration, records};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("missing-custom-field");

pub fn check(context: &Context<'_>, found: &mut Found) {
    if context.policy.custom.values().flat_map(|fields| fields.values()).all(|field| field.required != Some(true)) {
        return;
    }
    for record in records(context).filter(|record| !record.retired) {
        let Some(declared) = record.declared(context.policy) else { continue };
        for (name, field) in declared {
            if field.required != Some(true) || record.custom.0.contains_key(name) {
                continue;
            }
            let place = Place::value(record.path, Route::key("id"));
            let mut diagnostic = Diagnostic::error(CODE, place, format!("the team's field `{name}` is missing"))
                .help(format!("add `{name} = …` under `[custom]`; it is a `{}`", field.r#type));
            if let Some(place) = declaration(context, record.kind, name, "required") {
                diagnostic = diagnostic.related(place, "the policy requires it");
            }
            found.push(diagnostic);
        }
    }
}
