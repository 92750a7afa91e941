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
use std::path::PathBuf;
use support::{Ran, Sandbox};

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

/// A sandbox with the sound case, some evidence and a finding that cites it.
struct Desk {
    sandbox: Sandbox,
    top: PathBuf,
}

const FINDING: &str = "findings/f-7q2k9dm4.toml";

impl Desk {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        support::copy(&support::sound_case(), &top);
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        let desk = Self { sandbox, top };
        desk.commit("The case begins");
        desk
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        self.sandbox.git(&self.top, arguments)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-qm", message]).ok();
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        self.sandbox.casebook(&self.top, arguments)
    }

    /// Registers a file as an item of its own, and gives its id.
    fn add(&self, name: &str, content: &[u8]) -> String {
        let path = self.sandbox.path("sources").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let ran = self.casebook(&["evidence", "add", "--title", "Test", "--by", "bob", path.to_str().unwrap()]).ok();
        ran.stdout.split_whitespace().nth(1).unwrap().to_owned()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.top.join(name)).unwrap()
    }

    /// Adds a citation to the finding.
    fn cite(&self, lines: &str) {
        fs::write(self.top.join(FINDING), format!("{}\n[[evidence]]\n{lines}\n", self.read(FINDING))).unwrap();
    }

    fn checked(&self, options: &[&str]) -> serde_json::Value {
        let ran = self.casebook(&[&["check", "--format", "json"], options].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }
}

/// The codes of diagnostics.
fn codes(value: &serde_json::Value) -> Vec<String> {
    let all = value["diagnostics"].as_array().unwrap().iter();
    all.map(|diagnostic| diagnostic["code"].as_str().unwrap().to_owned()).collect()
}
