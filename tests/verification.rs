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
use std::path::PathBuf;
use support::{Ran, Sandbox};

/// The item of the sound case.
const ITEM: &str = "x-7q2k9dm4";
const AUTH: &str = "evidence/x-7q2k9dm4/auth.log";

/// A sandbox with the sound case in it, committed.
struct Bench {
    sandbox: Sandbox,
    top: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        support::copy(&support::sound_case(), &top);
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        let bench = Self { sandbox, top };
        bench.commit("The case begins");
        bench
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        self.sandbox.git(&self.top, arguments)
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-qm", message, "--allow-empty"]).ok();
        self.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned()
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        self.sandbox.casebook(&self.top, arguments)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut content = fs::read(self.path(name)).unwrap();
        change(&mut content);
        fs::write(self.path(name), content).unwrap();
    }

    fn replace(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.path(name), text.replace(from, to)).unwrap();
    }

    /// Adds files as one item and gives its id.
    fn add(&self, files: &[(&str, &[u8])]) -> String {
        let folder = self.sandbox.path("sources");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut arguments = vec!["evidence", "add", "--title", "Test", "--by", "bob"];
        let paths: Vec<String> = files
            .iter()
            .map(|(name, content)| {
                fs::write(folder.join(name), content).unwrap();
                folder.join(name).to_str().unwrap().to_owned()
            })
            .collect();
        arguments.extend(paths.iter().map(String::as_str));
        let ran = self.casebook(&arguments).ok();
        ran.stdout.split_whitespace().nth(1).unwrap().to_owned()
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
