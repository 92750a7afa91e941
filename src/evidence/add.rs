//! Registering evidence: files are hashed before Git sees them, copied, hashed again, and put in place with their record,
//! list and first custody event, all or nothing.

use super::damage::evidence_too_large;
use super::{list, registration, relocation, safe_name, transfer};
use crate::disk::gather::{Gathered, Source as File, gather, gather_inside};
use crate::disk::intake::{self, CopyError, Intake};
use crate::disk::sources::Sources;
use crate::disk::{DiskTree, ObjectFolder};
use crate::model::{
    Acquired, Custody, CustodyId, Custom, Derivation, Evidence, EvidenceId, Own, Policy, Renamed, Set, Source,
};
use crate::store::{Store, StoreError};
use crate::tree::{Told, Tree};
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{CustodyAction, EvidenceKind, Marking, Storage};
use crate::values::{Digested, EntryId, Handle, Kind, Line, Markdown, Moment, Sha256, TreePath};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What is said of a new item, beside its files.
#[derive(Clone, Debug)]
pub struct Details {
    pub title: Line,
    /// What kind of thing it is; told from the files' names where it is not said.
    pub kind: Option<EvidenceKind>,
    pub tlp: Option<Marking>,
    pub description: Option<Markdown>,
    pub source: Option<Source>,
    pub acquired: Acquired,
    /// When it was acquired, as the custody event has it.
    pub at: Moment,
    /// When this is written down, and by whom, if not by who acquired it.
    pub recorded: Moment,
    pub recorded_by: Option<Handle>,
    pub reason: Option<Line>,
    pub derived_from: Option<Derivation>,
}

/// Where evidence is registered.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The top folder of the case.
    pub top: &'a Path,
    /// A lock file that every process on this case uses.
    pub gate: &'a Path,
}

/// Files that can be registered.
#[derive(Debug)]
pub struct Prepared {
    files: Vec<File>,
    empty_folders: u64,
    /// Bytes of all files together.
    pub bytes: u64,
}

/// What was registered.
#[derive(Debug)]
pub struct Added {
    pub item: EntryId,
    pub custody: EntryId,
    pub files: u64,
    pub bytes: u64,
    /// Files that are kept under other names than their own.
    pub renamed: u64,
    pub empty_folders: u64,
}

/// Why nothing was registered.
#[derive(Debug)]
pub enum Refused {
    /// These files or folders cannot be taken, each with its reason.
    Problems(Vec<String>),
    /// These files are registered already, each with the item and path that has its bytes.
    Registered(Vec<(PathBuf, TreePath)>),
    /// The home that was to take the bytes cannot be reached, or refuses.
    Home(StoreError),
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Refused::Io(error)
    }
}

/// Finds the files below the paths. Everything that cannot be taken is told at once.
pub fn prepare(top: &Path, paths: &[PathBuf], policy: Option<&Policy>) -> Result<Prepared, Refused> {
    prepare_for(top, paths, evidence_too_large::limit(policy))
}

/// The same for a home that takes files of at most `limit` bytes.
pub fn prepare_for(top: &Path, paths: &[PathBuf], limit: u64) -> Result<Prepared, Refused> {
    prepared(gather(paths, top), limit)
}

/// Finds what a command wrote into a folder, the files below some paths in it, for a home that takes files of at most
/// `limit` bytes.
pub fn prepare_outputs(folder: &Path, outputs: &[TreePath], limit: u64) -> Result<Prepared, Refused> {
    prepared(gather_inside(folder, outputs), limit)
}

fn prepared(gathered: Gathered, limit: u64) -> Result<Prepared, Refused> {
    let Gathered { sources, mut problems, empty_folders } = gathered;
    for file in sources.iter().filter(|file| file.bytes > limit) {
        let (path, bytes) = (file.path.display(), file.bytes);
        problems.push(format!("`{path}` has {bytes} bytes, more than the {limit} that the policy allows in Git"));
    }
    if sources.is_empty() && problems.is_empty() {
        problems.push("there is no file below the paths".to_owned());
    }
    if !problems.is_empty() {
        return Err(Refused::Problems(problems));
    }
    let bytes = sources.iter().map(|file| file.bytes).sum();
    Ok(Prepared { files: sources, empty_folders, bytes })
}

/// Where the bytes of a new item go.
#[derive(Clone, Copy)]
pub enum Home<'h> {
    Git,
    Lfs,
    /// A store; the folder takes what has to lie on this machine meanwhile.
    Store(&'h dyn Store, &'h ObjectFolder),
}

