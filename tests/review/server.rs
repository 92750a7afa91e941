//! The server's gate, over real pushes.

use super::firm::{FINDING, Firm, public_key};
use super::support::NOW;

#[test]
fn what_is_sound_and_signed_gets_in_and_what_is_not_does_not() {
    let firm = Firm::new();
    let desk = &firm.desk;
    firm.confirm();
    desk.commit("Confirm");
    firm.is_refused("main", "error[signoff-missing]: `f-7q2k9dm4` needs 1 approval by reviewer or lead, and has none");
    // On a branch of one's own it may lie, to be read.
    desk.git(&["push", "-q", "origin", "main:work"]).ok();
    firm.sign("carol", &[FINDING]).ok();
    desk.commit("Sign off");
    firm.push("main").ok();
    desk.casebook(&["set", FINDING, "severity=critical"]).ok();
    desk.commit("Change what was signed");
    firm.is_refused("main", "it was changed since it was signed by `carol`");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    desk.change(&format!("findings/{FINDING}.toml"), |text| text.extend(b"severety = \"high\"\n"));
    desk.git(&["commit", "-qam", "A slip"]).ok();
    firm.is_refused("main", "error[unknown-key]");
}

#[test]
fn evidence_custody_and_sign_offs_are_only_added_to() {
    let item = "x-7q2k9dm4";
    let attempts: [(&str, &dyn Fn(&Firm)); 5] = [
        ("evidence-changed", &|firm| {
            firm.desk.change(&format!("evidence/{item}/auth.log"), |text| text[0] ^= 1);
            let log = firm.desk.path(&format!("evidence/{item}/auth.log"));
            let digest = casebook::values::Sha256::of(&std::fs::read(log).unwrap()).to_string();
            let list = firm.desk.read(&format!("evidence/{item}.sha256"));
            let list = list
                .lines()
                .map(|line| {
                    if line.ends_with("auth.log") { format!("{digest}{}\n", &line[64..]) } else { format!("{line}\n") }
                })
                .collect::<String>();
            let own = casebook::values::Sha256::of(list.as_bytes()).to_string();
            firm.desk.write(&format!("evidence/{item}.sha256"), list);
            let record = firm.desk.read(&format!("evidence/{item}.toml"));
            let old = record
                .lines()
                .find_map(|line| line.strip_prefix("list = \""))
                .unwrap()
                .trim_end_matches('"')
                .to_owned();
            firm.desk.write(&format!("evidence/{item}.toml"), record.replace(&old, &own));
        }),
        ("custody-changed", &|firm| {
            firm.desk.change("custody/c-7q2k9dm4.toml", |text| text.extend(b"note = \"x\"\n"));
        }),
        ("signoff-changed", &|firm| {
            firm.desk.git(&["rm", "-rq", "signoffs"]).ok();
        }),
        ("entry-deleted", &|firm| {
            firm.desk.git(&["rm", "-q", &format!("findings/{FINDING}.toml")]).ok();
        }),
        ("evidence-changed", &|firm| {
            firm.desk.git(&["rm", "-rq", "evidence"]).ok();
            firm.desk.git(&["commit", "-qm", "drop"]).ok();
            firm.desk.git(&["checkout", "-q", "HEAD^", "--", "evidence"]).ok();
        }),
    ];
    for (code, attempt) in attempts {
        let firm = Firm::new();
        attempt(&firm);
        firm.desk.commit("Nothing to see");
        firm.is_refused("main", &format!("error[{code}]"));
        firm.is_refused("main:work", &format!("error[{code}]"));
        // A commit on top would not help; what is said to type does.
        let said = firm.push("main").stderr;
        let commit = said.split("`git reset --soft ").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
        firm.desk.git(&["reset", "-q", "--soft", commit]).ok();
        firm.desk.git(&["checkout", "-q", "HEAD", "--", "."]).ok();
        firm.desk.commit("Mended");
        firm.push("main").ok();
    }
}

