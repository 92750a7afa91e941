//! Commands that change what is kept, each with a case that is prepared for it, and copies of that case to break.

use super::support::{Desk, Sandbox, tool};
use casebook::values::Sha256;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that is there, by its path: files with their bytes, folders with none and a slash at the end.
pub type State = BTreeMap<String, Vec<u8>>;

/// A command that is to be whole or not to have happened.
pub struct Act {
    pub name: &'static str,
    prepare: fn(&Desk),
    /// What the command prints once it is done.
    pub done: &'static str,
    /// How it ends where it is done already.
    pub again: i32,
    needs_lfs: bool,
    line: &'static str,
}

/// The item that every case has beside that of the sound case.
pub const ITEM: &str = "x-wkdg33zd";

#[rustfmt::skip]
pub const ACTS: &[Act] = &[
    add("add to Git", "git", false),
    add("add to Git LFS", "lfs", true),
    add("add to a store", "store", false),
    Act { name: "push", prepare: |d| kept(d, "store", |d| { fetch(d); empty_store(d); }), done: "files sent", again: 0, needs_lfs: false,
        line: "evidence push" },
    moved("move from Git to Git LFS", |d| kept(d, "git", |_| ()), "lfs", true),
    moved("move from Git to a store", |d| kept(d, "git", |_| ()), "store", false),
    moved("move from Git LFS to Git", |d| kept(d, "lfs", |_| ()), "git", true),
    moved("move from Git LFS to a store", |d| kept(d, "lfs", |_| ()), "store", true),
    moved("move from a store to Git", |d| kept(d, "store", |_| ()), "git", false),
    moved("move from a store to Git LFS", |d| kept(d, "store", |_| ()), "lfs", true),
    moved("move pointers to Git", |d| kept(d, "lfs", pointers), "git", true),
    moved("move pointers to a store", |d| kept(d, "lfs", pointers), "store", true),
    moved("move a half copy to Git LFS", |d| kept(d, "git", half), "lfs", true),
    moved("move a copy to Git", |d| kept(d, "store", materialise), "git", false),
    Act { name: "fetch", prepare: |d| kept(d, "store", |_| ()), done: "files fetched", again: 0, needs_lfs: false,
        line: "evidence fetch" },
    Act { name: "materialise", prepare: |d| kept(d, "store", |_| ()), done: "materialised", again: 0, needs_lfs: false,
        line: "evidence materialise" },
    Act { name: "take copies away", prepare: |d| kept(d, "store", materialise), done: "removed", again: 0, needs_lfs: false,
        line: "evidence materialise --remove" },
];

const fn add(name: &'static str, home: &'static str, needs_lfs: bool) -> Act {
    let line = match home.len() {
        3 if needs_lfs => "evidence add ../sources/b.log ../sources/deep --title New --by bob --storage lfs",
        3 => "evidence add ../sources/b.log ../sources/deep --title New --by bob --storage git",
        _ => "evidence add ../sources/b.log ../sources/deep --title New --by bob --storage store",
    };
    Act { name, prepare: |d| kept(d, "git", |_| ()), done: "registered", again: 2, needs_lfs, line }
}

const fn moved(name: &'static str, prepare: fn(&Desk), to: &'static str, needs_lfs: bool) -> Act {
    let line = match to.len() {
        5 => "evidence move ITEM --by bob --to store",
        _ if to.as_bytes()[0] == b'l' => "evidence move ITEM --by bob --to lfs",
        _ => "evidence move ITEM --by bob --to git",
    };
    Act { name, prepare, done: "moved", again: 0, needs_lfs, line }
}

impl Act {
    pub fn arguments(&self) -> Vec<&str> {
        self.line.split_whitespace().map(|word| if word == "ITEM" { ITEM } else { word }).collect()
    }

