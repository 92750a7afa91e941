//! A time does not say which offset from UTC it has.
//!
//! ## What it checks
//! Every time of every entry: it must be a TOML offset date-time.
//!
//! ## Why
//! A local time is wrong by hours for somebody, and a timeline of several sources silently changes its order.
//!
//! ## Fails
//! ```toml
//! time = 2020-09-19T03:21:48
//! ```
//!
//! ## Passes
//! ```toml
//! time = 2020-09-19T03:21:48Z
//! ```
//!
//! ## How to fix
//! Add `Z` when the source logs in UTC, otherwise its offset, such as `+02:00`. For a day without a time of day write
//! `{ at = 2020-09-19T00:00:00Z, precision = "day" }`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("time-without-offset");

pub fn found(path: &TreePath, span: Range<usize>, text: &str) -> Diagnostic {
    let help = if text.contains(':') && text.contains('-') {
        format!("write `{text}Z` if the source logs in UTC, otherwise add its offset: `{text}+02:00`")
    } else {
        format!("write `{{ at = {}T00:00:00Z, precision = \"day\" }}`", text.split(['T', ' ']).next().unwrap_or(text))
    };
    Diagnostic::error(CODE, Place::bytes(path, span), format!("`{text}` has no offset from UTC")).help(help)
}
