//! `evidence push`, `fetch` and `materialise`, with a store on a disk and with one behind the network.

use super::server::Moto;
use super::support::{CASEBOOK, Ran, ran};
use super::{Desk, ITEM, desk, overwrite};
use std::fs;

/// A case whose item is kept in the store, committed.
fn stored() -> Desk {
    let desk = desk();
    desk.move_to("store").ok();
    desk.commit("Move evidence");
    desk
}

#[test]
fn a_clone_fetches_materialises_and_takes_away_again() {
    let desk = stored().clone_here();
    assert!(!desk.folder().exists());
    let fetched = desk.evidence_json(&["fetch"]);
    assert_eq!((&fetched["fetched"], &fetched["bytes"]), (&2.into(), &457.into()));
    assert_eq!(desk.evidence_json(&["fetch"])["there_already"], 2);
    // What was fetched is enough.
    fs::rename(desk.store(), desk.sandbox.path("away")).unwrap();
    desk.git(&["config", "--unset", "casebook.store"]).ok();
    desk.evidence(&["materialise", ITEM]).ok();
    desk.sha256sum();
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "", "Git does not see the copy");
    assert!(fs::read_to_string(desk.path(".git/info/exclude")).unwrap().contains(ITEM));
    desk.is_sound();
    desk.evidence(&["materialise"]).ok();
    desk.evidence(&["materialise", "--remove"]).ok();
    assert!(!desk.folder().exists());
    assert!(!fs::read_to_string(desk.path(".git/info/exclude")).unwrap().contains(ITEM));
    desk.evidence(&["materialise", "--remove"]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
}

#[test]
fn a_copy_that_may_be_the_only_one_is_not_taken_away() {
    let desk = stored();
    desk.evidence(&["materialise"]).ok();
    let away = desk.sandbox.path("away");
    fs::rename(desk.store(), &away).unwrap();
    fs::remove_dir_all(desk.path(".git/casebook/objects")).ok();
    fs::create_dir(desk.store()).unwrap();
    let ran = desk.evidence(&["materialise", "--remove"]).code(1);
    assert!(ran.stdout.contains("this copy may be the only one"), "{}", ran.text());
    desk.sha256sum();
    desk.evidence(&["push"]).ok();
    desk.evidence(&["materialise", "--remove"]).ok();
    assert!(!desk.folder().exists());
}

#[test]
fn what_a_record_counts_cannot_be_too_much() {
    let desk = stored();
    let record = desk.path(&format!("evidence/{ITEM}.toml"));
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("bytes = 457", "bytes = 9223372036854775807")).unwrap();
    desk.evidence(&["fetch"]).ok();
    desk.evidence(&["materialise"]).ok();
    desk.evidence(&["move", ITEM, "--to", "git", "--by", "bob"]).ok();
}

#[test]
fn work_trees_leave_each_other_their_copies() {
    let desk = stored();
    let other = desk.sandbox.path("other");
    desk.git(&["worktree", "add", "-q", other.to_str().unwrap()]).ok();
    desk.evidence(&["materialise"]).ok();
    let there = |arguments: &[&str]| desk.sandbox.casebook(&other, &[&["evidence"], arguments].concat());
    let exclude = || fs::read_to_string(desk.path(".git/info/exclude")).unwrap();
    there(&["materialise"]).ok();
    there(&["materialise", "--remove"]).ok();
    assert!(exclude().contains(ITEM), "the first work tree still has its copy");
    desk.evidence(&["materialise", "--remove"]).ok();
    assert!(!exclude().contains(ITEM));
}

#[test]
fn a_changed_copy_is_not_taken_away_and_nothing_is_put_over_it() {
    let desk = stored();
    desk.evidence(&["materialise"]).ok();
    let file = desk.folder().join("auth.log");
    fs::write(&file, "notes of an analyst").unwrap();
    fs::write(desk.folder().join("own.txt"), "a file of an analyst").unwrap();
    for arguments in [&["materialise", "--remove"][..], &["materialise"]] {
        let ran = desk.evidence(arguments).code(1);
        assert!(ran.stdout.contains("auth.log") && ran.stdout.contains("own.txt"), "{}", ran.text());
        assert_eq!(fs::read_to_string(&file).unwrap(), "notes of an analyst");
        assert!(desk.folder().join("own.txt").exists());
    }
    // A part of it is made whole.
    fs::remove_file(&file).unwrap();
    fs::remove_file(desk.folder().join("own.txt")).unwrap();
    desk.evidence(&["materialise"]).ok();
    desk.sha256sum();
}

