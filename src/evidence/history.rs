//! The evidence of many commits, one after the other. What one has as another had it is looked at once, so that the cost
//! grows with what differs between them.
//!
//! Nothing is taken from the cache: what is remembered was seen in the same run.

use super::examine::{Examined, Scope, examine, unreadable};
use super::{DigestMemory, Homes, backdated, compare};
use crate::diagnostic::Diagnostic;
use crate::load::{self, Memory, ReadEntry};
use crate::model::Case;
use crate::tree::{ContentKey, Node, Told, Tree, TreeError};
use crate::values::{Digested, EntryId, Kind, TreePath};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Something that is wrong in some commits.
#[derive(Clone, Debug)]
pub struct Problem {
    pub diagnostic: Diagnostic,
    /// The number of the first commit that has it, in the order in which they were examined.
    pub first: usize,
    /// The number of the last one.
    pub last: usize,
    /// Whether it is something that the first commit did, and no state that lasts.
    pub is_act: bool,
}

/// What the evidence of a commit depends on: the keys of `evidence/`, `custody/` and `policy.toml`.
type TreeKeys = [Option<ContentKey>; 3];

/// What the judgement of an item depends on: the keys of its record, list and folder, and what the rest of the case says
/// of it.
type ItemKeys = (EntryId, [Option<ContentKey>; 3], String);

/// An examination of many commits.
pub struct History<'s> {
    homes: Homes<'s>,
    digests: Digests,
    entries: Entries,
    /// The problems of every state of the evidence and of every state of an item that was seen, by their number.
    trees: BTreeMap<TreeKeys, BTreeSet<usize>>,
    items: BTreeMap<ItemKeys, BTreeSet<usize>>,
    numbers: BTreeMap<(String, TreePath, String), usize>,
    pub problems: Vec<Problem>,
    /// How many commits were examined.
    pub commits: usize,
    /// What was examined, by the number of the commit that had it first: only items that no commit before had so.
    pub examined: Vec<(usize, Examined)>,
}

impl<'s> History<'s> {
    /// `homes` are looked into for every state of an item; [`super::homes::Once`] saves reading an object twice.
    pub fn new(homes: Homes<'s>) -> Self {
        Self {
            homes,
            digests: Digests::default(),
            entries: Entries::default(),
            trees: BTreeMap::new(),
            items: BTreeMap::new(),
            numbers: BTreeMap::new(),
            problems: Vec::new(),
            commits: 0,
            examined: Vec::new(),
        }
    }

    /// Examines the next commit, and compares it with its parents, each with the name that Git knows it by.
    pub fn examine(
        &mut self,
        tree: &dyn Tree,
        parents: &[(String, &dyn Tree)],
        told: &Told<'_>,
    ) -> Result<(), TreeError> {
        let commit = self.commits;
        self.commits += 1;
        let problems = self.of_tree(tree, commit, told)?;
        for number in problems {
            self.problems[number].last = commit;
        }
        for (name, parent) in parents {
            for diagnostic in compare(*parent, name, tree)? {
                self.problems.push(Problem { diagnostic, first: commit, last: commit, is_act: true });
            }
        }
        for diagnostic in self.put_in_late(tree, parents)? {
            self.problems.push(Problem { diagnostic, first: commit, last: commit, is_act: true });
        }
        Ok(())
    }

    /// Custody events that a commit puts in before events of its parents.
    fn put_in_late(&mut self, tree: &dyn Tree, parents: &[(String, &dyn Tree)]) -> Result<Vec<Diagnostic>, TreeError> {
        let folder = TreePath::from(Kind::Custody.folder());
        let key = |tree: &dyn Tree| tree.node(&folder).and_then(|node| node.key);
        // What a parent has already was judged with it.
        if parents.is_empty() || parents.iter().any(|(_, parent)| key(*parent) == key(tree)) {
            return Ok(Vec::new());
        }
        let (case, _) = load::load(&EvidenceOnly(tree), &mut self.entries)?;
        let bases: Vec<&dyn Tree> = parents.iter().map(|(_, parent)| *parent).collect();
        backdated(&bases, &case)
    }

    /// How many states of the evidence there were.
    pub fn states(&self) -> usize {
        self.trees.len()
    }

