//! What the hooks write into commit messages, and that an empty message still aborts.

use super::Desk;
use crate::support::{Ran, ran};
use std::fs;

const ASSET: &str = "a-7q2k9dm4";

/// A case with one more finding that is not staged yet.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.finding("00000001", ASSET);
    desk.git(&["add", "."]).ok();
    desk
}

/// Commits with an editor that is a shell script; the message is `$1`.
fn edited(desk: &Desk, script: &str, arguments: &[&str]) -> Ran {
    let editor = desk.sandbox.path("editor.sh");
    fs::write(&editor, format!("#!/bin/sh\ncp \"$1\" {}\n{script}\n", desk.sandbox.path("seen").display())).unwrap();
    let editor = format!("sh {}", editor.display());
    ran(desk.command(&desk.top).env("GIT_EDITOR", editor).arg("commit").args(arguments).output().unwrap())
}

fn seen(desk: &Desk) -> String {
    fs::read_to_string(desk.sandbox.path("seen")).unwrap()
}

fn message(desk: &Desk) -> String {
    desk.says(&["log", "-1", "--format=%B"])
}

#[test]
fn a_commit_names_its_entries() {
    let desk = desk();
    desk.git(&["commit", "-qm", "One more logon", "-m", "Reviewed-by: C <c@example.org>"]).ok();
    assert_eq!(message(&desk), "One more logon\n\nReviewed-by: C <c@example.org>\nCasebook-Entries: +f-00000001");
    let changed = desk.read("findings/f-00000001.toml").replace("logged on", "logged in");
    desk.write("findings/f-00000001.toml", &changed);
    desk.git(&["commit", "-qam", "#12 is mended"]).ok();
    assert_eq!(message(&desk), "#12 is mended\n\nCasebook-Entries: ~f-00000001");
    assert_eq!(desk.says(&["log", "-1", "--format=%(trailers:key=Casebook-Entries,valueonly)"]), "~f-00000001");
    desk.write("notes/x.md", "A note.\n");
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "A note"]).ok();
    assert_eq!(message(&desk), "A note");
    desk.git(&["rm", "-q", "findings/f-00000001.toml"]).ok();
    desk.git(&["commit", "-qm", "Gone", "--no-verify"]).ok();
    assert_eq!(message(&desk), "Gone", "--no-verify skips commit-msg");
}

