//! Somebody signed in a role that they do not have.
//!
//! ## What it checks
//! That the `role` of the statement is one of the signer's `roles` in team.toml. Everybody of the roster may sign as author.
//!
//! ## Why
//! The policy asks for the approval of people in certain roles. Who has which is for the roster to say, not for who signs.
//!
//! ## Fails
//! ```text
//! role: reviewer
//! signer: bob          whose roles in team.toml are ["analyst"]
//! ```
//!
//! ## Passes
//! ```text
//! role: author
//! signer: bob
//! ```
//!
//! ## How to fix
//! Sign as what you are: `casebook sign --as ROLE`; or have the role added to team.toml, which needs a sign-off itself.

use super::uncounted;
use crate::diagnostic::{Code, Diagnostic};
use crate::values::vocabulary::Role;
use crate::values::{Handle, TreePath};

pub const CODE: Code = Code::new("signoff-role");

pub fn found(path: &TreePath, signer: &Handle, role: Role, is_new: bool) -> Diagnostic {
    let message = format!("`{signer}` signed as {role}, which is no role of theirs in team.toml");
    uncounted(CODE, path, message, is_new)
        .help("sign as what you are: `casebook sign --as ROLE`, or have the role added to team.toml")
}
