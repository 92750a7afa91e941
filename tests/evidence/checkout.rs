//! What Git itself does to bytes: attributes, line endings, and a work tree that differs from the commit.

use super::{Desk, expected};
use std::fs;

const AUTH: &str = "evidence/x-7q2k9dm4/auth.log";

/// The help of what is said of a file in one of the trees.
fn help(desk: &Desk, tree: &str, path: &str) -> String {
    let value = desk.verified();
    let all = value[tree]["diagnostics"].as_array().unwrap();
    all.iter().find(|diagnostic| diagnostic["path"] == path).map(|it| it["help"].to_string()).unwrap_or_default()
}

/// Adds a log with carriage returns while Git is told to convert text; gives its path.
fn add_windows_log(desk: &Desk) -> String {
    let item = desk.add(&[&desk.source("win.log", b"one\r\ntwo\r\n")], &[]);
    desk.commit("A log of Windows");
    format!("evidence/{item}/win.log")
}

#[test]
fn the_attributes_of_the_case_keep_evidence_as_it_is() {
    let desk = Desk::new();
    desk.git(&["config", "core.autocrlf", "true"]).ok();
    add_windows_log(&desk);
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn autocrlf_without_attributes_damages_the_commit() {
    let desk = Desk::new();
    desk.git(&["config", "core.autocrlf", "true"]).ok();
    fs::remove_file(desk.path(".gitattributes")).unwrap();
    let path = add_windows_log(&desk);
    assert_eq!(desk.verify("commit"), expected(&[("evidence-altered", &path)]));
    assert_eq!(desk.verify("work_tree"), expected(&[]));
    let help = help(&desk, "commit", &path);
    assert!(help.contains("work tree still has the registered bytes") && help.contains("--renormalize"), "{help}");
    // And what the help says mends it.
    desk.git(&["checkout", "HEAD~1", "--", ".gitattributes"]).ok();
    desk.git(&["config", "core.autocrlf", "false"]).ok();
    desk.git(&["add", "--renormalize", &path]).ok();
    desk.commit("Mended");
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn nested_attributes_damage_the_commit() {
    let desk = Desk::new();
    fs::write(desk.path("evidence/.gitattributes"), "* text\n").unwrap();
    let path = add_windows_log(&desk);
    assert_eq!(desk.check_head(), expected(&[("evidence-altered", &path)]));
    let ran = desk.casebook(&["check", "--rev", "HEAD"]).code(1);
    assert!(ran.text().contains("nested-attributes"), "{}", ran.text());
}

#[test]
fn attributes_of_this_clone_damage_the_commit() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path(".git/info")).unwrap();
    fs::write(desk.path(".git/info/attributes"), "evidence/** text\n").unwrap();
    let path = add_windows_log(&desk);
    assert_eq!(desk.check_head(), expected(&[("evidence-altered", &path)]));
}

#[test]
fn a_work_tree_that_is_checked_out_differently_is_no_damage() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path(".git/info")).unwrap();
    fs::write(desk.path(".git/info/attributes"), "evidence/** text eol=crlf\n").unwrap();
    fs::remove_file(desk.path(AUTH)).unwrap();
    desk.git(&["checkout", "HEAD", "--", AUTH]).ok();
    assert_eq!(desk.verify("commit"), expected(&[]));
    assert_eq!(desk.verify("work_tree"), expected(&[("evidence-altered", AUTH)]));
    let help = help(&desk, "work_tree", AUTH);
    assert!(help.contains("only the work tree differs") && help.contains("converted on checkout"), "{help}");
    fs::remove_file(desk.path(".git/info/attributes")).unwrap();
    fs::remove_file(desk.path(AUTH)).unwrap();
    desk.git(&["checkout", "HEAD", "--", AUTH]).ok();
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn an_edited_work_tree_is_told_from_the_commit() {
    let desk = Desk::new();
    desk.change(AUTH, |content| content[3] ^= 1);
    let ran = desk.casebook(&["evidence", "verify"]).code(1);
    assert!(ran.stdout.contains("the commit holds the registered bytes"), "{}", ran.stdout);
    assert_eq!(desk.verify("commit"), expected(&[]));
    assert_eq!(desk.verify("work_tree"), expected(&[("evidence-altered", AUTH)]));
    desk.git(&["checkout", "HEAD", "--", AUTH]).ok();
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn what_is_staged_and_a_commit_can_be_verified_alone() {
    let desk = Desk::new();
    desk.change(AUTH, |content| content[3] ^= 1);
    desk.casebook(&["evidence", "verify", "--rev", "HEAD"]).ok();
    desk.casebook(&["evidence", "verify", "--staged"]).ok();
    desk.git(&["add", AUTH]).ok();
    desk.casebook(&["evidence", "verify", "--staged"]).code(1);
    desk.casebook(&["evidence", "verify", "--rev", "HEAD"]).ok();
    desk.casebook(&["evidence", "verify", "--worktree"]).code(1);
    let other = desk.add(&[&desk.source("b", b"b")], &[]);
    desk.casebook(&["evidence", "verify", "--worktree", &other]).ok();
    desk.casebook(&["evidence", "verify", "--worktree", "x-7"]).code(1);
    desk.casebook(&["evidence", "verify", "x-zzzz"]).code(2);
    desk.casebook(&["evidence", "verify", "f-7"]).code(2);
}
