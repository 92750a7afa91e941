//! What there is of one evidence item: its record, its list, and what lies in its folder, before anything is hashed.

use super::damage::{evidence_count, evidence_ignored, evidence_missing, evidence_storage, list_digest, list_missing};
use super::homes::Wanted;
use super::list::{self, ListLine, folder_path, list_path};
use super::shard::Shard;
use super::{DigestMemory, Totals, lfs};
use crate::diagnostic::Diagnostic;
use crate::model::{Evidence, chain::Holding};
use crate::tree::{ContentKey, Node, NodeKind, Tree, TreeError};
use crate::validate::paths::{MAX_DEPTH, depth_of};
use crate::values::vocabulary::Storage;
use crate::values::{Digested, EntryId, Sha256, TreePath};
use std::collections::{BTreeMap, BTreeSet};

/// An item by its record and its chain of custody.
#[derive(Clone, Copy)]
pub struct Registered<'c> {
    pub path: &'c TreePath,
    pub record: &'c Evidence,
    pub holding: Holding,
}

impl Registered<'_> {
    /// Where its bytes live now.
    pub fn home(&self) -> Storage {
        self.holding.storage
    }
}

/// What the folder `evidence` holds of one item beside its record.
#[derive(Default)]
pub struct Shelf {
    pub list: Option<Node>,
    pub folder: Option<Node>,
}

/// One item, with what is needed to judge it once its files are hashed.
pub struct Plan<'c> {
    pub item: EntryId,
    /// The record; `None` where its file cannot be read, which is reported elsewhere.
    pub registered: Option<Registered<'c>>,
    /// The part of its files that is judged.
    pub shard: Shard,
    pub lines: Vec<ListLine>,
    /// Whether the list can be read whole and is the registered one.
    pub list_is_sound: bool,
    /// The digest of the list as it is, once it was read.
    pub list_digest: Option<Sha256>,
    /// The files in the item's folder.
    pub present: BTreeMap<TreePath, Option<ContentKey>>,
    /// What is neither file nor folder there: links, submodules, devices.
    pub others: BTreeMap<TreePath, &'static str>,
    /// The Git LFS pointers among the files, in an item whose home is not Git, or not known.
    pub pointers: BTreeMap<TreePath, Digested>,
    /// The keys of folder and list, where the tree has such.
    pub keys: Option<(ContentKey, ContentKey)>,
    /// What the folder holds, where it was verified before.
    pub settled: Option<Totals>,
    /// Whether nothing was left to the rules for names, which do not remember what they find.
    pub is_plain: bool,
    pub found: Vec<Diagnostic>,
}

impl Plan<'_> {
    /// Where its bytes live; `None` where the record cannot be read.
    pub fn home(&self) -> Option<Storage> {
        self.registered.map(|registered| registered.home())
    }

    /// The event by which it was disposed of.
    pub fn disposed(&self) -> Option<EntryId> {
        self.registered.and_then(|registered| registered.holding.disposed)
    }

    /// The lines that are judged.
    pub fn covered(&self) -> impl Iterator<Item = &ListLine> {
        self.lines.iter().filter(|line| self.shard.holds(line.digest))
    }

    /// The files of the tree that are to be hashed, with their keys. In a shard, those that no line of it names are left to
    /// nobody: that they are there is wrong enough.
    pub fn to_hash(&self) -> impl Iterator<Item = (&TreePath, Option<ContentKey>)> {
        let is_part = self.shard != Shard::WHOLE;
        let covered: Option<BTreeSet<&TreePath>> = is_part.then(|| self.covered().map(|line| &line.path).collect());
        let files = self.present.iter().filter(|(path, _)| !self.pointers.contains_key(*path));
        files
            .filter(move |(path, _)| covered.as_ref().is_none_or(|covered| covered.contains(path)))
            .map(|(path, key)| (path, *key))
    }

    /// The files that are to be looked for in the item's home.
    pub fn to_look_for(&self) -> Vec<Wanted<'_>> {
        let Some(storage @ (Storage::Lfs | Storage::Store)) = self.home() else { return Vec::new() };
        let is_disposed = self.disposed().is_some();
        let fits = |line: &ListLine| self.pointers.get(&line.path).is_some_and(|pointer| pointer.sha256 == line.digest);
        let is_there = |line: &ListLine| storage == Storage::Store || is_disposed || fits(line);
        self.covered().filter(|line| is_there(line)).map(|line| Wanted { storage, line, is_disposed }).collect()
    }
}

/// How items are planned.
#[derive(Clone, Copy)]
pub struct Terms {
    /// The largest file in bytes that Git may hold.
    pub limit: u64,
    pub shard: Shard,
}

