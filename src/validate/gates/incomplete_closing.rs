//! The case is closed without its outcome or its lessons.
//!
//! ## What it checks
//! That a closed case has `outcome` and `lessons`.
//!
//! ## Why
//! What it turned out to be is what all cases are counted by; what was learned is forgotten a week later.
//!
//! ## Fails
//! ```toml
//! status = "closed"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "closed"
//! outcome = "true-positive"
//! lessons = "Service accounts had no second factor."
//! ```
//!
//! ## How to fix
//! Add the field to case.toml, or set its status back.

use super::gate_unmet::asks;
use super::{CASE, closed};
use crate::diagnostic::{Code, Diagnostic};
use crate::validate::{Context, Found};
use crate::values::vocabulary::{Outcome, Vocabulary};

pub const CODE: Code = Code::new("incomplete-closing");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let (Some(place), Some(record)) = (closed(context), &context.case.record) else { return };
    let asks = |name| asks(context, CASE, record.value.status.word(), name);
    if record.value.outcome.is_none() && !asks("outcome") {
        found.push(
            Diagnostic::error(CODE, place.clone(), "the case is closed, but does not say what it turned out to be")
                .help(format!("add `outcome = \"…\"`: one of {}", Outcome::WORDS.join(", "))),
        );
    }
    if record.value.lessons.is_none() && !asks("lessons") {
        found.push(
            Diagnostic::error(CODE, place, "the case is closed, but does not say what was learned")
                .help("add `lessons = \"\"\"…\"\"\"`; if nothing was, say why"),
        );
    }
}
