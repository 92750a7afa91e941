//! Custody under real Git: recording, correcting, what the rules say of chains, and what history says of late records.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "custody/chains.rs"]
mod chains;
#[path = "custody/correcting.rs"]
mod correcting;
#[path = "custody/history.rs"]
mod history;
#[path = "custody/recording.rs"]
mod recording;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use support::{Desk, Ran};

/// The item of the sound case, the digest of its list, and its first custody event.
const ITEM: &str = "x-7q2k9dm4";
const LIST: &str = "a7567d5a73bc6ff0dd4cfb3c35036723bda194609644a81cdc64fead6ac37e3b";
const FIRST: &str = "c-7q2k9dm4";

/// The sound case, committed, in which Bob is at the keyboard.
fn desk() -> Desk {
    Desk::with(|desk| {
        let team = desk.read("team.toml");
        desk.write("team.toml", team.replace("handle = \"bob\"\n", "handle = \"bob\"\nemail = \"bob@example.org\"\n"));
    })
}

impl Desk {
    /// Runs casebook at a time.
    fn at(&self, now: &str, arguments: &[&str]) -> Ran {
        let mut command = self.sandbox.command(support::CASEBOOK, &self.top);
        support::ran(command.env("CASEBOOK_NOW", now).args(arguments).output().unwrap())
    }

    /// Records a custody event of the item.
    fn add_event(&self, options: &[&str]) -> Ran {
        self.casebook(&[&["evidence", "custody", ITEM, "add"], options].concat())
    }

    /// Records a custody event at a time, and gives its id.
    fn record(&self, now: &str, options: &[&str]) -> String {
        let ran = self.at(now, &[&["evidence", "custody", ITEM, "add", "--format", "json"], options].concat()).ok();
        json(&ran)["id"].as_str().unwrap().to_owned()
    }

    fn shown(&self) -> Value {
        json(&self.casebook(&["evidence", "custody", ITEM, "--format", "json"]))
    }

    /// The codes of all that `check` says, each with its level and file.
    fn check(&self, options: &[&str]) -> BTreeSet<(String, String, String)> {
        let value = json(&self.casebook(&[&["check", "--format", "json"], options].concat()));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let found = value["diagnostics"].as_array().unwrap().iter();
        found.map(|found| (text(&found["level"]), text(&found["code"]), text(&found["path"]))).collect()
    }

    /// Writes a custody event of the item by hand.
    fn event(&self, id: &str, at: &str, action: &str, rest: &str) {
        let text = format!("id = \"{id}\"\nitem = \"{ITEM}\"\nat = {at}\nby = \"bob\"\naction = \"{action}\"\n{rest}");
        self.write(&format!("custody/{id}.toml"), &text);
    }

    /// The files in `custody/` with their content.
    fn custody(&self) -> BTreeSet<(String, String)> {
        files(&self.path("custody"))
    }
}

fn files(folder: &Path) -> BTreeSet<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())).collect()
}

#[track_caller]
fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
}

/// What `check` is expected to say, as `level code path`.
fn expected(marks: &[(&str, &str, &str)]) -> BTreeSet<(String, String, String)> {
    marks.iter().map(|(level, code, path)| ((*level).to_owned(), (*code).to_owned(), (*path).to_owned())).collect()
}
