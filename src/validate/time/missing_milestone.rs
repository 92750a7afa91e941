//! The case has a status, but not the time at which it reached it.
//!
//! ## What it checks
//! That a case that is contained, eradicated, recovered or closed has the milestone of the same name.
//!
//! ## Why
//! The times to contain, eradicate and recover are what the response is measured by; later nobody knows them.
//!
//! ## Fails
//! ```toml
//! status = "contained"
//!
//! [milestones]
//! detected = 2026-03-01T10:15:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! status = "contained"
//!
//! [milestones]
//! detected = 2026-03-01T10:15:00Z
//! contained = 2026-03-01T18:30:00Z
//! ```
//!
//! ## How to fix
//! Add the milestone under `[milestones]`; where the time is not exact, as a range.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::{CaseStatus, Milestone};

pub const CODE: Code = Code::new("missing-milestone");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(record) = &context.case.record else { return };
    let milestone = match record.value.status {
        CaseStatus::Open => return,
        CaseStatus::Contained => Milestone::Contained,
        CaseStatus::Eradicated => Milestone::Eradicated,
        CaseStatus::Recovered => Milestone::Recovered,
        CaseStatus::Closed => Milestone::Closed,
    };
    if record.value.milestones.as_ref().is_some_and(|milestones| milestones.get(milestone).is_some()) {
        return;
    }
    let message = format!("the case is {}, but nothing says since when", record.value.status);
    found.push(
        Diagnostic::error(CODE, Place::value(&record.path, Route::key("status")), message)
            .help(format!("add `{milestone} = 2026-03-01T10:15:00Z` under `[milestones]`, with its own time")),
    );
}
