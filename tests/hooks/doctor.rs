//! The doctor: each thing that can be wrong is named, and what it says to type mends it.

use super::Desk;
use crate::support::Ran;
use std::fs;

/// A case in which nothing is to be mended.
fn healthy() -> Desk {
    let desk = Desk::new();
    let team = desk.read("team.toml");
    if !team.contains("email = \"bob@example.org\"") {
        let team = team.replacen("handle = \"bob\"\n", "handle = \"bob\"\nemail = \"bob@example.org\"\n", 1);
        desk.write("team.toml", &team);
        desk.git(&["commit", "-qam", "An address"]).ok();
    }
    desk
}

fn doctor(desk: &Desk) -> Ran {
    desk.sandbox.casebook(&desk.top, &["doctor"])
}

/// Breaks something, sees it named, types what is said, and sees it gone.
#[track_caller]
fn names_and_mends(desk: &Desk, says: &str, typed: &str) {
    let ill = doctor(desk).code(1);
    assert!(ill.stdout.contains(says), "{}", ill.stdout);
    assert!(ill.stdout.contains(typed), "{}", ill.stdout);
    let typed = typed.replace("casebook ", &format!("'{}' ", crate::support::CASEBOOK));
    desk.sandbox.run("sh", &desk.top, &["-c", &typed]).ok();
    let well = doctor(desk).ok();
    assert!(!well.stdout.contains(says), "{}", well.stdout);
}

#[test]
fn misses_no_hooks_where_nobody_commits() {
    let desk = healthy();
    let bare = desk.sandbox.path("bare.git");
    desk.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]).ok();
    let well = desk.sandbox.casebook(&bare, &["doctor"]).ok();
    assert!(well.stdout.contains("it is bare"), "{}", well.stdout);
    let installed = desk.sandbox.casebook(&bare, &["hook", "install"]).ok();
    assert!(installed.stdout.contains("pre-receive"), "{}", installed.stdout);
    let refused = desk.sandbox.casebook(&desk.top, &["hook", "install", "--server"]).code(2);
    assert!(refused.stderr.contains("to which nobody should push"), "{}", refused.stderr);
    let refused = desk.sandbox.casebook(&bare, &["report"]).code(2);
    assert!(refused.stderr.contains("--output FOLDER"), "{}", refused.stderr);
}

#[test]
fn reads_the_attributes_beside_a_split_index() {
    let desk = healthy();
    desk.git(&["update-index", "--split-index"]).ok();
    doctor(&desk).ok();
}

#[test]
fn notes_a_sparse_checkout() {
    let desk = healthy();
    desk.git(&["sparse-checkout", "set", "findings"]).ok();
    assert!(doctor(&desk).stdout.contains("sparse checkout"));
    let check = desk.sandbox.casebook(&desk.top, &["check"]).code(1);
    assert!(check.stderr.contains("`casebook check --staged` sees it all"), "{}", check.stderr);
    desk.sandbox.casebook(&desk.top, &["check", "--staged"]).ok();
}

#[test]
fn finds_nothing_where_nothing_is_wrong() {
    let well = doctor(&healthy()).ok();
    assert!(well.stdout.ends_with("Nothing to mend.\n"), "{}", well.stdout);
    let desk = healthy();
    let json = desk.sandbox.casebook(&desk.top, &["doctor", "--format", "json"]).ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["well"], true);
    assert_eq!(json["examinations"][0]["about"], "git");
}

#[test]
fn hooks_that_are_missing() {
    let desk = healthy();
    fs::remove_file(desk.top.join(".git/hooks/pre-commit")).unwrap();
    names_and_mends(&desk, "pre-commit: not installed", "casebook hook install");
}

#[test]
fn hooks_of_others() {
    let desk = healthy();
    fs::write(desk.top.join(".git/hooks/commit-msg"), "#!/bin/sh\n").unwrap();
    names_and_mends(&desk, "commit-msg: a hook of somebody else", "casebook hook install");
}

#[test]
fn reports_that_are_stale() {
    let desk = healthy();
    desk.commit_finding("00000001");
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    names_and_mends(&desk, "they are of commit", "casebook report");
}

