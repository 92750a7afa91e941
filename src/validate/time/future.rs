//! Something is said to have happened in the future.
//!
//! ## What it checks
//! Every time of the case and its entries but `due`, against the time of the check, with a day of tolerance for clocks
//! and zones.
//!
//! ## Why
//! The year or the month is a slip, or the clock of the source was wrong; the timeline puts it last.
//!
//! ## Fails
//! ```toml
//! time = 2062-03-01T02:30:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! time = 2026-03-01T02:30:00Z
//! ```
//!
//! ## How to fix
//! Correct the time. Where the clock of the source was ahead, keep its time and add by how much:
//! `{ at = …, skew = "+1h" }`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Datum;
use crate::validate::{Context, Found};
use crate::values::{Moment, Trail, TreePath};
use jiff::SignedDuration;

pub const CODE: Code = Code::new("future-time");

const TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

pub fn check(context: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Some((earliest, _)) = super::instants(datum) else { return };
    if earliest.duration_since(context.now) <= TOLERANCE || trail.last_key() == Some("due") {
        return;
    }
    let message = format!("this time is yet to come: now it is {}", Moment::utc(context.now));
    let help = match datum {
        Datum::When(_) => "correct it; if the source's clock was ahead, write `{ at = …, skew = \"+1h\" }`",
        _ => "correct it",
    };
    found.push(Diagnostic::error(CODE, Place::value(path, trail.to_route()), message).help(help));
}