/// Reads the list of an item and walks its folder.
pub fn plan<'c>(
    tree: &dyn Tree,
    item: EntryId,
    registered: Option<Registered<'c>>,
    shelf: Shelf,
    memory: &mut dyn DigestMemory,
    terms: Terms,
) -> Plan<'c> {
    let keys = shelf.folder.as_ref().and_then(|node| node.key).zip(shelf.list.as_ref().and_then(|node| node.key));
    let mut plan = Plan {
        item,
        registered,
        shard: terms.shard,
        lines: Vec::new(),
        list_is_sound: false,
        list_digest: None,
        present: BTreeMap::new(),
        others: BTreeMap::new(),
        pointers: BTreeMap::new(),
        keys,
        settled: None,
        is_plain: true,
        found: Vec::new(),
    };
    let home = plan.home();
    if let (Some(registered), Some(Storage::None)) = (registered, home) {
        plan.found.extend(storage_problems(registered.path, registered.record, item, &shelf));
        return plan;
    }
    if let (Some(Storage::Git), None, Some((folder, list)), Shard::WHOLE) = (home, plan.disposed(), keys, terms.shard) {
        let known = memory.recall_verified(item, folder, list);
        plan.settled = known.filter(|totals| totals.largest <= terms.limit);
    }
    if let Some(totals) = plan.settled {
        plan.list_is_sound = judge_list(&mut plan, totals.list);
        return plan;
    }
    let Some(content) = read_list(tree, &mut plan, shelf.list.is_some()) else { return plan };
    let digest = Sha256::of(&content);
    plan.list_digest = Some(digest);
    plan.list_is_sound = judge_list(&mut plan, digest);
    let (lines, problems) = list::parse(&list_path(item), item, &content);
    plan.list_is_sound &= problems.is_empty();
    plan.lines = lines;
    plan.found.extend(problems);
    if shelf.folder.is_some() {
        let mut files = Vec::with_capacity(plan.lines.len());
        walk(tree, &folder_path(item), &mut plan, &mut files);
        plan.present = files.into_iter().collect();
    }
    // Where the record cannot be read, nobody knows its home.
    if matches!(home, None | Some(Storage::Lfs | Storage::Store)) {
        plan.pointers = pointers(tree, &plan);
    }
    plan
}

/// Why a physical exhibit, which has no files, cannot have what it has.
fn storage_problems(path: &TreePath, record: &Evidence, item: EntryId, shelf: &Shelf) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if shelf.list.is_some() {
        found.push(evidence_storage::found(path, &format!("the list `{}`", list_path(item))));
    }
    if shelf.folder.is_some() {
        found.push(evidence_storage::found(path, &format!("the folder `{}`", folder_path(item))));
    }
    if record.list.is_some() && shelf.list.is_none() {
        found.push(evidence_storage::found(path, "a digest of a list in its record"));
    }
    if found.is_empty() {
        let counts = [("files", record.files), ("bytes", record.bytes)].into_iter().filter(|(_, number)| *number != 0);
        found.extend(counts.map(|(field, number)| evidence_count::found(path, field, number, 0)));
    }
    found
}

/// The content of an item's list; `None`, and a report, where there is no list.
fn read_list(tree: &dyn Tree, plan: &mut Plan<'_>, exists: bool) -> Option<Vec<u8>> {
    let path = list_path(plan.item);
    let content = if exists { tree.read(&path, list::MAX_LIST_BYTES) } else { Err(TreeError::Missing(path.clone())) };
    match content {
        Ok(content) => Some(content),
        Err(error) => {
            let record = plan.registered.map_or_else(|| plan.item.path(), |registered| registered.path.clone());
            let why = (!matches!(error, TreeError::Missing(_))).then(|| error.to_string());
            plan.found.push(list_missing::found(&record, &path, why.as_deref()));
            None
        }
    }
}

/// Whether the list is the one that the record names.
fn judge_list(plan: &mut Plan<'_>, digest: Sha256) -> bool {
    let Some(Registered { path, record, .. }) = plan.registered else { return true };
    let problem = match record.list {
        Some(registered) if registered == digest => return true,
        Some(registered) => list_digest::found(path, &list_path(plan.item), registered, digest),
        None => list_digest::not_named(path, &list_path(plan.item), digest),
    };
    plan.found.push(problem);
    false
}

/// A file of an item, and its key where the tree has such.
type Present = (TreePath, Option<ContentKey>);

/// Finds the files below a folder of an item, and reports what is no file.
fn walk(tree: &dyn Tree, folder: &TreePath, plan: &mut Plan<'_>, files: &mut Vec<Present>) {
    let nodes = match tree.list(folder) {
        Ok(nodes) => nodes,
        Err(error) => {
            plan.found.push(evidence_missing::folder(folder, &error.to_string()));
            return;
        }
    };
    for node in nodes {
        let name = String::from_utf8_lossy(&node.name);
        let path = folder.join(&name);
        match node.kind {
            // The rules for names report what is deeper, whatever the policy says.
            NodeKind::Folder if depth_of(folder) >= MAX_DEPTH => plan.is_plain = false,
            NodeKind::Folder => walk(tree, &path, plan, files),
            NodeKind::File { .. } if name.eq_ignore_ascii_case(".gitattributes") => plan.is_plain = false,
            NodeKind::File { .. } if evidence_ignored::is_one(&name) => {
                plan.found.push(evidence_ignored::found(&path));
            }
            NodeKind::File { .. } => files.push((as_listed(&plan.lines, path), node.key)),
            kind => {
                plan.others.insert(path, what(kind));
            }
        }
    }
}

/// The same path as the list holds it, so that most are in memory once.
fn as_listed(lines: &[ListLine], path: TreePath) -> TreePath {
    let found = lines.binary_search_by(|line| line.path.cmp(&path));
    found.map_or(path, |at| lines[at].path.clone())
}

fn what(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Symlink => "it is a symbolic link, whose target is not in the case",
        NodeKind::Submodule => "it is a submodule, whose files are not in the case",
        _ => "it is not a file",
    }
}

/// The Git LFS pointers among the files. A file that was registered with the text of a pointer is none: it was collected so,
/// and the filter of Git LFS leaves it as it is.
fn pointers(tree: &dyn Tree, plan: &Plan<'_>) -> BTreeMap<TreePath, Digested> {
    let registered: BTreeMap<&TreePath, Sha256> = plan.lines.iter().map(|line| (&line.path, line.digest)).collect();
    let pointer = |path: &TreePath| {
        let content = tree.read(path, lfs::MAX_POINTER_BYTES).ok()?;
        let pointer = lfs::pointer(&content)?;
        let is_itself = registered.get(path).is_some_and(|digest| *digest == Sha256::of(&content));
        (!is_itself).then(|| (path.clone(), pointer))
    };
    plan.present.keys().filter_map(pointer).collect()
}
