//! Citations: does every claim point to a file that its evidence item has?

use super::DigestMemory;
use super::damage::citation_target;
use super::list::{self, folder_path};
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Case, Citation, Entry, Evidence};
use crate::tree::{ContentKey, NodeKind, Tree};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Kind, TreePath, nearest};
use std::collections::{BTreeMap, BTreeSet};

/// What was found out of cited files: each is looked up once, however often it is cited, and once for all where the
/// folder has a key.
struct Shelves<'a, 'c> {
    tree: &'a dyn Tree,
    memory: &'a mut dyn DigestMemory,
    folders: BTreeMap<EntryId, ContentKey>,
    known: BTreeMap<(EntryId, &'c str), bool>,
    listed: BTreeMap<EntryId, BTreeSet<String>>,
}

/// Judges the target of every citation.
pub fn judge(tree: &dyn Tree, case: &Case, memory: &mut dyn DigestMemory) -> Vec<Diagnostic> {
    let mut shelves = Shelves { tree, memory, folders: folders(tree), known: BTreeMap::new(), listed: BTreeMap::new() };
    let mut found = Vec::new();
    for entry in case.entries.values() {
        for (number, citation) in entry.citations().iter().enumerate() {
            if let Some(item) = item_of(case, citation) {
                found.extend(judge_one(&mut shelves, entry, number, citation, item));
            }
        }
    }
    found
}

/// The folders of the items that have a key.
fn folders(tree: &dyn Tree) -> BTreeMap<EntryId, ContentKey> {
    let nodes = tree.list(&TreePath::from(Kind::Evidence.folder())).unwrap_or_default();
    let folders = nodes.iter().filter(|node| node.kind == NodeKind::Folder);
    folders.filter_map(|node| Some((node.text()?.parse().ok()?, node.key?))).collect()
}

/// The item that a citation names, where its files are kept in the case; a dangling reference is reported elsewhere.
fn item_of<'c>(case: &'c Case, citation: &Citation) -> Option<&'c Evidence> {
    match &case.get(citation.item.0)?.body {
        Body::Evidence(item) if matches!(item.storage, Storage::Git | Storage::Lfs) => Some(item),
        _ => None,
    }
}

fn judge_one<'c>(
    shelves: &mut Shelves<'_, 'c>,
    entry: &Entry,
    number: usize,
    citation: &'c Citation,
    item: &Evidence,
) -> Option<Diagnostic> {
    let id = citation.item.0;
    let Some(path) = &citation.path else {
        let several = item.files > 1 && (citation.at.is_some() || citation.quote.is_some());
        return several.then(|| citation_target::unnamed(&entry.path, number, id, item.files));
    };
    let path = path.as_str();
    if shelves.has(id, path) {
        return None;
    }
    let listed = shelves.listed(id);
    // A file that is registered and gone is told once, by the item, and not by each entry that cites it.
    if listed.contains(path) {
        return None;
    }
    let near = nearest(path, listed.iter().map(String::as_str));
    Some(citation_target::missing(&entry.path, number, id, path, near))
}

impl<'c> Shelves<'_, 'c> {
    fn has(&mut self, item: EntryId, path: &'c str) -> bool {
        if let Some(known) = self.known.get(&(item, path)) {
            return *known;
        }
        let key = self.folders.get(&item).copied();
        let remembered = key.is_some_and(|key| self.memory.recall_file(key, path));
        let there = remembered || is_file(self.tree, item, path);
        if let Some(key) = key.filter(|_| there && !remembered) {
            self.memory.remember_file(key, path);
        }
        self.known.insert((item, path), there);
        there
    }

    /// The files that the list of an item names, as citations name them.
    fn listed(&mut self, item: EntryId) -> &BTreeSet<String> {
        self.listed.entry(item).or_insert_with(|| {
            let path = list::list_path(item);
            let content = self.tree.read(&path, list::MAX_LIST_BYTES).unwrap_or_default();
            let inside = format!("{}/", folder_path(item));
            let lines = list::parse(&path, item, &content).0.into_iter();
            lines.filter_map(|line| line.path.as_str().strip_prefix(&inside).map(str::to_owned)).collect()
        })
    }
}

fn is_file(tree: &dyn Tree, item: EntryId, path: &str) -> bool {
    let plain = path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    plain && tree.node(&folder_path(item).join(path)).is_some_and(|node| node.is_file())
}
