//! A sign-off was not made with a key of the person that it names.
//!
//! ## What it checks
//! That team.toml has the `signer` of the statement, and that the key that signed is one of theirs.
//!
//! ## Why
//! The signature shows which key signed. Whose key that is, only the roster says.
//!
//! ## Fails
//! ```text
//! signer: bob          signed with a key of alice, or with one that nobody has
//! ```
//!
//! ## Passes
//! ```text
//! signer: bob          signed with one of the `keys` of bob in team.toml
//! ```
//!
//! ## How to fix
//! Sign with your own key and under your own handle. If it is a new key, have it added to your `keys` in team.toml first.

use super::uncounted;
use crate::diagnostic::{Code, Diagnostic};
use crate::values::{Handle, TreePath};

pub const CODE: Code = Code::new("signoff-signer");

/// Nobody of the roster has the handle.
pub fn nobody(path: &TreePath, signer: &Handle, is_new: bool) -> Diagnostic {
    let message = format!("`{signer}` signed this and is not in team.toml");
    uncounted(CODE, path, message, is_new).help("have them added to team.toml with their key, and let them sign again")
}

pub fn other_key(path: &TreePath, signer: &Handle, key: &str, owner: Option<&Handle>, is_new: bool) -> Diagnostic {
    let whose = match owner {
        Some(owner) => format!("the key of `{owner}`"),
        None => "a key that nobody in team.toml has".to_owned(),
    };
    let message = format!("this is to be of `{signer}`, and was signed with {whose}: {key}");
    uncounted(CODE, path, message, is_new)
        .help(format!("`{signer}` signs with a key of their own, which stands among their `keys` in team.toml"))
}
