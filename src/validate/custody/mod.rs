//! Rules for the chain of custody: what it must say, what cannot have happened, and corrections.
//!
//! Partial knowledge is usual in an honest chain. Only what contradicts itself whatever the unknown was is reported, and
//! what every chain must say: how it began, who got the item, and why it is gone.

pub mod conflict;
pub mod correction;
pub mod digest;
pub mod gap;
pub mod incomplete;
pub mod missing;
pub mod order;
pub mod start;
pub mod storage;

use super::{Check, Rule};
use crate::diagnostic::{Page, Place};
use crate::model::{Custody, Entry};
use crate::values::{EntryId, Route};

pub const RULES: &[Rule] = &[
    Rule { page: Page::fixed("custody-conflict", include_str!("conflict.rs")), check: Check::Case(conflict::check) },
    Rule {
        page: Page::fixed("custody-correction", include_str!("correction.rs")),
        check: Check::Entry(correction::check),
    },
    Rule { page: Page::fixed("custody-digest", include_str!("digest.rs")), check: Check::Case(digest::check) },
    Rule { page: Page::of("custody-gap", include_str!("gap.rs")), check: Check::Case(gap::check) },
    Rule { page: Page::of("custody-incomplete", include_str!("incomplete.rs")), check: Check::Case(incomplete::check) },
    Rule { page: Page::of("custody-missing", include_str!("missing.rs")), check: Check::Case(missing::check) },
    Rule { page: Page::of("custody-order", include_str!("order.rs")), check: Check::Case(order::check) },
    Rule { page: Page::of("custody-start", include_str!("start.rs")), check: Check::Case(start::check) },
    Rule { page: Page::fixed("custody-storage", include_str!("storage.rs")), check: Check::Case(storage::check) },
];

/// The place of a key of a custody event.
fn at(entry: &Entry, key: &str) -> Place {
    Place::value(&entry.path, Route::key(key))
}

/// How an event is mended: by hand while it is not committed, and by a correction from then on. `options` are those of the
/// command that correct it.
fn mend(entry: &Entry, event: &Custody, by_hand: &str, options: &str) -> String {
    format!("{by_hand}; if it is committed already, correct it: `{}`", correcting(event.item.0, entry.id(), options))
}

/// The command that corrects a committed event.
pub fn correcting(item: EntryId, event: EntryId, options: &str) -> String {
    let space = if options.is_empty() { "" } else { " " };
    format!("casebook evidence custody {item} add --corrects {event}{space}{options} --reason \"…\"")
}