    /// The case that it is done to; `None` where a program that it needs is not installed.
    pub fn workshop(&self) -> Option<Workshop> {
        if self.needs_lfs {
            tool("git-lfs")?;
        }
        let desk = Desk::with(|desk| {
            fs::create_dir(desk.sandbox.path("store")).unwrap();
            desk.git(&["config", "casebook.store", "../store"]).ok();
            if self.needs_lfs {
                desk.git(&["lfs", "install", "--local", "--skip-repo"]).ok();
            }
        });
        (self.prepare)(&desk);
        Some(Workshop(desk))
    }
}

/// Registers an item in a home, and commits it.
fn kept(desk: &Desk, home: &str, prepare: fn(&Desk)) {
    desk.source("a.log", b"the log of the item\n");
    desk.source("parts/a.bin", &[7; 5000]);
    desk.source("parts/deep/empty", b"");
    let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
    command.env("CASEBOOK_SEED", "3").args(["evidence", "add", "--title", "Kept", "--by", "bob", "--storage", home]);
    let ran = super::support::ran(command.args(["../sources/a.log", "../sources/parts"]).output().unwrap()).ok();
    assert_eq!(ran.stdout.split_whitespace().nth(1), Some(ITEM));
    desk.commit("An item");
    // What a command is to register.
    desk.source("b.log", b"another log\n");
    desk.source("deep/b.bin", &[9; 3000]);
    desk.source("deep/er/c.bin", &[11; 100]);
    prepare(desk);
}

fn fetch(desk: &Desk) {
    desk.casebook(&["evidence", "fetch"]).ok();
}

fn materialise(desk: &Desk) {
    desk.casebook(&["evidence", "materialise"]).ok();
}

fn empty_store(desk: &Desk) {
    fs::remove_dir_all(desk.sandbox.path("store")).unwrap();
    fs::create_dir(desk.sandbox.path("store")).unwrap();
}

/// Leaves of the item in the work tree what a clone has that did not ask Git LFS.
fn pointers(desk: &Desk) {
    for file in ["a.log", "parts/a.bin"] {
        let path = format!("evidence/{ITEM}/{file}");
        let pointer = desk.git(&["show", &format!("HEAD:{path}")]).ok().stdout;
        assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
        desk.write(&path, pointer);
    }
}

/// Takes one of two files away; Git has it.
fn half(desk: &Desk) {
    fs::remove_file(desk.path(&format!("evidence/{ITEM}/a.log"))).unwrap();
}

/// A prepared case, which nobody touches.
pub struct Workshop(Desk);

impl Workshop {
    pub fn copied(&self) -> Copied {
        self.copied_to(Sandbox::in_memory())
    }

    pub fn copied_to(&self, sandbox: Sandbox) -> Copied {
        let from = ["case", "store", "sources"].map(|name| self.0.sandbox.path(name).to_str().unwrap().to_owned());
        sandbox.run("cp", &sandbox.path(""), &["-a", &from[0], &from[1], &from[2], "."]).ok();
        Copied { desk: Desk { top: sandbox.path("case"), sandbox } }
    }
}

/// A case that may be broken.
pub struct Copied {
    pub desk: Desk,
}

impl Copied {
    /// Runs a command, with the ids that every run of it draws.
    pub fn run(&self, arguments: &[&str]) -> super::support::Ran {
        let mut command = self.desk.sandbox.command(super::support::CASEBOOK, &self.desk.top);
        super::support::ran(command.env("CASEBOOK_SEED", "7").args(arguments).output().unwrap())
    }

    /// The work tree.
    pub fn case(&self) -> State {
        let mut state = state(&self.desk.top, |path| path == ".git");
        // A custody event tells where the store is.
        let here = self.desk.sandbox.path("").to_str().unwrap().to_owned();
        for (_, bytes) in state.iter_mut().filter(|(path, _)| path.starts_with("custody/")) {
            *bytes = String::from_utf8_lossy(bytes).replace(&here, "/").into_bytes();
        }
        state
    }

