//! Rules for times: their order, and what cannot be.

pub mod milestone_order;

use super::{Check, Rule};
use crate::diagnostic::Page;

pub const RULES: &[Rule] = &[Rule {
    page: Page::of("milestone-order", include_str!("milestone_order.rs")),
    check: Check::Case(milestone_order::check),
}];
