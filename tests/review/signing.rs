//! Signing, and where an entry stands.

use super::firm::{FINDING, Firm, public_key};
use super::support::Sandbox;
use casebook::review::NAMESPACE;
use casebook::signature::{Flaw, Signature};
use serde_json::json;
use std::fs;

#[test]
fn an_author_and_a_reviewer_sign_and_an_edit_makes_both_stale() {
    let firm = Firm::new();
    assert_eq!(firm.state(FINDING), "draft");
    firm.confirm();
    firm.sign("bob", &[FINDING]).ok();
    assert_eq!(firm.state(FINDING), "authored");
    firm.sign("carol", &[FINDING]).ok();
    assert_eq!(firm.state(FINDING), "approved");
    let signed = firm.desk.read(&format!("findings/{FINDING}.toml"));
    firm.desk.commit("Confirm and sign");
    let report = || firm.desk.casebook(&["report", "--format", "md", "--output", "-"]).ok().stdout;
    assert!(report().contains("approved 1 of 1 by carol"), "{}", report());
    firm.desk.casebook(&["set", FINDING, "severity=critical"]).ok();
    assert_eq!(firm.state(FINDING), "stale");
    firm.desk.commit("Change what was signed");
    assert!(report().contains("stale approved 0 of 1, changed since bob, carol signed"), "{}", report());
    firm.desk.casebook(&["set", FINDING, "summary=Somebody else"]).ok();
    let ran = firm.desk.casebook(&["signoffs", FINDING]).code(1);
    assert!(ran.stdout.contains("changed since bob, carol signed: `severity`, `summary`\n"), "{}", ran.stdout);
    let stale = firm.desk.json(&["signoffs", FINDING])[0]["stale"][1].clone();
    assert_eq!((&stale["by"], &stale["changed"]), (&json!("carol"), &json!(["severity", "summary"])));
    let of_commit = firm.desk.casebook(&["signoffs", FINDING, "--rev", "HEAD"]).code(1);
    assert!(of_commit.stdout.contains("changed since bob, carol signed: `severity`\n"), "{}", of_commit.stdout);
    firm.desk.write(&format!("findings/{FINDING}.toml"), format!("# harmless\n{signed}"));
    let ran = firm.desk.casebook(&["signoffs", FINDING]).code(1);
    assert!(ran.stdout.contains("changed since bob, carol signed: only its form\n"), "{}", ran.stdout);
    // The bytes of before are signed as they were.
    firm.desk.write(&format!("findings/{FINDING}.toml"), signed);
    assert_eq!(firm.state(FINDING), "approved");
}

#[test]
fn stock_ssh_keygen_agrees() {
    let firm = Firm::new();
    firm.sign("carol", &[FINDING, "--comment", "read with the log beside it"]).ok();
    let signers = firm.desk.casebook(&["signoffs", "--allowed-signers"]).ok().stdout;
    let file = firm.desk.sandbox.path("signers");
    fs::write(&file, signers).unwrap();
    let statement = statements(&firm, "carol").remove(0);
    let signature = format!("{statement}.sig");
    let verify = |folder: &std::path::Path, text: &str| {
        let command =
            format!("ssh-keygen -Y verify -f {} -I carol -n casebook-signoff -s {signature} < {text}", file.display());
        firm.desk.sandbox.run("sh", folder, &["-c", &command])
    };
    let ran = verify(&firm.desk.top, &statement).ok();
    assert!(ran.stdout.contains("Good \"casebook-signoff\" signature for carol"), "{}", ran.text());
    firm.desk.change(&statement, |text| text[30] ^= 1);
    assert_ne!(verify(&firm.desk.top, &statement).code, 0);
}

/// The statements of somebody, in the order of their names.
fn statements(firm: &Firm, signer: &str) -> Vec<String> {
    let names = fs::read_dir(firm.desk.path("signoffs")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(&format!("-{signer}.stmt"))).collect();
    names.sort();
    names.into_iter().map(|name| format!("signoffs/{name}")).collect()
}

#[test]
fn a_rejection_stands_until_it_is_withdrawn() {
    let firm = Firm::new();
    firm.sign("carol", &[FINDING]).ok();
    assert!(firm.sign("alice", &[FINDING, "--reject"]).code(2).stderr.contains("--comment"));
    firm.sign("alice", &[FINDING, "--reject", "--comment", "the log shows another host"]).ok();
    assert_eq!(firm.state(FINDING), "rejected");
    let at = |firm: &Firm, time: &str, arguments: &[&str]| {
        let mut command = firm.desk.sandbox.command(super::support::CASEBOOK, &firm.desk.top);
        let key = firm.desk.sandbox.path("alice");
        command.env("CASEBOOK_NOW", time).args(["sign", "--by", "alice", "--key"]).arg(key).args(arguments);
        super::support::ran(command.output().unwrap()).ok();
    };
    at(&firm, "2026-03-05T12:05:00Z", &[FINDING, "--withdraw"]);
    assert_eq!(firm.state(FINDING), "approved");
}

