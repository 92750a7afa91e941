//! Rules for references between entries.

pub mod dangling;
pub mod mention;
pub mod retired;
pub mod supersession;
pub mod supersession_loop;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[
    Rule { page: Page::fixed("dangling-reference", include_str!("dangling.rs")), check: Check::Datum(dangling::check) },
    Rule { page: Page::of("retired-reference", include_str!("retired.rs")), check: Check::Datum(retired::check) },
    Rule {
        page: Page::fixed("supersession", include_str!("supersession.rs")),
        check: Check::Entry(supersession::check),
    },
    Rule {
        page: Page::fixed("supersession-loop", include_str!("supersession_loop.rs")),
        check: Check::Case(supersession_loop::check),
    },
    Rule { page: Page::of("broken-mention", include_str!("mention.rs")), check: Check::Case(mention::check) },
];
