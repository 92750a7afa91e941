//! The memory on disk: what was read and verified before, by the key of its content. It may be deleted at any time.
//!
//! It lies in the folder `casebook` of the `.git` that all work trees share. What it holds was learned from content with
//! the same key, so it saves time and changes no verdict; bytes that were damaged are not believed.

pub mod log;
mod stamps;

pub use stamps::Stamps;

use crate::disk::{self, lock::Lock};
use crate::evidence::{DigestMemory, Totals};
use crate::load::{Memory, ReadEntry};
use crate::model::{CaseRecord, Policy, Record, Team, entry::Body};
use crate::tree::ContentKey;
use crate::validate::paths::{Below, PathMemory};
use crate::values::{Digested, EntryId, Kind, Sha256, TreePath};
use log::Log;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Everything that is remembered, each kind in a file of its own.
pub struct Cache {
    folder: PathBuf,
    pub entries: Entries,
    pub digests: Digests,
    pub paths: Paths,
}

/// Entries that were read without a problem.
pub struct Entries(Log<20>);

/// Digests of files, folders of evidence that are what their lists say, and files that they have.
pub struct Digests {
    files: Log<20>,
    folders: Log<40>,
    cited: Log<40>,
}

/// Folders of evidence whose names are safe.
pub struct Paths(Log<20>);

impl Cache {
    /// What a folder remembers; nothing where it cannot be read, or was written by another version.
    pub fn open(folder: &Path) -> Self {
        let fingerprint = fingerprint();
        let file = |name: &str| folder.join(name);
        Self {
            folder: folder.to_owned(),
            entries: Entries(Log::at(file("entries"), fingerprint)),
            digests: Digests::at(folder, ["digests", "verified", "cited"]),
            paths: Paths(Log::at(file("names"), fingerprint)),
        }
    }

    /// Writes what was learned. Where that is not possible, it is learned again next time.
    pub fn save(self) {
        if !self.entries.0.is_changed() && !self.digests.is_changed() && !self.paths.0.is_changed() {
            return;
        }
        let Some(_lock) = lock(&self.folder) else { return };
        self.entries.0.save();
        self.digests.save();
        self.paths.0.save();
    }
}

/// Keeps others from writing; `None` where somebody else is at it: what was learned is learned again next time.
fn lock(folder: &Path) -> Option<Lock> {
    disk::lock::hold(&folder.join("cache.lock"), Duration::ZERO).ok().flatten()
}

impl Digests {
    /// What the files of these names remember: digests, verified folders, cited files.
    fn at(folder: &Path, [files, folders, cited]: [&str; 3]) -> Self {
        let fingerprint = fingerprint();
        Self {
            files: Log::at(folder.join(files), fingerprint),
            folders: Log::at(folder.join(folders), fingerprint),
            cited: Log::at(folder.join(cited), fingerprint),
        }
    }

    fn is_changed(&self) -> bool {
        self.files.is_changed() || self.folders.is_changed() || self.cited.is_changed()
    }

    fn save(self) {
        self.files.save();
        self.folders.save();
        self.cited.save();
    }
}

/// What the layout of the records depends on: this version, and the shape of everything that is read.
fn fingerprint() -> Sha256 {
    static FINGERPRINT: OnceLock<Sha256> = OnceLock::new();
    *FINGERPRINT.get_or_init(|| {
        let entries: Vec<_> = Kind::ALL.into_iter().map(Body::table).collect();
        let files = [CaseRecord::table(), Team::table(), Policy::table()];
        Sha256::of(format!("{} {entries:?} {files:?}", env!("CARGO_PKG_VERSION")).as_bytes())
    })
}

impl Memory for Entries {
    fn recall(&mut self, key: ContentKey, path: &TreePath) -> Option<ReadEntry> {
        let read: ReadEntry = postcard::from_bytes(self.0.recall(&key.0)?).ok()?;
        // The same bytes can lie under several paths; what was read names the one that it was read from.
        let is_this = read.entry.as_ref().is_some_and(|entry| entry.path == *path);
        is_this.then_some(read)
    }

    fn remember(&mut self, key: ContentKey, read: &ReadEntry) {
        // Entries with problems are few, and what is said of them may be worded otherwise by the next version.
        if read.found.is_empty()
            && read.entry.is_some()
            && let Ok(bytes) = postcard::to_allocvec(read)
        {
            self.0.remember(&key.0, &bytes);
        }
    }
}

impl DigestMemory for Digests {
    fn recall(&mut self, key: ContentKey) -> Option<Digested> {
        postcard::from_bytes(self.files.recall(&key.0)?).ok()
    }

    fn remember(&mut self, key: ContentKey, digest: Digested) {
        if let Ok(bytes) = postcard::to_allocvec(&digest) {
            self.files.remember(&key.0, &bytes);
        }
    }

    fn recall_verified(&mut self, item: EntryId, folder: ContentKey, list: ContentKey) -> Option<Totals> {
        postcard::from_bytes(self.folders.recall(&verified(item, folder, list))?).ok()
    }

    fn remember_verified(&mut self, item: EntryId, folder: ContentKey, list: ContentKey, totals: Totals) {
        if let Ok(bytes) = postcard::to_allocvec(&totals) {
            self.folders.remember(&verified(item, folder, list), &bytes);
        }
    }

