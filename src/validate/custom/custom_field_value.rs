//! A field of the team has a value that the policy does not allow.
//!
//! ## What it checks
//! Texts and lists of texts whose declaration names `values`.
//!
//! ## Why
//! A closed list of words is what makes cases comparable.
//!
//! ## Fails
//! ```toml
//! # policy.toml: [custom.case.region] values = ["apac", "emea"]
//! [custom]
//! region = "europe"
//! ```
//!
//! ## Passes
//! ```toml
//! [custom]
//! region = "emea"
//! ```
//!
//! ## How to fix
//! Write one of the values that the message shows, or add the value to policy.toml.

use super::{declaration, records};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{CustomField, CustomValue};
use crate::validate::{Context, Found};
use crate::values::{Route, nearest};

pub const CODE: Code = Code::new("custom-field-value");

pub fn check(context: &Context<'_>, found: &mut Found) {
    for record in records(context) {
        for (name, value, field) in record.known(context.policy).filter(|(_, _, field)| !field.values.is_empty()) {
            let mut report = |text: &str, place: Place| {
                let diagnostic = Diagnostic::error(CODE, place, format!("`{text}` is not a value of `{name}`"))
                    .help(help(text, field));
                found.push(match declaration(context, record.kind, name, "values") {
                    Some(place) => diagnostic.related(place, "the values are declared here"),
                    None => diagnostic,
                });
            };
            match value {
                CustomValue::Text(text) if !allows(field, text) => report(text, record.value(name)),
                CustomValue::List(items) => {
                    for (index, item) in items.iter().enumerate().filter(|(_, item)| !allows(field, item)) {
                        report(item, Place::value(record.path, Route::key("custom").then(name).at(index)));
                    }
                }
                _ => {}
            }
        }
    }
}

fn allows(field: &CustomField, text: &str) -> bool {
    field.values.iter().any(|value| value.as_str() == text)
}

fn help(text: &str, field: &CustomField) -> String {
    let values: Vec<&str> = field.values.iter().map(|value| value.as_str()).collect();
    match nearest(text, values.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? the values are {}", values.join(", ")),
        None => format!("the values are {}", values.join(", ")),
    }
}
