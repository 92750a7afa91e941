//! Two people have the same public key.
//!
//! ## What it checks
//! The type and the body of every key in team.toml, without the comment.
//!
//! ## Why
//! A signature by that key could be either's: one person could sign as author and as reviewer.
//!
//! ## Fails
//! ```toml
//! [[people]]
//! handle = "alice"
//! keys = ["ssh-ed25519 AAAA… alice"]
//!
//! [[people]]
//! handle = "bob"
//! keys = ["ssh-ed25519 AAAA… bob"]
//! ```
//!
//! ## Passes
//! ```toml
//! [[people]]
//! handle = "alice"
//! keys = ["ssh-ed25519 AAAA… alice"]
//! ```
//!
//! ## How to fix
//! Remove the key from whoever does not own it; each person makes a pair: `ssh-keygen -t ed25519`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::signature::Key;
use crate::validate::{Context, Found};
use crate::values::{Handle, Route};

pub const CODE: Code = Code::new("shared-key");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(team) = &context.case.team else { return };
    let mut owners: Vec<(Key, &Handle, Place)> = Vec::new();
    for (index, person) in team.value.people.iter().enumerate() {
        for (number, line) in person.keys.iter().enumerate() {
            let Ok(key) = Key::read(line.as_str()) else { continue };
            let place = Place::value(&team.path, Route::key("people").at(index).then("keys").at(number));
            match owners.iter().find(|(known, ..)| known.is_same(&key)) {
                Some((_, owner, first)) => found.push(
                    Diagnostic::error(CODE, place, format!("this is the key of `{owner}` too"))
                        .related(first.clone(), "here")
                        .help("remove it from whoever does not own it; `ssh-keygen -t ed25519` makes a new pair"),
                ),
                None => owners.push((key, &person.handle, place)),
            }
        }
    }
}
