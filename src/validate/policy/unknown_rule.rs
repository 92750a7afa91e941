//! The policy sets the level of a rule that does not exist.
//!
//! ## What it checks
//! Every key of `[rules]` in policy.toml.
//!
//! ## Why
//! A misspelt code changes nothing: the team believes that something is enforced which is not.
//!
//! ## Fails
//! ```toml
//! [rules]
//! mile-stone-order = "error"
//! ```
//!
//! ## Passes
//! ```toml
//! [rules]
//! milestone-order = "error"
//! ```
//!
//! ## How to fix
//! Correct the code: `casebook explain` lists every one.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::{Route, nearest};

pub const CODE: Code = Code::new("unknown-rule");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for code in policy.value.rules.keys() {
        if context.pages.iter().any(|page| page.code == code) {
            continue;
        }
        let help = match nearest(code, context.pages.iter().map(|page| page.code)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`casebook explain` lists every rule".to_owned(),
        };
        let place = Place::key(&policy.path, Route::key("rules").then(code));
        found.push(Diagnostic::error(CODE, place, format!("there is no rule `{code}`")).help(help));
    }
}
