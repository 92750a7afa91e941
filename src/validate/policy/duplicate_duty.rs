//! Two duties of the policy have the same handle.
//!
//! ## What it checks
//! The `handle` of every `[[duties]]` in policy.toml.
//!
//! ## Why
//! An action that names the duty could fulfil either: one of two legal clocks would run unseen.
//!
//! ## Fails
//! ```toml
//! [[duties]]
//! handle = "authority"
//! name = "Tell the data protection authority"
//! starts = "detected"
//! within = "72h"
//!
//! [[duties]]
//! handle = "authority"
//! name = "Tell the financial authority"
//! starts = "detected"
//! within = "4h"
//! ```
//!
//! ## Passes
//! ```toml
//! [[duties]]
//! handle = "data-protection"
//! name = "Tell the data protection authority"
//! starts = "detected"
//! within = "72h"
//!
//! [[duties]]
//! handle = "financial"
//! name = "Tell the financial authority"
//! starts = "detected"
//! within = "4h"
//! ```
//!
//! ## How to fix
//! Give each duty a handle of its own.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("duplicate-duty");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    let duties = &policy.value.duties;
    let place = |index: usize| Place::value(&policy.path, Route::key("duties").at(index).then("handle"));
    for (index, duty) in duties.iter().enumerate() {
        let Some(first) = duties[..index].iter().position(|other| other.handle == duty.handle) else { continue };
        found.push(
            Diagnostic::error(CODE, place(index), format!("the handle `{}` is that of another duty", duty.handle))
                .related(place(first), "first here")
                .help("give each duty a handle of its own"),
        );
    }
}
