//! Homes of evidence bytes: one contract, held by every implementation, and what is special to each.

#![allow(clippy::unwrap_used)]

mod support;

#[path = "stores/carrying.rs"]
mod carrying;
#[path = "stores/contract.rs"]
mod contract;
#[path = "stores/folder.rs"]
mod folder;
#[path = "stores/git.rs"]
mod git;
#[path = "stores/moving.rs"]
mod moving;
#[path = "stores/s3.rs"]
mod s3;
#[path = "stores/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use support::{Desk, Ran};

/// The item of the sound case.
const ITEM: &str = "x-7q2k9dm4";

/// The sound case, committed, with a store on a disk.
fn desk() -> Desk {
    Desk::with(|desk| {
        std::fs::create_dir(desk.store()).unwrap();
        desk.git(&["config", "casebook.store", desk.store().to_str().unwrap()]).ok();
    })
}

impl Desk {
    fn store(&self) -> PathBuf {
        self.sandbox.path("store")
    }
    fn evidence(&self, arguments: &[&str]) -> Ran {
        self.sandbox.casebook(&self.top, &[&["evidence"], arguments].concat())
    }

    fn evidence_json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.evidence(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }

    fn move_to(&self, home: &str) -> Ran {
        self.evidence(&["move", ITEM, "--to", home, "--by", "bob", "--reason", "a test"])
    }

    /// Where the bytes of the item live, as `evidence list` says.
    fn home(&self) -> String {
        self.evidence_json(&["list"])[0]["home"].as_str().unwrap().to_owned()
    }

    /// The folder of the item in the work tree.
    fn folder(&self) -> PathBuf {
        self.path(&format!("evidence/{ITEM}"))
    }

    /// Compares the work tree with the list of the item, with the tool that every court knows.
    #[track_caller]
    fn sha256sum(&self) {
        let list = format!("{ITEM}.sha256");
        self.sandbox.run("sha256sum", &self.path("evidence"), &["--check", "--strict", "--quiet", &list]).ok();
    }

    /// The case as it is committed is sound.
    #[track_caller]
    fn is_sound(&self) {
        self.sandbox.casebook(&self.top, &["check", "--rev", "HEAD"]).ok();
        self.sandbox.casebook(&self.top, &["check"]).ok();
    }

    /// A clone of the case, with the same store.
    fn clone_here(self) -> Self {
        let top = self.sandbox.path("clone");
        let from = self.top.to_str().unwrap();
        self.sandbox.git(&self.sandbox.path(""), &["clone", "-q", from, top.to_str().unwrap()]).ok();
        self.sandbox.git(&top, &["config", "casebook.store", self.store().to_str().unwrap()]).ok();
        Self { top, ..self }
    }

    /// Everything in the work tree and in the store, with the bytes.
    fn state(&self) -> Vec<(PathBuf, Vec<u8>)> {
        [&self.top, &self.store()].into_iter().flat_map(|folder| files(folder)).collect()
    }

    /// The files of the store.
    fn objects(&self) -> Vec<PathBuf> {
        files(&self.store()).into_iter().map(|(path, _)| path).collect()
    }
}

/// The files below a folder, without what Git and casebook keep for themselves.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let own = |entry: &walkdir::DirEntry| entry.file_name() != ".git";
    if !folder.exists() {
        return Vec::new();
    }
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(own);
    let files = walk.map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    files.map(|entry| (entry.path().to_owned(), std::fs::read(entry.path()).unwrap_or_default())).collect()
}

/// Replaces a file that may be read only.
fn overwrite(path: &Path, content: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, content).unwrap();
}
