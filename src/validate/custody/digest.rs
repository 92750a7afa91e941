//! The digest that was seen of an evidence item is not the registered one.
//!
//! ## What it checks
//! That `digest` of every custody event which counts is the digest of the item's list, as its record has it. A physical
//! exhibit has no list, so no digest of it can be seen.
//!
//! ## Why
//! The digest at each hand-over is what shows that the item which arrived is the one that left. Where it differs, the item
//! was another one, or was changed; or its record was written anew, and this event still knows the old bytes.
//!
//! ## Fails
//! ```toml
//! # evidence/x-7q2k9dm4.toml      # custody/c-7q2k9dm4.toml
//! list = "a7567d5a73bc…"          # digest = "sha256:5e884898da28…"
//! ```
//!
//! ## Passes
//! ```toml
//! # evidence/x-7q2k9dm4.toml      # custody/c-7q2k9dm4.toml
//! list = "a7567d5a73bc…"          # digest = "sha256:a7567d5a73bc…"
//! ```
//!
//! ## How to fix
//! Find out which of the two is wrong before anything else: `git log -p -- evidence/x-….toml` shows whether the record was
//! ever another one, and `casebook evidence verify x-…` whether the bytes are the registered ones. A slip of the pen is
//! corrected by a new event, without a digest where none was seen: `--corrects c-… --no-digest`.

use super::{at, correcting};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::validate::{Context, Found};
use crate::values::Route;

pub const CODE: Code = Code::new("custody-digest");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let chains = context.case.chains();
    for (entry, item) in context.case.evidence() {
        for (own, event) in chains.get(&entry.id()).into_iter().flatten() {
            let Some(seen) = event.digest.as_ref().filter(|seen| Some(seen.0) != item.list) else { continue };
            let help = format!(
                "`casebook evidence verify {0}` and `git log -p -- {1}` tell which of the two is wrong; if it is this line, \
                 correct it: `{2}`",
                entry.id(),
                entry.path,
                correcting(entry.id(), own.id(), "--no-digest")
            );
            let found_one = match item.list {
                Some(list) => {
                    let message = format!("the digest seen of `{}` is not the registered one", entry.id());
                    Diagnostic::error(CODE, at(own, "digest"), message)
                        .label(format!("when it was {}", event.action))
                        .related(
                            Place::value(&entry.path, Route::key("list")),
                            format!("registered with {}…", &list.to_string()[..12]),
                        )
                }
                None => Diagnostic::error(
                    CODE,
                    at(own, "digest"),
                    format!(
                        "`{}` has no list, so its digest {:.19}… cannot have been seen",
                        entry.id(),
                        seen.to_string()
                    ),
                ),
            };
            found.push(found_one.help(help));
        }
    }
}
