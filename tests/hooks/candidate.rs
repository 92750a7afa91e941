//! The tree that is judged is the tree that is committed, however Git is told to make the commit.

use super::{Desk, finding, judged, write};
use crate::support::{Ran, ran};
use std::io::Write;
use std::process::Stdio;

const ASSET: &str = "a-7q2k9dm4";

#[track_caller]
fn agrees(desk: &Desk, ran: Ran) {
    let ran = ran.ok();
    assert_eq!(judged(&ran), desk.says(&["rev-parse", "HEAD^{tree}"]));
}

/// A change that is staged, one that is not, and a broken one that is not: three trees that are easy to confuse.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.finding("00000001", ASSET);
    desk.git(&["add", "findings/f-00000001.toml"]).ok();
    let changed = desk.read("findings/f-7q2k9dm4.toml").replace("logged on", "logged in");
    desk.write("findings/f-7q2k9dm4.toml", &changed);
    desk
}

#[test]
fn of_what_is_staged() {
    let desk = desk();
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    assert_eq!(desk.says(&["status", "--porcelain"]), "M findings/f-7q2k9dm4.toml");
}

#[test]
fn of_all() {
    let desk = desk();
    agrees(&desk, desk.git(&["commit", "-qam", "x"]));
    assert_eq!(desk.says(&["status", "--porcelain"]), "");
}

#[test]
fn of_one_path_while_something_broken_is_staged() {
    let desk = desk();
    desk.finding("00000002", "a-00000000");
    desk.git(&["add", "."]).ok();
    agrees(&desk, desk.git(&["commit", "-qm", "x", "--", "findings/f-00000001.toml"]));
    assert_eq!(desk.says(&["diff", "--cached", "--name-only"]), "findings/f-00000002.toml\nfindings/f-7q2k9dm4.toml");
    desk.git(&["commit", "-qm", "y"]).code(1);
    agrees(&desk, desk.git(&["commit", "-qm", "y", "--", "findings/f-7q2k9dm4.toml"]));
}

#[test]
fn of_a_path_and_what_is_staged() {
    let desk = desk();
    agrees(&desk, desk.git(&["commit", "-qm", "x", "-i", "findings/f-7q2k9dm4.toml"]));
    assert_eq!(desk.says(&["status", "--porcelain"]), "");
}

