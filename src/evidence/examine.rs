//! The examination: every byte of every evidence item against what was registered. It goes on after the first problem.

use super::DigestMemory;
use super::damage::{evidence_ignored, evidence_too_large, evidence_unregistered};
use super::homes::{Homes, Look, Unchecked, look};
use super::judge::judge;
use super::list::{folder_path, list_path};
use super::plan::{Plan, Registered, Shelf, Terms, plan};
use super::shard::Shard;
use crate::diagnostic::Diagnostic;
use crate::model::Case;
use crate::tree::{ContentKey, NodeKind, Told, Tree, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{Digested, EntryId, Kind, TreePath};
use std::collections::{BTreeMap, BTreeSet};

/// Which items are examined.
#[derive(Clone, Debug)]
pub enum Scope {
    All,
    Items(BTreeSet<EntryId>),
    /// All but those that were examined before.
    Except(BTreeSet<EntryId>),
    /// The records and lists of all items, and a part of their files.
    Shard(Shard),
}

impl Scope {
    fn holds(&self, item: EntryId) -> bool {
        match self {
            Scope::All | Scope::Shard(_) => true,
            Scope::Items(items) => items.contains(&item),
            Scope::Except(items) => !items.contains(&item),
        }
    }

    /// The part of the files that is examined.
    pub fn shard(&self) -> Shard {
        match self {
            Scope::Shard(shard) => *shard,
            _ => Shard::WHOLE,
        }
    }
}

/// What an examination saw, and everything that is wrong.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    pub diagnostics: Vec<Diagnostic>,
    pub items: BTreeMap<EntryId, ItemExamined>,
    pub reading: Reading,
}

/// How many files of the tree were read, whether their bytes are the registered ones or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub hashed: u64,
    /// Files that were not read now: what was remembered of them was believed.
    pub believed: u64,
}

/// What was seen of one item.
#[derive(Clone, Debug, Default)]
pub struct ItemExamined {
    /// Where its bytes live; `None` where its record cannot be read.
    pub home: Option<Storage>,
    /// Files whose bytes are the registered ones.
    pub files: u64,
    /// The bytes of these files together.
    pub bytes: u64,
    /// Files that are not there, as they need not be: the item was disposed of.
    pub disposed: u64,
    /// Files of which nothing is said here, by the reason.
    pub unchecked: BTreeMap<Unchecked, Vec<TreePath>>,
}

impl ItemExamined {
    /// How many files were not checked.
    pub fn unchecked_files(&self) -> u64 {
        self.unchecked.values().map(|files| files.len() as u64).sum()
    }
}

impl Examined {
    /// Files whose bytes are the registered ones.
    pub fn files(&self) -> u64 {
        self.items.values().map(|item| item.files).sum()
    }

    /// The bytes of these files together.
    pub fn bytes(&self) -> u64 {
        self.items.values().fold(0, |sum, item| sum.saturating_add(item.bytes))
    }

    /// Files that need not be there.
    pub fn disposed(&self) -> u64 {
        self.items.values().map(|item| item.disposed).sum()
    }

    /// Files of which nothing is said.
    pub fn unchecked_files(&self) -> u64 {
        self.items.values().map(ItemExamined::unchecked_files).sum()
    }

    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What was seen of files: their digests in the tree, and what their homes have.
pub struct Seen {
    pub digests: Digests,
    pub looks: BTreeMap<TreePath, Look>,
}

/// The digests of files, or why there is none. An item may have very many files, and a sorted row needs half the memory of a
/// map.
#[derive(Default)]
pub struct Digests(Vec<FileDigest>);

type FileDigest = (TreePath, Result<Digested, TreeError>);

impl Digests {
    fn of(mut digests: Vec<FileDigest>) -> Self {
        digests.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Self(digests)
    }

    pub fn get(&self, path: &TreePath) -> Option<&Result<Digested, TreeError>> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        Some(&self.0[at].1)
    }
}

