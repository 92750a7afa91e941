//! A public key of the roster is not in the OpenSSH format.
//!
//! ## What it checks
//! That each of `keys` and `revoked_keys` is one line of a type that signs (Ed25519, ECDSA, RSA, and both kinds of security key)
//! and a body in Base64 that is of that type. Before the type, `valid-after` and `valid-before` may stand, in UTC; other options
//! are refused. After the body, a comment may stand.
//!
//! ## Why
//! A signature by a key that cannot be read proves nothing. A private key in a repository is a secret that everybody has.
//!
//! ## Fails
//! ```toml
//! keys = ["AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"]
//! ```
//!
//! ## Passes
//! ```toml
//! keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice@laptop"]
//! ```
//!
//! ## How to fix
//! Copy the whole line of the public key: `cat ~/.ssh/id_ed25519.pub`. If a private key was pasted, make a new pair at once:
//! `ssh-keygen -t ed25519`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::signature::Key;
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("malformed-key");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = &context.case.team else { return };
    for (index, person) in team.value.people.iter().enumerate() {
        for (number, key) in person.keys.iter().enumerate() {
            if let Err(malformed) = Key::read(key.as_str()) {
                let place = Place::value(&team.path, Route::key("people").at(index).then("keys").at(number));
                found.push(Diagnostic::malformed(CODE, place, malformed));
            }
        }
    }
    for (number, key) in team.value.revoked_keys.iter().enumerate() {
        if let Err(malformed) = Key::read(key.as_str()) {
            let place = Place::value(&team.path, Route::key("revoked_keys").at(number));
            found.push(Diagnostic::malformed(CODE, place, malformed));
        }
    }
}
