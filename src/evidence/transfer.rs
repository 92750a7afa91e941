//! Carrying the bytes of items between homes: what is there already stays, what arrives is verified, what is nowhere is named.

use super::lfs;
use super::list::{self, ListLine, list_path};
use crate::disk::ObjectFolder;
use crate::model::{Case, Evidence, chain::Holding};
use crate::store::{self, Object, Store, StoreError, Written};
use crate::tree::{Told, Tree};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Sha256, TreePath};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many files are under way at once: more than there are processors, since they wait for the network.
const AT_ONCE: usize = 8;

/// A file of at least this many bytes is sent alone: it fills the line by itself, in parts.
const LARGE: u64 = 64 << 20;

/// An item with the files that it must have.
pub struct Item<'c> {
    pub id: EntryId,
    pub record: &'c Evidence,
    /// Where its bytes live by its record and its chain of custody.
    pub home: Storage,
    pub lines: Vec<ListLine>,
}

impl Item<'_> {
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        self.lines.iter().map(|line| Object { sha256: line.digest, path: &line.path })
    }
}

/// The bytes of items together, as their records count them: no more than a guess, which anybody may have written.
pub fn bytes(items: &[Item<'_>]) -> u64 {
    items.iter().fold(0, |sum, item| sum.saturating_add(item.record.bytes))
}

/// What kept one file, or a whole item, from being carried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub item: EntryId,
    /// The file; `None` where it is the item.
    pub path: Option<TreePath>,
    pub says: String,
    pub help: Option<String>,
}

/// What was carried.
#[derive(Debug, Default)]
pub struct Carried {
    /// Files that were not there before, and their bytes.
    pub new: u64,
    pub bytes: u64,
    /// Files that were there.
    pub already: u64,
    pub problems: Vec<Problem>,
    /// What ended it before every file was tried: the home cannot be reached, or refuses.
    pub stopped: Option<StoreError>,
}

impl Carried {
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty() && self.stopped.is_none()
    }
}

/// The items, with their lists as they are in the tree. An item whose list is not the registered one is a problem: nobody
/// could say which bytes are its own.
pub fn items<'c>(
    tree: &dyn Tree,
    case: &'c Case,
    wanted: &dyn Fn(EntryId, &Holding) -> bool,
) -> (Vec<Item<'c>>, Vec<Problem>) {
    let holdings = case.holdings();
    let (mut items, mut problems) = (Vec::new(), Vec::new());
    for (entry, record) in case.evidence() {
        let id = entry.id();
        let Some(holding) = holdings.get(&id).filter(|holding| wanted(id, holding)) else { continue };
        match lines(tree, id, record.list) {
            Ok(lines) => items.push(Item { id, record, home: holding.storage, lines }),
            Err(says) => problems.push(Problem { item: id, path: None, says, help: None }),
        }
    }
    (items, problems)
}

/// The lines of a list that is the registered one.
fn lines(tree: &dyn Tree, id: EntryId, registered: Option<Sha256>) -> Result<Vec<ListLine>, String> {
    let path = list_path(id);
    let content =
        tree.read(&path, list::MAX_LIST_BYTES).map_err(|error| format!("its list cannot be read: {error}"))?;
    let (lines, found) = list::parse(&path, id, &content);
    if Some(Sha256::of(&content)) != registered || !found.is_empty() {
        return Err(format!("`{path}` is not the list that is registered: `casebook evidence verify {id}` says more"));
    }
    Ok(lines)
}

/// Sends what `target` lacks of the items, from the first of the sources that has the registered bytes. `spool` takes what
/// is no file of this machine yet.
pub fn send(
    items: &[Item<'_>],
    sources: &[&dyn Store],
    target: &dyn Store,
    spool: &ObjectFolder,
    told: &Told<'_>,
) -> Carried {
    let run = Run::default();
    let one = |file: &File<'_>| {
        let size = sources.iter().find_map(|source| source.find(&file.object).ok().flatten());
        run.note(file, || {
            let written = send_one(file, size, sources, target, spool, told)?;
            Ok((written, size.unwrap_or(0)))
        });
    };
    let is_large = |file: &File<'_>| {
        sources.iter().any(|source| source.find(&file.object).ok().flatten().is_some_and(|size| size >= LARGE))
    };
    let (large, small): (Vec<_>, Vec<_>) = by_content(items).into_iter().partition(|same| is_large(&same[0]));
    in_parallel(|| small.par_iter().for_each(|same| same.iter().for_each(one)));
    in_parallel(|| large.iter().for_each(|same| same.iter().for_each(one)));
    run.finish()
}

/// One file of an item.
#[derive(Clone, Copy)]
struct File<'c> {
    item: EntryId,
    home: Storage,
    object: Object<'c>,
    /// The bytes of the whole item: no file of it has more.
    limit: u64,
}

