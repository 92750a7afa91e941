//! Two routes of the policy have the same handle.
//!
//! ## What it checks
//! The `handle` of every `[[routes]]` in policy.toml.
//!
//! ## Why
//! Notices are known by the route that they went. Of two with the same name, one would be taken for the other, and not be sent.
//!
//! ## Fails
//! ```toml
//! [[routes]]
//! handle = "legal"
//! audience = "legal"
//! channels = ["legal-mail"]
//!
//! [[routes]]
//! handle = "legal"
//! audience = "legal"
//! channels = ["legal-chat"]
//! ```
//!
//! ## Passes
//! ```toml
//! [[routes]]
//! handle = "legal"
//! audience = "legal"
//! channels = ["legal-chat", "legal-mail"]
//! ```
//!
//! ## How to fix
//! Give each route a handle of its own.

use super::repeated;
use crate::diagnostic::Code;
use crate::validate::{Context, Found};

pub const CODE: Code = Code::new("duplicate-route");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    let handles: Vec<_> = policy.value.routes.iter().map(|route| &route.handle).collect();
    repeated(CODE, "routes", "route", &handles, &policy.path).into_iter().for_each(|wrong| found.push(wrong));
}
