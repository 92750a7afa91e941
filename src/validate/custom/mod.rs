//! Rules for the fields that a team adds: records hold what policy.toml declares.

pub mod custom_field_type;
pub mod custom_field_value;
pub mod missing_custom_field;
pub mod undeclared_custom_field;

use super::Context;
use super::gates::CASE;
use super::{Check, Rule};
use crate::diagnostic::Page;
use crate::diagnostic::Place;
use crate::model::{Custom, CustomField, CustomValue, Policy};
use crate::values::{Route, TreePath};
use std::collections::BTreeMap;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("custom-field-type", include_str!("custom_field_type.rs")),
        check: Check::Case(custom_field_type::check),
    },
    Rule {
        page: Page::of("custom-field-value", include_str!("custom_field_value.rs")),
        check: Check::Case(custom_field_value::check),
    },
    Rule {
        page: Page::of("missing-custom-field", include_str!("missing_custom_field.rs")),
        check: Check::Case(missing_custom_field::check),
    },
    Rule {
        page: Page::of("undeclared-custom-field", include_str!("undeclared_custom_field.rs")),
        check: Check::Case(undeclared_custom_field::check),
    },
];

/// The fields that a team adds to one record.
struct Extended<'c> {
    kind: &'static str,
    path: &'c TreePath,
    custom: &'c Custom,
    retired: bool,
}

impl<'c> Extended<'c> {
    /// What the policy declares for the kind of the record.
    fn declared<'p>(&self, policy: &'p Policy) -> Option<&'p BTreeMap<String, CustomField>> {
        policy.custom.get(self.kind)
    }

    fn key(&self, name: &str) -> Place {
        Place::key(self.path, Route::key("custom").then(name))
    }

    fn value(&self, name: &str) -> Place {
        Place::value(self.path, Route::key("custom").then(name))
    }

    /// Each field that the record has and the policy declares.
    fn known<'p>(&self, policy: &'p Policy) -> impl Iterator<Item = (&'c str, &'c CustomValue, &'p CustomField)> {
        let declared = self.declared(policy);
        let fields = self.custom.0.iter();
        fields.filter_map(move |(name, value)| Some((name.as_str(), value, declared?.get(name)?)))
    }
}

/// Every record of the case that can have fields of the team.
fn records<'c>(context: &'c Context<'_>) -> impl Iterator<Item = Extended<'c>> {
    let case = context.case.record.iter().map(|record| Extended {
        kind: CASE,
        path: &record.path,
        custom: &record.value.custom,
        retired: false,
    });
    case.chain(context.case.entries.values().map(|entry| Extended {
        kind: entry.kind().noun(),
        path: &entry.path,
        custom: entry.custom(),
        retired: entry.is_retired(),
    }))
}

/// The place of a declaration, where the case has a policy of its own.
fn declaration(context: &Context<'_>, kind: &str, name: &str, key: &str) -> Option<Place> {
    let policy = context.case.policy.as_ref()?;
    Some(Place::value(&policy.path, Route::key("custom").then(kind).then(name).then(key)))
}
