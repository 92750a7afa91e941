//! An evidence item has no chain of custody.
//!
//! ## What it checks
//! That at least one custody event which counts names each evidence item. Where a custody event cannot be read, it may be
//! the one, and nothing is said.
//!
//! ## Why
//! Nobody can say how the item came into the case. `casebook evidence add` writes the first event with the record; a record
//! without one was written by hand, or its event was forgotten at `git add`.
//!
//! ## Fails
//! ```text
//! evidence/x-7q2k9dm4.toml
//! evidence/x-7q2k9dm4.sha256
//! ```
//!
//! ## Passes
//! ```text
//! evidence/x-7q2k9dm4.toml
//! evidence/x-7q2k9dm4.sha256
//! custody/c-7q2k9dm4.toml
//! ```
//!
//! ## How to fix
//! Add the forgotten file (`git status custody`), or write the event down now with the command in the message, with the
//! time at which the item was collected and the reason why it is written late.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::{Kind, Route};

pub const CODE: Code = Code::new("custody-missing");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let case = context.case;
    if case.unreadable.keys().any(|id| id.kind() == Kind::Custody) {
        return;
    }
    let chains = case.chains();
    for (entry, item) in case.evidence().filter(|(entry, _)| !chains.contains_key(&entry.id())) {
        let message = "no custody event says how this item came into the case";
        found.push(Diagnostic::error(CODE, Place::value(&entry.path, Route::key("id")), message).help(format!(
            "was its event forgotten at `git add custody`? else: `casebook evidence custody {} add --action collected \
             --at {} --by {} --reason \"…\"`",
            entry.id(),
            item.acquired.at.latest(),
            item.acquired.by
        )));
    }
}
