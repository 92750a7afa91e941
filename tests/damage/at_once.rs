//! Several commands at once on one case and one store: nothing is lost, whoever is faster. Which of them that is differs from
//! round to round; what must hold does not. Several adds at once are in tests/evidence/crash.rs.

use super::support::{CASEBOOK, Ran, ran};
use super::workshop::{ACTS, Copied, ITEM, Workshop};
use std::fs;
use std::process::{Child, Stdio};

/// How often each is tried.
const ROUNDS: usize = 6;

fn workshop(name: &str) -> Option<Workshop> {
    ACTS.iter().find(|act| act.name == name).unwrap().workshop()
}

/// Starts all of the commands before it waits for any.
fn at_once(copied: &Copied, lines: &[&str]) -> Vec<Ran> {
    let start = |line: &&str| -> Child {
        let mut command = copied.desk.sandbox.command(CASEBOOK, &copied.desk.top);
        command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = lines.iter().map(start).collect();
    children.into_iter().map(|child| ran(child.wait_with_output().unwrap())).collect()
}

/// Everything is whole, and nothing of anybody is left on the way.
#[track_caller]
fn is_whole(copied: &Copied) {
    let listed = copied.desk.json(&["evidence", "list"]);
    assert_eq!(copied.unsound(), None);
    assert_eq!(copied.wrongly_excluded(&listed), None);
    assert!(!copied.desk.path(".casebook-adding").exists());
    let left: Vec<String> = copied.homes().into_keys().filter(|path| path.contains(".casebook-")).collect();
    assert!(left.is_empty(), "{left:?}");
    let marks = fs::read_dir(copied.desk.path(".git/casebook/adding.d")).map_or(0, Iterator::count);
    assert_eq!(marks, 0);
}

#[test]
fn several_who_push_the_same_item_all_succeed() {
    let workshop = workshop("push").unwrap();
    let alone = workshop.copied();
    alone.desk.casebook(&["evidence", "push"]).ok();
    for _ in 0..ROUNDS {
        let copied = workshop.copied();
        for ran in at_once(&copied, &["evidence push"; 5]) {
            ran.ok();
        }
        is_whole(&copied);
        assert!(copied.homes() == alone.homes());
    }
}

#[test]
fn fetching_pushing_and_materialising_at_once_get_in_nobodys_way() {
    let workshop = workshop("fetch").unwrap();
    let lines = ["evidence fetch", "evidence materialise", "evidence push", "evidence fetch", "evidence materialise"];
    for _ in 0..ROUNDS {
        let copied = workshop.copied();
        for ran in at_once(&copied, &lines) {
            assert!(ran.code < 2, "{}", ran.text());
        }
        is_whole(&copied);
        // Whoever lost a race is told so, and typed again it is done.
        copied.desk.casebook(&["evidence", "fetch"]).ok();
        copied.desk.casebook(&["evidence", "materialise"]).ok();
        is_whole(&copied);
        assert_eq!(fs::read(copied.desk.path(&format!("evidence/{ITEM}/parts/a.bin"))).unwrap(), [7; 5000]);
    }
}

#[test]
fn a_move_and_adds_at_once_all_succeed() {
    let workshop = workshop("move from Git to a store").unwrap();
    let moved = format!("evidence move {ITEM} --to store --by bob");
    let lines = [
        "evidence add ../sources/b.log --title B --by bob --storage store",
        &moved,
        "evidence add ../sources/deep --title Deep --by bob --again --storage git",
        "evidence add ../sources/deep/er --title Deeper --by bob --again --storage lfs",
    ];
    for _ in 0..ROUNDS {
        let copied = workshop.copied();
        for ran in at_once(&copied, &lines) {
            ran.ok();
        }
        is_whole(&copied);
        let list = copied.desk.json(&["evidence", "list"]);
        let homes: Vec<&str> = list.as_array().unwrap().iter().map(|item| item["home"].as_str().unwrap()).collect();
        let count = |home: &str| homes.iter().filter(|it| **it == home).count();
        assert_eq!((count("git"), count("lfs"), count("store")), (2, 1, 2), "{list:#}");
        let attributes = copied.desk.read(".gitattributes");
        assert_eq!(attributes.matches("filter=lfs").count(), 1, "{attributes}");
    }
}

#[test]
fn of_several_who_move_an_item_each_move_is_whole() {
    let workshop = workshop("move from Git to a store").unwrap();
    let line = |home: &str| format!("evidence move {ITEM} --to {home} --by bob");
    let lines = [line("store"), line("lfs"), line("store"), line("git")];
    for _ in 0..ROUNDS {
        let copied = workshop.copied();
        let events = |copied: &Copied| fs::read_dir(copied.desk.path("custody")).unwrap().count();
        let before = events(&copied);
        let all = at_once(&copied, &lines.each_ref().map(String::as_str));
        let moved = all.iter().filter(|ran| ran.stdout.contains("moved x-")).count();
        for ran in &all {
            assert!(ran.code < 2, "{}", ran.text());
        }
        assert!(moved >= 1);
        assert_eq!(events(&copied), before + moved, "each that said it moved it has its event, and no other");
        is_whole(&copied);
        // Its bytes are where they are said to be.
        copied.desk.casebook(&["evidence", "move", ITEM, "--to", "git", "--by", "bob"]).ok();
        assert_eq!(fs::read(copied.desk.path(&format!("evidence/{ITEM}/parts/a.bin"))).unwrap(), [7; 5000]);
        is_whole(&copied);
    }
}
