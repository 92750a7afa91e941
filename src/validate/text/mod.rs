//! Rules for texts, as they are after TOML has been read. What stands in a file as it is, is judged while it is read.

pub mod escaped_control;
pub mod surrounding_space;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("escaped-control", include_str!("escaped_control.rs")),
        check: Check::Anywhere(escaped_control::check),
    },
    Rule {
        page: Page::of("surrounding-space", include_str!("surrounding_space.rs")),
        check: Check::Anywhere(surrounding_space::check),
    },
];

/// Fields that repeat what the evidence has, whatever characters that are.
const VERBATIM: &[&str] = &["quote", "value", "original", "path", "location", "command", "account", "identifiers"];

fn is_verbatim(trail: crate::values::Trail<'_>) -> bool {
    trail.last_key().is_some_and(|key| VERBATIM.contains(&key))
}
