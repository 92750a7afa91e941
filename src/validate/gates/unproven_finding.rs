//! A confirmed finding cites no evidence.
//!
//! ## What it checks
//! Confirmed findings of the types `observation`, `inference`, `exclusion` and `attribution`. A hypothesis may stand without.
//!
//! ## Why
//! A statement that goes into the report as confirmed must be one that a reader can check.
//!
//! ## Fails
//! ```toml
//! status = "confirmed"
//! type = "observation"
//! ```
//!
//! ## Passes
//! ```toml
//! status = "confirmed"
//! type = "observation"
//!
//! [[evidence]]
//! item = "x-4n8tbw2z"
//! at = "lines:120-130"
//! ```
//!
//! ## How to fix
//! Add a citation. Until there is one, the finding is `proposed`, or a `hypothesis`.

use super::gate_unmet::asks;
use super::status_of;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::{FindingStatus, FindingType};

pub const CODE: Code = Code::new("unproven-finding");

pub fn check(context: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Finding(finding) = &entry.body else { return };
    let claims = finding.status == FindingStatus::Confirmed && finding.r#type != FindingType::Hypothesis;
    if !claims || !finding.evidence.is_empty() || asks(context, "finding", finding.status.word(), "evidence") {
        return;
    }
    let message = format!("this {} is confirmed, but cites no evidence", finding.r#type);
    found.push(
        Diagnostic::error(CODE, status_of(entry), message)
            .related(Place::value(&entry.path, Route::key("type")), "a statement that must be proven")
            .help("add a `[[evidence]]` citation (`casebook evidence list` shows the items), or set `status = \"proposed\"`"),
    );
}
