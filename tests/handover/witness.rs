//! Time stamps: made by an authority, kept as they are, and told apart where they do not hold.

use crate::authority::{Authority, Manner};
use crate::support::Desk;
use crate::support::Ran;
use crate::{change_file, cited};
use std::fs;

/// A desk with an authority that its Git knows.
fn desk() -> (Desk, Authority) {
    let desk = cited();
    let authority = Authority::start(&desk.sandbox, "clock-house");
    desk.git(&["config", "casebook.timestampAuthority", authority.url()]).ok();
    desk.git(&["config", "casebook.timestampCertificates", &authority.certificates()]).ok();
    (desk, authority)
}

/// The name of the only time stamp.
fn name(desk: &Desk) -> String {
    let names: Vec<String> = fs::read_dir(desk.path("timestamps"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names.into_iter().next().unwrap()
}

/// What `verify` finds wrong, and with which code it ends.
fn verified(desk: &Desk, arguments: &[&str]) -> (i32, Vec<String>) {
    let ran = desk.casebook(&[&["timestamp", "verify", "--format", "json"], arguments].concat());
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()));
    let problems = value.as_array().unwrap().iter().flat_map(|stamp| stamp["problems"].as_array().unwrap());
    (ran.code, problems.map(|problem| problem["of"].as_str().unwrap().to_owned()).collect())
}

fn wrong(of: &[&str]) -> (i32, Vec<String>) {
    (1, of.iter().map(|of| (*of).to_owned()).collect())
}

fn sound() -> (i32, Vec<String>) {
    (0, Vec::new())
}

#[test]
fn a_commit_is_stamped_and_the_stamp_holds() {
    let (desk, _authority) = desk();
    let commit = desk.head();
    let made = desk.casebook(&["timestamp", "create"]).ok();
    assert!(made.stdout.contains(&commit), "{}", made.stdout);
    desk.commit("Time stamp");
    let name = name(&desk);
    let text = fs::read_to_string(desk.path(&format!("timestamps/{name}.txt"))).unwrap();
    let tree = desk.git(&["rev-parse", &format!("{commit}^{{tree}}")]).ok();
    // The root, as coreutils computes it.
    let root = "sha256sum custody/* $(find evidence -maxdepth 1 -type f | LC_ALL=C sort) | sha256sum";
    let root = desk.sandbox.run("sh", &desk.top, &["-c", root]).ok();
    let root = root.stdout.split(' ').next().unwrap();
    let tree = tree.stdout.trim();
    assert_eq!(
        text,
        format!("casebook-timestamp v1\ncase: 2026-0142\ncommit: {commit}\ntree: {tree}\nevidence-root: {root}\n")
    );
    assert_eq!(verified(&desk, &[]), sound());
    assert_eq!(verified(&desk, &[&commit]), sound());
    assert_eq!(verified(&desk, &[&format!("timestamps/{name}.tsr")]), sound());
    let shown = desk.casebook(&["timestamp", "verify"]).ok().stdout;
    assert!(shown.contains("vouched for by DirName:/CN=clock-house") && shown.contains("it holds"), "{shown}");
    desk.casebook(&["check"]).ok();
    // HEAD has none.
    desk.casebook(&["timestamp", "verify", "HEAD"]).code(2);
    let again = desk.casebook(&["timestamp", "create", "--rev", &commit]).code(2);
    assert!(again.stderr.contains("is stamped already"), "{}", again.stderr);
}

#[test]
fn every_way_not_to_hold_is_told_apart() {
    let (desk, authority) = desk();
    desk.casebook(&["timestamp", "create"]).ok();
    desk.commit("Time stamp");
    let name = name(&desk);
    let (statement, token) = (format!("timestamps/{name}.txt"), format!("timestamps/{name}.tsr"));
    let after = |change: &dyn Fn(), expected: &[&str]| {
        change();
        let seen = verified(&desk, &[]);
        desk.git(&["checkout", "-q", "HEAD", "--", "timestamps"]).ok();
        assert_eq!(seen, wrong(expected));
    };
    after(&|| desk.change(&statement, |bytes| bytes.truncate(40)), &["statement", "token"]);
    after(&|| desk.change(&statement, |bytes| *bytes.last_mut().unwrap() = b' '), &["statement", "token"]);
    after(&|| fs::remove_file(desk.path(&token)).unwrap(), &["token"]);
    after(&|| desk.change(&token, |bytes| bytes.truncate(100)), &["token"]);
    after(
        &|| {
            desk.change(&token, |bytes| {
                let last = bytes.len() - 3;
                bytes[last] ^= 1;
            })
        },
        &["token"],
    );
    let other = Authority::start(&desk.sandbox, "somebody-else");
    assert_eq!(verified(&desk, &["--certificates", &other.certificates()]), wrong(&["authority"]));
    assert_eq!(verified(&desk, &["--certificates", &authority.certificates()]), sound());
    // A token of the right authority for another statement.
    after(
        &|| {
            desk.casebook(&["timestamp", "create"]).ok();
            let names = fs::read_dir(desk.path("timestamps")).unwrap().map(|entry| entry.unwrap().path());
            let new = names.filter(|path| !path.to_str().unwrap().contains(&name)).collect::<Vec<_>>();
            let token_of = new.iter().find(|path| path.extension().unwrap() == "tsr").unwrap();
            fs::copy(token_of, desk.path(&token)).unwrap();
            new.iter().for_each(|path| fs::remove_file(path).unwrap());
        },
        &["token"],
    );
}

