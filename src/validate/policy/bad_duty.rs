//! The clock of a duty has no start, or more than one.
//!
//! ## What it checks
//! Of every `[[duties]]` in policy.toml: that it does not name both a milestone (`starts`) and a duty (`after`), that the duty it comes
//! after is there, and that no duty comes after itself, over whatever others. One that names neither is started by a decision.
//!
//! ## Why
//! A clock that never starts reminds nobody.
//!
//! ## Fails
//! ```toml
//! [[duties]]
//! handle = "nis2-final"
//! name = "Final report"
//! after = "nis2-73h"
//! within = "1 month"
//! ```
//!
//! ## Passes
//! ```toml
//! [[duties]]
//! handle = "nis2-72h"
//! name = "Notification"
//! starts = "detected"
//! within = "72h"
//!
//! [[duties]]
//! handle = "nis2-final"
//! name = "Final report"
//! after = "nis2-72h"
//! within = "1 month"
//! ```
//!
//! ## How to fix
//! Name a milestone or another duty; remove both where a decision starts the clock, and write `duty = "HANDLE"` in that decision.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Policy;
use crate::validate::{Context, Found};
use crate::values::{Handle, Route, nearest};

pub const CODE: Code = Code::new("bad-duty");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for (index, duty) in policy.value.duties.iter().enumerate() {
        let Some(after) = &duty.after else { continue };
        let place = Place::value(&policy.path, Route::key("duties").at(index).then("after"));
        if duty.starts.is_some() {
            let message = format!("the clock of `{}` starts at a milestone already", duty.handle);
            found.push(Diagnostic::error(CODE, place, message).help("remove `starts` or `after`"));
        } else if policy.value.duty(after.as_str()).is_none() {
            let handles = policy.value.duties.iter().map(|duty| duty.handle.as_str());
            let help = match nearest(after.as_str(), handles) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `[[duties]]` with `handle = \"{after}\"`"),
            };
            found.push(Diagnostic::error(CODE, place, format!("the policy has no duty `{after}`")).help(help));
        } else if comes_after_itself(&policy.value, &duty.handle) {
            let message = format!("`{}` comes after itself, so that its clock never starts", duty.handle);
            found.push(Diagnostic::error(CODE, place, message).help("name what comes before it"));
        }
    }
}

fn comes_after_itself(policy: &Policy, handle: &Handle) -> bool {
    let mut at = handle;
    // No way is longer than there are duties.
    for _ in &policy.duties {
        match policy.duty(at.as_str()).and_then(|duty| duty.after.as_ref()) {
            Some(before) if before == handle => return true,
            Some(before) => at = before,
            None => return false,
        }
    }
    false
}
