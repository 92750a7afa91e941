//! A custody event moves the bytes of an item to where they cannot be.
//!
//! ## What it checks
//! That `storage` of a custody event which counts is not `none` for an item with files, unless the event disposes of the
//! item; and that nothing but `none` is said of a physical exhibit.
//!
//! ## Why
//! `storage` says where the bytes must be from then on. With `none` they need not be anywhere: an event that looks harmless
//! would let them vanish without a word.
//!
//! ## Fails
//! ```toml
//! action = "accessed"
//! storage = "none"
//! ```
//!
//! ## Passes
//! ```toml
//! action = "transferred"
//! storage = "store"
//! ```
//!
//! ## How to fix
//! Name the home that has the bytes: `git`, `lfs` or `store`; `casebook evidence move` writes the event itself. If they were
//! destroyed, the action is `disposed`, with a `reason`. A committed event is retracted, and written again as it was.

use super::{at, mend};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::{CustodyAction, Storage};

pub const CODE: Code = Code::new("custody-storage");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let chains = context.case.chains();
    for (entry, item) in context.case.evidence() {
        for (own, event) in chains.get(&entry.id()).into_iter().flatten() {
            let Some(home) = event.storage else { continue };
            let is_exhibit = item.storage == Storage::None;
            let message = match (is_exhibit, home) {
                (false, Storage::None) if event.action != CustodyAction::Disposed => {
                    format!("`{}` has files, but is said to be kept nowhere", entry.id())
                }
                (true, Storage::Git | Storage::Lfs | Storage::Store) => {
                    format!("`{}` is a physical exhibit: it has no bytes that could be kept in `{home}`", entry.id())
                }
                _ => continue,
            };
            let by_hand = "remove `storage`, or name the home that has its bytes";
            found.push(
                Diagnostic::error(CODE, at(own, "storage"), message)
                    .related(Place::value(&entry.path, Route::key("storage")), "as it was registered")
                    .help(mend(own, event, by_hand, "--action retracted")),
            );
        }
    }
}