#[test]
fn what_the_store_lacks_is_named_and_pushed_again() {
    let desk = stored();
    desk.evidence(&["materialise"]).ok();
    let lost = desk.objects().remove(0);
    let content = fs::read(&lost).unwrap();
    fs::remove_file(&lost).unwrap();
    let ran = desk.evidence(&["fetch"]).code(1);
    let digest = lost.file_name().unwrap().to_str().unwrap();
    assert!(ran.stdout.contains(digest) && ran.stdout.contains("evidence/x-7q2k9dm4/"), "{}", ran.text());
    let pushed = desk.evidence_json(&["push"]);
    assert_eq!((&pushed["sent"], &pushed["there_already"]), (&1.into(), &1.into()));
    assert_eq!(fs::read(&lost).unwrap(), content);
    assert_eq!(desk.evidence_json(&["fetch"])["problems"], serde_json::json!([]));
    // What is nowhere is named.
    fs::remove_file(&lost).unwrap();
    desk.evidence(&["materialise", "--remove"]).ok();
    fs::remove_dir_all(desk.path(".git/casebook/objects")).unwrap();
    let ran = desk.evidence(&["push"]).code(1);
    assert!(ran.stdout.contains(digest) && ran.stdout.contains("work tree"), "{}", ran.text());
}

#[test]
fn wrong_bytes_are_never_sent_and_never_taken() {
    let desk = stored();
    desk.evidence(&["materialise"]).ok();
    let lost = desk.objects().remove(0);
    let right = fs::read(&lost).unwrap();
    let digest = lost.file_name().unwrap().to_str().unwrap().to_owned();
    // The store has rotted: the same size, other bytes.
    let mut rotten = right.clone();
    rotten[3] ^= 1;
    overwrite(&lost, &rotten);
    let ran = desk.evidence(&["fetch"]).code(1);
    assert!(ran.stdout.contains(&digest), "{}", ran.text());
    assert_eq!(desk.evidence_json(&["fetch"])["there_already"], 1, "the rest was fetched");
    let ran = desk.evidence(&["verify", "--worktree", "--format", "json"]);
    assert!(ran.stdout.contains("object-altered") || ran.stdout.contains("\"diagnostics\""), "{}", ran.text());
    // Another size is seen without reading.
    overwrite(&lost, b"x");
    let ran = desk.evidence(&["push"]).code(1);
    assert!(ran.stdout.contains(&digest), "{}", ran.text());
    assert_eq!(fs::read(&lost).unwrap(), b"x", "what is there is left as it is");
    // The work tree has been edited: the store takes nothing of it.
    fs::remove_file(&lost).unwrap();
    let (_, name) = listed(&desk).into_iter().find(|(known, _)| *known == digest).unwrap();
    overwrite(&desk.path(&format!("evidence/{name}")), &rotten);
    fs::remove_dir_all(desk.path(".git/casebook/objects")).unwrap();
    let ran = desk.evidence(&["push"]).code(1);
    assert!(ran.stdout.contains("in the work tree, not"), "{}", ran.text());
    assert!(!lost.exists());
}

