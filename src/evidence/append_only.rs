//! What is only ever added to: compared with the commit that a tree follows.

use super::damage::{
    custody_backdated, custody_changed, entry_deleted, evidence_changed, release_changed, signoff_changed,
    timestamp_changed,
};
use super::{list, timestamp};
use crate::diagnostic::Diagnostic;
use crate::load;
use crate::model::{Body, Case, Link, Release};
use crate::tree::{ContentKey, Node, NodeKind, Tree, TreeError, digest_one};
use crate::validate::paths::{MAX_DEPTH, depth_of};
use crate::values::{EntryId, Kind, Sha256, TreePath};
use std::collections::{BTreeMap, BTreeSet};

/// What of a folder is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Whether its files are there.
    Names,
    /// Whether its files are there and have the same bytes.
    Content,
    /// Its files and those of the folders below it.
    Below,
}

/// How a file of the base stands in the tree.
enum Change<'a> {
    Gone,
    Other { base: &'a Node, now: &'a Node },
}

/// Reports what must never change and differs from the base: evidence records and lists, custody events, sign-offs, time
/// stamps, releases, and entries that were removed.
///
/// The files of evidence are not compared: a list that is unchanged holds them (`examine`), and where the base's own bytes
/// are damaged, the change that mends them is welcome. `name` is what Git calls the base, for the commands in the help.
pub fn compare(base: &dyn Tree, name: &str, tree: &dyn Tree) -> Result<Vec<Diagnostic>, TreeError> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let folder = TreePath::from(kind.folder());
        let look = if matches!(kind, Kind::Evidence | Kind::Custody) { Look::Content } else { Look::Names };
        differences(base, tree, &folder, look, &mut |path, change, added| match (kind, change) {
            (Kind::Evidence, change) => found.extend(evidence(base, name, tree, path, &change)),
            (Kind::Custody, change) => {
                let item = path.stem().parse().ok().and_then(|id| item_of(base, id));
                found.push(custody_changed::found(name, path, item, matches!(change, Change::Gone)));
            }
            (kind, Change::Gone) if path.name().ends_with(".toml") => {
                found.push(entry_deleted::found(name, path, kind, added.as_ref()));
            }
            _ => {}
        })?;
    }
    differences(base, tree, &TreePath::from("signoffs"), Look::Below, &mut |path, change, _| {
        found.push(signoff_changed::found(name, path, matches!(change, Change::Gone)));
    })?;
    differences(base, tree, &TreePath::from(timestamp::FOLDER), Look::Below, &mut |path, change, _| {
        found.push(timestamp_changed::found(name, path, matches!(change, Change::Gone)));
    })?;
    differences(base, tree, &TreePath::from(Release::FOLDER), Look::Below, &mut |path, change, _| {
        found.push(release_changed::found(name, path, matches!(change, Change::Gone)));
    })?;
    Ok(found)
}

/// The item of a custody event of a tree, where it can be read.
fn item_of(tree: &dyn Tree, event: EntryId) -> Option<EntryId> {
    match load::entry(tree, event)?.body {
        Body::Custody(event) => Some(event.item.0),
        _ => None,
    }
}

/// Reports custody events that none of the bases has and that are earlier than those of the same item that one of them has.
///
/// An event that came by the other side of a merge was not put in by it: it is known to that base.
pub fn backdated(bases: &[&dyn Tree], case: &Case) -> Result<Vec<Diagnostic>, TreeError> {
    let mut known: BTreeSet<EntryId> = BTreeSet::new();
    for base in bases {
        let nodes = base.list_or_nothing(&TreePath::from(Kind::Custody.folder()))?;
        let ids = nodes.iter().filter_map(|node| node.text()?.strip_suffix(".toml")?.parse::<EntryId>().ok());
        known.extend(ids);
    }
    let origins = case.custody_origins();
    let is_known = |id: EntryId| known.contains(&id);
    let is_new = |id: EntryId| !is_known(id) && !origins.get(&id).is_some_and(|origin| is_known(*origin));
    let mut committed: BTreeMap<EntryId, Vec<Link<'_>>> = BTreeMap::new();
    for link in case.custody().filter(|(entry, _)| is_known(entry.id())) {
        committed.entry(link.1.item.0).or_default().push(link);
    }
    let mut found = Vec::new();
    for new in case.custody().filter(|(entry, _)| is_new(entry.id())) {
        let of_item = committed.get(&new.1.item.0).into_iter().flatten();
        let after =
            of_item.filter(|(_, event)| event.at > new.1.at).min_by_key(|(entry, event)| (event.at, entry.id()));
        found.extend(after.map(|after| custody_backdated::found(new, *after)));
    }
    Ok(found)
}

