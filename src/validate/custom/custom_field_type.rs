//! A field of the team has another type than the policy declares.
//!
//! ## What it checks
//! Every declared key of every `[custom]` table: `text`, `integer`, `boolean`, `time` or `list`.
//!
//! ## Why
//! Exports and metrics count on the type.
//!
//! ## Fails
//! ```toml
//! # policy.toml: [custom.finding.hosts] type = "integer"
//! [custom]
//! hosts = "three"
//! ```
//!
//! ## Passes
//! ```toml
//! [custom]
//! hosts = 3
//! ```
//!
//! ## How to fix
//! Write a value of the declared type.

use super::{declaration, records};
use crate::diagnostic::{Code, Diagnostic};
use crate::validate::{Context, Found};
use crate::values::vocabulary::CustomType;

pub const CODE: Code = Code::new("custom-field-type");

pub fn check(context: &Context<'_>, found: &mut Found) {
    for record in records(context) {
        for (name, value, field) in record.known(context.policy) {
            if value.type_of() == field.r#type {
                continue;
            }
            let message = format!("`{name}` is declared as `{}`, and this is `{}`", field.r#type, value.type_of());
            let mut diagnostic = Diagnostic::error(CODE, record.value(name), message)
                .help(format!("write `{name} = {}`", example(field.r#type)));
            if let Some(place) = declaration(context, record.kind, name, "type") {
                diagnostic = diagnostic.related(place, "declared here");
            }
            found.push(diagnostic);
        }
    }
}

fn example(kind: CustomType) -> &'static str {
    match kind {
        CustomType::Text => "\"…\"",
        CustomType::Integer => "1",
        CustomType::Boolean => "true",
        CustomType::Time => "2026-03-01T10:15:00Z",
        CustomType::List => "[\"…\"]",
    }
}