    /// The homes: the store, the objects of Git LFS, and what casebook keeps beside its caches.
    pub fn homes(&self) -> State {
        let cache = |path: &str| path.starts_with("stamped-") || path.ends_with(".lock");
        let folders = [
            (self.desk.sandbox.path("store"), "store"),
            (self.desk.path(".git/lfs/objects"), "lfs"),
            (self.desk.path(".git/casebook"), "casebook"),
        ];
        let named = |(folder, name): (PathBuf, &str)| -> Vec<(String, Vec<u8>)> {
            let all = state(&folder, cache).into_iter();
            all.map(|(path, bytes)| (format!("{name}/{path}"), bytes)).collect()
        };
        let mut homes: State = folders.into_iter().flat_map(named).collect();
        // The folder for what is on its way stays until somebody writes there again, if nothing is in it.
        let is_empty = |homes: &State, folder: &str| {
            !homes.keys().any(|path| path.len() > folder.len() && path.starts_with(folder))
        };
        for folder in ["store/.casebook-incoming/", "lfs/.casebook-incoming/", "casebook/objects/.casebook-incoming/"] {
            if is_empty(&homes, folder) {
                homes.remove(folder);
            }
        }
        homes
    }

    /// Says which objects of the homes do not have the digest that is their name.
    pub fn wrong_objects(&self) -> Option<String> {
        let homes = self.homes().into_iter();
        let mut wrong = homes.filter(|(path, bytes)| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.parse::<Sha256>().is_ok_and(|digest| digest != Sha256::of(bytes))
        });
        wrong.next().map(|(path, _)| format!("{path} has other bytes"))
    }

    /// Says what Git would leave out and must not, or take in and must not, by what `evidence list` says.
    pub fn wrongly_excluded(&self, listed: &serde_json::Value) -> Option<String> {
        let text = self.desk.read(".git/info/exclude");
        listed.as_array().unwrap().iter().find_map(|item| {
            let (id, is_in_store) = (item["id"].as_str().unwrap(), item["home"] == "store");
            let is_excluded = text.contains(&format!("/evidence/{id}/\n"));
            let is_here = self.desk.path("evidence").join(id).exists();
            let is_wrong = if is_in_store { is_here && !is_excluded } else { is_excluded };
            is_wrong.then(|| format!("{id} is kept in {}, here: {is_here}, excluded: {is_excluded}", item["home"]))
        })
    }

    /// Says what keeps the case from being sound, with all that it has in the work tree as it is registered.
    pub fn unsound(&self) -> Option<String> {
        if let Some(wrong) = self.wrong_objects() {
            return Some(wrong);
        }
        let ran = self.desk.casebook(&["evidence", "verify", "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        if !value["work_tree"]["diagnostics"].as_array().is_some_and(Vec::is_empty) {
            return Some(ran.text());
        }
        let folder = self.desk.path("evidence");
        let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let is_here = |list: &String| {
            let folder = list.strip_suffix(".sha256").map(|item| folder.join(item));
            // Where Git LFS has put its pointers, or there is no copy, there is nothing to compare.
            folder.is_some_and(|folder| folder.exists() && !is_pointer(&folder.join("a.log")))
        };
        let compare =
            |list: &String| self.desk.sandbox.run("sha256sum", &folder, &["--check", "--strict", "--quiet", list]);
        names.filter(is_here).map(|list| compare(&list)).find(|ran| ran.code != 0).map(|ran| ran.text())
    }
}

fn is_pointer(path: &Path) -> bool {
    fs::read(path).is_ok_and(|text| text.starts_with(b"version https"))
}

fn state(folder: &Path, is_left_out: impl Fn(&str) -> bool) -> State {
    let mut state = State::new();
    if !folder.exists() {
        return state;
    }
    let relative = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    let walk = walkdir::WalkDir::new(folder).min_depth(1).into_iter();
    for entry in walk.filter_entry(|entry| !is_left_out(&relative(entry.path()))) {
        let entry = entry.unwrap();
        let path = relative(entry.path());
        if entry.file_type().is_dir() {
            state.insert(format!("{path}/"), Vec::new());
        } else {
            state.insert(path, fs::read(entry.path()).unwrap_or_default());
        }
    }
    state
}
