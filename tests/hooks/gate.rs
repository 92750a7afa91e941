//! What the gate refuses, with which words, and that nothing else changes.

use super::Desk;
use crate::support::{self, Ran};
use sha2::Digest;
use std::fs;

#[track_caller]
fn refused(desk: &Desk, ran: Ran, says: &str) {
    let ran = ran.code(1);
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    assert!(ran.stderr.contains("casebook: not committed: "), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    assert_eq!(desk.says(&["log", "-1", "--format=%s"]), "The case begins");
}

#[test]
fn a_dangling_reference() {
    let desk = Desk::new();
    desk.finding("00000001", "a-00000000");
    desk.git(&["add", "."]).ok();
    let staged = desk.says(&["ls-files", "--stage"]);
    let ran = desk.git(&["commit", "-qm", "x"]);
    assert!(ran.stderr.trim_end().ends_with("(`git commit --no-verify` skips this check)."), "{}", ran.stderr);
    refused(&desk, ran, "error[dangling-reference]");
    assert_eq!(desk.says(&["ls-files", "--stage"]), staged);
    let left = walkdir::WalkDir::new(desk.top.join(".git")).into_iter().flatten();
    assert!(
        !left.into_iter().any(|entry| entry.file_name().to_str().unwrap().starts_with(".casebook")),
        "a file is left"
    );
    desk.git(&["commit", "-qm", "x", "--no-verify"]).ok();
}

#[test]
fn a_merge_that_is_clean_for_git_alone() {
    let desk = Desk::new();
    let asset = desk.read("assets/a-7q2k9dm4.toml").replace("a-7q2k9dm4", "a-00000001");
    desk.write("assets/a-00000001.toml", &asset);
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-q", "--amend", "-m", "The case begins"]).ok();
    desk.git(&["switch", "-qc", "side"]).ok();
    desk.git(&["rm", "-q", "assets/a-00000001.toml"]).ok();
    desk.git(&["commit", "-qm", "Remove an asset", "--no-verify"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    desk.finding("00000002", "a-00000001");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "The case begins"]).ok();
    refused(&desk, desk.git(&["merge", "--no-edit", "side"]), "there is no asset `a-00000001`");
}

#[test]
fn evidence_whose_line_ends_git_changed() {
    let digest = |text: &str| hex::encode(sha2::Sha256::digest(text));
    let log = "one\r\ntwo\r\n";
    let list = format!("{}  x-00000001/windows.log\n", digest(log));
    let record = fs::read_to_string(support::sound_case().join("evidence/x-7q2k9dm4.toml")).unwrap();
    let value = |key: &str| record.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    let record = record
        .replace("x-7q2k9dm4", "x-00000001")
        .replace(&value("files = "), "files = 1")
        .replace(&value("bytes = "), "bytes = 10")
        .replace(&value("list = "), &format!("list = \"{}\"", digest(&list)));
    let add = |desk: &Desk| {
        desk.git(&["config", "core.autocrlf", "true"]).ok();
        desk.write("evidence/x-00000001.toml", &record);
        desk.write("evidence/x-00000001.sha256", &list);
        desk.write("evidence/x-00000001/windows.log", log);
        let event = "id = \"c-00000001\"\nitem = \"x-00000001\"\nat = 2026-03-01T11:00:00Z\nby = \"bob\"\naction = \"collected\"\n";
        desk.write("custody/c-00000001.toml", event);
        desk.git(&["add", "evidence", "custody"]).ok();
        desk.says(&["cat-file", "-s", ":evidence/x-00000001/windows.log"])
    };
    let desk = Desk::new();
    assert_eq!(add(&desk), "10", "the attributes of the case keep the bytes");
    desk.git(&["commit", "-qm", "x"]).ok();
    // The file's own attributes, which are on this machine alone, come before those of the case.
    let desk = Desk::new();
    fs::write(desk.top.join(".git/info/attributes"), "evidence/** text\n").unwrap();
    assert_eq!(add(&desk), "8", "Git changed the bytes");
    let ran = desk.git(&["commit", "-qm", "x"]);
    assert!(ran.stderr.contains(&digest(log)) && ran.stderr.contains(&digest("one\ntwo\n")), "{}", ran.stderr);
    refused(&desk, ran, "evidence/x-00000001/windows.log");
}

#[test]
fn attributes_below_the_evidence() {
    let desk = Desk::new();
    desk.write("evidence/.gitattributes", "* text\n");
    desk.git(&["add", "-f", "."]).ok();
    refused(&desk, desk.git(&["commit", "-qm", "x"]), "error[nested-attributes]");
}

#[test]
fn names_that_other_systems_cannot_hold() {
    let blob_named = |desk: &Desk, mode: &str, name: &str| {
        let blob = desk.says(&["hash-object", "-w", "policy.toml"]);
        desk.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{blob},{name}")]).ok();
    };
    for (mode, name) in [
        ("100644", "notes/CON"),
        ("100644", "notes/con.md"),
        ("100644", "notes/a:b.md"),
        ("100644", "notes/trailing."),
        ("100644", "notes/back\\slash.md"),
        ("100644", "notes/tab\there.md"),
        ("100644", "notes/new\nline.md"),
        ("120000", "notes/link.md"),
        ("160000", "module"),
    ] {
        let desk = Desk::new();
        if mode == "160000" {
            let head = desk.says(&["rev-parse", "HEAD"]);
            desk.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{head},{name}")]).ok();
        } else {
            blob_named(&desk, mode, name);
        }
        refused(&desk, desk.git(&["commit", "-qm", "x"]), "error[");
    }
    let desk = Desk::new();
    blob_named(&desk, "100644", "notes/Readme.md");
    blob_named(&desk, "100644", "notes/README.md");
    refused(&desk, desk.git(&["commit", "-qm", "x"]), "error[");
}

#[test]
fn what_it_prints_cannot_steer_a_terminal() {
    let desk = Desk::new();
    desk.finding("00000001", "a-00000000");
    let text = desk.read("findings/f-00000001.toml").replace("\"a-00000000\"", "\"a-\u{1b}[2J\"");
    desk.write("findings/f-00000001.toml", &text);
    desk.git(&["add", "."]).ok();
    let ran = desk.git(&["commit", "-qm", "x"]);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    refused(&desk, ran, "error[");
}

/// `-s ours` keeps nothing of the other side: without a look at every parent its entries would be gone in silence.
#[test]
fn a_merge_that_drops_what_the_other_side_has() {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "other"]).ok();
    desk.finding("0000aaaa", "a-7q2k9dm4");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "A finding of the other side"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    desk.finding("0000bbbb", "a-7q2k9dm4");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "A finding of ours"]).ok();
    let refused = desk.git(&["merge", "-q", "-s", "ours", "-m", "Nothing of theirs", "other"]).code(1);
    assert!(refused.stderr.contains("entry-deleted") && refused.stderr.contains("f-0000aaaa"), "{}", refused.stderr);
    // Git leaves the merge open: the work tree, the index and a second try are judged in the same way.
    desk.sandbox.casebook(&desk.top, &["check"]).code(1);
    desk.sandbox.casebook(&desk.top, &["check", "--staged"]).code(1);
    desk.git(&["commit", "-qm", "Nothing of theirs"]).code(1);
    let other = desk.git(&["rev-parse", "other"]).ok().stdout[..12].to_owned();
    let typed = format!("git checkout {other} -- findings/f-0000aaaa.toml");
    assert!(refused.stderr.contains(&typed), "{}", refused.stderr);
    desk.git(&["checkout", &other, "--", "findings/f-0000aaaa.toml"]).ok();
    desk.git(&["commit", "-qm", "Both"]).ok();
    desk.sandbox.casebook(&desk.top, &["check", "--rev", "HEAD"]).ok();
}

