//! Objects in a folder: the layout of Git LFS, links, leftovers, permissions.

use super::contract::{Home, bytes, holds};
use casebook::disk::ObjectFolder;
use casebook::store::{Consume, Object, Store, StoreError, Written};
use casebook::tree::Told;
use casebook::values::{Digested, Sha256, TreePath};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Mutex;

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

/// A home that gives some bytes and then breaks off, or ends.
struct Wire {
    content: Vec<u8>,
    breaks_at: Option<usize>,
    asked: Mutex<Vec<u64>>,
}

impl Store for Wire {
    fn name(&self) -> String {
        "the wire".to_owned()
    }

    fn find(&self, _: &Object<'_>) -> Result<Option<u64>, StoreError> {
        Ok(Some(self.content.len() as u64))
    }

    fn read(&self, _: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        self.asked.lock().unwrap().push(from);
        let end = self.breaks_at.unwrap_or(self.content.len());
        for piece in self.content[from as usize..end].chunks(1000) {
            consume(piece)?;
        }
        match self.breaks_at {
            Some(_) => Err(StoreError::Unreachable { store: self.name(), reason: "it broke off".to_owned() }),
            None => Ok(()),
        }
    }

    fn write(&self, _: &Object<'_>, _: &Path, _: &Told<'_>) -> Result<Written, StoreError> {
        unreachable!()
    }
}

#[test]
fn what_is_received_goes_on_is_checked_and_is_bounded() {
    let root = tempfile::tempdir().unwrap();
    let (store, path) = (ObjectFolder::own(root.path(), "here"), path());
    let content = bytes(10_000, 3);
    let object = Object { sha256: Sha256::of(&content), path: &path };
    let wire = |content: &[u8], breaks_at| Wire { content: content.to_vec(), breaks_at, asked: Mutex::default() };
    let receive = |wire: &Wire, limit| store.receive(&object, wire, limit, &|_| {});
    // It breaks off, twice, and goes on.
    assert!(matches!(receive(&wire(&content, Some(4_000)), 10_000), Err(StoreError::Unreachable { .. })));
    let second = wire(&content, Some(7_500));
    assert!(receive(&second, 10_000).is_err());
    assert_eq!(store.find(&object).unwrap(), None, "nobody sees a part of it");
    let third = wire(&content, None);
    assert_eq!(receive(&third, 10_000).unwrap(), Written::New);
    assert_eq!((second.asked.into_inner().unwrap(), third.asked.into_inner().unwrap()), (vec![4_000], vec![7_500]));
    assert_eq!(store.digest(&object, &|_| {}).unwrap(), Digested::of(&content));
    assert_eq!(fs::metadata(store.place(object.sha256)).unwrap().permissions().mode() & 0o777, 0o444);
    assert_eq!(receive(&wire(&content, Some(0)), 10_000).unwrap(), Written::Already);
    assert_eq!(names(root.path()).len(), 3, "nothing else is left");
    // Wrong bytes, and more of them than there can be, are not kept.
    let object = Object { sha256: Sha256::of(b"other"), path: &path };
    let wrong = store.receive(&object, &wire(&content, None), 10_000, &|_| {}).unwrap_err();
    assert!(matches!(&wrong, StoreError::Wrong { store, .. } if store == "the wire"), "{wrong}");
    let long = store.receive(&object, &wire(&content, None), 9_999, &|_| {}).unwrap_err();
    assert!(long.to_string().contains("more bytes than the whole item"), "{long}");
    assert_eq!(names(root.path()).len(), 3, "nothing else is left");
    // What an earlier attempt left may be rotten, and is then not gone on with for ever.
    let incoming = root.path().join(".casebook-incoming");
    fs::create_dir(&incoming).unwrap();
    let object = Object { sha256: Sha256::of(&content[1..]), path: &path };
    fs::write(incoming.join(format!("{}.part", object.sha256)), "rotten").unwrap();
    assert!(store.receive(&object, &wire(&content[1..], None), 10_000, &|_| {}).is_err());
    assert_eq!(store.receive(&object, &wire(&content[1..], None), 10_000, &|_| {}).unwrap(), Written::New);
}
