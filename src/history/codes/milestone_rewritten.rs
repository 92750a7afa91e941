//! A milestone of the case was changed after it was set.
//!
//! ## What it checks
//! That `milestones` of case.toml which a commit finds set are still there, with the same time or a range inside it; unless a
//! reviewer or a lead has signed case.toml as it is now. A commit in which case.toml cannot be read is refused: with the next one it
//! could say anything.
//!
//! ## Why
//! Legal clocks run from milestones, and people were told of them. A date that moves must have been agreed to.
//!
//! ## Fails
//! ```toml
//! [milestones]
//! detected = 2026-03-02T08:00:00Z     # was 2026-03-01T22:10:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! [milestones]
//! detected = 2026-03-01T22:10:00Z     # was the range from 22:00 to 23:00
//! ```
//!
//! ## How to fix
//! Set the time back, or have somebody agree to the new one: a reviewer or lead types `casebook sign case`, and commits that.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Route, TreePath};

pub const CODE: Code = Code::new("milestone-rewritten");

/// The file cannot be read, so that nobody knows what it says of milestones.
pub fn unreadable(path: &TreePath) -> Diagnostic {
    let message = format!("`{path}` cannot be read in this commit, so nobody knows what became of its milestones");
    Diagnostic::error(CODE, Place::file(path), message)
        .help("mend it in the commit itself: `git rebase -i COMMIT^`, or `git commit --amend` where it is the last one")
}

pub fn found(path: &TreePath, name: &str, old: &str, new: Option<&str>) -> Diagnostic {
    let (place, message) = match new {
        Some(new) => {
            (Place::value(path, Route::key("milestones").then(name)), format!("`{name}` was {old}, and is {new} now"))
        }
        None => (Place::file(path), format!("the milestone `{name}` was {old}, and is gone")),
    };
    Diagnostic::error(CODE, place, message)
        .help("set it back, or have a reviewer or lead agree: `casebook sign case`, then `git add signoffs` and commit")
}
