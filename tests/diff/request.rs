//! `casebook pr`: what comes of merging a branch.

use super::firm::{FINDING, Firm};
use super::golden;
use super::support::Desk;

/// A case with a branch `topic` that is checked out.
fn on_a_branch() -> Desk {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "topic"]).ok();
    desk
}

fn finding(id: &str, assets: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = \"A logon at night\"\nstatus = \"proposed\"\ntype = \"observation\"\nauthors = [\"bob\"]\n{assets}summary = \"x\"\n"
    )
}

#[test]
fn a_reviewer_sees_what_each_claim_rests_on_and_what_to_sign() {
    let desk = on_a_branch();
    let sound = format!(
        "{}\n[[evidence]]\nitem = \"x-7q2k9dm4\"\npath = \"auth.log\"\nat = \"lines:1-2\"\n",
        finding("f-00000001", "")
    );
    desk.write("findings/f-00000001.toml", sound);
    let stored = "id = \"x-00000001\"\ntitle = \"Disk of mail01\"\nkind = \"disk-image\"\nstorage = \"none\"\nfiles = 0\nbytes = 0\n\n\
                  [acquired]\nat = 2026-03-02T10:00:00Z\nby = \"bob\"\n";
    desk.write("evidence/x-00000001.toml", stored);
    let custody =
        "id = \"c-00000001\"\nitem = \"x-00000001\"\nat = 2026-03-02T10:00:00Z\nby = \"bob\"\naction = \"collected\"\n";
    desk.write("custody/c-00000001.toml", custody);
    desk.write(
        "events/e-00000001.toml",
        "id = \"e-00000001\"\ntitle = \"The disk was read\"\nactor = \"attacker\"\ntime = 2026-03-01T03:00:00Z\n\n[[evidence]]\nitem = \"x-00000001\"\nquote = \"serial 4711\"\n",
    );
    desk.commit("A finding");
    golden("request.txt", &desk.casebook(&["pr"]).ok().stdout);
    golden("request.md", &desk.casebook(&["pr", "main", "--format", "md"]).ok().stdout);
    let value = desk.json(&["pr"]);
    assert_eq!((&value["merge"], &value["sound"]), (&"clean".into(), &true.into()), "{value:#}");
    assert_eq!(value["sign"], "casebook sign f-00000001 e-00000001");
    let verdicts: Vec<&str> =
        value["claims"].as_array().unwrap().iter().map(|claim| claim["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["sound", "not checked here"]);
    assert!(value["claims"][0]["text"].as_str().unwrap().lines().count() == 2, "{value:#}");
}

#[test]
fn a_merge_without_conflicts_can_be_unsound() {
    let desk = on_a_branch();
    desk.write("findings/f-00000001.toml", finding("f-00000001", "assets = [\"a-7q2k9dm4\"]\n"));
    desk.commit("It names an asset");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.git(&["rm", "-q", "assets/a-7q2k9dm4.toml"]).ok();
    let text = desk.read("findings/f-7q2k9dm4.toml").replace("assets = [\"a-7q2k9dm4\"]\n", "");
    desk.write("findings/f-7q2k9dm4.toml", text);
    desk.commit("The asset goes");
    desk.git(&["switch", "-q", "topic"]).ok();
    let before = desk.git(&["status", "--porcelain"]).ok().stdout;
    let found = desk.casebook(&["pr"]).code(1);
    assert!(found.stdout.starts_with("HEAD (1 commit) merges but is not sound: "), "{}", found.stdout);
    assert!(found.stdout.contains("there is no asset `a-7q2k9dm4`"), "{}", found.stdout);
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, before);
}

#[test]
fn conflicts_are_named_with_what_to_type() {
    let desk = on_a_branch();
    for (branch, title) in [("topic", "Their words"), ("main", "Our words")] {
        desk.git(&["switch", "-q", branch]).ok();
        let text = desk.read("findings/f-7q2k9dm4.toml").replace("The attacker logged on to mail01", title);
        desk.write("findings/f-7q2k9dm4.toml", text);
        desk.commit(title);
    }
    desk.git(&["switch", "-q", "topic"]).ok();
    golden("conflict.txt", &desk.casebook(&["pr"]).code(1).stdout);
    let value: serde_json::Value =
        serde_json::from_str(&desk.casebook(&["pr", "--format", "json"]).code(1).stdout).unwrap();
    assert_eq!(value["conflicts"], serde_json::json!(["findings/f-7q2k9dm4.toml"]));
    // What it says to type does it.
    desk.git(&["merge", "main"]).code(1);
    let text = desk.read("findings/f-7q2k9dm4.toml");
    desk.casebook(&["check"]).code(1);
    let kept: Vec<&str> =
        text.lines().filter(|line| !line.starts_with(['<', '=', '>']) && !line.contains("Our words")).collect();
    desk.write("findings/f-7q2k9dm4.toml", kept.join("\n") + "\n");
    desk.casebook(&["check"]).ok();
    desk.commit("Merge");
    assert!(
        desk.casebook(&["pr"]).ok().stdout.starts_with("HEAD (2 commits) merges and is sound; 1 finding changed\n")
    );
}

#[test]
fn the_base_is_the_default_branch_of_the_remote() {
    let desk = Desk::new();
    let origin = desk.sandbox.path("origin.git");
    desk.sandbox.git(&desk.top, &["clone", "-q", "--bare", ".", origin.to_str().unwrap()]).ok();
    let clone = desk.sandbox.path("clone");
    desk.sandbox.git(&desk.top, &["clone", "-q", origin.to_str().unwrap(), clone.to_str().unwrap()]).ok();
    let nothing = desk.sandbox.casebook(&clone, &["pr"]).ok();
    assert_eq!(nothing.stdout, "HEAD has no commit that origin/main does not have\n");
    // A local `main` that is behind or ahead does not matter.
    std::fs::create_dir_all(clone.join("notes")).unwrap();
    std::fs::write(clone.join("notes/x.md"), "x\n").unwrap();
    desk.sandbox.git(&clone, &["add", "-A"]).ok();
    desk.sandbox.git(&clone, &["commit", "-qm", "A note"]).ok();
    let shown = desk.sandbox.casebook(&clone, &["pr"]).ok().stdout;
    assert!(shown.contains("+ notes/x.md") && shown.contains("what was pushed after the last git fetch"), "{shown}");
    desk.sandbox.casebook(&clone, &["pr", "no-such-branch"]).code(2);
}

#[test]
fn sign_offs_that_hold_no_longer_are_told_and_what_is_asked_comes_first() {
    let firm = Firm::new();
    let desk = &firm.desk;
    firm.confirm();
    desk.git(&["switch", "-qc", "topic"]).ok();
    desk.commit("Confirmed");
    desk.write("notes/x.md", "x\n");
    desk.change("assets/a-7q2k9dm4.toml", |text| text.extend_from_slice(b"criticality = \"high\"\n"));
    desk.commit("And an asset");
    let asked = desk.casebook(&["pr", "main"]).ok().stdout;
    assert!(
        asked.contains("! f-7q2k9dm4 The attacker logged on to mail01: approved 0 of 1, asked by the policy"),
        "{asked}"
    );
    assert!(asked.contains("\n    casebook sign f-7q2k9dm4\n"), "{asked}");
    assert!(asked.contains("the 2 commits one by one"), "{asked}");
    firm.sign("carol", &[FINDING]).ok();
    let signed = desk.commit("Signed");
    let value = desk.json(&["pr", "main"]);
    assert_eq!(value["sign"], "casebook sign a-7q2k9dm4", "{value:#}");
    assert_eq!(value["difference"]["signoffs"]["stale"], serde_json::json!([]));
    // An edit makes it stale.
    desk.casebook(&["set", FINDING, "severity=critical"]).ok();
    desk.commit("An edit");
    let edited = desk.casebook(&["diff", &format!("{signed}..HEAD")]).ok().stdout;
    let stale =
        "! f-7q2k9dm4 The attacker logged on to mail01: the sign-off of carol holds no longer, it was changed since";
    assert!(edited.replace("\n      ", " ").contains(stale), "{edited}");
    // Another roster can, too: by the one of before, carol counts; she is nobody's reviewer any more.
    desk.git(&["reset", "-q", "--hard", &signed]).ok();
    let team = desk.read("team.toml").replace("roles = [\"reviewer\"]", "roles = [\"analyst\"]");
    desk.write("team.toml", team);
    desk.commit("Another roster");
    let value = desk.json(&["diff", &format!("{signed}..HEAD")]);
    assert_eq!(value["signoffs"]["stale"][0]["item"], FINDING, "{value:#}");
    assert_eq!(
        value["to_sign"][0],
        serde_json::json!({ "item": "team.toml", "asked": true, "standing": "approved 0 of 1" })
    );
    assert_eq!(value["rules"][0]["path"], "team.toml");
}

#[test]
fn what_the_merge_driver_settles_is_no_conflict() {
    let attributes = include_str!("../../case-template/base/.gitattributes");
    let desk = Desk::with(|desk| desk.write(".gitattributes", attributes));
    desk.git(&["switch", "-qc", "topic"]).ok();
    desk.casebook(&["hook", "install"]).ok();
    // Neighbouring lines, which a merge of lines does not tell apart.
    desk.casebook(&["set", "f-7q2k9dm4", "status=draft", "confidence=high", "reason=one log"]).ok();
    desk.commit("Theirs");
    desk.git(&["switch", "-q", "main"]).ok();
    let text = desk.read("findings/f-7q2k9dm4.toml");
    desk.write("findings/f-7q2k9dm4.toml", text.replace("The attacker logged on to mail01", "Somebody logged on"));
    desk.commit("Ours");
    desk.git(&["switch", "-q", "topic"]).ok();
    let driver = desk.git(&["merge-tree", "--write-tree", "main", "topic"]).ok().stdout;
    let value = desk.json(&["pr"]);
    assert_eq!(
        (&value["merge"], &value["settled"]),
        (&"clean".into(), &serde_json::json!(["findings/f-7q2k9dm4.toml"]))
    );
    // What is shown is what Git makes, to the byte.
    let made = desk.git(&["cat-file", "blob", &format!("{}:findings/f-7q2k9dm4.toml", driver.trim())]).ok().stdout;
    assert!(made.contains("Somebody logged on") && made.contains("confidence = \"high\""), "{made}");
    let fields: Vec<&str> = value["difference"]["entries"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    assert!(fields.contains(&"confidence") && !fields.contains(&"title"), "{value:#}");
    let shown = desk.casebook(&["pr"]).stdout;
    assert!(shown.contains("Merged key by key") && shown.contains("a forge merges lines"), "{shown}");
    // A key that both changed is still one to decide.
    desk.casebook(&["set", "f-7q2k9dm4", "title=Nobody logged on"]).ok();
    desk.commit("Theirs again");
    let stopped = desk.casebook(&["pr"]).code(1).stdout;
    assert!(stopped.starts_with("HEAD does not merge: 1 conflict\n"), "{stopped}");
}

#[test]
fn whose_word_counts_says_the_roster_that_the_change_is_merged_into() {
    let firm = Firm::new();
    let desk = &firm.desk;
    firm.confirm();
    desk.commit("Confirmed");
    desk.git(&["switch", "-qc", "topic"]).ok();
    // A reviewer of nobody's choosing approves.
    let team = desk.read("team.toml");
    let mallory = format!(
        "[[people]]\nhandle = \"mallory\"\nname = \"Mallory\"\nroles = [\"reviewer\"]\nkeys = [\"{}\"]\n\n[[teams]]",
        super::firm::public_key("mallory")
    );
    desk.write("team.toml", format!("version = 1\n\n{}", team.replacen("[[teams]]", &mallory, 1)));
    desk.casebook(&["set", FINDING, "severity=critical"]).ok();
    firm.sign("mallory", &[FINDING]).ok();
    desk.commit("Mallory approves");
    let due = |desk: &Desk| desk.json(&["pr", "main"])["difference"]["to_sign"].clone();
    let items = |due: &serde_json::Value| -> Vec<String> {
        due.as_array().unwrap().iter().map(|one| one["item"].as_str().unwrap().to_owned()).collect()
    };
    let before = due(desk);
    assert_eq!(items(&before), ["team.toml", FINDING], "{before:#}");
    assert_eq!((&before[1]["asked"], &before[1]["standing"]), (&true.into(), &"approved 0 of 1".into()));
    desk.casebook(&["check", "--range", "main..HEAD", "--protected"]).code(1);
    // Once the lead of before agrees, the new reviewer's word counts, here as on the server.
    firm.sign("alice", &["team"]).ok();
    desk.commit("Alice agrees");
    let after = due(desk);
    assert_eq!(after, serde_json::json!([]), "{after:#}");
    desk.casebook(&["check", "--range", "main..HEAD", "--protected"]).ok();
}