#[test]
fn refs_are_branches_and_tags_that_lead_to_commits() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.write("notes/x.md", "x\n");
    let id = desk.commit("A note");
    let blob = desk.git(&["rev-parse", "HEAD:case.toml"]).ok().stdout.trim().to_owned();
    firm.is_refused(&format!("HEAD:refs/replace/{id}"), "neither a branch nor a tag");
    firm.is_refused("HEAD:refs/evil/x", "neither a branch nor a tag");
    firm.is_refused(&format!("{blob}:refs/tags/blob"), "would point to a blob");
    firm.is_refused(":main", "protected");
    firm.push("main").ok();
    desk.git(&["tag", "-a", "v1", "-m", "one"]).ok();
    firm.push("v1").ok();
    desk.git(&["tag", "-f", "-a", "v1", "-m", "other"]).ok();
    firm.is_refused("+v1", "there already");
    firm.is_refused(":v1", "not deleted");
    desk.git(&["commit", "-q", "--amend", "-m", "Another note"]).ok();
    firm.is_refused("+main", "would lose commits");
    // A branch of one's own may be rewritten and deleted.
    firm.push("HEAD:work").ok();
    desk.git(&["commit", "-q", "--amend", "-m", "A third note"]).ok();
    firm.push("+HEAD:work").ok();
    firm.push(":work").ok();
}

#[test]
fn roster_and_policy_change_with_the_agreement_of_those_before() {
    let firm = Firm::new();
    let desk = &firm.desk;
    let team = desk.read("team.toml");
    let mallory = format!(
        "version = 1\n\n[[people]]\nhandle = \"mallory\"\nname = \"Mallory\"\nroles = [\"lead\", \"reviewer\"]\nkeys = [\"{}\"]\n\n{team}",
        public_key("mallory")
    );
    desk.write("team.toml", &mallory);
    firm.sign("mallory", &["team"]).ok();
    desk.commit("Another lead, who says so");
    firm.is_refused("main", "error[rules-unapproved]: `team.toml` was changed, and has 0 of 1 approvals by lead");
    // The lead of before agrees, in a commit of her own.
    firm.sign("alice", &["team"]).ok();
    desk.commit("Agree");
    firm.push("main").ok();
    // Without a higher version it is no new state.
    desk.casebook(&["set", "policy", "rules.future-time=off"]).ok();
    firm.sign("alice", &["policy"]).ok();
    desk.commit("A laxer policy");
    firm.is_refused("main", "error[rules-version]");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    // What was agreed to once is not brought back.
    desk.write("team.toml", &team);
    desk.commit("As it was");
    firm.is_refused("main", "error[rules-version]");
}

#[test]
fn two_changes_in_one_push_do_not_vouch_for_each_other() {
    let firm = Firm::new();
    let desk = &firm.desk;
    let team = desk.read("team.toml");
    let carol = team.replace("roles = [\"reviewer\"]", "roles = [\"lead\", \"reviewer\"]");
    desk.write("team.toml", format!("version = 1\n\n{carol}"));
    desk.commit("Carol leads");
    let policy = desk
        .read("policy.toml")
        .replace("version = 1", "version = 2")
        .replace("approvals = 1", "approvals = 0\nauthor = true");
    desk.write("policy.toml", policy);
    firm.sign("carol", &["team", "policy"]).ok();
    desk.commit("Carol agrees");
    firm.is_refused("main", "error[rules-unapproved]: `team.toml`");
}

#[test]
fn the_first_roster_is_the_pinned_one() {
    let firm = Firm::unfounded();
    let config = |value: &str| firm.desk.sandbox.git(&firm.server, &["config", "casebook.trust", value]).ok();
    config(&"0".repeat(64));
    firm.is_refused("main", "error[rules-unpinned]");
    config("nonsense");
    firm.is_refused("main", "which is no SHA-256 digest");
    let own = firm.desk.sandbox.run("sha256sum", &firm.desk.top, &["team.toml"]).ok().stdout[..64].to_owned();
    config(&own);
    firm.push("main").ok();
    firm.desk.casebook(&["audit", "--trust", &own]).ok();
    let ran = firm.desk.casebook(&["audit", "--trust", &"0".repeat(64)]).code(1);
    assert!(ran.stdout.contains("rules-unpinned"), "{}", ran.text());
    let ran = firm.desk.casebook(&["audit"]).ok();
    assert!(ran.stdout.contains(&format!("git config casebook.trust {own}")), "{}", ran.text());
}

