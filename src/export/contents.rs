//! The files of the items that are handed over: what the lists name, and where the bytes of each are.

use super::Selection;
use crate::evidence::lfs::MAX_POINTER_BYTES;
use crate::evidence::list::{self, ListLine};
use crate::model::{Case, Evidence, Holding};
use crate::store::{Consume, Object, Store, StoreError};
use crate::tree::{Tree, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Hashing, Kind, Sha256};
use std::fmt;

/// The homes in which bytes are looked for, in this order.
pub struct Sources<'s> {
    /// The evidence of the commit that is handed over.
    pub git: &'s dyn Store,
    /// The objects of Git LFS.
    pub lfs: Vec<&'s dyn Store>,
    /// What was fetched from the configured store, and that store.
    pub store: Vec<&'s dyn Store>,
}

/// Which bytes are to be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All; what cannot be had is an error.
    All,
    /// Those that can be had.
    WhatIsHere,
    /// None: records and lists alone.
    None,
}

/// The items that are handed over.
pub struct Contents<'c, 's> {
    pub items: Vec<Item<'c, 's>>,
}

/// An item and its files.
pub struct Item<'c, 's> {
    pub id: EntryId,
    pub record: &'c Evidence,
    /// The list, as it lies in the case; there is none for a physical exhibit.
    pub list: Option<Vec<u8>>,
    pub files: Vec<File<'s>>,
}

/// A file that a list names.
pub struct File<'s> {
    pub line: ListLine,
    pub bytes: Found<'s>,
}

/// Where the bytes of a file are.
pub enum Found<'s> {
    /// Here, of this size.
    Here {
        store: &'s dyn Store,
        size: u64,
    },
    /// A file without content needs no home.
    Empty,
    Not(Absence),
}

/// Why bytes are not handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Nobody asked for them.
    LeftOut,
    /// The item was disposed of by this custody event.
    Disposed(EntryId),
    /// They cannot be had, for a reason that names homes of this machine.
    NotHere(String),
}

impl Absence {
    /// What the recipient is told: nothing of the machine that they were looked for on.
    pub fn for_others(&self) -> String {
        match self {
            Absence::LeftOut => "left out on purpose".to_owned(),
            Absence::Disposed(event) => format!("disposed of, see {}", event.path()),
            Absence::NotHere(_) => "not at hand when this folder was written".to_owned(),
        }
    }
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absence::LeftOut => f.write_str("left out"),
            Absence::Disposed(event) => write!(f, "disposed of, see {}", event.path()),
            Absence::NotHere(why) => f.write_str(why),
        }
    }
}

impl Found<'_> {
    /// The size in bytes, where the bytes are here.
    pub fn size(&self) -> Option<u64> {
        match self {
            Found::Here { size, .. } => Some(*size),
            Found::Empty => Some(0),
            Found::Not(_) => None,
        }
    }
}

impl Item<'_, '_> {
    /// Whether every file of it is here, so that its digest was seen.
    pub fn is_whole(&self) -> bool {
        self.files.iter().all(|file| file.bytes.size().is_some())
    }

    /// Bytes of the files that are here.
    pub fn bytes(&self) -> u64 {
        self.files.iter().filter_map(|file| file.bytes.size()).sum()
    }

    pub fn missing(&self) -> impl Iterator<Item = (&ListLine, &Absence)> {
        self.files.iter().filter_map(|file| match &file.bytes {
            Found::Not(why) => Some((&file.line, why)),
            _ => None,
        })
    }
}

impl Contents<'_, '_> {
    /// Bytes of all files that are here.
    pub fn bytes(&self) -> u64 {
        self.items.iter().map(Item::bytes).sum()
    }
}

/// Looks for the bytes of everything that is selected. The first list of problems is of what is damaged in the case, and
/// stands against handing it over at all; what is missing is told by the files.
pub fn look<'c, 's>(
    tree: &dyn Tree,
    case: &'c Case,
    selection: &Selection,
    sources: &Sources<'s>,
    wanted: Wanted,
) -> Result<Contents<'c, 's>, Vec<String>> {
    let holdings = case.holdings();
    let mut items = Vec::new();
    let mut problems = Vec::new();
    for (entry, record) in case.evidence().filter(|(entry, _)| selection.items.contains(&entry.id())) {
        match look_at(tree, entry.id(), record, holdings.get(&entry.id()).copied(), sources, wanted) {
            Ok(item) => items.push(item),
            Err(problem) => problems.push(problem),
        }
    }
    // What cannot be read may be of these items, or cite them, so nobody could say that everything is there.
    let concerns = |id: &EntryId| match id.kind() {
        Kind::Evidence => selection.items.contains(id),
        Kind::Custody => true,
        _ => selection.with_case,
    };
    let unreadable = case.unreadable.iter().filter(|(id, _)| concerns(id));
    problems.extend(unreadable.map(|(_, path)| format!("`{path}` cannot be read")));
    if problems.is_empty() { Ok(Contents { items }) } else { Err(problems) }
}

