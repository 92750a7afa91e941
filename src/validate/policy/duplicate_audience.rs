//! Two audiences of the policy have the same handle.
//!
//! ## What it checks
//! The `handle` of every `[[audiences]]` in policy.toml.
//!
//! ## Why
//! A report would be made by the rules of one of them, and nobody could say which.
//!
//! ## Fails
//! ```toml
//! [[audiences]]
//! handle = "board"
//! standing = "approved"
//!
//! [[audiences]]
//! handle = "board"
//! ```
//!
//! ## Passes
//! ```toml
//! [[audiences]]
//! handle = "board"
//! standing = "approved"
//!
//! [[audiences]]
//! handle = "developers"
//! ```
//!
//! ## How to fix
//! Give each audience a handle of its own.

use super::repeated;
use crate::diagnostic::Code;
use crate::validate::{Context, Found};

pub const CODE: Code = Code::new("duplicate-audience");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    let handles: Vec<_> = policy.value.audiences.iter().map(|audience| &audience.handle).collect();
    repeated(CODE, "audiences", "audience", &handles, &policy.path).into_iter().for_each(|wrong| found.push(wrong));
}
