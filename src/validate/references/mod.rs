//! Rules for references between entries.

pub mod dangling;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[Rule {
    page: Page::fixed("dangling-reference", include_str!("dangling.rs")),
    check: Check::Datum(dangling::check),
}];
