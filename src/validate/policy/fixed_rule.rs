//! The policy sets the level of a rule whose level is fixed.
//!
//! ## What it checks
//! Every key of `[rules]` in policy.toml.
//!
//! ## Why
//! Without these rules a case cannot be read, or its evidence is not proven: they hold for every case. The line has no effect,
//! and says otherwise.
//!
//! ## Fails
//! ```toml
//! [rules]
//! dangling-reference = "off"
//! ```
//!
//! ## Passes
//! ```toml
//! [rules]
//! milestone-order = "warning"
//! ```
//!
//! ## How to fix
//! Remove the line.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("fixed-rule");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for code in policy.value.rules.keys() {
        if !context.pages.iter().any(|page| page.fixed && page.code == code) {
            continue;
        }
        let place = Place::key(&policy.path, Route::key("rules").then(code));
        let message = format!("the rule `{code}` holds for every case, whatever the policy says");
        let help = format!("remove the line; `casebook explain {code}` says why the rule is there");
        found.push(Diagnostic::error(CODE, place, message).help(help));
    }
}