#[test]
fn a_server_without_a_pin_tells_the_digest() {
    let firm = Firm::unfounded();
    let ran = firm.push("main").ok();
    assert!(ran.stderr.contains("remote: casebook: note: nobody has pinned the first roster"), "{}", ran.stderr);
}

#[test]
fn an_evil_merge_is_refused() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.git(&["checkout", "-qb", "work"]).ok();
    desk.casebook(&["set", FINDING, "severity=low"]).ok();
    desk.commit("Low");
    let source = desk.source("new.log", b"seen\n");
    desk.add(&[&source], &[]);
    desk.commit("New evidence");
    desk.git(&["checkout", "-q", "main"]).ok();
    desk.write("notes/x.md", "x\n");
    desk.commit("A note");
    desk.git(&["merge", "-q", "-s", "ours", "--no-edit", "work"]).ok();
    firm.is_refused("main", "error[merge-altered]");
    firm.is_refused("main", "error[evidence-changed]");
    desk.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    desk.git(&["merge", "-q", "--no-commit", "work"]).ok();
    desk.casebook(&["set", FINDING, "title=It was nobody"]).ok();
    desk.git(&["commit", "-qam", "Merge work"]).ok();
    firm.is_refused("main", "error[merge-altered]");
    desk.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    desk.git(&["merge", "-q", "--no-edit", "work"]).ok();
    firm.push("main").ok();
    desk.casebook(&["audit"]).ok();
}

#[test]
fn statuses_and_milestones_move_as_they_may() {
    let firm = Firm::new();
    let desk = &firm.desk;
    let policy = desk.read("policy.toml").replace("version = 1", "version = 2");
    desk.write(
        "policy.toml",
        format!("{policy}\n[[transitions]]\nkind = \"finding\"\nfrom = \"confirmed\"\nto = [\"superseded\"]\n"),
    );
    desk.casebook(&["set", "case", "milestones.contained=2026-03-02T09:00:00Z..2026-03-02T10:00:00Z"]).ok();
    firm.sign("alice", &["policy"]).ok();
    firm.confirm();
    firm.sign("carol", &[FINDING]).ok();
    desk.commit("Confirmed is confirmed");
    firm.push("main").ok();
    desk.casebook(&["set", FINDING, "status=proposed"]).ok();
    desk.commit("Or not");
    firm.is_refused("main", "error[status-move]: `confirmed` became `proposed`");
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    desk.casebook(&["set", "case", "milestones.contained=2026-03-02T09:10:00Z"]).ok();
    desk.commit("More exactly");
    firm.push("main").ok();
    desk.casebook(&["set", "case", "milestones.contained=2026-03-03T08:00:00Z"]).ok();
    desk.commit("The clock starts later");
    firm.is_refused("main", "error[milestone-rewritten]");
    firm.sign("alice", &["case"]).ok();
    desk.commit("Agreed");
    firm.push("main").ok();
}

#[test]
fn sign_offs_that_do_not_count_are_refused_by_name() {
    let firm = Firm::new();
    let desk = &firm.desk;
    let digest =
        desk.sandbox.run("sha256sum", &desk.top, &[&format!("findings/{FINDING}.toml")]).ok().stdout[..64].to_owned();
    let policy = desk.sandbox.run("sha256sum", &desk.top, &["policy.toml"]).ok().stdout[..64].to_owned();
    let statement = |case: &str, role: &str, signer: &str, at: &str| {
        format!(
            "casebook-signoff v1\ncase: {case}\nrole: {role}\ndecision: approve\nsigner: {signer}\nsigned-at: {at}\npolicy: {policy}\nentry: {FINDING} {digest}\n"
        )
    };
    let sound = statement("2026-0142", "reviewer", "carol", NOW);
    let attempts = [
        ("signoff-forged", "carol", sound.clone(), "git"),
        ("signoff-signer", "mallory", sound.clone(), "casebook-signoff"),
        ("signoff-signer", "bob", sound.clone(), "casebook-signoff"),
        ("signoff-case", "carol", statement("2026-0141", "reviewer", "carol", NOW), "casebook-signoff"),
        ("signoff-role", "bob", statement("2026-0142", "reviewer", "bob", NOW), "casebook-signoff"),
        (
            "signoff-key",
            "carol",
            statement("2026-0142", "reviewer", "carol", "2026-03-06T12:00:00Z"),
            "casebook-signoff",
        ),
        ("signoff-broken", "carol", sound.replace("decision: approve", "decision: Approve"), "casebook-signoff"),
    ];
    for (code, key, text, namespace) in attempts {
        firm.forge(key, &text, namespace);
        desk.commit("Sign off");
        firm.is_refused("main:work", &format!("error[{code}]"));
        desk.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    }
    firm.forge("carol", &sound, "casebook-signoff");
    desk.commit("Sign off");
    firm.push("main").ok();
}

