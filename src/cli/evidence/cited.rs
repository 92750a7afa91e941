//! What is said of citations that could not be checked.

use crate::evidence::citation::{Unchecked, Unread};
use crate::values::EntryId;
use crate::values::wording::counted;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One line for each item and reason, and what to type.
pub fn print_unchecked(unchecked: &[Unchecked]) {
    let mut told: BTreeMap<(EntryId, &Unread), usize> = BTreeMap::new();
    for citation in unchecked {
        *told.entry((citation.item, &citation.why)).or_default() += 1;
    }
    for ((item, why), number) in told {
        let next = match why {
            Unread::NotHere => format!(", `casebook evidence fetch {item}` brings it"),
            _ => String::new(),
        };
        outln!("{} of {item} not checked here: {}{next}", counted(number, "citation"), why.words());
    }
}

/// The same as a list for scripts.
pub fn unchecked_json(unchecked: &[Unchecked]) -> Value {
    let one = |citation: &Unchecked| {
        json!({
            "entry": citation.entry.to_string(), "item": citation.item.to_string(), "why": citation.why.words(),
        })
    };
    unchecked.iter().map(one).collect()
}