/// Statements that lie, each with a genuine token: an authority vouches for bytes, not for their truth.
#[test]
fn a_statement_that_is_not_true_of_its_commit_is_found() {
    let (desk, authority) = desk();
    desk.casebook(&["timestamp", "create"]).ok();
    let text = fs::read_to_string(desk.path(&format!("timestamps/{}.txt", name(&desk)))).unwrap();
    let (commit, tree, root) = (line(&text, "commit"), line(&text, "tree"), line(&text, "evidence-root"));
    for (from, to, of) in [
        ("2026-0142", "2026-0143", "case"),
        (commit, "0123456789abcdef0123456789abcdef01234567", "commit"),
        (tree, "0123456789abcdef0123456789abcdef01234567", "tree"),
        (root, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "evidence-root"),
    ] {
        let lie = text.replace(from, to);
        let file = stamp(&desk, &authority, &lie);
        assert_eq!(verified(&desk, &[&file]), wrong(&[of]));
    }
    // The same with nothing replaced holds.
    assert_eq!(verified(&desk, &[&stamp(&desk, &authority, &text)]), sound());
    // History that was written anew leaves the stamp behind.
    desk.git(&["commit", "-q", "--amend", "-m", "Another beginning"]).ok();
    assert_eq!(verified(&desk, &[]), wrong(&["history"]));
}

fn line<'t>(text: &'t str, name: &str) -> &'t str {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

/// A genuine time stamp over any text, in files of its own.
fn stamp(desk: &Desk, authority: &Authority, text: &str) -> String {
    let folder = desk.sandbox.path("lies");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("text"), text).unwrap();
    let digest = desk.sandbox.run("sha256sum", &folder, &["text"]).ok();
    let name = &digest.stdout[..16];
    fs::rename(folder.join("text"), folder.join(format!("{name}.txt"))).unwrap();
    let script = format!(
        "openssl ts -query -data {name}.txt -sha256 -cert -out q.tsq && cd {0} && \
         openssl ts -reply -config openssl.cnf -section here -queryfile {1}/q.tsq -out {1}/{name}.tsr",
        desk.sandbox.path("clock-house").display(),
        folder.display()
    );
    let _ = authority;
    desk.sandbox.run("sh", &folder, &["-c", &script]).ok();
    folder.join(format!("{name}.txt")).to_str().unwrap().to_owned()
}

#[test]
fn an_authority_that_does_not_do_its_work_leaves_nothing() {
    let (desk, authority) = desk();
    let refused = |manner: Manner, says: &str| {
        authority.behave(manner);
        let ran: Ran = desk.casebook(&["timestamp", "create"]).code(2);
        assert!(ran.stderr.contains(says) && ran.stderr.contains("help"), "{manner:?}: {}", ran.stderr);
        assert!(!desk.path("timestamps").exists(), "{manner:?}");
    };
    refused(Manner::Refusing, "refuses: Rejected.");
    refused(Manner::Replaying, "nonce");
    refused(Manner::Garbage, "no time stamp that can be read");
    refused(Manner::Page, "text/html");
    refused(Manner::Error, "503");
    refused(Manner::Endless, "more than 1048576 bytes");
    refused(Manner::Silent, "cannot be reached");
    authority.behave(Manner::Asleep);
    let ran = desk.casebook(&["timestamp", "create", "--timeout", "1"]).code(2);
    assert!(ran.stderr.contains("did not answer within 1 seconds"), "{}", ran.stderr);
    authority.behave(Manner::Honest);
    let other = Authority::start(&desk.sandbox, "somebody-else");
    let ran = desk.casebook(&["timestamp", "create", "--certificates", &other.certificates()]).code(2);
    assert!(ran.stderr.contains("do not vouch for"), "{}", ran.stderr);
    let ran = desk.casebook(&["timestamp", "create", "--authority", "http://127.0.0.1:9/tsr"]).code(2);
    assert!(ran.stderr.contains("cannot be reached"), "{}", ran.stderr);
    let ran = desk.casebook(&["timestamp", "create", "--authority", "nonsense"]).code(2);
    assert!(ran.stderr.contains("help"), "{}", ran.stderr);
    assert!(!desk.path("timestamps").exists());
    desk.git(&["config", "--unset", "casebook.timestampAuthority"]).ok();
    let ran = desk.casebook(&["timestamp", "create"]).code(2);
    assert!(ran.stderr.contains("git config --global casebook.timestampAuthority URL"), "{}", ran.stderr);
}

#[test]
fn time_stamps_are_only_added_to() {
    let (desk, _authority) = desk();
    desk.casebook(&["timestamp", "create"]).ok();
    desk.commit("Time stamp");
    let name = name(&desk);
    let codes = || {
        let ran = desk.casebook(&["check", "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let codes =
            value["diagnostics"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<String>>()
    };
    assert_eq!(codes(), [""; 0]);
    change_file(&desk.path(&format!("timestamps/{name}.tsr")), |bytes| bytes.push(0));
    assert_eq!(codes(), ["timestamp-changed"]);
    fs::remove_file(desk.path(&format!("timestamps/{name}.tsr"))).unwrap();
    assert_eq!(codes(), ["timestamp-changed", "timestamp-broken"]);
    fs::remove_dir_all(desk.path("timestamps")).unwrap();
    assert_eq!(codes(), ["timestamp-changed"; 2]);
}