/// The files of items, those with the same content together: one after the other they are carried once.
fn by_content<'c>(items: &'c [Item<'_>]) -> Vec<Vec<File<'c>>> {
    let mut files: BTreeMap<Sha256, Vec<File<'c>>> = BTreeMap::new();
    for item in items {
        for object in item.objects() {
            files.entry(object.sha256).or_default().push(File {
                item: item.id,
                home: item.home,
                object,
                limit: item.record.bytes,
            });
        }
    }
    files.into_values().collect()
}

fn send_one(
    file: &File<'_>,
    size: Option<u64>,
    sources: &[&dyn Store],
    target: &dyn Store,
    spool: &ObjectFolder,
    told: &Told<'_>,
) -> Result<Written, StoreError> {
    let object = &file.object;
    if let Some(there) = target.find(object)? {
        if size.is_some_and(|size| size != there) {
            let found = target.digest(object, &|_| {})?.sha256;
            if found != object.sha256 {
                return Err(StoreError::wrong(target.name(), object, found));
            }
        }
        told(there);
        return Ok(Written::Already);
    }
    let mut last = None;
    for source in sources {
        match carry(file, *source, target, spool, told) {
            Ok(written) => {
                target.confirm(object, &|_| {})?;
                return Ok(written);
            }
            Err(StoreError::Missing { .. }) => {}
            Err(StoreError::Wrong { .. }) if is_pointer(*source, object) => {}
            Err(error @ StoreError::Wrong { .. }) => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| StoreError::missing(names(sources), object)))
}

/// Whether a home has a pointer of Git LFS to an object, in place of its bytes.
pub fn is_pointer(home: &dyn Store, object: &Object<'_>) -> bool {
    let mut content = Vec::new();
    let read = home.read(object, 0, &mut |piece| {
        content.extend_from_slice(piece);
        if content.len() as u64 > lfs::MAX_POINTER_BYTES { Err(store::too_long()) } else { Ok(()) }
    });
    read.is_ok() && lfs::pointer(&content).is_some_and(|pointer| pointer.sha256 == object.sha256)
}

/// What helps where the bytes of an item are on this machine nowhere.
pub fn brings(item: EntryId, home: Storage) -> Option<String> {
    (home == Storage::Lfs).then(|| format!("`git lfs pull --include 'evidence/{item}/**'` brings what Git LFS keeps"))
}

/// What people call several homes.
fn names(sources: &[&dyn Store]) -> String {
    sources.iter().map(|source| source.name()).collect::<Vec<_>>().join(", or in ")
}

fn carry(
    file: &File<'_>,
    source: &dyn Store,
    target: &dyn Store,
    spool: &ObjectFolder,
    told: &Told<'_>,
) -> Result<Written, StoreError> {
    let object = &file.object;
    if let Some(path) = source.local(object) {
        return target.write(object, &path, told).map_err(|error| error.of_source(source.name()));
    }
    if source.find(object)?.is_none() {
        return Err(StoreError::missing(source.name(), object));
    }
    spool.receive(object, source, file.limit, &|_| {})?;
    let path = spool.local(object).ok_or_else(|| StoreError::missing(spool.name(), object))?;
    target.write(object, &path, told)
}

/// Fetches what `cache` lacks of the items from `source`.
pub fn fetch(items: &[Item<'_>], source: &dyn Store, cache: &ObjectFolder, told: &Told<'_>) -> Carried {
    let run = Run::default();
    let one = |file: &File<'_>| {
        run.note(file, || {
            let written = cache.receive(&file.object, source, file.limit, told)?;
            Ok((written, cache.find(&file.object)?.unwrap_or(0)))
        });
    };
    in_parallel(|| by_content(items).par_iter().for_each(|same| same.iter().for_each(one)));
    run.finish()
}

/// Runs something with as many threads as files are under way at once.
fn in_parallel(run: impl FnOnce() + Send) {
    match rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build() {
        Ok(pool) => pool.install(run),
        // Where no more threads are to be had, those that are there do.
        Err(_) => run(),
    }
}

/// Files under way, from several threads.
#[derive(Default)]
struct Run {
    is_stopped: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    carried: Carried,
    /// The last refusal, by its words.
    refused: Option<String>,
}

impl Run {
    fn note(&self, file: &File<'_>, carry: impl FnOnce() -> Result<(Written, u64), StoreError>) {
        if self.is_stopped.load(Ordering::Relaxed) {
            return;
        }
        let ended = carry();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match ended {
            Ok((Written::New, bytes)) => {
                state.carried.new += 1;
                state.carried.bytes += bytes;
            }
            Ok((Written::Already, _)) => state.carried.already += 1,
            Err(error) if state.is_general(&error) => {
                self.is_stopped.store(true, Ordering::Relaxed);
                state.carried.stopped.get_or_insert(error);
            }
            Err(error) => {
                let path = Some(file.object.path.clone());
                let help = match error {
                    StoreError::Missing { .. } => brings(file.item, file.home),
                    _ => error.help(),
                };
                let says = error.to_string();
                state.carried.problems.push(Problem { item: file.item, path, says, help });
            }
        }
    }

    fn finish(self) -> Carried {
        let mut carried = self.state.into_inner().unwrap_or_else(PoisonError::into_inner).carried;
        carried.problems.sort();
        carried
    }
}

impl State {
    /// Whether an error would befall every other file as well: no connection, a full disk, a refusal of the first file or
    /// the same one again.
    fn is_general(&mut self, error: &StoreError) -> bool {
        match error {
            StoreError::Unreachable { .. } => true,
            StoreError::Refused { reason, .. } => {
                let is_first = self.carried.new + self.carried.already == 0;
                self.refused.replace(reason.clone()).is_some_and(|last| last == *reason) || is_first
            }
            StoreError::Io(_) => error.is_full(),
            StoreError::Missing { .. } | StoreError::Wrong { .. } => false,
        }
    }
}
