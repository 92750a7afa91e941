//! The signature of a sign-off proves nothing.
//!
//! ## What it checks
//! That the signature is one of OpenSSH, for sign-offs (namespace `casebook-signoff`), over the exact bytes of the statement, by
//! the key that it names; that the security key was touched, where it is one; and that an RSA key has 2048 bits or more.
//!
//! ## Why
//! Everybody can write a statement in somebody's name. Only the signature shows that they did. One that was made for something
//! else, such as a commit, must not be carried over; and a security key that answers without a touch can be used by a program.
//!
//! ## Fails
//! ```text
//! signoffs/2c2f0a4f3c1b9d6e-bob.stmt     edited after it was signed, or signed for another purpose
//! ```
//!
//! ## Passes
//! ```text
//! $ casebook sign f-7q2k9dm4
//! ```
//!
//! ## How to fix
//! Remove the sign-off before it is committed, and have the person sign again with `casebook sign`. If it was committed, find out who
//! did: `git log -- PATH`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Handle, TreePath};

pub const CODE: Code = Code::new("signoff-forged");

pub fn found(path: &TreePath, signer: &Handle, why: &str) -> Diagnostic {
    let message = format!("this is no signature of `{signer}`: {why}");
    let path_quoted = path.quoted();
    Diagnostic::error(CODE, Place::file(path), message).help(format!(
        "remove it, and have `{signer}` sign again: `casebook sign`; `git log -- {path_quoted}` shows who brought it"
    ))
}
