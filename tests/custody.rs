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
use std::path::{Path, PathBuf};
use support::{Ran, Sandbox};

/// The item of the sound case, the digest of its list, and its first custody event.
const ITEM: &str = "x-7q2k9dm4";
const LIST: &str = "a7567d5a73bc6ff0dd4cfb3c35036723bda194609644a81cdc64fead6ac37e3b";
const FIRST: &str = "c-7q2k9dm4";

/// A sandbox with the sound case in it, committed, in which Bob is at the keyboard.
struct Desk {
    sandbox: Sandbox,
    top: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        support::copy(&support::sound_case(), &top);
        let team = fs::read_to_string(top.join("team.toml")).unwrap();
        let team = team.replace("handle = \"bob\"\n", "handle = \"bob\"\nemail = \"bob@example.org\"\n");
        fs::write(top.join("team.toml"), team).unwrap();
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

    /// Runs casebook at a time.
    fn at(&self, now: &str, arguments: &[&str]) -> Ran {
        let mut command = self.sandbox.command(support::CASEBOOK, &self.top);
        support::ran(command.env("CASEBOOK_NOW", now).args(arguments).output().unwrap())
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        self.at(support::NOW, arguments)
    }

    /// Records a custody event of the item.
    fn add(&self, options: &[&str]) -> Ran {
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

    fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
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
