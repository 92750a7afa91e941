//! A file of records by key that is only appended to, and written anew when most of it is stale.
//!
//! After a header with the fingerprint of what wrote it, each record is its length (4 bytes, little endian, of what follows
//! the checksum), 8 bytes of the SHA-256 digest of key and value, the key, and the value.

use crate::disk;
use crate::values::Sha256;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

const MAGIC: &[u8] = b"casebook cache 1\n";
const LENGTH: usize = 4;
const CHECK: usize = 8;

/// Below this size, stale records are left: 8 MiB.
const SMALL: usize = 8 << 20;

/// A larger file is written anew with what was used: 256 MiB.
const LIMIT: usize = 256 << 20;

/// Records by keys of `N` bytes. The file is read when it is first needed.
pub struct Log<const N: usize> {
    path: PathBuf,
    fingerprint: Sha256,
    read: Option<Records<N>>,
}

/// The records of a log.
struct Records<const N: usize> {
    /// The file as it was read, then the records that were added.
    content: Vec<u8>,
    /// How much of the content is in the file already.
    written: usize,
    /// Where each record is, and whether it was asked for. No output depends on its order.
    index: HashMap<[u8; N], Place>,
    state: State,
    /// Whether the file may hold what is to be forgotten.
    has_forgotten: bool,
}

/// How the file was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// It is not there, or of another version.
    New,
    /// It is torn or damaged, and must be written anew.
    Damaged,
}

struct Place {
    start: u32,
    is_used: bool,
}

impl<const N: usize> Log<N> {
    /// The log in a file, which need not be there.
    pub fn at(path: PathBuf, fingerprint: Sha256) -> Self {
        Self { path, fingerprint, read: None }
    }

    /// The value that was remembered for a key.
    pub fn recall(&mut self, key: &[u8; N]) -> Option<&[u8]> {
        self.records().recall(key)
    }

    pub fn remember(&mut self, key: &[u8; N], value: &[u8]) {
        self.records().remember(key, value);
    }

    /// Forgets what was remembered for a key. Where anything was, the file of before is gone when this is saved, even if no
    /// new one can be written.
    pub fn forget(&mut self, key: &[u8; N]) {
        let records = self.records();
        records.has_forgotten |= records.index.remove(key).is_some();
    }

    /// Whether there is something to write.
    pub fn is_changed(&self) -> bool {
        self.read.as_ref().is_some_and(Records::is_changed)
    }

    /// Writes what was added. Errors are no problem: what is lost is learned again. The caller keeps others from saving.
    pub fn save(self) {
        if let Some(records) = self.read.filter(Records::is_changed) {
            records.save(&self.path);
        }
    }

    fn records(&mut self) -> &mut Records<N> {
        self.read.get_or_insert_with(|| Records::read(&self.path, self.fingerprint))
    }
}

impl<const N: usize> Records<N> {
    /// Reads a log; an empty one where there is none that can be used.
    fn read(path: &Path, fingerprint: Sha256) -> Self {
        let header = [MAGIC, &fingerprint.0].concat();
        let content = disk::file::find(path).ok().flatten().map(|found| found.content).unwrap_or_default();
        if !content.starts_with(&header) {
            let written = header.len();
            return Self { content: header, written, index: HashMap::new(), state: State::New, has_forgotten: false };
        }
        let written = content.len();
        let mut records = Self { written, content, index: HashMap::new(), state: State::Sound, has_forgotten: false };
        records.scan(header.len());
        records
    }

    /// Finds the records. What they hold is checked when it is asked for.
    fn scan(&mut self, start: usize) {
        let mut at = start;
        while let Some(record) = record_at(&self.content, at) {
            let key_at = at + LENGTH + CHECK;
            let Some(key) = self.content.get(key_at..key_at + N).and_then(|key| key.try_into().ok()) else { break };
            let Ok(start) = u32::try_from(at) else { break };
            at = record.end;
            self.index.insert(key, Place { start, is_used: false });
        }
        if at < self.content.len() {
            self.content.truncate(at);
            self.written = at;
            self.state = State::Damaged;
        }
    }

    fn recall(&mut self, key: &[u8; N]) -> Option<&[u8]> {
        let place = self.index.get_mut(key)?;
        let record = &self.content[record_at(&self.content, place.start as usize)?];
        let (check, rest) = record[LENGTH..].split_at(CHECK);
        if Sha256::of(rest).0[..CHECK] != *check {
            self.index.remove(key);
            self.state = State::Damaged;
            return None;
        }
        place.is_used = true;
        Some(&rest[N..])
    }

    fn remember(&mut self, key: &[u8; N], value: &[u8]) {
        let start = self.content.len();
        let Ok(length) = u32::try_from(N + value.len()) else { return };
        let Ok(place) = u32::try_from(start) else { return };
        self.content.extend_from_slice(&length.to_le_bytes());
        self.content.extend_from_slice(&[0; CHECK]);
        self.content.extend_from_slice(key);
        self.content.extend_from_slice(value);
        let check = Sha256::of(&self.content[start + LENGTH + CHECK..]);
        self.content[start + LENGTH..start + LENGTH + CHECK].copy_from_slice(&check.0[..CHECK]);
        self.index.insert(*key, Place { start: place, is_used: true });
    }

    fn is_changed(&self) -> bool {
        self.content.len() > self.written || self.has_forgotten || self.is_mostly_stale()
    }

    fn is_mostly_stale(&self) -> bool {
        if self.content.len() < SMALL {
            return false;
        }
        let used: usize = self.used_records().map(|record| record.len()).sum();
        self.content.len() > LIMIT || used < self.content.len() / 4
    }

    fn save(self, path: &Path) {
        if self.has_forgotten {
            let _ = disk::file::remove(path);
        }
        let is_there = || disk::file::find(path).ok().flatten().is_some_and(|it| it.content.starts_with(self.header()));
        // Another process may have made the file since it was looked for.
        let must_be_made =
            self.has_forgotten || self.state == State::Damaged || (self.state == State::New && !is_there());
        if must_be_made || self.is_mostly_stale() {
            let _ = disk::write::whole(path, &self.used(), false);
        } else if self.content.len() > self.written {
            let _ = disk::write::append(path, &self.content[self.written..]);
        }
    }

    fn header(&self) -> &[u8] {
        &self.content[..MAGIC.len() + 32]
    }

    /// The log with only what was asked for or added.
    fn used(&self) -> Vec<u8> {
        let mut records: Vec<Range<usize>> = self.used_records().collect();
        records.sort_by_key(|record| record.start);
        let mut content = self.header().to_vec();
        for record in records {
            content.extend_from_slice(&self.content[record]);
        }
        content
    }

    /// Where the records are that were asked for or added.
    fn used_records(&self) -> impl Iterator<Item = Range<usize>> {
        let used = self.index.values().filter(|place| place.is_used);
        used.filter_map(|place| record_at(&self.content, place.start as usize))
    }
}

/// The record that starts here; `None` where it is cut off.
fn record_at(content: &[u8], at: usize) -> Option<Range<usize>> {
    let length = content.get(at..at + LENGTH)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let end = at.checked_add(LENGTH + CHECK)?.checked_add(length)?;
    (end <= content.len()).then_some(at..end)
}
