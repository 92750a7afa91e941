//! Two corrections of one custody event do not say the same.
//!
//! ## What it checks
//! That all events which correct the same event, and still count, tell the same of what was done: when, by whom, from whom,
//! to whom, with which digest. Only their reasons may differ.
//!
//! ## Why
//! Two branches that each correct the same event merge without a conflict. Then the chain of custody would hold both
//! stories.
//!
//! ## Fails
//! ```toml
//! # c-4n8tbw2z                    # c-8r3m0en5
//! to = "Carol Example"            # to = "State laboratory"
//! supersedes = "c-7q2k9dm4"       # supersedes = "c-7q2k9dm4"
//! ```
//!
//! ## Passes
//! ```toml
//! # c-4n8tbw2z                    # c-8r3m0en5
//! to = "Carol Example"            # to = "State laboratory"
//! supersedes = "c-7q2k9dm4"       # supersedes = "c-4n8tbw2z"
//! ```
//!
//! ## How to fix
//! Find out which is right, and retract the other one with the command in the message. A retraction takes nothing out of
//! the case: it says that the other record is wrong.

use super::at;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::chain::is_same_act;
use crate::model::{Corrections, Link};
use crate::validate::{Context, Found};
use crate::values::EntryId;

pub const CODE: Code = Code::new("custody-conflict");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let corrections = Corrections::of(context.case);
    for (corrected, rivals) in corrections.corrected().filter(|(_, rivals)| rivals.len() > 1) {
        let standing: Vec<Link<'_>> = rivals.iter().flat_map(|rival| corrections.standing(*rival)).collect();
        let Some(first) = standing.first() else { continue };
        for other in standing.iter().filter(|other| !is_same_act(first.1, other.1)) {
            report(corrected, *first, *other, found);
        }
    }
}

fn report(corrected: EntryId, first: Link<'_>, other: Link<'_>, found: &mut Found) {
    let item = other.1.item.0;
    let message = format!("`{}` and `{}` correct `{corrected}` in two ways", first.0.id(), other.0.id());
    found.push(
        Diagnostic::error(CODE, at(other.0, "supersedes"), message)
            .related(at(first.0, "supersedes"), "corrected here, too")
            .help(format!(
                "retract the one that is wrong: `casebook evidence custody {item} add --action retracted --corrects {} \
                 --reason \"…\"`",
                other.0.id()
            )),
    );
}
