//! What reviewers are shown: `casebook diff` and `casebook pr`, their texts for every format, and the workflow files that
//! use them.
//!
//! The texts are in tests/diff: `UPDATE=1 cargo nextest run --test diff` writes them anew; read the difference.

#![allow(clippy::unwrap_used, clippy::type_complexity)]

#[path = "review/firm.rs"]
#[allow(dead_code)]
mod firm;
#[path = "diff/hostile.rs"]
mod hostile;
#[path = "diff/request.rs"]
mod request;
mod support;
#[path = "diff/workflows.rs"]
mod workflows;

use std::fs;
use std::path::Path;
use support::Desk;

/// Compares a text with the file of that name in tests/diff. Ids of commits differ from run to run of Git.
#[track_caller]
fn golden(name: &str, text: &str) {
    let commits = regex::Regex::new(r"\b(?:[0-9a-f]{40}|[0-9a-f]{12})\b").unwrap();
    let text = commits.replace_all(text, "[commit]");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text.as_bytes()).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, known, "tests/diff/{name} is behind: UPDATE=1 writes it");
}

/// A case in which a second commit changes everything that a reviewer looks for.
fn changed() -> Desk {
    let desk = Desk::with(|desk| {
        let policy = "version = 1\n\n[[duties]]\nhandle = \"nis2\"\nname = \"Early warning\"\nstarts = \"detected\"\nwithin = \"24h\"\n";
        desk.write("policy.toml", policy);
        desk.write("actions/r-7q2k9dm5.toml", "id = \"r-7q2k9dm5\"\ntitle = \"Reset the password\"\nphase = \"contain\"\nstatus = \"open\"\nowner = \"ir\"\n");
        desk.write("notes/handover.md", "# Handover\n\nMail is down.\n");
    });
    let long = "The logon came from an address that nobody of the team knows and it came at three in the night when nobody works. ".repeat(2);
    desk.write(
        "findings/f-7q2k9dm4.toml",
        format!(
            "id = \"f-7q2k9dm4\"\ntitle = \"The attacker logged on to mail01\"\nstatus = \"confirmed\"\ntype = \"observation\"\n\
             authors = [\"alice\", \"bob\"]\nconfidence = \"high\"\nreason = \"Seen in two logs\"\ntechniques = [\"T1078\"]\n\
             assets = [\"a-7q2k9dm4\", \"a-7q2k9dm5\"]\nindicators = []\nsummary = \"{long}See [[e-7q2k9dm4]].\"\n\n\
             [[evidence]]\nitem = \"x-7q2k9dm4\"\npath = \"auth.log\"\nat = \"lines:1-2\"\n"
        ),
    );
    desk.write(
        "assets/a-7q2k9dm5.toml",
        "id = \"a-7q2k9dm5\"\nname = \"web01\"\nkind = \"host\"\ncompromise = \"suspected\"\n",
    );
    desk.change("events/e-7q2k9dm4.toml", |text| text.extend_from_slice(b"status = \"withdrawn\"\n"));
    desk.change("actions/r-7q2k9dm5.toml", |text| {
        *text = String::from_utf8_lossy(text)
            .replace("\"open\"", "\"done\"\ndone_at = 2026-03-02T10:00:00Z\noutcome = \"Done\"")
            .into_bytes();
    });
    desk.write(
        "actions/r-7q2k9dm6.toml",
        "id = \"r-7q2k9dm6\"\ntitle = \"Tell the authority\"\nphase = \"duty\"\nstatus = \"open\"\nduty = \"nis2\"\ndue = 2026-03-02T10:15:00Z\n",
    );
    desk.change("policy.toml", |text| {
        let changed = String::from_utf8_lossy(text).replace("version = 1", "version = 2").replace("24h", "72h");
        *text = format!("{changed}\n[[duties]]\nhandle = \"gdpr\"\nname = \"Notify the authority\"\nstarts = \"detected\"\nwithin = \"30d\"\n").into_bytes();
    });
    desk.change("team.toml", |text| {
        *text = String::from_utf8_lossy(text)
            .replace("roles = [\"analyst\"]", "roles = [\"analyst\", \"reviewer\"]")
            .into_bytes();
    });
    desk.change("case.toml", |text| {
        *text = String::from_utf8_lossy(text)
            .replace("severity = \"high\"", "severity = \"critical\"")
            .replace("10:15:00Z", "08:15:00Z")
            .into_bytes();
    });
    desk.write("notes/handover.md", "# Handover\n\nMail works again.\n");
    desk.write(".github/CODEOWNERS", "* @everybody\n");
    let source = desk.source("proxy.log", b"one\ntwo\n");
    desk.add(&[&source], &[]);
    desk.commit("A day of work");
    desk
}

