//! Evidence under real Git and coreutils: adding it, damaging it in every way that is known, and what is said of it.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "evidence/adding.rs"]
mod adding;
#[path = "evidence/checkout.rs"]
mod checkout;
#[path = "evidence/crash.rs"]
mod crash;
#[path = "evidence/damage.rs"]
mod damage;

use casebook::evidence;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use support::{Ran, Sandbox};

/// The item of the sound case.
const ITEM: &str = "x-7q2k9dm4";

/// A sandbox with the sound case in it, committed.
struct Desk {
    sandbox: Sandbox,
    top: PathBuf,
}

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

    /// Writes a file that is to become evidence, beside the case.
    fn source(&self, name: &str, content: &[u8]) -> String {
        let path = self.sandbox.path("sources").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Adds evidence and gives its id.
    fn add(&self, paths: &[&str], options: &[&str]) -> String {
        let arguments = [&["evidence", "add", "--title", "Test", "--by", "bob"], paths, options].concat();
        let ran = self.casebook(&arguments).ok();
        ran.stdout.split_whitespace().nth(1).unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    /// Changes a file of the case by a function of its bytes.
    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut content = fs::read(self.path(name)).unwrap();
        change(&mut content);
        fs::write(self.path(name), content).unwrap();
    }

    /// What `check` says of HEAD as a change of its parent: codes of evidence, each with its file.
    fn check_head(&self) -> BTreeSet<(String, String)> {
        let ran = self.casebook(&["check", "--rev", "HEAD", "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()));
        marks(&value)
    }

    /// What `evidence verify` says, by the name of the tree.
    fn verify(&self, tree: &str) -> BTreeSet<(String, String)> {
        marks(&self.verified()[tree])
    }

    fn verified(&self) -> serde_json::Value {
        let ran = self.casebook(&["evidence", "verify", "--format", "json"]);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }

    /// Checks an item with the tool that every court knows.
    #[track_caller]
    fn sha256sum(&self, item: &str) {
        self.sandbox
            .run("sha256sum", &self.path("evidence"), &["--check", "--strict", "--quiet", &format!("{item}.sha256")])
            .ok();
    }

    /// The names in `evidence/` and `custody/`, and whether something is left of an interrupted add.
    fn state(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for folder in ["evidence", "custody", "."] {
            for entry in fs::read_dir(self.path(folder)).unwrap() {
                names.insert(format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy()));
            }
        }
        names
    }
}

fn marks(value: &serde_json::Value) -> BTreeSet<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = value["diagnostics"].as_array().unwrap().iter();
    all.map(|diagnostic| (text(&diagnostic["code"]), text(&diagnostic["path"])))
        .filter(|(code, _)| evidence::PAGES.iter().any(|page| page.code == code))
        .collect()
}

fn expected(marks: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    marks.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
}

/// Real artefacts of a published intrusion, where this machine has them.
fn real_evidence() -> Option<PathBuf> {
    support::shared("dfir-artifact-museum-szechuan/Windows")
}
