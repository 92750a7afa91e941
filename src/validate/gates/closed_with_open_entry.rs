//! The case is closed, but something in it is still open.
//!
//! ## What it checks
//! In a closed case: actions that are `open` or `in-progress`, decisions that are `open`, findings that are `draft` or
//! `proposed`.
//!
//! ## Why
//! What is open in a closed case is done by nobody, and nobody is reminded of it.
//!
//! ## Fails
//! ```toml
//! # case.toml
//! status = "closed"
//!
//! # actions/r-7q2k9dm4.toml
//! status = "open"
//! ```
//!
//! ## Passes
//! ```toml
//! # actions/r-7q2k9dm4.toml
//! status = "declined"
//! outcome = "The server is replaced next month"
//! ```
//!
//! ## How to fix
//! Finish it, decline it with an `outcome`, or withdraw it; or set the status of the case back.

use super::{closed, status_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Entry;
use crate::validate::{Context, Found};
use crate::values::Kind;

pub const CODE: Code = Code::new("closed-with-open-entry");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    if !entry.is_open() {
        return;
    }
    let Some(case) = closed(context) else { return };
    let help = match entry.kind() {
        Kind::Action => "set `status = \"done\"`, or `\"declined\"` with an `outcome`",
        Kind::Decision => "set `status = \"taken\"` with the `decision`, or `\"withdrawn\"`",
        _ => "set `status = \"confirmed\"`, `\"refuted\"` or `\"withdrawn\"`",
    };
    let message = format!("this {} is still `{}`, but the case is closed", entry.kind(), entry.status());
    found.push(Diagnostic::error(CODE, status_of(entry), message).related(case, "closed here").help(help));
}
