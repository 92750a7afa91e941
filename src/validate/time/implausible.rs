//! A time is so early that it is no time of an incident.
//!
//! ## What it checks
//! Every time of the case and its entries: those before 1990 are reported.
//!
//! ## Why
//! 1601 and 1970 are what tools print for a zero: the source had no time. On the timeline such an event comes first, and
//! makes the incident half a century long.
//!
//! ## Fails
//! ```toml
//! time = 1970-01-01T00:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! time = { from = 2026-02-28T22:00:00Z, to = 2026-03-01T02:30:00Z, original = "1970-01-01 00:00:00" }
//! ```
//!
//! ## How to fix
//! Write the range in which it must have happened, and keep what the tool gave in `original`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Datum;
use crate::validate::{Context, Found};
use crate::values::{Trail, TreePath};
use jiff::Timestamp;

pub const CODE: Code = Code::new("implausible-time");

/// 1990-01-01T00:00:00Z.
const FIRST: Timestamp = Timestamp::constant(631_152_000, 0);

pub fn check(_: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Some((_, latest)) = super::instants(datum) else { return };
    if latest >= FIRST {
        return;
    }
    let zero = if latest == Timestamp::UNIX_EPOCH || latest.as_second() == -11_644_473_600 { ", a zero" } else { "" };
    found.push(
        Diagnostic::warning(CODE, Place::value(path, trail.to_route()), format!("this time is before 1990{zero}"))
            .help("the source had no time: write the range in which it must have been, `{ from = …, to = … }`"),
    );
}