impl Home<'_> {
    fn storage(&self) -> Storage {
        match self {
            Home::Git => Storage::Git,
            Home::Lfs => Storage::Lfs,
            Home::Store(..) => Storage::Store,
        }
    }
}

/// Registers files as one item that Git keeps. `told` hears of the bytes as they are hashed, twice for each. With `again`,
/// files that are registered already are taken once more.
pub fn register(
    place: Place<'_>,
    prepared: Prepared,
    details: Details,
    again: bool,
    bits: &mut dyn FnMut() -> u64,
    told: &Told<'_>,
) -> Result<Added, Refused> {
    register_in(Home::Git, place, prepared, details, again, bits, told)
}

/// The same for any home. A store has the bytes, and has confirmed them, before anything is registered.
pub fn register_in(
    home: Home<'_>,
    place: Place<'_>,
    prepared: Prepared,
    details: Details,
    again: bool,
    bits: &mut dyn FnMut() -> u64,
    told: &Told<'_>,
) -> Result<Added, Refused> {
    let (intake, item) = begin(place, bits)?;
    let mut names = safe_name::Names::default();
    let named: Vec<(&File, String)> = prepared.files.iter().map(|file| (file, names.of(&file.way))).collect();
    let copy = |(file, name): &(&File, String)| match home {
        Home::Store(..) => intake::digest(&file.path, told).map_err(|error| CopyError::Read(file.path.clone(), error)),
        _ => intake.copy(&file.path, &format!("evidence/{item}/{name}"), told),
    };
    let copied: Vec<Result<Digested, CopyError>> = named.par_iter().map(copy).collect();
    let problems: Vec<String> =
        copied.iter().filter_map(|copied| copied.as_ref().err().map(ToString::to_string)).collect();
    if !problems.is_empty() {
        return Err(Refused::Problems(problems));
    }
    let copied: Vec<Digested> = copied.into_iter().flatten().collect();
    let digests: BTreeMap<String, Sha256> =
        named.iter().zip(&copied).map(|((_, name), copied)| (name.clone(), copied.sha256)).collect();
    let mut record = record(item, details.clone(), &named, &copied, &digests)?;
    record.storage = home.storage();
    let known: Vec<(PathBuf, Sha256)> = prepared
        .files
        .iter()
        .zip(&copied)
        // Files without content are all alike.
        .filter(|(_, copied)| copied.bytes > 0)
        .map(|(file, copied)| (file.path.clone(), copied.sha256))
        .collect();
    let check = || if again { Ok(()) } else { refuse_known(place.top, &known) };
    if let Home::Store(store, spool) = home {
        check()?;
        send(&record, &named, &digests, store, spool, told)?;
    }
    let prepare = |intake: &Intake| {
        check()?;
        match home {
            Home::Lfs => relocation::set_attributes(place, intake, item, true),
            Home::Git | Home::Store(..) => Ok(()),
        }
    };
    finish(intake, &record, details, &digests, bits, prepared.empty_folders, prepare)
}

/// Sends the files of a new item to its store.
fn send(
    record: &Evidence,
    named: &[(&File, String)],
    digests: &BTreeMap<String, Sha256>,
    store: &dyn Store,
    spool: &ObjectFolder,
    told: &Told<'_>,
) -> Result<(), Refused> {
    let id = record.id.0.0;
    let (lines, _) = list::parse(&list::list_path(id), id, list::render(id, digests).as_bytes());
    let at = |name: &str| list::folder_path(id).join(name);
    let sources = Sources::new(named.iter().map(|(file, name)| (at(name), file.path.clone())));
    let item = transfer::Item { id, record, home: Storage::Store, lines };
    let carried = transfer::send(&[item], &[&sources], store, spool, told);
    match carried.stopped {
        Some(error) => Err(Refused::Home(error)),
        None if carried.problems.is_empty() => Ok(()),
        None => Err(Refused::Problems(carried.problems.into_iter().map(|problem| problem.says).collect())),
    }
}

/// Registers a physical exhibit: an item without files.
pub fn register_exhibit(place: Place<'_>, details: Details, bits: &mut dyn FnMut() -> u64) -> Result<Added, Refused> {
    let (intake, item) = begin(place, bits)?;
    let mut record = record(item, details.clone(), &[], &[], &BTreeMap::new())?;
    record.kind = details.kind.unwrap_or(EvidenceKind::Device);
    record.storage = Storage::None;
    record.list = None;
    finish(intake, &record, details, &BTreeMap::new(), bits, 0, |_| Ok(()))
}

