//! A custody event leaves out what an event of its kind must say.
//!
//! ## What it checks
//! That `transferred` and `returned` say to whom, unless they tell of a move of the bytes; that `disposed` says why; and
//! that `retracted` names the event that did not happen, and says why. Everything else may be unknown.
//!
//! ## Why
//! A hand-over to nobody is where a chain of custody breaks. What was destroyed or taken back without a reason looks like
//! something that was to be hidden.
//!
//! ## Fails
//! ```toml
//! action = "transferred"
//! from = "Bob Example"
//! ```
//!
//! ## Passes
//! ```toml
//! action = "transferred"
//! from = "Bob Example"
//! to = "State laboratory, room 4"
//! ```
//!
//! ## How to fix
//! Add the key that the message names, or correct the event once it is committed. The message has the command.

use super::{at, mend};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Corrections, Custody, Entry};
use crate::validate::{Context, Found};
use crate::values::vocabulary::CustodyAction;

pub const CODE: Code = Code::new("custody-incomplete");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let corrections = Corrections::of(context.case);
    let says_something = |entry: &Entry, event: &Custody| match event.action {
        CustodyAction::Retracted => !corrections.is_retracted(entry.id()),
        _ => corrections.counts(entry, event),
    };
    for (entry, event) in context.case.custody().filter(|(entry, event)| says_something(entry, event)) {
        let mut report = |message: &str, help: String| {
            found.push(Diagnostic::error(CODE, at(entry, "action"), message).help(help));
        };
        let why = "write `reason = \"…\"`";
        match event.action {
            CustodyAction::Transferred if event.to.is_none() && event.storage.is_none() => report(
                "it was transferred, but nothing says to whom",
                mend(entry, event, "write `to = \"…\"`: a person, an organisation or a place", "--to WHO"),
            ),
            CustodyAction::Returned if event.to.is_none() => report(
                "it was returned, but nothing says to whom",
                mend(entry, event, "write `to = \"…\"`: a person, an organisation or a place", "--to WHO"),
            ),
            CustodyAction::Disposed if event.reason.is_none() => {
                report("it was disposed of, but nothing says why", mend(entry, event, why, ""));
            }
            CustodyAction::Retracted if event.supersedes.is_none() => report(
                "it retracts an event, but does not say which",
                "write `supersedes = \"c-…\"` with the event that did not happen".to_owned(),
            ),
            CustodyAction::Retracted if event.reason.is_none() => {
                report("it retracts an event, but nothing says why", mend(entry, event, why, ""));
            }
            _ => {}
        }
    }
}
