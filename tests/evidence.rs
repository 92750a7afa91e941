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
use support::Desk;

/// The item of the sound case.
const ITEM: &str = "x-7q2k9dm4";

impl Desk {
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