#[test]
fn a_push_of_too_many_commits_is_to_be_split() {
    let firm = Firm::new();
    firm.desk.sandbox.git(&firm.server, &["config", "casebook.maxCommits", "3"]).ok();
    for number in 0..4 {
        firm.desk.write("notes/x.md", format!("{number}\n"));
        firm.desk.commit("A note");
    }
    firm.is_refused("main", "more than 3 commits");
    firm.push("HEAD^^:main").ok();
    firm.push("main").ok();
    let clone = firm.clone("other");
    firm.desk.sandbox.casebook(&clone, &["check"]).ok();
}

#[test]
fn a_tree_that_names_one_folder_over_and_over_is_counted_not_walked() {
    let firm = Firm::new();
    let run = |script: &str| firm.desk.sandbox.run("sh", &firm.desk.top, &["-c", script]).ok().stdout.trim().to_owned();
    let mut tree = run("printf x | git hash-object -w --stdin | sed 's/^/100644 blob /; s/$/\\tx/' | git mktree");
    for _ in 0..40 {
        let rows = ('a'..='j').map(|name| format!("040000 tree {tree}\\t{name}\\n")).collect::<String>();
        tree = run(&format!("printf '{rows}' | git mktree"));
    }
    let whole = run(&format!("(git ls-tree HEAD; printf '040000 tree {tree}\\tnotes2\\n') | git mktree"));
    let commit = run(&format!("git commit-tree -p HEAD -m bomb {whole}"));
    firm.is_refused(&format!("{commit}:refs/heads/work"), "more than 2000000 files and folders");
}

#[test]
fn the_net_of_a_clone_stops_what_no_other_hook_saw() {
    let firm = Firm::new();
    let desk = &firm.desk;
    desk.casebook(&["hook", "install"]).ok();
    // On the server there is no hook, so that what gets there was let through here.
    std::fs::remove_file(firm.server.join("hooks/pre-receive")).unwrap();
    desk.change(&format!("findings/{FINDING}.toml"), |text| text.extend(b"severety = \"high\"\n"));
    desk.git(&["commit", "-qam", "A slip", "--no-verify"]).ok();
    let ran = firm.push("main");
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("error[unknown-key]") && ran.stderr.contains("casebook: not pushed"), "{}", ran.stderr);
    desk.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    desk.git(&["rm", "-q", &format!("findings/{FINDING}.toml")]).ok();
    desk.git(&["commit", "-qm", "Nothing", "--no-verify"]).ok();
    desk.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert!(firm.push("main").stderr.contains("error[entry-deleted]"));
    desk.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    // What lacks a review may be pushed to where it is read; which branch that is, the server knows.
    firm.confirm();
    desk.commit("Confirm");
    firm.push("main:work").ok();
    firm.push(":work").ok();
}

#[test]
fn what_is_wrong_is_told_in_the_order_of_the_commits() {
    let firm = Firm::new();
    let steps = ["one", "two", "three", "four", "five"];
    for step in steps {
        firm.desk.change("team.toml", |text| text.extend(format!("# {step}\n").bytes()));
        firm.desk.commit(step);
    }
    let ran = firm.push("main").code(1);
    let told: Vec<Option<usize>> = steps.iter().map(|step| ran.stderr.find(&format!("({step}):"))).collect();
    assert!(told.iter().all(Option::is_some) && told.is_sorted(), "{}", ran.stderr);
}
