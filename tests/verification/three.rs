//! A case with all three homes, as the commands make it: Git, Git LFS, and S3-compatible storage.

use super::server::Moto;
use super::support::{CASEBOOK, Ran, ran, tool};
use super::{AUTH, Desk, expected, marks, sha256};
use serde_json::{Value, json};
use std::fs;

/// What is in the case, and the server that has a part of it.
struct Three {
    desk: Desk,
    moto: Moto,
    large: String,
    remote: String,
}

const LARGE: &[u8] = &[7; 5000];
const REMOTE: &[u8] = &[9; 6000];

impl Three {
    fn new() -> Option<Self> {
        tool("git-lfs")?;
        let moto = Moto::start()?;
        moto.bucket("evidence", false);
        let desk = Desk::new();
        let (large, remote) = (desk.item(&[("large.bin", LARGE)]), desk.item(&[("remote.bin", REMOTE)]));
        desk.git(&["lfs", "install", "--local"]).ok();
        desk.git(&["config", "casebook.store", "s3://evidence/case"]).ok();
        desk.commit("Two items more");
        let three = Self { desk, moto, large, remote };
        three.casebook(&["evidence", "move", &three.large, "--to", "lfs", "--by", "bob"]).ok();
        three.casebook(&["evidence", "move", &three.remote, "--to", "store", "--by", "bob"]).ok();
        // As the command says: Git runs the filter of Git LFS only on what it thinks has changed.
        three.desk.git(&["add", "--renormalize", &format!("evidence/{}", three.large)]).ok();
        // As the command says: without it, Git converts the bytes only where they are as young as its index.
        three.desk.git(&["add", "-A", ".gitattributes", "custody", "evidence"]).ok();
        three.desk.git(&["add", "--renormalize", &format!("evidence/{}", three.large)]).ok();
        three.desk.commit("Moved");
        Some(three)
    }

    fn casebook(&self, arguments: &[&str]) -> Ran {
        let mut command = self.desk.sandbox.command(CASEBOOK, &self.desk.top);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("AWS_ENDPOINT_URL", &self.moto.address).env("AWS_REGION", "us-east-1");
        ran(command.args(arguments).output().unwrap())
    }

    fn verified(&self, options: &[&str]) -> Value {
        let ran = self.casebook(&[&["evidence", "verify", "--format", "json"], options].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }
}

#[test]
fn one_byte_changed_in_each_home_is_found_and_named() {
    let Some(three) = Three::new() else { return };
    let desk = &three.desk;
    let sound = three.verified(&["--remote", "--complete"]);
    for part in ["commit", "work_tree"] {
        assert_eq!((marks(&sound[part]), &sound[part]["files"]), (expected(&[]), &json!(4)), "{part}");
    }
    three.casebook(&["evidence", "verify", "--remote", "--complete"]).ok();
    three.casebook(&["evidence", "verify", "--remote", "--complete", "--all"]).ok();
    // One byte of each.
    desk.change(AUTH, |content| content[5] ^= 1);
    desk.commit("Damage");
    let (digest, mut large, mut remote) = (sha256(LARGE), LARGE.to_vec(), REMOTE.to_vec());
    large[4000] ^= 1;
    remote[5999] ^= 1;
    let object = desk.path(&format!(".git/lfs/objects/{}/{}/{digest}", &digest[..2], &digest[2..4]));
    fs::remove_file(&object).unwrap();
    fs::write(&object, large).unwrap();
    let keys = three.moto.names("evidence");
    let key = keys.iter().find(|key| key.ends_with(&sha256(REMOTE))).unwrap();
    three.moto.replace("evidence", key, &remote);
    let found = three.verified(&["--remote"]);
    let (large, remote) =
        (format!("evidence/{}/large.bin", three.large), format!("evidence/{}/remote.bin", three.remote));
    let wanted = [("evidence-altered", AUTH), ("object-altered", &large), ("object-altered", &remote)];
    assert_eq!(marks(&found["commit"]), expected(&wanted));
    // Everything else was still verified.
    assert_eq!(found["commit"]["files"], 1);
    let messages = found["commit"]["diagnostics"].to_string();
    assert!(messages.contains("Git LFS on this machine") && messages.contains("s3://evidence/case"), "{messages}");
}

#[test]
fn a_store_on_another_machine_is_asked_with_remote_only() {
    let Some(three) = Three::new() else { return };
    let remote = format!("evidence/{}/remote.bin", three.remote);
    let _ = fs::remove_dir_all(three.desk.path(".git/casebook/objects"));
    let _ = fs::remove_file(three.desk.path(&remote));
    let found = &three.verified(&[])["commit"];
    assert_eq!((marks(found), &found["files"]), (expected(&[]), &json!(3)));
    let missing = &found["not_checked_here"][&three.remote];
    assert_eq!((&missing["home"], &missing["reasons"][0]["reason"]), (&json!("store"), &json!("not-there")));
    assert_eq!(missing["reasons"][0]["paths"], json!([remote]));
    // What the message says helps: once fetched, it is checked without the store, also by a clone that no longer knows it.
    let said = three.casebook(&["evidence", "verify"]).ok().stdout;
    let command = format!("casebook evidence fetch {}", three.remote);
    assert!(said.contains(&command), "{said}");
    three.casebook(&["evidence", "fetch", &three.remote]).ok();
    assert_eq!(three.verified(&["--complete"])["commit"]["files"], 4);
    three.desk.git(&["config", "--unset", "casebook.store"]).ok();
    assert_eq!(three.verified(&["--complete"])["commit"]["files"], 4);
}

#[test]
fn a_server_that_does_not_answer_fails_nothing_and_passes_nothing() {
    let Some(mut three) = Three::new() else { return };
    let _ = fs::remove_dir_all(three.desk.path(".git/casebook/objects"));
    three.moto.address = "http://127.0.0.1:9".to_owned();
    let found = &three.verified(&["--remote"])["commit"];
    assert_eq!((marks(found), &found["files"]), (expected(&[]), &json!(3)));
    assert_eq!(found["not_checked_here"][&three.remote]["reasons"][0]["reason"], "no-answer");
    three.casebook(&["evidence", "verify", "--remote", "--complete", "--rev", "HEAD"]).code(1);
}
