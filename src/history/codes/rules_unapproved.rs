//! Roster or policy were changed without the agreement of those who had a say.
//!
//! ## What it checks
//! That each new text of team.toml and of policy.toml was signed as the policy before it asks, by people whom the roster before it
//! names: by one lead where nothing else is said. The signature may come in a later commit of the same push. Until a roster names
//! a lead with a key, everybody may change both.
//!
//! ## Why
//! Who can write the roster can make anybody a reviewer, and who can write the policy can ask for no review. Each change is
//! compared with what held before it, so that two changes in one push cannot vouch for each other.
//!
//! ## Fails
//! ```text
//! $ git show --stat
//!  team.toml | 6 ++++++        # mallory is a reviewer, says mallory
//! ```
//!
//! ## Passes
//! ```text
//! $ casebook sign team        # by a lead of the roster before
//! ```
//!
//! ## How to fix
//! A lead reads the change and types `casebook sign team`, or `casebook sign policy`, on the branch, and pushes it with that.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::review::Standing;
use crate::values::TreePath;

pub const CODE: Code = Code::new("rules-unapproved");

pub fn found(path: &TreePath, standing: &Standing) -> Diagnostic {
    let wanted = &standing.requirement;
    let roles: Vec<&str> = wanted.roles.iter().map(|role| role.word()).collect();
    let (has, needs) = (standing.approvals.len(), wanted.approvals);
    let rejected = if standing.rejections.is_empty() { "" } else { ", and was rejected" };
    let message = format!(
        "`{path}` was changed, and has {has} of {needs} approvals by {} of the roster before{rejected}",
        roles.join(" or ")
    );
    let name = path.stem();
    Diagnostic::error(CODE, Place::file(path), message).help(format!(
        "{} of the roster before types `casebook sign {name}` and commits that: `git add signoffs && git commit`",
        roles.first().map_or("somebody".to_owned(), |role| format!("a {role}"))
    ))
}