/// How many files are hashed before they are judged. It bounds what is held in memory, and is enough to keep every core at
/// work.
const BATCH: usize = 4096;

/// Examines the evidence of a case on the bytes of its tree and of the homes that are given. `told` hears of the bytes as they
/// are hashed.
pub fn examine(
    tree: &dyn Tree,
    homes: &Homes<'_>,
    case: &Case,
    memory: &mut dyn DigestMemory,
    scope: &Scope,
    told: &Told<'_>,
) -> Result<Examined, TreeError> {
    let mut examined = Examined::default();
    let mut shelves = shelves(tree, scope, &mut examined.diagnostics)?;
    let limit = evidence_too_large::limit(case.policy.as_ref().map(|policy| &policy.value));
    let terms = Terms { limit, shard: scope.shard() };
    let mut batch = Vec::new();
    let mut size = 0;
    for (item, registered) in registered(case) {
        let shelf = shelves.remove(&item).unwrap_or_default();
        if !scope.holds(item) {
            continue;
        }
        let plan = plan(tree, item, registered, shelf, memory, terms);
        size += plan.present.len().max(plan.lines.len());
        batch.push(plan);
        if size >= BATCH {
            settle(tree, homes, std::mem::take(&mut batch), limit, memory, told, &mut examined);
            size = 0;
        }
    }
    settle(tree, homes, batch, limit, memory, told, &mut examined);
    for (item, shelf) in shelves.into_iter().filter(|(item, _)| scope.holds(*item)) {
        let paths = [shelf.list.map(|_| list_path(item)), shelf.folder.map(|_| folder_path(item))];
        let report = |path: TreePath| evidence_unregistered::found(&path, Some(item));
        examined.diagnostics.extend(paths.into_iter().flatten().map(report));
    }
    Ok(examined)
}

/// What was found in loading a case that keeps evidence records and custody events from being read. Without them nobody can say
/// what was registered, nor where it is now.
pub fn unreadable(case: &Case, found: Vec<Diagnostic>, scope: &Scope) -> Vec<Diagnostic> {
    let concerns = |id: &EntryId| match id.kind() {
        Kind::Evidence => scope.holds(*id),
        Kind::Custody => true,
        _ => false,
    };
    let paths: BTreeSet<&TreePath> =
        case.unreadable.iter().filter(|(id, _)| concerns(id)).map(|(_, path)| path).collect();
    found.into_iter().filter(|diagnostic| diagnostic.is_error() && paths.contains(&diagnostic.place.path)).collect()
}

/// Every item that has a record, readable or not.
fn registered(case: &Case) -> BTreeMap<EntryId, Option<Registered<'_>>> {
    let holdings = case.holdings();
    let unreadable = case.unreadable.keys().filter(|id| id.kind() == Kind::Evidence).map(|id| (*id, None));
    let readable = case.evidence().filter_map(|(entry, record)| {
        let holding = *holdings.get(&entry.id())?;
        Some((entry.id(), Some(Registered { path: &entry.path, record, holding })))
    });
    unreadable.chain(readable).collect()
}

/// Hashes the files of some items, looks for what is kept elsewhere, and judges them.
fn settle(
    tree: &dyn Tree,
    homes: &Homes<'_>,
    plans: Vec<Plan<'_>>,
    limit: u64,
    memory: &mut dyn DigestMemory,
    told: &Told<'_>,
    examined: &mut Examined,
) {
    let settled = plans.iter().filter_map(|plan| plan.settled);
    examined.reading.believed += settled.map(|totals| totals.files).sum::<u64>();
    let digests = hash(tree, &plans, memory, told, &mut examined.reading);
    let wanted: Vec<_> = plans.iter().flat_map(Plan::to_look_for).collect();
    let looks = look(homes, &wanted, told);
    let looks = wanted.iter().map(|wanted| wanted.line.path.clone()).zip(looks).collect();
    let seen = Seen { digests, looks };
    for plan in plans {
        let item = plan.item;
        let (result, found) = judge(tree, plan, &seen, limit, memory);
        examined.items.insert(item, result);
        examined.diagnostics.extend(found);
    }
}

