//! A technique is not in MITRE ATT&CK.
//!
//! ## What it checks
//! The techniques of findings and events against the Enterprise matrix of ATT&CK 18. Techniques of the matrix for
//! industrial control systems (`T0…`) are not in it, so they are only warned of.
//!
//! ## Why
//! A slip in the number sends the reader to another technique, or to none, and the navigator layer stays empty there.
//!
//! ## Fails
//! ```toml
//! techniques = ["T1021.009"]
//! ```
//!
//! ## Passes
//! ```toml
//! techniques = ["T1021.001"]
//! ```
//!
//! ## How to fix
//! Look the number up at <https://attack.mitre.org/techniques/enterprise/>. Where ATT&CK is newer than this casebook, or
//! the technique is of another matrix, lower the rule in policy.toml: `[rules]`, `unknown-technique = "warning"`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Datum, Entry};
use crate::validate::{Context, Found};
use crate::values::{Trail, attack};

pub const CODE: Code = Code::new("unknown-technique");

pub fn check(_: &Context<'_>, entry: &Entry, trail: Trail<'_>, datum: Datum<'_>, found: &mut Found) {
    let Datum::Technique(id) = datum else { return };
    if attack::technique(id).is_some() {
        return;
    }
    let place = Place::value(&entry.path, trail.to_route());
    let message = format!("`{id}` is not in ATT&CK {} for enterprises", attack::VERSION);
    found.push(match id.starts_with("T0") {
        true => Diagnostic::warning(CODE, place, message)
            .help("if it is of the matrix for industrial control systems, leave it; casebook does not know that one"),
        false => Diagnostic::error(CODE, place, message).help(help(id)),
    });
}

fn help(id: &str) -> String {
    let parent = id.split_once('.').and_then(|(parent, _)| attack::technique(parent));
    let Some(parent) = parent else {
        return "look it up at https://attack.mitre.org/techniques/enterprise/; if it is newer, write \
                `unknown-technique = \"warning\"` under `[rules]` of policy.toml"
            .to_owned();
    };
    let known: Vec<String> =
        attack::sub_techniques(parent.id).map(|sub| format!("{} {}", &sub.id[parent.id.len()..], sub.name)).collect();
    match known.is_empty() {
        true => format!("`{}` ({}) has no sub-techniques: write `{}`", parent.id, parent.name, parent.id),
        false => format!("the sub-techniques of {} ({}) are {}", parent.id, parent.name, known.join(", ")),
    }
}
