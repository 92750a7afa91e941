//! A sign-off was made with a key that does not count.
//!
//! ## What it checks
//! That the key is not among `revoked_keys` of team.toml, and that the statement's `signed-at` is in the time that the key's
//! `valid-after` and `valid-before` give it. Of a sign-off that is new, that the key counts now as well, and that its time is not to
//! come.
//!
//! ## Why
//! Whoever has a stolen key can sign with any date. That is why a revoked key counts for nothing, whenever it was used.
//!
//! ## Fails
//! ```toml
//! keys = ['valid-before="20260101Z" ssh-ed25519 AAAA… bob']     # and a statement signed-at 2026-03-05
//! ```
//!
//! ## Passes
//! ```toml
//! keys = ['valid-after="20260101Z" ssh-ed25519 AAAA… bob']
//! ```
//!
//! ## How to fix
//! Have the person sign again with a key that counts: `casebook sign --key PATH`. What was committed stays and counts no more.

use super::uncounted;
use crate::diagnostic::{Code, Diagnostic};
use crate::values::{Handle, TreePath};
use jiff::Timestamp;

pub const CODE: Code = Code::new("signoff-key");

pub fn revoked(path: &TreePath, signer: &Handle, fingerprint: &str, is_new: bool) -> Diagnostic {
    let message = format!("the key of `{signer}` that signed this is revoked: {fingerprint}");
    uncounted(CODE, path, message, is_new).help(again(signer))
}

pub fn out_of_time(path: &TreePath, signer: &Handle, fingerprint: &str, at: Timestamp, is_new: bool) -> Diagnostic {
    let message = format!("the key of `{signer}` that signed this did not count at {at}: {fingerprint}");
    uncounted(CODE, path, message, is_new).help(again(signer))
}

pub fn in_future(path: &TreePath, signer: &Handle, at: Timestamp, is_new: bool) -> Diagnostic {
    uncounted(CODE, path, format!("`{signer}` is said to have signed this at {at}, which is still to come"), is_new)
        .help("set the clock of that machine, remove this sign-off, and sign again")
}

fn again(signer: &Handle) -> String {
    format!(
        "`{signer}` signs again with a key that counts: `casebook sign --key PATH`; this sign-off counts for nothing"
    )
}
