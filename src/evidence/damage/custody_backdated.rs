//! A custody event was put in among events that were committed before it.
//!
//! ## What it checks
//! Each custody event that no parent of the commit has, against those of the same item that one of them has. It must not be
//! earlier than any of them. A correction of a committed event may be. Where the event says when it was written down
//! (`recorded`) and why (`reason`), this is a warning that tells it apart from the others; where it does not, an error.
//!
//! ## Why
//! A hand-over that is remembered later belongs into the chain of custody, and is honest when it says that it came late. A
//! silent insertion makes the chain say today what it did not say yesterday.
//!
//! ## Fails
//! ```toml
//! # custody/c-7q2k9dm4.toml, committed     # custody/c-8r3m0en5.toml, new
//! at = 2026-03-02T09:00:00Z                # at = 2026-03-01T18:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! # custody/c-7q2k9dm4.toml, committed     # custody/c-8r3m0en5.toml, new
//! at = 2026-03-02T09:00:00Z                # at = 2026-03-02T18:00:00Z
//! ```
//!
//! ## How to fix
//! If it did happen then, say so in the event: `casebook evidence custody x-… add --at TIME … --reason "…"` writes when it was
//! recorded, and the report shows it. If the time is wrong, correct it before it is committed.
//!
//! Two branches that each record events of one item do not disturb each other when they are merged. After a rebase one of
//! them follows the other: its earlier events are told here, which is a warning if they have a reason.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Link;
use crate::values::Route;

pub const CODE: Code = Code::new("custody-backdated");

/// `known` is the earliest committed event that it is put before.
pub fn found(new: Link<'_>, known: Link<'_>) -> Diagnostic {
    let ((entry, event), (other, after)) = (new, known);
    let place = Place::value(&entry.path, Route::key("at"));
    let message = format!("`{}` is put in before an event of the same item that was committed earlier", entry.id());
    let found = match (&event.reason, event.recorded) {
        (Some(_), Some(_)) => Diagnostic::warning(CODE, place, message)
            .label("recorded late")
            .help("if the time is right, nothing needs to be done: the event says why, and the report shows that it came late"),
        (None, Some(_)) => Diagnostic::error(CODE, place, message)
            .help("say why it is recorded only now: `reason = \"…\"`; or correct the time"),
        (_, None) => Diagnostic::error(CODE, place, message).help(format!(
            "say that it is recorded only now, and why: remove this file and type `casebook evidence custody {} add \
             --action {} --at {} --reason \"…\"`; or correct the time",
            event.item.0,
            event.action,
            event.at.to_toml()
        )),
    };
    found.related(Place::value(&other.path, Route::key("at")), format!("`{}` was known before", after.action))
}