/// Starts an intake under an id that no item has.
fn begin(place: Place<'_>, bits: &mut dyn FnMut() -> u64) -> io::Result<(Intake, EntryId)> {
    let tree = DiskTree::new(place.top);
    let mut draw = || loop {
        let id = EntryId::from_bits(Kind::Evidence, bits());
        let taken = [id.path(), list::list_path(id), list::folder_path(id)];
        if taken.iter().all(|path| tree.node(path).is_none()) {
            return id.to_string();
        }
    };
    let (intake, name) = Intake::begin(place.top, place.gate, &mut draw)?;
    let item = name.parse().map_err(|_| io::Error::other("an id was drawn that is none"))?;
    Ok((intake, item))
}

fn record(
    item: EntryId,
    details: Details,
    named: &[(&File, String)],
    copied: &[Digested],
    digests: &BTreeMap<String, Sha256>,
) -> Result<Evidence, Refused> {
    let mut renamed = Vec::new();
    for (file, name) in named {
        let original = safe_name::original(&file.way);
        if file.way.join(&b'/') != name.as_bytes() {
            let line = |text: &str| {
                text.parse::<Line>().map_err(|why| Refused::Problems(vec![format!("`{}`: {why}", file.path.display())]))
            };
            renamed.push(Renamed { path: line(name)?, original: line(&original)? });
        }
    }
    let kind = || registration::kind_of(named.iter().map(|(_, name)| name.as_str()));
    let derived = details.derived_from.is_some().then_some(EvidenceKind::ToolOutput);
    Ok(Evidence {
        id: Own(EvidenceId(item)),
        title: details.title,
        kind: details.kind.or(derived).unwrap_or_else(kind),
        storage: Storage::Git,
        files: copied.len() as u64,
        bytes: copied.iter().map(|copied| copied.bytes).sum(),
        list: Some(Sha256::of(list::render(item, digests).as_bytes())),
        tlp: details.tlp,
        tags: Set::default(),
        description: details.description,
        source: details.source,
        acquired: details.acquired,
        derived_from: details.derived_from,
        renamed,
        custom: Custom::default(),
    })
}

fn finish(
    intake: Intake,
    record: &Evidence,
    details: Details,
    digests: &BTreeMap<String, Sha256>,
    bits: &mut dyn FnMut() -> u64,
    empty_folders: u64,
    prepare: impl FnOnce(&Intake) -> Result<(), Refused>,
) -> Result<Added, Refused> {
    let custody = EntryId::from_bits(Kind::Custody, bits());
    let event = Custody {
        id: Own(CustodyId(custody)),
        item: record.id.0,
        at: details.at,
        by: details.acquired.by,
        action: CustodyAction::Collected,
        from: details.source.and_then(|source| source.location),
        to: None,
        reason: details.reason,
        digest: record.list.map(NamedDigest),
        storage: None,
        supersedes: None,
        recorded: Some(details.recorded),
        recorded_by: details.recorded_by,
        custom: Custom::default(),
    };
    for (path, text) in registration::texts(record, &event, digests) {
        intake.write(path.as_str(), text.as_bytes())?;
    }
    intake.publish_after(prepare)?;
    Ok(Added {
        item: record.id.0.0,
        custody,
        files: record.files,
        bytes: record.bytes,
        renamed: record.renamed.len() as u64,
        empty_folders,
    })
}

/// Refuses files whose bytes an item has already.
fn refuse_known(top: &Path, files: &[(PathBuf, Sha256)]) -> Result<(), Refused> {
    let registered = registered(&DiskTree::new(top));
    let known: Vec<(PathBuf, TreePath)> =
        files.iter().filter_map(|(path, digest)| registered.get(digest).map(|at| (path.clone(), at.clone()))).collect();
    if known.is_empty() { Ok(()) } else { Err(Refused::Registered(known)) }
}

/// Every registered digest, with the file that has it, by the lists of a tree.
pub fn registered(tree: &dyn Tree) -> BTreeMap<Sha256, TreePath> {
    let top = TreePath::from(Kind::Evidence.folder());
    let mut registered = BTreeMap::new();
    for node in tree.list(&top).unwrap_or_default() {
        let Some(name) = node.text().and_then(|name| name.strip_suffix(".sha256")) else { continue };
        let Ok(item) = name.parse::<EntryId>() else { continue };
        let path = list::list_path(item);
        let content = tree.read(&path, list::MAX_LIST_BYTES).unwrap_or_default();
        for line in list::parse(&path, item, &content).0 {
            registered.entry(line.digest).or_insert(line.path);
        }
    }
    registered
}
