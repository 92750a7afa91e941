//! All or nothing: what killed processes leave, full disks, and several at once. tests/damage kills processes.

use super::{Desk, ITEM, expected};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

const BUILDING: &str = ".casebook-adding";

/// Starts an add of a path.
fn start(desk: &Desk, path: &str) -> Child {
    let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
    command.args(["evidence", "add", path, "--title", "At once", "--by", "bob"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The items that have a record.
fn items(desk: &Desk) -> BTreeSet<String> {
    let names = desk.state().into_iter();
    names.filter_map(|name| Some(name.strip_prefix("evidence/")?.strip_suffix(".toml")?.to_owned())).collect()
}

/// After whatever happened, the next command finds every item whole and nothing else.
#[track_caller]
fn is_whole(desk: &Desk) {
    desk.casebook(&["evidence", "list"]).ok();
    assert!(!desk.path(BUILDING).exists());
    let items = items(desk);
    for item in &items {
        desk.sha256sum(item);
    }
    assert_eq!(desk.verify("work_tree"), expected(&[]));
    let custody = desk.state().into_iter().filter(|name| name.starts_with("custody/c-")).count();
    assert_eq!(custody, items.len());
}

/// Marks a set of files as one that this machine is building.
fn mark(desk: &Desk, name: &str) {
    let marks = desk.path(".git/casebook/adding.d");
    fs::create_dir_all(&marks).unwrap();
    fs::write(marks.join(name), "").unwrap();
}

/// Takes the registered item apart again, as a process leaves it that is killed after `moved` of its moves.
fn interrupt(desk: &Desk, moved: usize, is_ready: bool) {
    let built = desk.path(&format!("{BUILDING}/{ITEM}"));
    let moves =
        ["custody/c-7q2k9dm4.toml", "evidence/x-7q2k9dm4", "evidence/x-7q2k9dm4.sha256", "evidence/x-7q2k9dm4.toml"];
    for folder in ["custody", "evidence"] {
        fs::create_dir_all(built.join("files").join(folder)).unwrap();
    }
    mark(desk, ITEM);
    fs::write(desk.path(&format!("{BUILDING}/.gitignore")), "*\n").unwrap();
    fs::write(built.join("lock"), "").unwrap();
    for path in &moves[moved..] {
        fs::rename(desk.path(path), built.join("files").join(path)).unwrap();
    }
    if is_ready {
        fs::write(built.join("ready"), "").unwrap();
    }
}

#[test]
fn moves_that_were_begun_are_finished_by_the_next_command() {
    for moved in 0..=4 {
        let desk = Desk::new();
        let before = desk.state();
        interrupt(&desk, moved, true);
        is_whole(&desk);
        assert_eq!(desk.state(), before, "killed after {moved} moves");
        assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
    }
}

#[test]
fn what_was_not_built_to_the_end_is_removed_and_git_never_sees_it() {
    let desk = Desk::new();
    let before = desk.git(&["status", "--porcelain"]).ok().stdout;
    let built = desk.path(&format!("{BUILDING}/x-00000000/files/evidence/x-00000000"));
    fs::create_dir_all(&built).unwrap();
    mark(&desk, "x-00000000");
    fs::write(desk.path(&format!("{BUILDING}/.gitignore")), "*\n").unwrap();
    fs::write(built.join("half.log"), "half").unwrap();
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, before);
    desk.add(&[&desk.source("a", b"a")], &[]);
    assert!(!desk.path(BUILDING).exists());
    is_whole(&desk);
}

#[test]
fn what_a_clone_brings_is_not_taken_for_an_interrupted_add() {
    let desk = Desk::new();
    let home = desk.sandbox.path("home-of-somebody");
    fs::create_dir_all(home.join("documents")).unwrap();
    fs::write(home.join("documents/thesis.txt"), "precious").unwrap();
    std::os::unix::fs::symlink(&home, desk.path(BUILDING)).unwrap();
    mark(&desk, "documents");
    let source = desk.source("a", b"a");
    desk.casebook(&["evidence", "list"]).code(2);
    desk.casebook(&["evidence", "add", &source, "--title", "A", "--by", "bob"]).code(2);
    assert_eq!(fs::read_to_string(home.join("documents/thesis.txt")).unwrap(), "precious");
    assert!(!home.join(".gitignore").exists());
    fs::remove_file(desk.path(BUILDING)).unwrap();
    fs::remove_file(desk.path(".git/casebook/adding.d/documents")).unwrap();
    // A folder with a set of files that is ready to be moved, and that nobody built here.
    let planted = desk.path(&format!("{BUILDING}/x-00000000"));
    fs::create_dir_all(planted.join("files/custody")).unwrap();
    fs::write(planted.join("files/custody/c-00000000.toml"), "planted").unwrap();
    fs::write(planted.join("ready"), "").unwrap();
    desk.casebook(&["evidence", "list"]).ok();
    assert!(!desk.path("custody/c-00000000.toml").exists());
    assert!(planted.join("ready").exists());
}

#[test]
fn nothing_is_added_through_a_link() {
    for folder in ["evidence", "custody"] {
        let desk = Desk::new();
        let outside = desk.sandbox.path("outside");
        fs::rename(desk.path(folder), &outside).unwrap();
        std::os::unix::fs::symlink(&outside, desk.path(folder)).unwrap();
        let before: Vec<_> = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let source = desk.source("a", b"a");
        desk.casebook(&["evidence", "add", &source, "--title", "A", "--by", "bob"]).code(2);
        let after: Vec<_> = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(before, after, "{folder}");
    }
}

#[test]
fn several_processes_at_once_lose_nothing() {
    let desk = Desk::new();
    let paths: Vec<String> =
        (0..6).map(|number: u8| desk.source(&format!("{number}.bin"), &[number].repeat(200_000))).collect();
    let children: Vec<Child> = paths.iter().map(|path| start(&desk, path)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(items(&desk).len(), 7);
    is_whole(&desk);
}

#[test]
fn of_several_who_add_the_same_bytes_one_succeeds() {
    let desk = Desk::new();
    let path = desk.source("same.bin", &[1].repeat(200_000));
    let children: Vec<Child> = (0..4).map(|_| start(&desk, &path)).collect();
    let succeeded = children.into_iter().map(|mut child| child.wait().unwrap().success()).filter(|it| *it).count();
    assert_eq!(succeeded, 1);
    is_whole(&desk);
}

#[test]
fn a_full_disk_leaves_nothing() {
    let desk = Desk::new();
    desk.source("full/a.bin", &[1; 100]);
    desk.source("full/large.bin", &vec![2; 300_000]);
    let folder = desk.sandbox.path("sources/full");
    let before = desk.state();
    // A limit on the size of files stands for a full disk: the write fails in its midst.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" evidence add \"$1\" --title Full --by bob";
    let ran = desk.sandbox.run("sh", &desk.top, &["-c", script, super::support::CASEBOOK, folder.to_str().unwrap()]);
    let ran = ran.code(2);
    assert!(ran.stderr.contains("large.bin"), "{}", ran.stderr);
    assert_eq!(desk.state(), before);
}

#[test]
fn a_case_that_cannot_be_written_says_so() {
    let desk = Desk::new();
    // A file where the folder for building must be.
    fs::write(desk.path(BUILDING), "in the way").unwrap();
    let source = desk.source("a", b"a");
    let ran = desk.casebook(&["evidence", "add", &source, "--title", "A", "--by", "bob"]).code(2);
    assert!(ran.stderr.contains("nothing was registered"), "{}", ran.stderr);
    assert!(Path::new(&source).exists());
}