/// Calls `report` for every file of the base's folder that is not the same in the tree. For a file that is gone, it also
/// tells a new file with the same content, where there is one.
fn differences(
    base: &dyn Tree,
    tree: &dyn Tree,
    folder: &TreePath,
    look: Look,
    report: &mut dyn FnMut(&TreePath, Change<'_>, Option<TreePath>),
) -> Result<(), TreeError> {
    if let (Some(key), Some(other)) = (key(base, folder), key(tree, folder))
        && key == other
    {
        return Ok(());
    }
    let before = base.list_or_nothing(folder)?;
    let after: BTreeMap<Vec<u8>, Node> =
        tree.list_or_nothing(folder)?.into_iter().map(|node| (node.name.clone(), node)).collect();
    let old: BTreeMap<&[u8], &Node> = before.iter().map(|node| (node.name.as_slice(), node)).collect();
    for node in &before {
        let path = folder.join(&String::from_utf8_lossy(&node.name));
        let now = after.get(&node.name);
        if node.kind == NodeKind::Folder {
            if look == Look::Below && depth_of(folder) < MAX_DEPTH {
                differences(base, tree, &path, look, report)?;
            }
            continue;
        }
        match now {
            None => {
                let added = after.values().filter(|new| !old.contains_key(new.name.as_slice()));
                let renamed = added.into_iter().find(|new| new.key.is_some() && new.key == node.key);
                let renamed = renamed.and_then(Node::text).map(|name| folder.join(name));
                report(&path, Change::Gone, renamed);
            }
            Some(now) if look != Look::Names && !is_same(base, tree, &path, node, now)? => {
                report(&path, Change::Other { base: node, now }, None);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn key(tree: &dyn Tree, path: &TreePath) -> Option<ContentKey> {
    tree.node(path)?.key
}

/// Whether a file has the same bytes in both, by its key where both have one.
fn is_same(base: &dyn Tree, tree: &dyn Tree, path: &TreePath, node: &Node, now: &Node) -> Result<bool, TreeError> {
    if !(node.is_file() && now.is_file()) {
        return Ok(node.kind == now.kind);
    }
    // Keys that a work tree makes of its time stamps are none of Git's.
    if base.is_of_git() == tree.is_of_git()
        && let (Some(key), Some(other)) = (node.key, now.key)
    {
        return Ok(key == other);
    }
    Ok(digest_one(base, path, &|_| {})?.sha256 == digest_one(tree, path, &|_| {})?.sha256)
}

/// What is wrong with a changed file at the top of `evidence/`: a record or a list.
fn evidence(base: &dyn Tree, name: &str, tree: &dyn Tree, path: &TreePath, change: &Change<'_>) -> Option<Diagnostic> {
    let (what, is_list) = match path.name().rsplit_once('.')?.1 {
        "toml" => ("evidence record", false),
        "sha256" => ("evidence list", true),
        _ => return None,
    };
    match change {
        Change::Gone => Some(evidence_changed::vanished(name, path, what)),
        Change::Other { base: before, now } => {
            let how = if is_list && before.is_file() && now.is_file() {
                let item: Option<EntryId> = path.stem().parse().ok();
                item.map(|item| changed_lines(base, tree, path, item)).unwrap_or_default()
            } else {
                String::new()
            };
            Some(evidence_changed::changed(name, path, what, &how))
        }
    }
}

/// Names the first file whose line in a list differs.
fn changed_lines(base: &dyn Tree, tree: &dyn Tree, path: &TreePath, item: EntryId) -> String {
    let lines = |tree: &dyn Tree| -> BTreeMap<TreePath, Sha256> {
        let content = tree.read(path, list::MAX_LIST_BYTES).unwrap_or_default();
        list::parse(path, item, &content).0.into_iter().map(|line| (line.path, line.digest)).collect()
    };
    let (before, now) = (lines(base), lines(tree));
    let changed = before.iter().find(|(path, digest)| now.get(*path) != Some(digest));
    match changed {
        Some((path, digest)) => match now.get(path) {
            Some(new) => format!(": `{path}` had the digest {digest}, and now {new}"),
            None => format!(": `{path}` with the digest {digest} is no longer listed"),
        },
        None => match now.keys().find(|path| !before.contains_key(*path)) {
            Some(path) => format!(": `{path}` was not in it"),
            None => String::new(),
        },
    }
}
