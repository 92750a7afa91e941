//! Rules for what a status asks for: by the policy of the case, and by the nature of the status.

pub mod closed_with_open_entry;
pub mod declined_without_outcome;
pub mod gate_unmet;
pub mod incomplete_closing;
pub mod unproven_finding;
pub mod unweighed_finding;

use super::Context;
use super::{Check, Rule};
use crate::diagnostic::Page;
use crate::diagnostic::Place;
use crate::model::{Entry, Shape, TableShape, schema};
use crate::values::vocabulary::CaseStatus;
use crate::values::{Kind, Route};

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("closed-with-open-entry", include_str!("closed_with_open_entry.rs")),
        check: Check::Entry(closed_with_open_entry::check),
    },
    Rule {
        page: Page::of("declined-without-outcome", include_str!("declined_without_outcome.rs")),
        check: Check::Entry(declined_without_outcome::check),
    },
    Rule {
        page: Page::of("gate-unmet", include_str!("gate_unmet.rs")),
        check: Check::CaseAndEntry(gate_unmet::check_case, gate_unmet::check_entry),
    },
    Rule {
        page: Page::of("incomplete-closing", include_str!("incomplete_closing.rs")),
        check: Check::Case(incomplete_closing::check),
    },
    Rule {
        page: Page::of("unproven-finding", include_str!("unproven_finding.rs")),
        check: Check::Entry(unproven_finding::check),
    },
    Rule {
        page: Page::of("unweighed-finding", include_str!("unweighed_finding.rs")),
        check: Check::Entry(unweighed_finding::check),
    },
];

/// The kind of entry that a gate means by `case`: the case itself.
pub const CASE: &str = "case";

/// The shape of the kind of record that a gate names; `None` where there is no such kind.
pub fn table(kind: &str) -> Option<TableShape> {
    if kind == CASE {
        return schema::table(CASE);
    }
    Kind::ALL.into_iter().find(|known| known.noun() == kind).and_then(|known| schema::table(known.noun()))
}

/// The words that the status of a kind can be.
pub fn statuses(table: &TableShape) -> &'static [&'static str] {
    match field(table, "status") {
        Some(Shape::Word { words, .. }) => words,
        _ => &[],
    }
}

/// The shape of the field at a dotted route of a record.
pub fn field(table: &TableShape, route: &str) -> Option<Shape> {
    let (first, rest) = route.split_once('.').map_or((route, None), |(first, rest)| (first, Some(rest)));
    let field = table.fields.iter().find(|field| field.name == first)?;
    match (rest, &field.shape) {
        (None, shape) => Some(shape.clone()),
        (Some(rest), Shape::Table(inner)) => self::field(inner, rest),
        _ => None,
    }
}

/// Where the status of an entry stands; the id of an entry whose kind has none, or that does not say it.
fn status_of(entry: &Entry) -> Place {
    let key = if entry.holds("status") == Some(true) { "status" } else { "id" };
    Place::value(&entry.path, Route::key(key))
}

/// Where the case says that it is closed, if it is.
fn closed(context: &Context<'_>) -> Option<Place> {
    let record = context.case.record.as_ref().filter(|record| record.value.status == CaseStatus::Closed)?;
    Some(Place::value(&record.path, Route::key("status")))
}
