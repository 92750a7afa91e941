//! The events of a chain of custody cannot have happened in this order.
//!
//! ## What it checks
//! That no event of an item is before it was acquired (where that is a range or rough, before the earliest time that it can
//! have been), that nothing happened to it after it was disposed of, that it was not collected twice without being returned
//! between, and that no event was written down more than a day before it happened. Only what is impossible whatever the
//! exact times were is reported.
//!
//! ## Why
//! An order that cannot be is the first thing that is asked about in court. One of the times is a slip, or belongs to
//! another zone, or the event belongs to another item.
//!
//! ## Fails
//! ```toml
//! # evidence/x-7q2k9dm4.toml           # custody/c-7q2k9dm4.toml
//! acquired.at = 2026-03-01T11:00:00Z   # at = 2026-03-01T09:00:00Z
//! ```
//!
//! ## Passes
//! ```toml
//! # evidence/x-7q2k9dm4.toml           # custody/c-7q2k9dm4.toml
//! acquired.at = 2026-03-01T11:00:00Z   # at = 2026-03-01T11:00:00Z
//! ```
//!
//! ## How to fix
//! Correct the event that is wrong: in its file, or by a correction once it is committed. The message has the command. An
//! event that never happened is retracted: `--action retracted --corrects c-…`.

use super::{at, mend};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Entry, Evidence, Link};
use crate::validate::{Context, Found};
use crate::values::Route;
use crate::values::vocabulary::CustodyAction;
use jiff::SignedDuration;

pub const CODE: Code = Code::new("custody-order");

/// How far clocks and zones may be apart.
const TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

pub fn check(context: &Context<'_>, found: &mut Found) {
    let chains = context.case.chains();
    for (entry, item) in context.case.evidence() {
        let Some(chain) = chains.get(&entry.id()) else { continue };
        before_acquired(entry, item, chain, found);
        after_disposed(chain, found);
        collected_again(chain, found);
        written_before(chain, found);
    }
}

fn before_acquired(entry: &Entry, item: &Evidence, chain: &[Link<'_>], found: &mut Found) {
    let earliest = item.acquired.at.earliest();
    for (own, event) in chain.iter().filter(|(_, event)| event.at.timestamp() < earliest) {
        let message = format!("`{}` was {} before it was acquired", entry.id(), event.action);
        found.push(
            Diagnostic::error(CODE, at(own, "at"), message)
                .related(Place::value(&entry.path, Route::key("acquired").then("at")), "it was acquired here")
                .help(mend(own, event, "correct the time, minding the zone", "--at TIME")),
        );
    }
}

fn after_disposed(chain: &[Link<'_>], found: &mut Found) {
    let Some(index) = chain.iter().position(|(_, event)| event.action == CustodyAction::Disposed) else { return };
    let (gone, disposal) = chain[index];
    for (own, event) in &chain[index + 1..] {
        let message = format!("`{}` was {} after it was disposed of", event.item.0, event.action);
        found.push(
            Diagnostic::error(CODE, at(own, "at"), message)
                .related(at(gone, "action"), format!("disposed of on {}", disposal.at))
                .help(mend(own, event, "correct the time, or the item", "--at TIME")),
        );
    }
}

fn collected_again(chain: &[Link<'_>], found: &mut Found) {
    let mut collected: Option<&Link<'_>> = None;
    for link in chain {
        let (own, event) = link;
        match (event.action, collected) {
            (CustodyAction::Returned, _) => collected = None,
            (CustodyAction::Collected, None) => collected = Some(link),
            (CustodyAction::Collected, Some((first, _))) => found.push(
                Diagnostic::error(CODE, at(own, "action"), format!("`{}` was collected already", event.item.0))
                    .related(at(first, "action"), "collected here")
                    .help(mend(own, event, "write what was done, such as `accessed` or `received`", "--action ACTION")),
            ),
            _ => {}
        }
    }
}

fn written_before(chain: &[Link<'_>], found: &mut Found) {
    for (own, event) in chain {
        let Some(recorded) = event.recorded else { continue };
        if event.at.timestamp().duration_since(recorded.timestamp()) <= TOLERANCE {
            continue;
        }
        found.push(
            Diagnostic::error(CODE, at(own, "at"), "this was written down before it happened")
                .related(at(own, "recorded"), "written down here")
                .help(mend(own, event, "correct the one that is wrong", "--at TIME")),
        );
    }
}
