//! Rules for what tools made from evidence.

pub mod derivation_loop;
pub mod input;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::fixed("derivation-loop", include_str!("derivation_loop.rs")),
        check: Check::Case(derivation_loop::check),
    },
    Rule { page: Page::fixed("derived-input", include_str!("input.rs")), check: Check::Entry(input::check) },
];
