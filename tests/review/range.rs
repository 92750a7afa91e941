//! `casebook check --range`: what commits did and what the last one is, in every form, and what it does not judge.

use super::firm::{FINDING, Firm};
use serde_json::Value;

/// A range in which one commit drops evidence, the next brings it back, and a finding is confirmed that nobody has approved.
fn dropped_and_brought_back() -> (Firm, String) {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.git(&["rm", "-rq", "evidence"]).ok();
    let dropped = desk.commit("Drop it");
    desk.git(&["checkout", "-q", "HEAD^", "--", "evidence"]).ok();
    firm.confirm();
    desk.commit("Bring it back, and confirm");
    (firm, dropped)
}

const RANGE: [&str; 4] = ["check", "--range", "origin/main..main", "--protected"];

#[test]
fn every_form_says_which_commit_did_it() {
    let (firm, dropped) = dropped_and_brought_back();
    let desk = &firm.desk;
    let (short, in_commit) = (&dropped[..12], format!("in commit {}: ", &dropped[..12]));
    let check = |format: &str| desk.casebook(&[&RANGE[..], &["--format", format]].concat()).code(1).stdout;
    let text = check("text");
    assert!(text.starts_with(&format!("commit {short} of ")) && text.contains("error[evidence-changed]"), "{text}");
    assert!(text.contains(&format!("`git reset --soft {short}^`")), "{text}");
    assert!(text.contains("error[signoff-missing]") && text.contains(" errors in "), "{text}");
    let value: Value = serde_json::from_str(&check("json")).unwrap();
    let (history, tree): (Vec<&Value>, Vec<&Value>) =
        value["diagnostics"].as_array().unwrap().iter().partition(|one| !one["commit"].is_null());
    assert!(history.iter().all(|one| one["commit"] == dropped.as_str()), "{value:#}");
    assert_eq!(tree.iter().map(|one| &one["code"]).collect::<Vec<_>>(), ["signoff-missing"]);
    assert_eq!(value["errors"], history.len() + 1);
    let sarif: Value = serde_json::from_str(&check("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let named = |text: &Value| text.as_str().unwrap().starts_with(&in_commit);
    assert_eq!(results.iter().filter(|result| named(&result["message"]["text"])).count(), history.len());
    let quality: Value = serde_json::from_str(&check("gitlab")).unwrap();
    assert_eq!(quality.as_array().unwrap().iter().filter(|issue| named(&issue["description"])).count(), history.len());
    let annotations = check("github");
    assert!(annotations.contains(&format!("title=evidence-changed::{in_commit}")), "{annotations}");
    assert!(annotations.contains("title=signoff-missing::`f-7q2k9dm4` needs 1 approval"), "{annotations}");
    // Of what is asked for, only that is shown.
    let part = desk.casebook(&[&RANGE[..], &["findings/"]].concat()).code(1).stdout;
    assert!(part.contains("signoff-missing") && !part.contains("evidence-changed"), "{part}");
}

#[test]
fn without_protection_nobody_need_have_signed() {
    let firm = Firm::new();
    let desk = &firm.desk;
    firm.confirm();
    desk.commit("Confirm");
    desk.casebook(&["check", "--range", "origin/main..HEAD"]).ok();
    desk.casebook(&RANGE).code(1);
    firm.sign("carol", &[FINDING]).ok();
    desk.commit("Sign off");
    let sound = desk.casebook(&RANGE).ok();
    assert!(sound.stdout.starts_with("sound: 2 commits, case, team"), "{}", sound.text());
    // A side that has gone on is told of, and its entries are not missed.
    desk.git(&["checkout", "-q", "-b", "other", "origin/main"]).ok();
    let source = desk.source("other.log", b"seen\n");
    desk.add(&[&source], &[]);
    desk.commit("Evidence of somebody else");
    let ran = desk.casebook(&["check", "--range", "other..main", "--protected"]).ok();
    assert!(ran.stderr.contains("note: ") && ran.stderr.contains("casebook pr"), "{}", ran.text());
}

#[test]
fn a_new_sign_off_must_count() {
    let firm = Firm::new();
    let desk = &firm.desk;
    firm.sign("carol", &[FINDING]).ok();
    // Signed while she could, and she can no longer.
    let team = desk.read("team.toml").replace("roles = [\"reviewer\"]", "roles = [\"analyst\"]");
    desk.write("team.toml", format!("version = 1\n\n{team}"));
    firm.sign("alice", &["team"]).ok();
    desk.commit("Carol reviews no longer");
    let ran = desk.casebook(&["check", "--range", "origin/main..main"]).code(1);
    assert!(ran.stdout.contains("error[signoff-role]"), "{}", ran.text());
    assert_eq!(ran.stdout.matches("[signoff-role]").count(), 1, "{}", ran.text());
}

#[test]
fn what_cannot_be_judged_is_said_and_not_called_sound() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.write("notes/x.md", "x\n");
    desk.commit("A note");
    let refused = |range: &str, with: &str| {
        let ran = desk.casebook(&["check", "--range", range, "--protected"]).code(2);
        assert!(ran.stderr.contains(with), "{}", ran.text());
    };
    refused("HEAD", "`HEAD` is one commit, and no range");
    refused("main...HEAD", "is no range of commits that follow each other");
    refused("HEAD..HEAD", "`HEAD..HEAD` has no commits");
    refused("nowhere..HEAD", "`nowhere`");
    desk.git(&["checkout", "-q", "--orphan", "new"]).ok();
    desk.commit("Another beginning");
    refused("main..new", "the two ends of `main..new` have no commit in common");
    // What a shallow clone has cut off can hide what a commit took away.
    firm.push("main").ok();
    let shallow = desk.sandbox.path("shallow");
    let server = format!("file://{}", firm.server.display());
    desk.sandbox.git(&desk.top, &["clone", "-q", "--depth", "2", &server, shallow.to_str().unwrap()]).ok();
    desk.write("notes/y.md", "y\n");
    let ran = desk.sandbox.casebook(&shallow, &["check", "--range", "HEAD^..HEAD"]);
    match desk.sandbox.git(&shallow, &["rev-parse", "--is-shallow-repository"]).ok().stdout.trim() {
        "true" => assert!(ran.code == 2 && ran.stderr.contains("fetch-depth: 0"), "{}", ran.text()),
        _ => panic!("the clone has the whole history"),
    }
}

/// A history that is merged in must begin with the roster of the branch that it is merged into.
#[test]
fn a_merged_history_with_a_roster_of_its_own_is_found() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.git(&["checkout", "-q", "--orphan", "own"]).ok();
    let team = desk.read("team.toml").replace("name = \"Alice", "name = \"Eve");
    assert_ne!(team, desk.read("team.toml"));
    desk.write("team.toml", team);
    desk.commit("A beginning of one's own");
    desk.git(&["checkout", "-q", "main"]).ok();
    desk.git(&["merge", "-q", "--allow-unrelated-histories", "-s", "ours", "--no-edit", "own"]).ok();
    firm.is_refused("main", "error[rules-unpinned]");
    let ran = desk.casebook(&["audit", "origin/main..main"]).code(1);
    assert!(ran.stdout.contains("error[rules-unpinned]"), "{}", ran.text());
}