#[test]
fn the_files_of_one_item_under_the_name_of_another() {
    let desk = Desk::new();
    let sources = desk.sandbox.path("a.log");
    fs::write(&sources, "one\n").unwrap();
    let add = ["evidence", "add", "--title", "A log", "--by", "bob", sources.to_str().unwrap()];
    let ran = desk.sandbox.casebook(&desk.top, &add).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap();
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "The case begins"]).ok();
    // What was remembered of the item while it was committed must not stand for another one.
    let copy = "x-00000001";
    desk.write(&format!("evidence/{copy}/a.log"), "one\n");
    desk.write(&format!("evidence/{copy}.sha256"), &desk.read(&format!("evidence/{item}.sha256")));
    desk.write(&format!("evidence/{copy}.toml"), &desk.read(&format!("evidence/{item}.toml")).replace(item, copy));
    desk.git(&["add", "."]).ok();
    refused(&desk, desk.git(&["commit", "-qm", "x"]), "names no file inside the folder `x-00000001`");
}

#[test]
fn a_link_below_what_the_policy_lets_pass() {
    let long = format!("{}/{}", "n".repeat(150), "n".repeat(100));
    for folder in ["reports", &"d/".repeat(40), &long] {
        let desk = Desk::new();
        let off = "[rules]\ncommitted-report = \"off\"\nlong-path = \"off\"\ndeep-folder = \"off\"\n";
        desk.write("policy.toml", &format!("{}\n{off}", desk.read("policy.toml")));
        desk.write("target", "policy.toml");
        let blob = desk.says(&["hash-object", "-w", "target"]);
        fs::remove_file(desk.top.join("target")).unwrap();
        desk.git(&["add", "policy.toml"]).ok();
        let link = format!("{}/sub/link", folder.trim_end_matches('/'));
        desk.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{blob},{link}")]).ok();
        let says = if folder.starts_with("d/") { "error[deep-folder]" } else { "error[symlink]" };
        refused(&desk, desk.git(&["commit", "-qm", "x"]), says);
    }
}

/// A hostile case can come with a link to a folder of whoever clones it.
#[test]
fn nothing_is_written_through_a_link_in_place_of_a_folder() {
    let desk = Desk::new();
    desk.commit_finding("00000001");
    let outside = desk.sandbox.path("outside");
    fs::create_dir(&outside).unwrap();
    for folder in ["assets", "reports"] {
        let _ = fs::remove_dir_all(desk.top.join(folder));
        std::os::unix::fs::symlink(&outside, desk.top.join(folder)).unwrap();
    }
    let casebook = |arguments: &[&str]| desk.sandbox.casebook(&desk.top, arguments).code(2).stderr;
    let says = casebook(&["new", "asset", "db01", "--set", "kind=server"]);
    assert!(says.contains("`assets` is not a folder"), "{says}");
    let says = casebook(&["report", "--rev", "HEAD~1"]);
    assert!(says.contains("`reports` is not a folder"), "{says}");
    casebook(&["report"]);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn looking_at_hooks_runs_nothing_that_a_branch_could_have_written() {
    let desk = Desk::new();
    let (program, ran) = (desk.sandbox.path("evil"), desk.sandbox.path("ran"));
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\necho casebook 0.1.0\n", ran.display())).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let shim = casebook::hook::shim::text(casebook::hook::HookName::PreCommit, &program);
    desk.write("hooks/pre-commit", &shim);
    desk.git(&["config", "core.hooksPath", "hooks"]).ok();
    desk.sandbox.casebook(&desk.top, &["hook", "status"]).code(1);
    desk.sandbox.casebook(&desk.top, &["doctor"]);
    desk.sandbox.casebook(&desk.top, &["status"]);
    assert!(!ran.exists());
}
