//! Citations: places in files of every kind, quotes that stand there or do not, and the commands that check and write them.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "citations/checking.rs"]
mod checking;
#[path = "citations/command.rs"]
mod command;
#[path = "citations/logs.rs"]
mod logs;
#[path = "citations/places.rs"]
mod places;

use casebook::evidence::citation::place::{Hit, Source};
use casebook::evidence::citation::text::Quote;
use casebook::values::Selector;
use std::collections::BTreeSet;
use std::fs;
use support::Desk;

/// What stands at a place, in the form that is shown; why not, where nothing does.
fn at(name: &str, content: &[u8], place: &str) -> Result<String, String> {
    let place: Selector = place.parse().unwrap();
    let mut there = Vec::new();
    let missing = Source::of(name, content)
        .read(&BTreeSet::from([&place]), &mut |_, texts| there.push(texts.shown().into_owned()));
    match missing.into_values().next() {
        Some(miss) => Err(miss.0),
        None => Ok(there.join("\n--\n")),
    }
}

/// Whether a quote stands at a place.
fn stands(name: &str, content: &[u8], place: &Selector, quote: &str) -> bool {
    let quote = Quote::of(quote);
    let mut stands = false;
    Source::of(name, content).read(&BTreeSet::from([place]), &mut |_, texts| stands |= texts.comparable().hold(&quote));
    stands
}

/// Where a text stands.
fn find(name: &str, content: &[u8], text: &str) -> Vec<String> {
    let hits = Source::of(name, content).find(&Quote::of(text), 1000).into_iter();
    hits.map(|Hit { at, .. }| at.to_string()).collect()
}

const FINDING: &str = "findings/f-7q2k9dm4.toml";

impl Desk {
    /// Registers a file as an item of its own, and gives its id.
    fn item(&self, name: &str, content: &[u8]) -> String {
        self.add(&[&self.source(name, content)], &[])
    }
    /// Adds a citation to the finding.
    fn cite(&self, lines: &str) {
        fs::write(self.top.join(FINDING), format!("{}\n[[evidence]]\n{lines}\n", self.read(FINDING))).unwrap();
    }
}

/// The codes of diagnostics.
fn codes(value: &serde_json::Value) -> Vec<String> {
    let all = value["diagnostics"].as_array().unwrap().iter();
    all.map(|diagnostic| diagnostic["code"].as_str().unwrap().to_owned()).collect()
}