fn look_at<'c, 's>(
    tree: &dyn Tree,
    id: EntryId,
    record: &'c Evidence,
    holding: Option<Holding>,
    sources: &Sources<'s>,
    wanted: Wanted,
) -> Result<Item<'c, 's>, String> {
    let Some(registered) = record.list else {
        return match record.storage {
            Storage::None => Ok(Item { id, record, list: None, files: Vec::new() }),
            _ => Err(format!("`{}` names no list of its files", id.path())),
        };
    };
    let path = list::list_path(id);
    let content = tree.read(&path, list::MAX_LIST_BYTES).map_err(|error| match error {
        TreeError::Missing(path) => format!("the list `{path}` is not there"),
        error => error.to_string(),
    })?;
    if Sha256::of(&content) != registered {
        return Err(format!("the list `{path}` is not the one that was registered"));
    }
    let (lines, found) = list::parse(&path, id, &content);
    if let Some(first) = found.first() {
        return Err(format!("the list `{path}` cannot be read: {}", first.message));
    }
    let bytes = |line: &ListLine| match (wanted, holding) {
        (Wanted::None, _) => Found::Not(Absence::LeftOut),
        (_, Some(Holding { disposed: Some(event), .. })) => Found::Not(Absence::Disposed(event)),
        (_, holding) => find(line, holding.map_or(record.storage, |holding| holding.storage), sources),
    };
    let files = lines.into_iter().map(|line| File { bytes: bytes(&line), line }).collect();
    Ok(Item { id, record, list: Some(content), files })
}

fn find<'s>(line: &ListLine, storage: Storage, sources: &Sources<'s>) -> Found<'s> {
    if line.digest == Sha256::of(b"") {
        return Found::Empty;
    }
    let homes: Vec<&'s dyn Store> = match storage {
        Storage::Git => vec![sources.git],
        Storage::Lfs => sources.lfs.clone(),
        Storage::Store => sources.store.clone(),
        Storage::None => Vec::new(),
    };
    let object = Object { sha256: line.digest, path: &line.path };
    let mut why = Vec::new();
    for home in homes {
        match home.find(&object) {
            Ok(Some(size)) => return Found::Here { store: home, size },
            Ok(None) => why.push(format!("not in {}", home.name())),
            Err(error) => why.push(error.to_string()),
        }
    }
    // Git holds some files of an item in Git LFS itself, such as small ones that a pattern leaves out.
    if storage == Storage::Lfs
        && let Ok(Some(size)) = sources.git.find(&object)
        && (size >= MAX_POINTER_BYTES || is_genuine(sources.git, &object))
    {
        return Found::Here { store: sources.git, size };
    }
    Found::Not(Absence::NotHere(match (why.is_empty(), storage) {
        (true, Storage::Store) => "no store is configured here".to_owned(),
        (true, _) => "this machine knows no home for it".to_owned(),
        (false, _) => why.join(", "),
    }))
}

fn is_genuine(home: &dyn Store, object: &Object<'_>) -> bool {
    home.digest(object, &|_| {}).is_ok_and(|digest| digest.sha256 == object.sha256)
}

/// Calls `consume` with the bytes of a file that is here. Bytes that are not the registered ones are an error, told after
/// all of them were consumed.
pub fn read(file: &File<'_>, consume: &mut Consume<'_>) -> Result<u64, StoreError> {
    let Found::Here { store, .. } = &file.bytes else { return Ok(0) };
    let object = Object { sha256: file.line.digest, path: &file.line.path };
    let mut hashing = Hashing::default();
    store.read(&object, 0, &mut |piece| {
        hashing.update(piece);
        consume(piece)
    })?;
    let seen = hashing.finish();
    if seen.sha256 == file.line.digest {
        return Ok(seen.bytes);
    }
    let path = file.line.path.clone();
    Err(StoreError::Wrong { store: store.name(), path, sha256: file.line.digest, found: seen.sha256 })
}
