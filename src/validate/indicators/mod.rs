//! Rules for indicators: the form of their values, and values that point to nobody.

pub mod bad_indicator;
pub mod defanged_indicator;
pub mod duplicate_indicator;
pub mod reserved_address;
pub mod unknown_top_level;
pub mod well_known_value;

use super::{Check, Rule};
use crate::diagnostic::{Page, Place};
use crate::model::{Body, Entry, Indicator};
use crate::values::Route;
use crate::values::vocabulary::Verdict;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("bad-indicator", include_str!("bad_indicator.rs")),
        check: Check::Entry(bad_indicator::check),
    },
    Rule {
        page: Page::of("defanged-indicator", include_str!("defanged_indicator.rs")),
        check: Check::Entry(defanged_indicator::check),
    },
    Rule {
        page: Page::of("duplicate-indicator", include_str!("duplicate_indicator.rs")),
        check: Check::Case(duplicate_indicator::check),
    },
    Rule {
        page: Page::of("reserved-address", include_str!("reserved_address.rs")),
        check: Check::Entry(reserved_address::check),
    },
    Rule {
        page: Page::of("unknown-top-level", include_str!("unknown_top_level.rs")),
        check: Check::Entry(unknown_top_level::check),
    },
    Rule {
        page: Page::of("well-known-value", include_str!("well_known_value.rs")),
        check: Check::Entry(well_known_value::check),
    },
];

/// The indicator of an entry, if it is one that still counts.
fn standing(entry: &Entry) -> Option<&Indicator> {
    match &entry.body {
        Body::Indicator(indicator) if !entry.is_retired() => Some(indicator),
        _ => None,
    }
}

/// The same for indicators that somebody may be looked for by, or blocked.
fn suspected(entry: &Entry) -> Option<&Indicator> {
    standing(entry).filter(|indicator| indicator.verdict != Verdict::Benign)
}

fn value_of(entry: &Entry) -> Place {
    Place::value(&entry.path, Route::key("value"))
}