    fn recall_file(&mut self, folder: ContentKey, path: &str) -> bool {
        self.cited.recall(&below(folder, path)).is_some()
    }

    fn remember_file(&mut self, folder: ContentKey, path: &str) {
        self.cited.remember(&below(folder, path), &[]);
    }
}

/// The name of a path below a folder: the folder's key, and as much of the path's digest as makes a key.
fn below(folder: ContentKey, path: &str) -> [u8; 40] {
    let digest = Sha256::of(path.as_bytes());
    let mut name = [0; 20];
    name.copy_from_slice(&digest.0[..20]);
    pair(folder, ContentKey(name))
}

/// The name of an item's folder with its list.
fn verified(item: EntryId, folder: ContentKey, list: ContentKey) -> [u8; 40] {
    let mut named = item.to_string().into_bytes();
    named.extend(list.0);
    let digest = Sha256::of(&named);
    let mut name = [0; 20];
    name.copy_from_slice(&digest.0[..20]);
    pair(folder, ContentKey(name))
}

fn pair(folder: ContentKey, list: ContentKey) -> [u8; 40] {
    let mut pair = [0; 40];
    pair[..20].copy_from_slice(&folder.0);
    pair[20..].copy_from_slice(&list.0);
    pair
}

impl PathMemory for Paths {
    fn recall(&mut self, folder: ContentKey) -> Option<Below> {
        postcard::from_bytes(self.0.recall(&folder.0)?).ok()
    }

    fn remember(&mut self, folder: ContentKey, below: Below) {
        if let Ok(bytes) = postcard::to_allocvec(&below) {
            self.0.remember(&folder.0, &bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::DiskTree;
    use crate::load::{NoMemory, load};

    fn key(number: u8) -> ContentKey {
        ContentKey([number; 20])
    }

    #[test]
    fn entries_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let tree = DiskTree::new(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/base"));
        let (case, _) = load(&tree, &mut NoMemory).unwrap();
        let all: Vec<ReadEntry> = case
            .entries
            .values()
            .map(|entry| ReadEntry { entry: Some(entry.clone()), found: Vec::new(), references: Vec::new() })
            .collect();
        assert!(all.len() > 5);
        let mut cache = Cache::open(folder.path());
        for (number, read) in all.iter().enumerate() {
            cache.entries.remember(key(number as u8), read);
        }
        cache.save();
        let mut cache = Cache::open(folder.path());
        for (number, read) in all.iter().enumerate() {
            let entry = read.entry.as_ref().unwrap();
            let back = cache.entries.recall(key(number as u8), &entry.path).unwrap();
            assert_eq!(back.entry.as_ref(), Some(entry));
            assert!(cache.entries.recall(key(number as u8), &TreePath::from("findings/other.toml")).is_none());
        }
    }

    #[test]
    fn any_damage_is_forgotten_and_nothing_wrong_is_believed() {
        let folder = tempfile::tempdir().unwrap();
        let digest = |number: u8| Digested { sha256: Sha256::of(&[number]), bytes: u64::from(number) };
        let mut cache = Cache::open(folder.path());
        for number in 0..3 {
            cache.digests.remember(key(number), digest(number));
        }
        cache.save();
        let file = folder.path().join("digests");
        let sound = std::fs::read(&file).unwrap();
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&file, &damaged).unwrap();
            let mut cache = Cache::open(folder.path());
            for number in 0..3 {
                let recalled = cache.digests.recall(key(number));
                assert!(recalled.is_none() || recalled == Some(digest(number)), "byte {at}");
            }
        }
        for length in 0..sound.len() {
            std::fs::write(&file, &sound[..length]).unwrap();
            let mut cache = Cache::open(folder.path());
            for number in 0..3 {
                let recalled = cache.digests.recall(key(number));
                assert!(recalled.is_none() || recalled == Some(digest(number)), "length {length}");
            }
            // What is learned after a torn end is found again.
            cache.digests.remember(key(99), digest(99));
            cache.save();
            assert_eq!(Cache::open(folder.path()).digests.recall(key(99)), Some(digest(99)), "length {length}");
        }
    }

    #[test]
    fn two_writers_lose_nothing_that_the_other_wrote_before() {
        let folder = tempfile::tempdir().unwrap();
        let digest = Digested::of(b"x");
        let (mut one, mut other) = (Cache::open(folder.path()), Cache::open(folder.path()));
        one.digests.remember(key(1), digest);
        other.digests.remember(key(2), digest);
        one.save();
        other.save();
        let mut cache = Cache::open(folder.path());
        assert_eq!(cache.digests.recall(key(1)), Some(digest));
        assert_eq!(cache.digests.recall(key(2)), Some(digest));
    }

    #[test]
    fn what_cannot_be_written_is_no_problem() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "not a folder").unwrap();
        let mut cache = Cache::open(&file.join("casebook"));
        cache.digests.remember(key(1), Digested::of(b"x"));
        assert_eq!(cache.digests.recall(key(1)), Some(Digested::of(b"x")));
        cache.save();
    }
}