/// The lists and folders in `evidence/`, by item; reports what is neither.
fn shelves(tree: &dyn Tree, scope: &Scope, found: &mut Vec<Diagnostic>) -> Result<BTreeMap<EntryId, Shelf>, TreeError> {
    let top = TreePath::from(Kind::Evidence.folder());
    let nodes = tree.list_or_nothing(&top)?;
    let mut shelves: BTreeMap<EntryId, Shelf> = BTreeMap::new();
    let mut stray = Vec::new();
    for node in nodes {
        let name = String::from_utf8_lossy(&node.name).into_owned();
        let path = top.join(&name);
        let stem: Option<EntryId> = name.split('.').next().and_then(|stem| stem.parse().ok());
        let item = stem.filter(|id| id.kind() == Kind::Evidence);
        match item {
            Some(item) if node.is_file() && name == format!("{item}.sha256") => {
                shelves.entry(item).or_default().list = Some(node);
            }
            Some(item) if node.kind == NodeKind::Folder && name == item.to_string() => {
                shelves.entry(item).or_default().folder = Some(node);
            }
            _ if node.is_file() && (name.ends_with(".toml") || name == ".gitkeep") => {}
            // The rules for names report these.
            _ if name.eq_ignore_ascii_case(".gitattributes") => {}
            _ if !node.is_file() && node.kind != NodeKind::Folder => {}
            _ if evidence_ignored::is_one(&name) => stray.push(evidence_ignored::found(&path)),
            _ => stray.push(evidence_unregistered::found(&path, None)),
        }
    }
    if !matches!(scope, Scope::Items(_)) {
        found.extend(stray);
    }
    Ok(shelves)
}

/// How many files are hashed in one go: enough for every core, and few enough that what is known of each but its digest needs
/// little memory.
const HASHED_AT_ONCE: usize = 16 * 1024;

/// The digests of all files that were not verified before, remembered ones first.
fn hash(
    tree: &dyn Tree,
    plans: &[Plan<'_>],
    memory: &mut dyn DigestMemory,
    told: &Told<'_>,
    reading: &mut Reading,
) -> Digests {
    let mut digests = Vec::with_capacity(plans.iter().map(|plan| plan.present.len()).sum());
    let mut unknown = Vec::new();
    for (path, key) in plans.iter().flat_map(Plan::to_hash) {
        match key.and_then(|key| memory.recall(key)) {
            Some(digest) => {
                reading.believed += 1;
                digests.push((path.clone(), Ok(digest)));
            }
            None => unknown.push((path.clone(), key)),
        }
        if unknown.len() == HASHED_AT_ONCE {
            reading.hashed += unknown.len() as u64;
            digests.extend(compute(tree, std::mem::take(&mut unknown), memory, told));
        }
    }
    reading.hashed += unknown.len() as u64;
    digests.extend(compute(tree, unknown, memory, told));
    Digests::of(digests)
}

/// Hashes some files, and remembers what they are by their keys.
fn compute(
    tree: &dyn Tree,
    files: Vec<(TreePath, Option<ContentKey>)>,
    memory: &mut dyn DigestMemory,
    told: &Told<'_>,
) -> Vec<FileDigest> {
    let (paths, keys): (Vec<TreePath>, Vec<_>) = files.into_iter().unzip();
    let computed = tree.digest(&paths, told);
    for (key, digest) in keys.into_iter().zip(&computed) {
        match (key, digest) {
            (Some(key), Ok(digest)) => memory.remember(key, *digest),
            (Some(key), Err(_)) => memory.forget(key),
            (None, _) => {}
        }
    }
    paths.into_iter().zip(computed).collect()
}
