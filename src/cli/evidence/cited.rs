//! What is said of citations that could not be checked.

use crate::evidence::citation::Unchecked;
use crate::values::EntryId;
use crate::values::wording::counted;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One line for each item and reason, and what to type.
pub fn print_unchecked(unchecked: &[Unchecked]) {
    let mut told: BTreeMap<(EntryId, &'static str), usize> = BTreeMap::new();
    for citation in unchecked {
        *told.entry((citation.item, citation.why.words())).or_default() += 1;
    }
    for ((item, why), number) in told {
        anstream::println!("{} of {item} not checked here: {why}", counted(number, "citation"));
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
