//! A finding does not say how sure it is, or why.
//!
//! ## What it checks
//! That a confirmed finding has `confidence` and `reason`, and that no finding gives a reason for a confidence that it does not
//! have.
//!
//! ## Why
//! Whoever acts on a finding must know how far it can be relied on; a confidence without its reason cannot be reviewed.
//!
//! ## Fails
//! ```toml
//! status = "confirmed"
//! reason = "two logs agree"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "confirmed"
//! confidence = "high"
//! reason = "two logs agree"
//! ```
//!
//! ## How to fix
//! Add what is missing: `confidence` is `low`, `moderate` or `high`, `reason` is one line.

use super::gate_unmet::asks;
use super::status_of;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::FindingStatus;

pub const CODE: Code = Code::new("unweighed-finding");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Finding(finding) = &entry.body else { return };
    let confirmed = finding.status == FindingStatus::Confirmed;
    let asks = |name| asks(context, "finding", finding.status.word(), name);
    let (message, place, help) = match (finding.confidence, &finding.reason) {
        (None, Some(_)) => (
            "a reason is given, but not the confidence that it is for",
            Place::key(&entry.path, Route::key("reason")),
            "add `confidence = \"low\"`, `\"moderate\"` or `\"high\"`",
        ),
        (None, None) if confirmed && !(asks("confidence") && asks("reason")) => (
            "this finding is confirmed, but does not say how sure it is",
            status_of(entry),
            "add `confidence = \"low\"`, `\"moderate\"` or `\"high\"`, and `reason = \"…\"`",
        ),
        (Some(_), None) if confirmed && !asks("reason") => (
            "this finding is confirmed, but does not say why it is that sure",
            Place::key(&entry.path, Route::key("confidence")),
            "add `reason = \"…\"`",
        ),
        _ => return,
    };
    found.push(Diagnostic::warning(CODE, place, message).help(help));
}