    /// The problems of the evidence of a tree.
    fn of_tree(&mut self, tree: &dyn Tree, commit: usize, told: &Told<'_>) -> Result<BTreeSet<usize>, TreeError> {
        let key = |name: &str| tree.node(&TreePath::from(name)).and_then(|node| node.key);
        let keys: TreeKeys = [key(Kind::Evidence.folder()), key(Kind::Custody.folder()), key("policy.toml")];
        if let Some(known) = self.trees.get(&keys) {
            return Ok(known.clone());
        }
        let (case, found) = load::load(&EvidenceOnly(tree), &mut self.entries)?;
        let items = item_keys(tree, &case)?;
        let known: BTreeSet<EntryId> =
            items.iter().filter(|(_, keys)| self.items.contains_key(*keys)).map(|(id, _)| *id).collect();
        let scope = Scope::Except(known);
        let mut examined = examine(tree, &self.homes, &case, &mut self.digests, &scope, told)?;
        examined.diagnostics.extend(unreadable(&case, found, &scope));
        let mut by_item: BTreeMap<Option<EntryId>, BTreeSet<usize>> = BTreeMap::new();
        for diagnostic in std::mem::take(&mut examined.diagnostics) {
            let item = item_of(&diagnostic.place.path).filter(|item| items.contains_key(item));
            let number = self.number(diagnostic, commit);
            by_item.entry(item).or_default().insert(number);
        }
        let mut problems = by_item.remove(&None).unwrap_or_default();
        for (item, keys) in items {
            let known = self.items.entry(keys).or_insert_with(|| by_item.remove(&Some(item)).unwrap_or_default());
            problems.extend(known.iter().copied());
        }
        if !examined.items.is_empty() {
            self.examined.push((commit, examined));
        }
        self.trees.insert(keys, problems.clone());
        Ok(problems)
    }

    fn number(&mut self, diagnostic: Diagnostic, commit: usize) -> usize {
        let mark = (diagnostic.code.to_string(), diagnostic.place.path.clone(), diagnostic.message.clone());
        let next = self.problems.len();
        let number = *self.numbers.entry(mark).or_insert(next);
        if number == next {
            self.problems.push(Problem { diagnostic, first: commit, last: commit, is_act: false });
        }
        number
    }
}

/// The item that a file of `evidence/` is of.
fn item_of(path: &TreePath) -> Option<EntryId> {
    let inside = path.as_str().strip_prefix(Kind::Evidence.folder())?.strip_prefix('/')?;
    inside.split(['/', '.']).next()?.parse().ok()
}

/// What the judgement of each item that has a record depends on.
fn item_keys(tree: &dyn Tree, case: &Case) -> Result<BTreeMap<EntryId, ItemKeys>, TreeError> {
    let nodes: HashMap<Vec<u8>, Node> = tree
        .list_or_nothing(&TreePath::from(Kind::Evidence.folder()))?
        .into_iter()
        .map(|node| (node.name.clone(), node))
        .collect();
    let key = |name: String| nodes.get(name.as_bytes()).and_then(|node| node.key);
    let limit = super::damage::evidence_too_large::limit(case.policy.as_ref().map(|policy| &policy.value));
    let holdings = case.holdings();
    let unreadable = case.unreadable.keys().filter(|id| id.kind() == Kind::Evidence).copied();
    let items = case.evidence().map(|(entry, _)| entry.id()).chain(unreadable);
    let keys = |item: EntryId| {
        let keys = [key(format!("{item}.toml")), key(format!("{item}.sha256")), key(item.to_string())];
        (item, (item, keys, format!("{:?} {limit}", holdings.get(&item))))
    };
    Ok(items.map(keys).collect())
}

/// A tree without what says nothing of evidence, so that thousands of findings need not be read.
pub struct EvidenceOnly<'t>(pub &'t dyn Tree);

impl EvidenceOnly<'_> {
    fn shows(top: &str) -> bool {
        [Kind::Evidence.folder(), Kind::Custody.folder(), "case.toml", "policy.toml"].contains(&top)
    }
}

impl Tree for EvidenceOnly<'_> {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        if folder.is_root() {
            let nodes = self.0.list(folder)?;
            return Ok(nodes.into_iter().filter(|node| node.text().is_some_and(Self::shows)).collect());
        }
        match Self::shows(folder.top()) {
            true => self.0.list(folder),
            false => Err(TreeError::Missing(folder.clone())),
        }
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        match Self::shows(file.top()) {
            true => self.0.read(file, limit),
            false => Err(TreeError::Missing(file.clone())),
        }
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        self.0.stream(file, consume)
    }

    fn digest(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Digested, TreeError>> {
        self.0.digest(files, told)
    }

    fn is_of_git(&self) -> bool {
        self.0.is_of_git()
    }
}

/// The digests of one run. Whole items are remembered by the history, with what the rest of the case says of them.
#[derive(Default)]
struct Digests(HashMap<ContentKey, Digested>);

impl DigestMemory for Digests {
    fn recall(&mut self, key: ContentKey) -> Option<Digested> {
        self.0.get(&key).copied()
    }

    fn remember(&mut self, key: ContentKey, digest: Digested) {
        self.0.insert(key, digest);
    }
}

/// The entries that were read in one run.
#[derive(Default)]
struct Entries(HashMap<ContentKey, ReadEntry>);

impl Memory for Entries {
    fn recall(&mut self, key: ContentKey, path: &TreePath) -> Option<ReadEntry> {
        let read = self.0.get(&key)?;
        let is_this = read.entry.as_ref().is_some_and(|entry| entry.path == *path);
        is_this.then(|| read.clone())
    }

    fn remember(&mut self, key: ContentKey, read: &ReadEntry) {
        self.0.insert(key, read.clone());
    }
}
