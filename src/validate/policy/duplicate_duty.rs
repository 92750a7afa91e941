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

use super::repeated;
use crate::diagnostic::Code;
use crate::validate::{Context, Found};

pub const CODE: Code = Code::new("duplicate-duty");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    let handles: Vec<_> = policy.value.duties.iter().map(|duty| &duty.handle).collect();
    repeated(CODE, "duties", "duty", &handles, &policy.path).into_iter().for_each(|wrong| found.push(wrong));
}
