//! A status went where the policy does not let it.
//!
//! ## What it checks
//! Every commit that changes the `status` of an entry or of the case, against `[[transitions]]` of the policy before it. A status
//! that no transition starts from may go anywhere. A commit in which an entry of such a kind cannot be read is refused: with the
//! next one its status could be any.
//!
//! ## Why
//! A confirmed finding that is quietly proposed again, or a closed case that is open again, changes what others were told.
//!
//! ## Fails
//! ```toml
//! status = "proposed"     # was "confirmed", and the policy lets that become "superseded" only
//! ```
//!
//! ## Passes
//! ```toml
//! status = "superseded"
//! ```
//!
//! ## How to fix
//! Set a status that may follow, or have the policy changed, which needs a sign-off.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Transition;
use crate::values::{Route, TreePath};

pub const CODE: Code = Code::new("status-move");

/// The entry cannot be read, so that nobody knows its status.
pub fn unreadable(path: &TreePath) -> Diagnostic {
    let message = format!("`{path}` cannot be read in this commit, so nobody knows where its status went");
    Diagnostic::error(CODE, Place::file(path), message)
        .help("mend it in the commit itself: `git rebase -i COMMIT^`, or `git commit --amend` where it is the last one")
}

pub fn found(path: &TreePath, from: &str, to: &str, rule: &Transition) -> Diagnostic {
    let may: Vec<&str> = rule.to.iter().map(|status| status.as_str()).collect();
    let help = match may.is_empty() {
        true => format!("set it back to `{from}`: the policy lets nothing follow it"),
        false => format!("set it back to `{from}`, or to one of {}", may.join(", ")),
    };
    let reason = rule.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Diagnostic::error(CODE, Place::value(path, Route::key("status")), format!("`{from}` became `{to}`{reason}"))
        .help(help)
}
