//! Objects in a folder: the layout of Git LFS, links, leftovers, permissions.

use super::contract::{Home, holds};
use casebook::disk::ObjectFolder;
use casebook::store::{Object, Store, StoreError, Written};
use casebook::values::{Digested, Sha256, TreePath};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// Every name below a folder.
pub fn names(root: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter();
    walk.map(|entry| entry.unwrap().path().to_str().unwrap().to_owned()).collect()
}

/// Replaces a file that may be read only.
pub fn replace(path: &Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

fn path() -> TreePath {
    TreePath::from("evidence/x-7q2k9dm4/a.log")
}

fn source(folder: &Path, content: &[u8]) -> std::path::PathBuf {
    let path = folder.join(format!("source-{}", Sha256::of(content)));
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_folder_keeps_the_contract() {
    let (root, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for store in [ObjectFolder::shared(root.path()), ObjectFolder::own(&root.path().join("own"), "our own")] {
        holds(&Home {
            store: &store,
            damage: &|object, content| replace(&store.place(object.sha256), content),
            names: &|| names(root.path()),
            scratch: scratch.path(),
            is_atomic: true,
        });
    }
}

#[test]
fn the_layout_is_that_of_git_lfs_and_objects_are_read_only() {
    let (root, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = ObjectFolder::shared(root.path());
    let (sha256, path) = (Sha256::of(b"x"), path());
    let object = Object { sha256, path: &path };
    store.write(&object, &source(scratch.path(), b"x"), &|_| {}).unwrap();
    let digits = sha256.to_string();
    let place = root.path().join(&digits[..2]).join(&digits[2..4]).join(&digits);
    assert_eq!(fs::read(&place).unwrap(), b"x");
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o444);
    // The object and its two folders, and nothing beside them.
    assert_eq!(names(root.path()).len(), 3);
}

#[test]
fn a_folder_that_is_not_mounted_is_not_an_empty_store() {
    let scratch = tempfile::tempdir().unwrap();
    let gone = scratch.path().join("gone");
    let (store, path) = (ObjectFolder::shared(&gone), path());
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    assert!(matches!(store.find(&object), Err(StoreError::Unreachable { .. })));
    let written = store.write(&object, &source(scratch.path(), b"x"), &|_| {});
    assert!(matches!(written, Err(StoreError::Unreachable { .. })));
    assert!(!gone.exists());
}

#[test]
fn links_in_a_store_are_not_followed() {
    let (root, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let outside = scratch.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let (sha256, path) = (Sha256::of(b"secret"), path());
    let digits = sha256.to_string();
    let object = Object { sha256, path: &path };
    let store = ObjectFolder::shared(root.path());
    let from = source(scratch.path(), b"secret");
    let refuses = || {
        for error in [
            store.find(&object).unwrap_err(),
            store.read(&object, 0, &mut |_| Ok(())).unwrap_err(),
            store.write(&object, &from, &|_| {}).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        }
        assert_eq!(names(&outside), Vec::<String>::new(), "nothing was written through the link");
    };
    // In place of the first folder, of the second, of the object.
    let first = root.path().join(&digits[..2]);
    symlink(&outside, &first).unwrap();
    refuses();
    fs::remove_file(&first).unwrap();
    fs::create_dir(&first).unwrap();
    let second = first.join(&digits[2..4]);
    symlink(&outside, &second).unwrap();
    refuses();
    fs::remove_file(&second).unwrap();
    fs::create_dir(&second).unwrap();
    let place = second.join(&digits);
    symlink(&from, &place).unwrap();
    refuses();
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    refuses();
    fs::remove_dir(&place).unwrap();
    // Where files are built.
    symlink(&outside, root.path().join(".casebook-incoming")).unwrap();
    store.write(&object, &from, &|_| {}).unwrap_err();
    store.sweep();
    assert_eq!(names(&outside), Vec::<String>::new());
}

#[test]
fn a_pipe_in_a_store_does_not_block() {
    let root = tempfile::tempdir().unwrap();
    let (store, path) = (ObjectFolder::shared(root.path()), path());
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    let place = store.place(object.sha256);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&place).status().unwrap().success());
    assert!(matches!(store.read(&object, 0, &mut |_| Ok(())), Err(StoreError::Refused { .. })));
}

#[test]
fn leftovers_of_killed_processes_are_removed_and_those_of_living_ones_stay() {
    let (root, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, path) = (ObjectFolder::shared(root.path()), path());
    let incoming = root.path().join(".casebook-incoming");
    fs::create_dir(&incoming).unwrap();
    let (dead, alive, other) =
        (incoming.join(".casebook-dead"), incoming.join(".casebook-alive"), incoming.join("other"));
    for file in [&dead, &alive, &other] {
        fs::write(file, "half").unwrap();
    }
    let lock = fs::File::open(&alive).unwrap();
    lock.lock().unwrap();
    store.sweep();
    assert!(!dead.exists() && alive.exists() && other.exists());
    drop(lock);
    fs::remove_file(&other).unwrap();
    store.sweep();
    assert!(!incoming.exists());
    let object = Object { sha256: Sha256::of(b"x"), path: &path };
    assert_eq!(store.write(&object, &source(scratch.path(), b"x"), &|_| {}).unwrap(), Written::New);
    assert_eq!(store.digest(&object, &|_| {}).unwrap(), Digested::of(b"x"));
}
