//! Git as a home: files at their places in the work tree, and the blobs of a commit.

use super::contract::{Home, holds};
use super::folder::{names, replace};
use super::support::Sandbox;
use casebook::disk::Placed;
use casebook::git::Repo;
use casebook::store::{Object, Store, StoreError};
use casebook::values::{Digested, Sha256, TreePath};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn the_work_tree_keeps_the_contract() {
    let (root, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let top = root.path().join("case");
    fs::create_dir(&top).unwrap();
    let store = Placed::new(&top, &root.path().join("incoming"));
    holds(&Home {
        store: &store,
        damage: &|object, content| replace(&top.join(object.path.as_str()), content),
        names: &|| names(root.path()).into_iter().filter(|name| !name.ends_with("x-7q2k9dm4")).collect(),
        scratch: scratch.path(),
        is_atomic: true,
    });
}

#[test]
fn hostile_paths_lead_nowhere() {
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let top = root.path().join("case");
    fs::create_dir_all(top.join("evidence")).unwrap();
    let store = Placed::new(&top, &root.path().join("incoming"));
    let from = root.path().join("source");
    fs::write(&from, "x").unwrap();
    symlink(outside.path(), top.join("evidence/x-7q2k9dm4")).unwrap();
    for path in [
        "evidence/x-7q2k9dm4/a.log",
        "evidence/../../a.log",
        "evidence/x-00000000/../../../a.log",
        "case.toml",
        "../a.log",
        "/etc/passwd",
        "evidence//a.log",
        "evidence/x-00000000\\a",
        ".git/hooks/pre-commit",
    ] {
        let path = TreePath::from(path);
        let object = Object { sha256: Sha256::of(b"x"), path: &path };
        assert!(matches!(store.write(&object, &from, &|_| {}), Err(StoreError::Refused { .. })), "{path}");
        assert!(store.read(&object, 0, &mut |_| Ok(())).is_err(), "{path}");
    }
    assert_eq!(names(outside.path()), Vec::<String>::new());
    assert_eq!(fs::read_dir(&top).unwrap().count(), 1);
}

#[test]
fn the_bytes_of_a_commit_are_read_as_they_are() {
    let sandbox = Sandbox::new();
    let top = sandbox.path("case");
    fs::create_dir_all(top.join("evidence/x-7q2k9dm4")).unwrap();
    sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
    fs::write(top.join("evidence/x-7q2k9dm4/a.log"), "one\r\ntwo").unwrap();
    fs::write(top.join("evidence/x-7q2k9dm4/empty"), "").unwrap();
    symlink("a.log", top.join("evidence/x-7q2k9dm4/link")).unwrap();
    sandbox.git(&top, &["add", "-A"]).ok();
    sandbox.git(&top, &["commit", "-qm", "A"]).ok();
    fs::write(top.join("evidence/x-7q2k9dm4/a.log"), "edited since").unwrap();
    let repository = Repo::discover(&top).unwrap();
    let store = repository.committed(repository.head().unwrap().unwrap().tree).unwrap();
    let find = |name: &str| {
        let path = TreePath::from(format!("evidence/x-7q2k9dm4/{name}"));
        let object = Object { sha256: Sha256::of(b"one\r\ntwo"), path: &path };
        (store.find(&object).unwrap(), store.digest(&object, &|_| {}).ok())
    };
    assert_eq!(find("a.log"), (Some(8), Some(Digested::of(b"one\r\ntwo"))));
    assert_eq!(find("empty"), (Some(0), Some(Digested::of(b""))));
    assert_eq!(find("link"), (None, None));
    assert_eq!(find("other"), (None, None));
    let path = TreePath::from("evidence/x-7q2k9dm4/a.log");
    let object = Object { sha256: Sha256::of(b"one\r\ntwo"), path: &path };
    let mut rest = Vec::new();
    store
        .read(&object, 5, &mut |piece| {
            rest.extend_from_slice(piece);
            Ok(())
        })
        .unwrap();
    assert_eq!(rest, b"two");
    store.read(&object, 99, &mut |_| panic!("there is nothing after the end")).unwrap();
    assert!(matches!(store.write(&object, &top.join("x"), &|_| {}), Err(StoreError::Refused { .. })));
}