#[test]
fn a_change_in_every_format() {
    let desk = changed();
    golden("change.txt", &desk.casebook(&["diff", "HEAD^1..HEAD"]).ok().stdout);
    golden("change.md", &desk.casebook(&["diff", "HEAD^1..HEAD", "--format", "md"]).ok().stdout);
    golden("change.json", &desk.casebook(&["diff", "HEAD^1..HEAD", "--format", "json"]).ok().stdout);
    // The other way round: what was added is removed.
    golden("back.txt", &desk.casebook(&["diff", "HEAD..HEAD^1"]).ok().stdout);
}

#[test]
fn the_files_are_compared_with_head_unless_commits_are_named() {
    let desk = Desk::new();
    assert_eq!(desk.casebook(&["diff"]).ok().stdout, "nothing differs\n");
    desk.write("findings/f-00000001.toml", "id = \"f-00000001\"\ntitle = \"New\"\nstatus = \"draft\"\ntype = \"observation\"\nauthors = [\"bob\"]\nsummary = \"x\"\n");
    desk.change("assets/a-7q2k9dm4.toml", |text| text.extend_from_slice(b"criticality = \"high\"\n"));
    let shown = desk.casebook(&["diff"]).ok().stdout;
    assert!(shown.contains("+ f-00000001 New  draft") && shown.contains("criticality: high"), "{shown}");
    // An id, a folder, a path, and a commit before it.
    for arguments in [&["diff", "a-7q"][..], &["diff", "assets/"], &["diff", "HEAD", "./assets/a-7q2k9dm4.toml"]] {
        let shown = desk.casebook(arguments).ok().stdout;
        assert!(shown.starts_with("1 asset changed\n") && !shown.contains("f-00000001"), "{arguments:?}: {shown}");
    }
    let unknown = desk.casebook(&["diff", "no-such-thing"]).code(2);
    assert!(unknown.stderr.contains("no commit, no file and no entry"), "{}", unknown.stderr);
    desk.casebook(&["diff", "HEAD..no-such-thing"]).code(2);
}

#[test]
fn line_ends_of_another_system_are_no_difference() {
    let desk = Desk::new();
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace('\n', "\r\n").into_bytes()
    });
    let shown = desk.casebook(&["diff", "findings"]).ok().stdout;
    assert!(!shown.contains("f-7q2k9dm4 "), "{shown}");
}

#[test]
fn three_dots_leave_out_what_the_other_branch_did() {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "topic"]).ok();
    desk.write("notes/topic.md", "topic\n");
    desk.commit("On the topic");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.write("notes/main.md", "main\n");
    desk.commit("On main");
    let two = desk.casebook(&["diff", "main..topic"]).ok().stdout;
    let three = desk.casebook(&["diff", "main...topic"]).ok().stdout;
    assert!(two.contains("- notes/main.md") && two.contains("+ notes/topic.md"), "{two}");
    assert!(!three.contains("notes/main.md") && three.contains("+ notes/topic.md"), "{three}");
}

#[test]
fn what_appears_to_be_wrong_and_what_is_mended() {
    let desk = Desk::new();
    desk.change("findings/f-7q2k9dm4.toml", |text| {
        *text = String::from_utf8_lossy(text).replace("i-7q2k9dm4", "i-00000000").into_bytes();
    });
    desk.commit("A slip");
    let broken = desk.json(&["diff", "HEAD^1..HEAD"]);
    assert_eq!(broken["problems"]["appeared"][0]["code"], "dangling-reference", "{broken:#}");
    assert_eq!(broken["problems"]["vanished"], serde_json::json!([]));
    desk.git(&["revert", "--no-edit", "HEAD"]).ok();
    let mended = desk.casebook(&["diff", "HEAD^1..HEAD"]).ok().stdout;
    assert!(mended.contains("✓ error no more"), "{mended}");
    // A file that is no TOML on one side is said to be unreadable, and not to be empty.
    desk.write("findings/f-7q2k9dm4.toml", "id = \n");
    let unreadable = desk.casebook(&["diff", "f-7q"]).ok().stdout;
    assert!(unreadable.contains("its file cannot be read"), "{unreadable}");
}

#[test]
fn the_first_commit_adds_everything() {
    let desk = Desk::new();
    desk.git(&["checkout", "-q", "--orphan", "empty"]).ok();
    desk.git(&["rm", "-rqf", "."]).ok();
    desk.git(&["commit", "-qm", "Nothing", "--allow-empty"]).ok();
    let shown = desk.casebook(&["diff", "empty..main"]).ok().stdout;
    assert!(shown.contains("+ policy.toml") && shown.contains("+ x-7q2k9dm4 "), "{shown}");
    assert!(!shown.contains("error no more"), "{shown}");
}