#[test]
fn of_chosen_hunks() {
    let desk = desk();
    let mut child = desk
        .command(&desk.top)
        .args(["commit", "-p", "-m", "x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"y\n").unwrap();
    agrees(&desk, ran(child.wait_with_output().unwrap()));
}

#[test]
fn of_an_amended_commit() {
    let desk = desk();
    agrees(&desk, desk.git(&["commit", "-qa", "--amend", "-m", "x"]));
    assert_eq!(desk.says(&["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn from_a_folder_below() {
    let desk = desk();
    let below = desk.top.join("findings");
    agrees(&desk, desk.git_in(&below, &["commit", "-qm", "x", "--", "f-7q2k9dm4.toml"]));
    agrees(&desk, desk.git(&["-C", "findings", "commit", "-qm", "y"]));
}

#[test]
fn in_a_linked_work_tree() {
    let desk = desk();
    let linked = desk.sandbox.path("linked");
    desk.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "side"]).ok();
    write(&linked, "findings/f-00000003.toml", &finding("00000003", ASSET));
    desk.git_in(&linked, &["add", "."]).ok();
    let done = desk.git_in(&linked, &["commit", "-qm", "x"]).ok();
    assert_eq!(judged(&done), desk.says(&["rev-parse", "side^{tree}"]));
    assert!(linked.join("reports/.casebook-stamp").exists());
    // The other work tree has its own index, with its own change staged still.
    assert_eq!(desk.says(&["diff", "--cached", "--name-only"]), "findings/f-00000001.toml");
    write(&linked, "findings/f-00000003.toml", &finding("00000003", "a-00000000"));
    desk.git_in(&linked, &["commit", "-qam", "x"]).code(1);
}

#[test]
fn in_a_submodule() {
    let desk = desk();
    let outer = desk.sandbox.path("outer");
    desk.sandbox.git(&desk.sandbox.path(""), &["init", "-q", "outer"]).ok();
    let source = desk.top.to_str().unwrap();
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", source, "inner"];
    desk.sandbox.git(&outer, &add).ok();
    let inner = outer.join("inner");
    desk.sandbox.casebook(&inner, &["hook", "install"]).ok();
    write(&inner, "findings/f-00000004.toml", &finding("00000004", ASSET));
    desk.git_in(&inner, &["add", "."]).ok();
    let done = desk.git_in(&inner, &["commit", "-qm", "x"]).ok();
    assert_eq!(judged(&done), desk.git_in(&inner, &["rev-parse", "HEAD^{tree}"]).ok().stdout.trim());
    assert!(inner.join("reports/.casebook-stamp").exists());
}

#[test]
fn with_variables_that_name_the_repository() {
    let desk = desk();
    let elsewhere = desk.sandbox.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let done = ran(desk
        .command(&elsewhere)
        .env("GIT_DIR", desk.top.join(".git"))
        .env("GIT_WORK_TREE", &desk.top)
        .args(["commit", "-qam", "x"])
        .output()
        .unwrap());
    agrees(&desk, done);
    assert!(desk.read("reports/.casebook-stamp").contains(&desk.says(&["rev-parse", "HEAD"])));
    assert!(!desk.top.join(".git/reports").exists());
}

#[test]
fn from_an_index_of_the_users_own() {
    let desk = desk();
    let index = desk.sandbox.path("index");
    let with = |arguments: &[&str]| {
        ran(desk.command(&desk.top).env("GIT_INDEX_FILE", &index).args(arguments).output().unwrap())
    };
    with(&["read-tree", "HEAD"]).ok();
    desk.finding("00000005", ASSET);
    with(&["add", "findings/f-00000005.toml"]).ok();
    agrees(&desk, with(&["commit", "-qm", "x"]));
    assert_eq!(desk.says(&["show", "--format=", "--name-only"]), "findings/f-00000005.toml");
}

#[test]
fn without_what_was_only_announced() {
    let desk = desk();
    desk.write("findings/f-00000006.toml", "broken");
    desk.git(&["add", "-N", "findings/f-00000006.toml"]).ok();
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    assert!(!desk.says(&["ls-tree", "-r", "--name-only", "HEAD"]).contains("f-00000006"));
    desk.git(&["commit", "-qam", "x"]).code(1);
}

#[test]
fn from_a_split_index() {
    let desk = desk();
    desk.git(&["update-index", "--split-index"]).ok();
    desk.git(&["config", "core.splitIndex", "true"]).ok();
    let shared = |name: &str| name.starts_with("sharedindex.");
    let names = std::fs::read_dir(desk.top.join(".git")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().any(|name| shared(name.to_str().unwrap())), "the index is not split");
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    agrees(&desk, desk.git(&["commit", "-qam", "x"]));
    desk.finding("00000007", ASSET);
    desk.git(&["add", "-N", "findings/f-00000007.toml"]).ok();
    agrees(&desk, desk.git(&["commit", "-q", "--allow-empty", "-m", "x"]));
}

#[test]
fn from_a_sparse_index() {
    let desk = desk();
    desk.git(&["commit", "-qam", "x"]).ok();
    desk.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "findings"]).ok();
    assert!(!desk.top.join("assets").exists());
    assert!(desk.says(&["ls-files", "--sparse"]).contains("assets/\n"), "the index is not sparse");
    desk.finding("00000008", ASSET);
    desk.git(&["add", "."]).ok();
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    // What is not checked out is judged too: the asset is still there to refer to, and this one is not.
    desk.finding("00000008", "a-00000000");
    desk.git(&["commit", "-qam", "x"]).code(1);
}

#[test]
fn from_an_index_of_the_newest_version() {
    let desk = desk();
    desk.git(&["update-index", "--index-version", "4"]).ok();
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    desk.git(&["config", "index.skipHash", "true"]).ok();
    agrees(&desk, desk.git(&["commit", "-qam", "x"]));
}

#[test]
fn and_the_files_on_the_disk_do_not_matter() {
    let desk = desk();
    desk.write("findings/f-00000001.toml", "broken on the disk, sound in the index");
    agrees(&desk, desk.git(&["commit", "-qm", "x"]));
    desk.finding("00000001", "a-00000000");
    desk.git(&["add", "."]).ok();
    desk.finding("00000001", ASSET);
    desk.git(&["commit", "-qm", "sound on the disk, broken in the index"]).code(1);
}

#[test]
fn a_case_whose_record_is_removed_is_still_judged() {
    let desk = Desk::new();
    desk.git(&["rm", "-q", "case.toml"]).ok();
    desk.finding("00000001", "a-00000000");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "x"]).code(1);
    desk.git(&["checkout", "-q", "-f", "--orphan", "other"]).ok();
    desk.git(&["rm", "-rqf", "--cached", "."]).ok();
    desk.git(&["add", "policy.toml"]).ok();
    let done = desk.git(&["commit", "-qm", "A branch that holds something else"]).ok();
    assert!(done.stderr.contains("nothing was checked"), "{}", done.stderr);
}