#[test]
fn who_may_not_sign_is_told_why_and_nothing_is_written() {
    let firm = Firm::new();
    let before = fs::read_dir(firm.desk.path("signoffs")).unwrap().count();
    let key = |name: &str| firm.desk.sandbox.path(name).to_str().unwrap().to_owned();
    let sign = |by: &str, with: &str, more: &[&str]| {
        firm.desk.casebook(&[&["sign", FINDING, "--by", by, "--key", &key(with)], more].concat())
    };
    assert!(sign("bob", "mallory", &["--as", "author"]).code(2).stderr.contains("a key that nobody in team.toml has"));
    assert!(sign("bob", "carol", &["--as", "author"]).code(2).stderr.contains("the key of `carol`"));
    assert!(sign("bob", "bob", &["--as", "reviewer"]).code(2).stderr.contains("no role of theirs"));
    assert!(sign("mallory", "mallory", &[]).code(2).stderr.contains("nobody of team.toml"));
    assert!(sign("carol", "nowhere", &[]).code(2).stderr.contains("ssh-keygen says"));
    firm.desk.casebook(&["set", FINDING, "title=x"]).ok();
    firm.desk.change(&format!("findings/{FINDING}.toml"), |text| text.extend(b"oops = 1\n"));
    assert!(sign("carol", "carol", &[]).code(1).stderr.contains("must be sound"));
    assert_eq!(fs::read_dir(firm.desk.path("signoffs")).unwrap().count(), before);
}

#[test]
fn an_author_is_no_reviewer_and_one_person_counts_once() {
    let firm = Firm::new();
    // bob has become a reviewer, too, and has two keys.
    let team = firm.desk.read("team.toml").replace("roles = [\"analyst\"]", "roles = [\"analyst\", \"reviewer\"]");
    firm.desk.write("team.toml", team);
    firm.confirm();
    firm.sign("bob", &[FINDING, "--as", "reviewer"]).ok();
    let ran = firm.desk.casebook(&["signoffs", FINDING]).code(1);
    assert!(ran.stdout.contains("an author cannot approve"), "{}", ran.stdout);
    let policy = firm.desk.read("policy.toml").replace("approvals = 1", "approvals = 2");
    firm.desk.write("policy.toml", policy);
    let team = firm.desk.read("team.toml");
    let carol = public_key("carol");
    firm.desk.write(
        "team.toml",
        team.replace(&format!("\"{carol}\""), &format!("\"{carol}\", \"{}\"", public_key("mallory"))),
    );
    firm.sign("carol", &[FINDING]).ok();
    let mallory = firm.desk.sandbox.path("mallory");
    firm.desk
        .casebook(&["sign", FINDING, "--by", "carol", "--key", mallory.to_str().unwrap(), "--comment", "again"])
        .ok();
    let value = firm.desk.json(&["signoffs", FINDING]);
    assert_eq!(value[0]["approvals"].as_array().unwrap().len(), 1, "{value:#}");
    assert_eq!(value[0]["state"], "reviewed");
}

#[test]
fn a_sign_off_survives_merge_squash_rebase_and_cherry_pick() {
    for how in ["merge", "squash", "rebase", "cherry-pick"] {
        let firm = Firm::new();
        let desk = &firm.desk;
        desk.git(&["checkout", "-qb", "work"]).ok();
        firm.confirm();
        desk.commit("Confirm");
        firm.sign("carol", &[FINDING]).ok();
        desk.commit("Sign off");
        desk.git(&["checkout", "-q", "main"]).ok();
        desk.write("notes/other.md", "Something else.\n");
        desk.commit("A note");
        match how {
            "merge" => drop(desk.git(&["merge", "-q", "--no-edit", "work"]).ok()),
            "squash" => {
                desk.git(&["merge", "-q", "--squash", "work"]).ok();
                desk.commit("Squashed");
            }
            "rebase" => {
                desk.git(&["rebase", "-q", "main", "work"]).ok();
                desk.git(&["checkout", "-q", "main"]).ok();
                desk.git(&["merge", "-q", "--ff-only", "work"]).ok();
            }
            _ => drop(desk.git(&["cherry-pick", "main..work"]).ok()),
        }
        assert_eq!(firm.state(FINDING), "approved", "{how}");
        firm.push("main").ok();
    }
}

#[test]
fn an_rsa_key_counts_from_2048_bits_on() {
    let sandbox = Sandbox::new();
    for (bits, is_enough) in [(1024, false), (2047, false), (2048, true)] {
        let name = format!("rsa-{bits}");
        let folder = sandbox.path("");
        sandbox.run("ssh-keygen", &folder, &["-q", "-t", "rsa", "-b", &bits.to_string(), "-N", "", "-f", &name]).ok();
        fs::write(folder.join("text"), "text").unwrap();
        let _ = fs::remove_file(folder.join("text.sig"));
        sandbox.run("ssh-keygen", &folder, &["-q", "-Y", "sign", "-n", NAMESPACE, "-f", &name, "text"]).ok();
        let signature = Signature::read(&fs::read(folder.join("text.sig")).unwrap()).unwrap();
        let expected = if is_enough { Ok(()) } else { Err(Flaw::ShortKey(bits)) };
        assert_eq!(signature.verify(NAMESPACE, b"text"), expected);
    }
}
