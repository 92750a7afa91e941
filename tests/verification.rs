//! Verification over every home and every commit, in shards and by several machines: under real Git, Git LFS and OpenSSH.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "verification/attesting.rs"]
mod attesting;
#[path = "verification/commits.rs"]
mod commits;
#[path = "verification/court.rs"]
mod court;
#[path = "verification/homes.rs"]
mod homes;
#[path = "verification/quick.rs"]
mod quick;
#[path = "stores/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "verification/three.rs"]
mod three;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use support::Desk;

/// The item of the sound case.
const ITEM: &str = "x-7q2k9dm4";
const AUTH: &str = "evidence/x-7q2k9dm4/auth.log";

impl Desk {
    /// Registers files as one item and gives its id.
    fn item(&self, files: &[(&str, &[u8])]) -> String {
        let folder = self.sandbox.path("sources");
        let _ = fs::remove_dir_all(&folder);
        let paths: Vec<String> = files.iter().map(|(name, content)| self.source(name, content)).collect();
        self.add(&paths.iter().map(String::as_str).collect::<Vec<_>>(), &[])
    }
    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.path(name), text.replace(from, to)).unwrap();
    }

    /// Writes a custody event of an item, as other commands would.
    fn custody(&self, number: u32, item: &str, lines: &str) {
        let id = format!("c-{number:08}");
        self.write(
            &format!("custody/{id}.toml"),
            format!("id = \"{id}\"\nitem = \"{item}\"\nat = 2026-03-04T09:00:0{number}Z\nby = \"bob\"\n{lines}\n"),
        );
    }

    /// What `evidence verify --format json` says.
    fn verified(&self, arguments: &[&str]) -> Value {
        let ran = self.casebook(&[&["evidence", "verify", "--format", "json"], arguments].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }
}

/// The codes with their files.
fn marks(part: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = part["diagnostics"].as_array().unwrap().iter();
    all.map(|diagnostic| (text(&diagnostic["code"]), text(&diagnostic["path"]))).collect()
}

fn expected(marks: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    marks.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
}

fn sha256(content: &[u8]) -> String {
    casebook::values::Sha256::of(content).to_string()
}
