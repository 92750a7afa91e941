//! What leaves a case and what comes to it from outside: bags, graphs, and time stamps, under the programs that others
//! would check them with.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "handover/authority.rs"]
mod authority;
#[path = "handover/bag.rs"]
mod bag;
#[path = "handover/graph.rs"]
mod graph;
#[path = "handover/witness.rs"]
mod witness;

use std::fs;
use std::path::{Path, PathBuf};
use support::{Ran, Sandbox};

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
        desk.change(".gitattributes", |bytes| bytes.extend(b"timestamps/** -text\n"));
        desk.change("findings/f-7q2k9dm4.toml", |bytes| {
            bytes.extend(b"\n[[evidence]]\nitem = \"x-7q2k9dm4\"\npath = \"auth.log\"\n");
        });
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

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned()
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        self.sandbox.casebook(&self.top, arguments)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    /// Changes a file of the case by a function of its bytes.
    fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change_file(&self.path(name), change);
    }
}

fn change_file(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = fs::read(path).unwrap();
    change(&mut content);
    fs::write(path, content).unwrap();
}
