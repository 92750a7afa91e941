//! A range of time ends before it begins.
//!
//! ## What it checks
//! Every `{ from = …, to = … }` of the case and its entries.
//!
//! ## Why
//! Nothing happens in a range that is empty; every duration that is computed from it is wrong.
//!
//! ## Fails
//! ```toml
//! time = { from = 2026-03-01T03:00:00Z, to = 2026-03-01T02:00:00Z }
//! ```
//!
//! ## Passes
//! ```toml
//! time = { from = 2026-03-01T02:00:00Z, to = 2026-03-01T03:00:00Z }
//! ```
//!
//! ## How to fix
//! Exchange the two, or correct the one that is wrong; mind the offsets.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Datum;
use crate::validate::{Context, Found};
use crate::values::time::Known;
use crate::values::{Trail, TreePath};

pub const CODE: Code = Code::new("reversed-range");

pub fn check(_: &Context<'_>, path: &TreePath, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::When(when) = datum else { return };
    let Known::Between(from, to) = when.known else { return };
    if to >= from {
        return;
    }
    let message = format!("the range begins at {from} and ends before that, at {to}");
    found.push(
        Diagnostic::error(CODE, Place::value(path, trail.to_route().then("to")), message)
            .help("exchange `from` and `to`, or correct the one that is wrong; mind the offsets"),
    );
}