/// The lines of the item's list.
fn listed(desk: &Desk) -> Vec<(String, String)> {
    let list = fs::read_to_string(desk.path(&format!("evidence/{ITEM}.sha256"))).unwrap();
    list.lines().map(|line| line.split_once("  ").unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[test]
fn a_list_that_is_not_the_registered_one_moves_nothing() {
    let desk = stored();
    let list = desk.path(&format!("evidence/{ITEM}.sha256"));
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, text.replace("auth.log", "auth2.log")).unwrap();
    for arguments in [&["fetch"][..], &["push"], &["materialise"]] {
        let ran = desk.evidence(arguments).code(1);
        assert!(ran.stdout.contains("is not the list that is registered"), "{}", ran.text());
    }
    assert!(!desk.folder().exists());
}

#[test]
fn without_a_store_it_is_said_how_to_name_one() {
    let desk = stored();
    let run = |arguments: &[&str]| desk.evidence(arguments).code(2).stderr;
    assert!(run(&["fetch", "--store", "ftp://example.org"]).contains("no kind of store"));
    assert!(run(&["fetch", "--store", "s3://x"]).contains("names no bucket"));
    assert!(run(&["fetch", "--store", "s3://evidence"]).contains("AWS_ACCESS_KEY_ID"));
    let gone = desk.sandbox.path("gone");
    let text = run(&["fetch", "--store", gone.to_str().unwrap()]);
    assert!(text.contains("is its disk mounted?"), "{text}");
    assert!(!gone.exists());
    desk.git(&["config", "--unset", "casebook.store"]).ok();
    assert!(run(&["fetch"]).contains("git config casebook.store"));
    assert!(run(&["push"]).contains("git config casebook.store"));
    // The variable, then the option.
    let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
    let store = format!("file://{}", desk.store().display());
    let named = ran(command.args(["evidence", "fetch"]).env("CASEBOOK_STORE", store).output().unwrap()).ok();
    assert!(named.stdout.contains("2 files fetched"), "{}", named.text());
}

#[test]
fn items_of_other_homes_are_told_apart() {
    let desk = desk();
    assert!(desk.evidence(&["push", ITEM]).code(2).stderr.contains("--to store"));
    assert!(desk.evidence(&["materialise", ITEM]).code(2).stderr.contains("kept in Git"));
    assert!(desk.evidence(&["fetch", "f-7q2k9dm4"]).code(2).stderr.contains("no evidence item"));
    // All that the store keeps is nothing.
    desk.evidence(&["push"]).ok();
    desk.evidence(&["fetch"]).ok();
}

/// Runs a command with the keys of a test and an endpoint.
fn with_endpoint(desk: &Desk, endpoint: &str, arguments: &[&str]) -> Ran {
    let mut command = desk.sandbox.command(CASEBOOK, &desk.top);
    let set =
        [("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "verysecret"), ("AWS_ENDPOINT_URL_S3", endpoint)];
    ran(command.arg("evidence").args(arguments).envs(set).output().unwrap())
}

#[test]
fn a_bucket_is_a_store_like_a_folder() {
    let Some(moto) = Moto::start() else { return };
    moto.bucket("evidence", true);
    let desk = desk();
    desk.git(&["config", "casebook.store", "s3://evidence/cases/2026"]).ok();
    desk.git(&["config", "casebook.storeRetention", "30y"]).ok();
    let run = |desk: &Desk, arguments: &[&str]| with_endpoint(desk, &moto.address, arguments);
    run(&desk, &["move", ITEM, "--to", "store", "--by", "bob"]).ok();
    assert!(!desk.folder().exists());
    let names = moto.names("evidence");
    assert_eq!(names.len(), 2);
    assert_eq!(moto.header("evidence", &names[0], "x-amz-object-lock-mode").as_deref(), Some("GOVERNANCE"));
    desk.commit("Move evidence");
    desk.is_sound();
    assert_eq!(run(&desk, &["push"]).ok().stdout.matches("2 there already").count(), 1);
    run(&desk, &["materialise"]).ok();
    desk.sha256sum();
    let event =
        fs::read_dir(desk.path("custody")).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    assert!(event.into_iter().any(|text| text.contains("to = \"store s3://evidence/cases/2026\"")));
    // Without the keys nobody can ask whether the store has them.
    desk.evidence(&["materialise", "--remove"]).code(1);
    run(&desk, &["materialise", "--remove"]).ok();
    assert!(!desk.folder().exists());
    // The endpoint is down.
    drop(moto);
    let down = with_endpoint(&desk, "http://127.0.0.1:1", &["fetch"]).code(2);
    assert!(down.stderr.contains("127.0.0.1:1") && down.stderr.contains("help"), "{}", down.text());
    assert!(!down.text().contains("verysecret") && !down.text().contains("Signature"), "{}", down.text());
}
