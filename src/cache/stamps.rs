//! What was verified in a work tree, by the time stamps of its files. The quick mode of `evidence verify` believes it; the full
//! mode only writes it, and takes back what it finds otherwise.

use super::{Digests, lock, verified};
use crate::evidence::{DigestMemory, Totals};
use crate::tree::ContentKey;
use crate::values::{Digested, EntryId};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Digests of files and items that were verified, by keys made of time stamps.
pub struct Stamps {
    folder: PathBuf,
    digests: Digests,
    believes: bool,
    /// Items that are being verified anew: what was known of them holds only if it is found again.
    doubted: BTreeSet<[u8; 40]>,
}

impl Stamps {
    /// What a folder remembers; `believes` says whether anything of it is told.
    pub fn open(folder: &Path, believes: bool) -> Self {
        let digests = Digests::at(folder, ["stamped-digests", "stamped-items", "stamped-cited"]);
        Self { folder: folder.to_owned(), digests, believes, doubted: BTreeSet::new() }
    }

    /// Writes what was learned, without what holds no more. That is gone even where nothing can be written.
    pub fn save(mut self) {
        for doubted in std::mem::take(&mut self.doubted) {
            self.digests.folders.forget(&doubted);
        }
        if !self.digests.is_changed() {
            return;
        }
        if let Some(_lock) = lock(&self.folder) {
            self.digests.save();
        }
    }
}

impl DigestMemory for Stamps {
    fn recall(&mut self, key: ContentKey) -> Option<Digested> {
        if self.believes { self.digests.recall(key) } else { None }
    }

    fn remember(&mut self, key: ContentKey, digest: Digested) {
        if self.digests.recall(key) != Some(digest) {
            self.digests.remember(key, digest);
        }
    }

    fn forget(&mut self, key: ContentKey) {
        self.digests.files.forget(&key.0);
    }

    fn recall_verified(&mut self, item: EntryId, folder: ContentKey, list: ContentKey) -> Option<Totals> {
        if self.believes {
            return self.digests.recall_verified(item, folder, list);
        }
        self.doubted.insert(verified(item, folder, list));
        None
    }

    fn remember_verified(&mut self, item: EntryId, folder: ContentKey, list: ContentKey, totals: Totals) {
        self.doubted.remove(&verified(item, folder, list));
        if self.digests.recall_verified(item, folder, list) != Some(totals) {
            self.digests.remember_verified(item, folder, list, totals);
        }
    }

    fn recall_file(&mut self, folder: ContentKey, path: &str) -> bool {
        self.believes && self.digests.recall_file(folder, path)
    }

    fn remember_file(&mut self, folder: ContentKey, path: &str) {
        self.digests.remember_file(folder, path);
    }
}

#[cfg(test)]
mod tests {
    use super::Stamps;
    use crate::evidence::{DigestMemory, Totals};
    use crate::tree::ContentKey;
    use crate::values::{Digested, EntryId, Kind, Sha256};

    const KEY: ContentKey = ContentKey([1; 20]);
    const LIST: ContentKey = ContentKey([2; 20]);

    fn item() -> EntryId {
        EntryId::from_bits(Kind::Evidence, 7)
    }

    fn totals() -> Totals {
        Totals { list: Sha256::of(b"list"), files: 1, bytes: 1, largest: 1 }
    }

    #[test]
    fn the_full_mode_is_told_nothing_and_the_quick_mode_what_it_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut full = Stamps::open(folder.path(), false);
        full.remember(KEY, Digested::of(b"x"));
        full.remember_verified(item(), KEY, LIST, totals());
        full.save();
        let mut again = Stamps::open(folder.path(), false);
        assert_eq!(again.recall(KEY), None);
        assert_eq!(again.recall_verified(item(), KEY, LIST), None);
        let mut quick = Stamps::open(folder.path(), true);
        assert_eq!(quick.recall(KEY), Some(Digested::of(b"x")));
        assert_eq!(quick.recall_verified(item(), KEY, LIST), Some(totals()));
    }

    #[test]
    fn what_a_full_mode_finds_otherwise_is_believed_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut full = Stamps::open(folder.path(), false);
        full.remember(KEY, Digested::of(b"x"));
        full.remember(LIST, Digested::of(b"y"));
        full.remember_verified(item(), KEY, LIST, totals());
        full.save();
        // The disk gives other bytes now, though nobody wrote them, and cannot read one of the files.
        let mut full = Stamps::open(folder.path(), false);
        assert_eq!(full.recall_verified(item(), KEY, LIST), None);
        full.remember(KEY, Digested::of(b"rotten"));
        full.forget(LIST);
        full.save();
        let mut quick = Stamps::open(folder.path(), true);
        assert_eq!(quick.recall_verified(item(), KEY, LIST), None);
        assert_eq!(quick.recall(KEY), Some(Digested::of(b"rotten")));
        assert_eq!(quick.recall(LIST), None);
    }

    #[test]
    fn what_is_found_again_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let size = || std::fs::metadata(folder.path().join("stamped-digests")).unwrap().len();
        let mut sizes = Vec::new();
        for _ in 0..3 {
            let mut full = Stamps::open(folder.path(), false);
            full.recall_verified(item(), KEY, LIST);
            full.remember(KEY, Digested::of(b"x"));
            full.remember_verified(item(), KEY, LIST, totals());
            full.save();
            sizes.push(size());
        }
        assert!(sizes[0] == sizes[1] && sizes[1] == sizes[2], "{sizes:?}");
        assert!(Stamps::open(folder.path(), true).recall_verified(item(), KEY, LIST).is_some());
    }
}
