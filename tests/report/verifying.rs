//! `casebook report verify`: which commit a finished report is from, and whether anybody has altered it.

use super::support::{Desk, Sandbox};
use std::fs;

/// The files of the report for an audience, made beside the case.
fn made(desk: &Desk, options: &[&str]) -> [String; 2] {
    let folder = desk.sandbox.path("given");
    let output = ["report", "--output", folder.to_str().unwrap()];
    desk.casebook(&[&output, options].concat()).ok();
    ["index.html", "report.md"].map(|name| folder.join(name).to_str().unwrap().to_owned())
}

#[test]
fn a_report_as_it_was_made_is_unaltered() {
    let desk = Desk::new();
    let first = desk.head();
    desk.write("notes/later.md", "# Later\n");
    let last = desk.commit("A note");
    for options in [
        &["--rev", &first][..],
        &["--rev", &last, "--audience", "legal"],
        &["--rev", &last, "--audience", "technical", "--since", &first],
        &["--rev", &first, "--audience", "status", "--now", "2026-03-09T12:00:00Z"],
    ] {
        for file in made(&desk, options) {
            let said = desk.casebook(&["report", "verify", &file]).ok().stdout;
            assert!(said.contains(&format!("unaltered, from commit {}", options[1])), "{said}");
            assert!(!said.contains("note:"), "{said}");
        }
    }
    let said = desk.json(&["report", "verify", &made(&desk, &["--audience", "legal"])[0]]);
    assert_eq!((&said["unaltered"], &said["audience"], &said["commit"]), (&true.into(), &"legal".into(), &last.into()));
    // Another clone says the same.
    let clone = desk.sandbox.path("clone");
    desk.git(&["clone", "-q", ".", clone.to_str().unwrap()]).ok();
    let file = &made(&desk, &["--audience", "customer"])[0];
    desk.sandbox.casebook(&clone, &["report", "verify", file]).ok();
}

#[test]
fn whatever_is_altered_shows() {
    let desk = Desk::new();
    let [page, text] = made(&desk, &["--audience", "legal"]);
    let content = fs::read_to_string(&text).unwrap();
    let altered = |content: &str| {
        fs::write(&text, content).unwrap();
        desk.casebook(&["report", "verify", &text]).code(1).stdout
    };
    let said = altered(&content.replacen("TLP:", "TLB:", 1));
    assert!(said.contains("altered: first difference at line 1:") && said.contains("“**TLB:"), "{said}");
    let said = altered(&content.replace('\n', "\r\n"));
    assert!(said.contains("only the ends of its lines"), "{said}");
    altered(&format!("{content}\n"));
    altered(&content.replace("--audience legal", "--audience executive"));
    let said = altered(&content.replace("--audience legal", "--audience nobody"));
    assert!(said.contains("has no audience `nobody`"), "{said}");
    altered(&content.replace("--audience legal", "--audience legal --now 2031-01-01T00:00:00Z"));
    // A second command after the first does not lead away from what the file is.
    let other = format!("Rebuilt anywhere, this report has the same bytes: `casebook report --rev {}`\n", desk.head());
    altered(&format!("{content}{other}"));
    let content = fs::read(&page).unwrap();
    for at in (0..content.len()).step_by(content.len() / 12) {
        let mut content = content.clone();
        content[at] ^= 1;
        fs::write(&page, &content).unwrap();
        assert_ne!(desk.casebook(&["report", "verify", &page]).code, 0, "byte {at}");
    }
}

#[test]
fn where_nobody_can_say_it_says_why_and_what_to_do() {
    let desk = Desk::new();
    let [page, text] = made(&desk, &[]);
    let content = fs::read_to_string(&text).unwrap();
    let unknown = |content: &str| {
        fs::write(&text, content).unwrap();
        let ran = desk.casebook(&["report", "verify", &text]).code(2);
        assert!(ran.stderr.contains("help:"), "{}", ran.stderr);
        ran.stderr
    };
    assert!(unknown("# A letter\n").contains("does not say how it is made again"));
    assert!(unknown(&content.replace("--rev ", "--rev HEAD --now ")).contains("does not say how it is made again"));
    let said = unknown(&content.replace(&desk.head(), &"0".repeat(40)));
    assert!(said.contains("not in this repository") && said.contains("git fetch"), "{said}");
    let said = unknown(&content.replace(concat!("casebook ", env!("CARGO_PKG_VERSION")), "casebook 99.1.0"));
    assert!(said.contains("casebook 99.1.0 made it"), "{said}");
    desk.casebook(&["report", "verify", "nothing.html"]).code(2);
    desk.casebook(&["report", "verify", "."]).code(2);
    let other = Sandbox::new();
    other.git(&other.path("home"), &["init", "-q"]).ok();
    let said = other.casebook(&other.path("home"), &["report", "verify", &page]).code(2).stderr;
    assert!(said.contains("not in this repository"), "{said}");
}

#[test]
fn a_commit_that_nobody_took_over_is_said_to_be_one() {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "aside"]).ok();
    desk.write("notes/aside.md", "# Aside\n");
    let aside = desk.commit("A note that stays aside");
    let [page, _] = made(&desk, &[]);
    desk.git(&["switch", "-q", "main"]).ok();
    let said = desk.casebook(&["report", "verify", &page]).ok().stdout;
    assert!(said.contains(&format!("unaltered, from commit {aside}")), "{said}");
    assert!(said.contains("not in the history of HEAD"), "{said}");
}

#[test]
fn the_report_names_the_policy_that_it_was_told_by() {
    let desk = Desk::new();
    let [_, text] = made(&desk, &["--audience", "customer"]);
    let listed = desk.sandbox.run("sha256sum", &desk.top, &["policy.toml"]).ok().stdout;
    let digest = listed.split_whitespace().next().unwrap().to_owned();
    assert!(fs::read_to_string(text).unwrap().contains(&format!("- **Policy**: SHA-256 `{digest}`")));
}
