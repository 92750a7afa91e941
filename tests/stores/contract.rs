//! The contract of `Store`. A home says how it is made and how bytes in it are damaged behind its back; the rest is the
//! same for all.

use casebook::store::{Object, Store, StoreError, Written};
use casebook::values::{Digested, Sha256, TreePath};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A home under test.
pub struct Home<'h> {
    pub store: &'h dyn Store,
    /// Replaces the bytes of an object that is there, behind the back of the store.
    pub damage: &'h dyn Fn(&Object<'_>, &[u8]),
    /// Every file or key that the home has, for "nothing is left behind".
    pub names: &'h dyn Fn() -> Vec<String>,
    /// Whether one of several writers at the same moment is told that it was the one. moto looks first and writes then.
    pub is_atomic: bool,
    /// Where source files are written.
    pub scratch: &'h Path,
}

/// One file of evidence with its bytes.
struct File {
    path: TreePath,
    sha256: Sha256,
    content: Vec<u8>,
}

impl File {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = TreePath::from(format!("evidence/x-7q2k9dm4/{name}"));
        Self { path, sha256: Sha256::of(content), content: content.to_vec() }
    }

    fn object(&self) -> Object<'_> {
        Object { sha256: self.sha256, path: &self.path }
    }
}

impl Home<'_> {
    fn source(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.scratch.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn write(&self, file: &File) -> Result<Written, StoreError> {
        let source = self.source(&format!("source-{}", file.sha256), &file.content);
        self.store.write(&file.object(), &source, &|_| {})
    }

    fn read(&self, file: &File, from: u64) -> Vec<u8> {
        let mut content = Vec::new();
        self.store
            .read(&file.object(), from, &mut |piece| {
                content.extend_from_slice(piece);
                Ok(())
            })
            .unwrap();
        content
    }

    fn digest(&self, file: &File) -> Digested {
        self.store.digest(&file.object(), &|_| {}).unwrap()
    }
}

/// Bytes that repeat nowhere near, so that a wrong offset shows.
pub fn bytes(length: usize, seed: u8) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 ^ seed).collect()
}

/// Everything that a home must do.
pub fn holds(home: &Home<'_>) {
    missing_is_named(home);
    written_is_found_and_read(home);
    twice_changes_nothing(home);
    wrong_bytes_are_refused(home);
    a_source_that_fails_leaves_nothing(home);
    several_at_once(home);
    rotten_bytes_are_seen(home);
}

fn missing_is_named(home: &Home<'_>) {
    let file = File::new("nowhere.bin", b"never written");
    assert_eq!(home.store.find(&file.object()).unwrap(), None);
    let error = home.store.read(&file.object(), 0, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    let text = error.to_string();
    for part in [file.path.as_str(), &file.sha256.to_string(), &home.store.name()] {
        assert!(text.contains(part), "{text}");
    }
    assert!(matches!(home.store.digest(&file.object(), &|_| {}), Err(StoreError::Missing { .. })));
}

fn written_is_found_and_read(home: &Home<'_>) {
    for (name, content) in [("empty", Vec::new()), ("one", vec![7]), ("some.bin", bytes(300_000, 1))] {
        let file = File::new(name, &content);
        assert_eq!(home.write(&file).unwrap(), Written::New, "{name}");
        assert_eq!(home.store.find(&file.object()).unwrap(), Some(content.len() as u64));
        assert_eq!(home.read(&file, 0), content);
        let half = content.len() / 2;
        assert_eq!(home.read(&file, half as u64), content[half..]);
        assert_eq!(home.read(&file, content.len() as u64), b"");
        assert_eq!(home.digest(&file), Digested::of(&content));
        home.store.confirm(&file.object(), &|_| {}).unwrap();
    }
}

fn twice_changes_nothing(home: &Home<'_>) {
    let file = File::new("twice.bin", &bytes(10_000, 2));
    assert_eq!(home.write(&file).unwrap(), Written::New);
    let before = (home.names)();
    assert_eq!(home.write(&file).unwrap(), Written::Already);
    assert_eq!((home.names)(), before);
    assert_eq!(home.digest(&file), Digested::of(&file.content));
}

fn wrong_bytes_are_refused(home: &Home<'_>) {
    let before = (home.names)();
    for (name, content) in [("wrong.bin", bytes(200_000, 3)), ("short.bin", b"x".to_vec()), ("none.bin", Vec::new())] {
        let mut file = File::new(name, &content);
        file.sha256 = Sha256::of(b"something else");
        let error = home.write(&file).unwrap_err();
        let StoreError::Wrong { sha256, found, .. } = &error else { panic!("{name}: {error}") };
        assert_eq!((*sha256, *found), (file.sha256, Sha256::of(&content)));
        assert!(error.to_string().contains(file.path.as_str()), "{error}");
        assert_eq!(home.store.find(&file.object()).unwrap(), None);
    }
    assert_eq!((home.names)(), before, "nothing is left behind");
}

fn a_source_that_fails_leaves_nothing(home: &Home<'_>) {
    let before = (home.names)();
    let file = File::new("gone.bin", b"the source is not there");
    home.store.write(&file.object(), &home.scratch.join("not-there"), &|_| {}).unwrap_err();
    home.store.write(&file.object(), home.scratch, &|_| {}).unwrap_err();
    #[cfg(unix)]
    {
        let target = home.source("target", &file.content);
        let link = home.scratch.join("link");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(target, &link).unwrap();
        home.store.write(&file.object(), &link, &|_| {}).unwrap_err();
    }
    assert_eq!(home.store.find(&file.object()).unwrap(), None);
    assert_eq!((home.names)(), before);
}

fn several_at_once(home: &Home<'_>) {
    let file = File::new("race.bin", &bytes(500_000, 4));
    let source = home.source("race", &file.content);
    let written = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let one = home.store.write(&file.object(), &source, &|_| {}).unwrap();
                written.lock().unwrap().push(one);
            });
        }
    });
    let new = written.into_inner().unwrap().into_iter().filter(|written| *written == Written::New).count();
    assert!(new == 1 || (new > 1 && !home.is_atomic), "one of them wrote it");
    assert_eq!(home.digest(&file), Digested::of(&file.content));
}

fn rotten_bytes_are_seen(home: &Home<'_>) {
    for (name, rot) in [("flip.bin", bytes(1_000, 6)), ("cut.bin", bytes(999, 5)), ("gone.bin", Vec::new())] {
        let file = File::new(name, &[&bytes(1_000, 5), name.as_bytes()].concat());
        assert_eq!(home.write(&file).unwrap(), Written::New);
        (home.damage)(&file.object(), &rot);
        assert_eq!(home.digest(&file), Digested::of(&rot), "{name}");
        let error = home.store.confirm(&file.object(), &|_| {}).unwrap_err();
        assert!(matches!(error, StoreError::Wrong { .. }), "{name}: {error}");
        // It is left as it is: what rotted is evidence, too, and is for people to remove.
        if rot.len() != file.content.len() {
            assert!(matches!(home.write(&file), Err(StoreError::Wrong { .. })), "{name}");
        }
        assert_eq!(home.digest(&file), Digested::of(&rot), "{name}");
    }
}