#[test]
fn the_editor_shows_what_changes() {
    let desk = desk();
    edited(&desk, "printf 'Title\\n' | cat - \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"", &["-q"]).ok();
    assert!(seen(&desk).contains("\n#   added    f-00000001  The attacker logged on to mail01\n"), "{}", seen(&desk));
    assert_eq!(message(&desk), "Title\n\nCasebook-Entries: +f-00000001");
}

#[test]
fn a_message_that_nobody_writes_aborts() {
    let desk = desk();
    let head = desk.says(&["rev-parse", "HEAD"]);
    for arguments in [&["-q"][..], &["-q", "-v"], &["-q", "--cleanup=scissors"], &["-q", "--no-edit"], &["-q", "-s"]] {
        let done = edited(&desk, "true", arguments).code(1);
        assert!(done.stderr.contains("Aborting commit"), "{}", done.stderr);
    }
    for cleanup in ["strip", "scissors", "default"] {
        desk.git(&["config", "commit.cleanup", cleanup]).ok();
        edited(&desk, "true", &["-q"]).code(1);
    }
    desk.git(&["config", "--unset", "commit.cleanup"]).ok();
    let template = desk.sandbox.path("template");
    fs::write(&template, "Case:\n\nWhy:\n# comment\n").unwrap();
    desk.git(&["config", "commit.template", template.to_str().unwrap()]).ok();
    let done = edited(&desk, "true", &["-q"]).code(1);
    assert!(done.stderr.contains("did not edit the message"), "{}", done.stderr);
    assert_eq!(desk.says(&["rev-parse", "HEAD"]), head);
}

#[test]
fn other_signs_of_comments_are_heeded() {
    let script = "printf '#12 Title\\n' | cat - \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"";
    for sign in [";", "auto"] {
        let desk = desk();
        desk.git(&["config", "core.commentChar", sign]).ok();
        let kept = if sign == "auto" { "Title" } else { "#12 Title" };
        edited(&desk, &script.replace("#12 Title", kept), &["-q"]).ok();
        assert_eq!(message(&desk), format!("{kept}\n\nCasebook-Entries: +f-00000001"), "{}", seen(&desk));
    }
}

#[test]
fn amending_makes_it_anew() {
    let desk = desk();
    desk.git(&["commit", "-qm", "One"]).ok();
    desk.finding("00000002", ASSET);
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    assert_eq!(message(&desk), "One\n\nCasebook-Entries: +f-00000001 +f-00000002");
    desk.git(&["reset", "-q", "--soft", "HEAD~1"]).ok();
    desk.git(&["commit", "-q", "-C", "ORIG_HEAD"]).ok();
    assert_eq!(message(&desk), "One\n\nCasebook-Entries: +f-00000001 +f-00000002");
    desk.git(&["commit", "-q", "--amend", "-m", "Other words"]).ok();
    assert_eq!(message(&desk), "Other words\n\nCasebook-Entries: +f-00000001 +f-00000002");
}

#[test]
fn amending_with_a_new_message_and_another_entry() {
    let desk = desk();
    let commit = |arguments: &[&str]| {
        let mut command = desk.command(&desk.top);
        command.env_remove("GIT_COMMITTER_DATE").env_remove("GIT_AUTHOR_DATE").env_remove("CASEBOOK_NOW");
        ran(command.arg("commit").args(arguments).output().unwrap()).ok();
    };
    commit(&["-qm", "One", "--date", "2026-03-01T00:00:00Z"]);
    desk.finding("00000002", ASSET);
    desk.git(&["add", "."]).ok();
    commit(&["-q", "--amend", "-m", "Two"]);
    assert_eq!(message(&desk), "Two\n\nCasebook-Entries: +f-00000001 +f-00000002");
}

#[test]
fn picks_and_rebases_keep_what_is_there() {
    let desk = desk();
    desk.git(&["switch", "-qc", "side"]).ok();
    desk.git(&["commit", "-qm", "One"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    desk.commit_finding("00000002");
    desk.git(&["cherry-pick", "side"]).ok();
    assert_eq!(message(&desk), "One\n\nCasebook-Entries: +f-00000001");
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    desk.git(&["rebase", "-q", "main", "side"]).ok();
    assert_eq!(message(&desk), "One\n\nCasebook-Entries: +f-00000001");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.git(&["merge", "-q", "--no-ff", "-m", "Merge it", "side"]).ok();
    assert_eq!(message(&desk), "Merge it\n\nCasebook-Entries: +f-00000001");
}

#[test]
fn a_conflict_that_is_resolved_names_its_entries() {
    let desk = desk();
    desk.git(&["commit", "-qm", "One"]).ok();
    let text = desk.read("findings/f-00000001.toml");
    desk.git(&["switch", "-qc", "side"]).ok();
    desk.write("findings/f-00000001.toml", &text.replace("logged on", "came in"));
    desk.git(&["commit", "-qam", "Side"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    desk.write("findings/f-00000001.toml", &text.replace("logged on", "broke in"));
    desk.git(&["commit", "-qam", "Main"]).ok();
    desk.git(&["merge", "-q", "side"]).code(1);
    desk.git(&["commit", "-qm", "Not resolved"]).code(128);
    desk.write("findings/f-00000001.toml", &text);
    desk.git(&["add", "."]).ok();
    edited(&desk, "true", &["-q"]).ok();
    assert_eq!(message(&desk), "Merge branch 'side'\n\nCasebook-Entries: ~f-00000001");
}
