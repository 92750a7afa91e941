//! The tactic of an event is none that its techniques serve.
//!
//! ## What it checks
//! Events that name a tactic and techniques: at least one of the techniques must serve the tactic in ATT&CK 18. Events
//! with a technique that ATT&CK does not have, or has given up, are left to those rules.
//!
//! ## Why
//! One of the two is a slip, and the timeline by tactics shows the event in the wrong phase of the attack.
//!
//! ## Fails
//! ```toml
//! tactic = "exfiltration"
//! techniques = ["T1021.001"]
//! ```
//!
//! ## Passes
//! ```toml
//! tactic = "lateral-movement"
//! techniques = ["T1021.001"]
//! ```
//!
//! ## How to fix
//! Write one of the tactics that the message lists, or add the technique that served the tactic.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Entry};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::attack::{self, Standing, Technique};

pub const CODE: Code = Code::new("tactic-of-technique");

pub fn check(_: &Context<'_>, entry: &Entry, found: &mut Found) {
    let Body::Event(event) = &entry.body else { return };
    let Some(tactic) = event.tactic else { return };
    let serves = |technique: &Technique| technique.standing != Standing::Active || technique.tactics.contains(&tactic);
    let may_serve = |id: &str| attack::technique(id).is_none_or(serves);
    if event.techniques.is_empty() || event.techniques.iter().any(|id| may_serve(id.as_str())) {
        return;
    }
    let place = |key: &str| Place::value(&entry.path, Route::key(key));
    let known = event.techniques.iter().filter_map(|id| attack::technique(id.as_str()));
    let tactics: Vec<String> = known.map(tactics_of).collect();
    found.push(
        Diagnostic::warning(CODE, place("tactic"), format!("none of the techniques of this event serves `{tactic}`"))
            .related(place("techniques"), "the techniques")
            .help(format!("correct one of the two: {}", tactics.join("; "))),
    );
}

fn tactics_of(technique: &Technique) -> String {
    let tactics: Vec<&str> = technique.tactics.iter().map(|tactic| tactic.word()).collect();
    format!("{} ({}) serves {}", technique.id, technique.name, tactics.join(", "))
}
