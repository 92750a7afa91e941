//! Rules for times: their order, and what cannot be.

pub mod acquired_before_incident;
pub mod done_at;
pub mod entry_order;
pub mod future;
pub mod implausible;
pub mod incomplete_decision;
pub mod milestone_order;
pub mod missing_milestone;
pub mod reversed_range;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("milestone-order", include_str!("milestone_order.rs")),
        check: Check::Case(milestone_order::check),
    },
    Rule {
        page: Page::of("missing-milestone", include_str!("missing_milestone.rs")),
        check: Check::Case(missing_milestone::check),
    },
    Rule {
        page: Page::fixed("reversed-range", include_str!("reversed_range.rs")),
        check: Check::Anywhere(reversed_range::check),
    },
    Rule { page: Page::of("future-time", include_str!("future.rs")), check: Check::Anywhere(future::check) },
    Rule {
        page: Page::of("implausible-time", include_str!("implausible.rs")),
        check: Check::Anywhere(implausible::check),
    },
    Rule { page: Page::of("entry-order", include_str!("entry_order.rs")), check: Check::Entry(entry_order::check) },
    Rule {
        page: Page::of("acquired-before-incident", include_str!("acquired_before_incident.rs")),
        check: Check::Entry(acquired_before_incident::check),
    },
    Rule { page: Page::of("done-at", include_str!("done_at.rs")), check: Check::Entry(done_at::check) },
    Rule {
        page: Page::of("incomplete-decision", include_str!("incomplete_decision.rs")),
        check: Check::Entry(incomplete_decision::check),
    },
];

/// The time of a datum, as a range of instants.
fn instants(datum: crate::model::Datum<'_>) -> Option<(jiff::Timestamp, jiff::Timestamp)> {
    match datum {
        crate::model::Datum::When(when) => Some((when.earliest(), when.latest())),
        crate::model::Datum::Moment(moment) => Some((moment.timestamp(), moment.timestamp())),
        _ => None,
    }
}