#[test]
fn reports_that_are_not_ignored() {
    let desk = healthy();
    desk.write(".gitignore", "# nothing\n");
    names_and_mends(&desk, "does not ignore the folder `reports`", "echo /reports/ >> .gitignore");
}

#[test]
fn a_user_whom_git_does_not_know() {
    let desk = healthy();
    let mut command = desk.sandbox.command(crate::support::CASEBOOK, &desk.top);
    command.env_remove("GIT_AUTHOR_NAME").env_remove("GIT_AUTHOR_EMAIL").arg("doctor");
    let ill = crate::support::ran(command.output().unwrap()).code(1);
    assert!(ill.stdout.contains("Git does not know who you are"), "{}", ill.stdout);
    desk.git(&["config", "user.name", "Mallory"]).ok();
    desk.git(&["config", "user.email", "mallory@example.org"]).ok();
    let ill = crate::support::ran(command.output().unwrap()).code(1);
    assert!(ill.stdout.contains("nobody in team.toml has your address `mallory@example.org`"), "{}", ill.stdout);
    desk.git(&["config", "user.email", "BOB@example.org"]).ok();
    crate::support::ran(command.output().unwrap()).ok();
}

#[test]
fn bytes_that_git_may_change() {
    let desk = healthy();
    let attributes = desk.read(".gitattributes");
    desk.write(".gitattributes", "* text=auto\n");
    desk.git(&["config", "core.autocrlf", "true"]).ok();
    let ill = doctor(&desk).code(1);
    assert!(ill.stdout.contains("Git may change bytes in `evidence/`"), "{}", ill.stdout);
    assert!(ill.stdout.contains("`core.autocrlf` is `true`"), "{}", ill.stdout);
    desk.write(".gitattributes", &attributes);
    doctor(&desk).ok();
    // What is stronger than .gitattributes is seen too.
    fs::write(desk.top.join(".git/info/attributes"), "evidence/** text\n").unwrap();
    doctor(&desk).code(1);
}

#[test]
fn schemas_of_another_version() {
    let desk = healthy();
    desk.write("schemas/finding.json", "{}\n");
    let ill = doctor(&desk).code(1);
    let typed = ill.stdout.split('`').find(|piece| piece.starts_with("for kind in")).unwrap().to_owned();
    names_and_mends(&desk, "those of finding are not those of this version", &typed);
}

#[test]
fn history_that_is_cut_off() {
    let desk = healthy();
    let shallow = desk.sandbox.path("shallow");
    let url = format!("file://{}", desk.top.display());
    desk.commit_finding("00000001");
    desk.git(&["clone", "-q", "--depth", "1", &url, shallow.to_str().unwrap()]).ok();
    let clone = desk.sandbox.casebook(&shallow, &["doctor"]).code(1);
    assert!(clone.stdout.contains("this is a shallow clone"), "{}", clone.stdout);
    assert!(
        clone.stdout.contains("pre-commit, pre-merge-commit, prepare-commit-msg and 7 more: not installed"),
        "{}",
        clone.stdout
    );
}

#[test]
fn a_folder_that_is_no_case() {
    let desk = healthy();
    let ill = desk.sandbox.casebook(&desk.sandbox.path("home"), &["doctor"]).code(1);
    assert!(
        ill.stdout.contains("is not in a Git repository") && ill.stdout.contains("casebook init"),
        "{}",
        ill.stdout
    );
    desk.sandbox.git(&desk.sandbox.path(""), &["init", "-q", "other"]).ok();
    let ill = desk.sandbox.casebook(&desk.sandbox.path("other"), &["doctor"]).code(1);
    assert!(ill.stdout.contains("there is no case.toml"), "{}", ill.stdout);
}

#[test]
fn a_machine_without_git() {
    let desk = healthy();
    let mut command = desk.sandbox.command(crate::support::CASEBOOK, &desk.top);
    command.env("PATH", desk.sandbox.path("empty")).arg("doctor");
    let ill = crate::support::ran(command.output().unwrap()).code(1);
    assert!(ill.stdout.contains("there is no `git` in PATH"), "{}", ill.stdout);
}
