//! A technique was revoked or deprecated by MITRE ATT&CK.
//!
//! ## What it checks
//! The techniques of findings and events for those that ATT&CK 18 has given up, with or without a successor.
//!
//! ## Why
//! Other tools and teams no longer know them: a shared layer or bundle shows nothing there.
//!
//! ## Fails
//! ```toml
//! techniques = ["T1076"]
//! ```
//!
//! ## Passes
//! ```toml
//! techniques = ["T1021.001"]
//! ```
//!
//! ## How to fix
//! Write the successor that the message names. For a deprecated technique choose the one that says what was done.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Datum, Entry};
use crate::validate::{Context, Found};
use crate::values::Trail;
use crate::values::attack::{self, Standing};

pub const CODE: Code = Code::new("retired-technique");

pub fn check(_: &Context<'_>, entry: &Entry, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Technique(id) = datum else { return };
    let Some(technique) = attack::technique(id) else { return };
    let what = match technique.standing {
        Standing::Active => return,
        Standing::Deprecated => "deprecated",
        Standing::Revoked(_) => "revoked",
    };
    let help = match attack::successor(technique) {
        Some(next) => format!("write `{}` ({}), which took its place", next.id, next.name),
        None => "nothing took its place: choose another technique, or remove it".to_owned(),
    };
    let place = Place::value(&entry.path, trail.to_route());
    found.push(Diagnostic::warning(CODE, place, format!("ATT&CK has {what} `{id}` ({})", technique.name)).help(help));
}
