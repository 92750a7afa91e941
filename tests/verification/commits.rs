//! Every commit of a history: what is wrong is told with the commit that has it first, and what is the same is read once.

use super::{AUTH, Desk, expected, marks};
use serde_json::{Value, json};
use std::fs;

fn history(desk: &Desk, arguments: &[&str]) -> Value {
    desk.verified(arguments)["history"].take()
}

#[test]
fn damage_that_was_mended_is_found_in_the_history() {
    let desk = Desk::new();
    let sound = desk.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned();
    desk.write("notes/a.md", "nothing of evidence\n");
    desk.commit("A note");
    desk.change(AUTH, |content| content[5] ^= 1);
    let damaged = desk.commit("Damage");
    desk.write("notes/b.md", "nothing of evidence\n");
    let still = desk.commit("Another note");
    desk.git(&["checkout", &sound, "--", AUTH]).ok();
    let mended = desk.commit("Mended");
    desk.casebook(&["evidence", "verify"]).ok();
    let found = history(&desk, &["--all"]);
    assert_eq!(marks(&found), expected(&[("evidence-altered", AUTH)]));
    assert_eq!(found["diagnostics"][0]["first_commit"], json!(damaged));
    assert_eq!(found["diagnostics"][0]["last_commit"], json!(still));
    assert_eq!((&found["commits"], &found["states"]), (&json!(5), &json!(2)));
    assert_eq!((&found["first_commit"], &found["last_commit"]), (&json!(sound), &json!(mended)));
    assert!(found["evidence_root"].is_string());
    let ran = desk.casebook(&["evidence", "verify", "--all"]).code(1);
    assert!(ran.stdout.contains(&format!("commit {} of", &damaged[..12])), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("wrong from then to commit {}", &still[..12])), "{}", ran.stdout);
    assert!(ran.stdout.contains("HEAD: 5 commits with 2 states of the evidence"), "{}", ran.stdout);
    // A range without the damage.
    let found = history(&desk, &["--range", &format!("{still}..HEAD")]);
    assert_eq!((marks(&found), &found["commits"]), (expected(&[]), &json!(1)));
    desk.casebook(&["evidence", "verify", "--range", &format!("{sound}..HEAD~3")]).ok();
    desk.casebook(&["evidence", "verify", "--range", "HEAD~3.."]).code(1);
    desk.casebook(&["evidence", "verify", "--range", "HEAD..HEAD"]).code(2);
    desk.casebook(&["evidence", "verify", "--range", "nothing..HEAD"]).code(2);
    desk.casebook(&["evidence", "verify", "--range", "HEAD~2...HEAD"]).code(2);
}

#[test]
fn what_a_commit_rewrote_is_found_in_the_history() {
    let desk = Desk::new();
    let custody = "custody/c-7q2k9dm4.toml";
    desk.replace(custody, "2026-03-01", "2026-02-28");
    let rewrote = desk.commit("Back-dated");
    desk.commit("Nothing");
    let found = history(&desk, &["--all"]);
    assert_eq!(marks(&found), expected(&[("custody-changed", custody)]));
    assert_eq!(found["diagnostics"][0]["first_commit"], json!(rewrote));
    assert_eq!(found["diagnostics"][0]["last_commit"], Value::Null);
    let help = found["diagnostics"][0]["help"].as_str().unwrap().to_owned();
    let parent = desk.git(&["rev-parse", "HEAD~2"]).ok().stdout;
    assert!(help.contains(&format!("git checkout {} -- {custody}", &parent[..12])), "{help}");
}

#[test]
fn a_merge_that_drops_evidence_is_found_in_the_history() {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "carol"]).ok();
    let item = desk.item(&[("a.bin", b"a")]);
    desk.commit("Carol's evidence");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.write("notes/a.md", "note\n");
    desk.commit("A note");
    desk.git(&["merge", "-q", "-s", "ours", "-m", "Merge", "carol"]).ok();
    desk.casebook(&["evidence", "verify"]).ok();
    let found = history(&desk, &["--all"]);
    let codes: Vec<String> = marks(&found).into_iter().map(|(code, path)| format!("{code} {path}")).collect();
    assert!(codes.contains(&format!("evidence-changed evidence/{item}.toml")), "{codes:?}");
}

#[test]
fn a_problem_that_is_still_there_is_told_so() {
    let desk = Desk::new();
    desk.change(AUTH, |content| content[5] ^= 1);
    let damaged = desk.commit("Damage");
    for name in ["a.bin", "b.bin", "c.bin"] {
        desk.item(&[(name, name.as_bytes())]);
        desk.commit("More evidence");
    }
    let found = history(&desk, &["--all"]);
    assert_eq!(found["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(found["diagnostics"][0]["first_commit"], json!(damaged));
    assert_eq!(found["diagnostics"][0]["last_commit"], found["last_commit"]);
    // Each state of an item is looked at once: two files, one of them again, and three that came.
    assert_eq!(found["files"], 2 + 1 + 3);
    let ran = desk.casebook(&["evidence", "verify", "--all"]).code(1);
    assert!(ran.stdout.contains("still in the last commit"), "{}", ran.stdout);
}

#[test]
fn a_custody_event_alone_makes_what_is_missing_right() {
    let desk = Desk::new();
    desk.git(&["rm", "-rq", "evidence/x-7q2k9dm4"]).ok();
    let gone = desk.commit("Gone too early");
    desk.custody(2, "x-7q2k9dm4", "action = \"disposed\"\nreason = \"ordered by the court\"");
    desk.commit("And written down after");
    let found = history(&desk, &["--all"]);
    let auth = found["diagnostics"].as_array().unwrap().iter().find(|it| it["path"] == AUTH).unwrap();
    assert_eq!((&auth["code"], &auth["first_commit"]), (&json!("evidence-missing"), &json!(gone)));
    assert_eq!(auth["last_commit"], json!(gone));
}

#[test]
fn a_shallow_clone_says_that_it_is_one() {
    let desk = Desk::new();
    desk.write("notes/a.md", "note\n");
    desk.commit("A note");
    let url = format!("file://{}", desk.top.display());
    let clone = desk.sandbox.path("clone");
    desk.git(&["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]).ok();
    let ran = desk.sandbox.casebook(&clone, &["evidence", "verify", "--all"]).ok();
    assert!(ran.stdout.contains("this clone is shallow"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 commit with 1 state"), "{}", ran.stdout);
    assert!(fs::metadata(clone.join(AUTH)).is_ok());
}
