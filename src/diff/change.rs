//! Which entries differ between two trees: found by comparing object ids, so it costs what changed.

use crate::model::MAX_TEXT_BYTES;
use crate::tree::{ContentKey, Tree, TreeError};
use crate::values::{EntryId, Kind, TreePath};
use std::collections::BTreeMap;

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Added,
    Changed,
    Removed,
}

impl Act {
    /// The sign that stands before an id.
    pub fn sign(self) -> char {
        match self {
            Act::Added => '+',
            Act::Changed => '~',
            Act::Removed => '-',
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Act::Added => "added",
            Act::Changed => "changed",
            Act::Removed => "removed",
        }
    }
}

/// The entries that differ between two trees, by kind and id. Without a tree before, all are added.
pub fn between(before: Option<&dyn Tree>, after: &dyn Tree) -> Vec<(EntryId, Act)> {
    let roots = (before.map(folders).unwrap_or_default(), folders(after));
    let mut changes = Vec::new();
    for kind in Kind::ALL {
        if let (Some(Some(old)), Some(Some(new))) = (roots.0.get(&kind), roots.1.get(&kind))
            && old == new
        {
            continue;
        }
        let old = before.map(|tree| entries(tree, kind)).unwrap_or_default();
        let new = entries(after, kind);
        for (id, key) in &new {
            match (before, old.get(id)) {
                (Some(tree), Some(other)) if is_same(tree, *other, after, *key, &id.path()) => {}
                (Some(_), Some(_)) => changes.push((*id, Act::Changed)),
                _ => changes.push((*id, Act::Added)),
            }
        }
        changes.extend(old.keys().filter(|id| !new.contains_key(id)).map(|id| (*id, Act::Removed)));
    }
    changes.sort_by_key(|(id, _)| *id);
    changes
}

/// Whether a file is the same on both sides: by its keys where both have one, or else by its bytes. In a work tree, whose
/// files have no keys, the line ends of another system are no difference.
pub(super) fn is_same(
    before: &dyn Tree,
    old: Option<ContentKey>,
    after: &dyn Tree,
    new: Option<ContentKey>,
    path: &TreePath,
) -> bool {
    if let (Some(old), Some(new)) = (old, new) {
        return old == new;
    }
    match (before.read(path, MAX_TEXT_BYTES), after.read(path, MAX_TEXT_BYTES)) {
        (Ok(old), Ok(new)) => old == new || without_returns(&old).eq(without_returns(&new)),
        (Err(TreeError::TooLarge { bytes, .. }), Err(TreeError::TooLarge { bytes: other, .. })) => bytes == other,
        _ => false,
    }
}

/// The bytes of a text without the carriage returns that stand before a line feed.
fn without_returns(bytes: &[u8]) -> impl Iterator<Item = &u8> {
    let ends = |at: usize| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
    bytes.iter().enumerate().filter(move |(at, _)| !ends(*at)).map(|(_, byte)| byte)
}

/// The content keys of the folders that hold entries.
fn folders(tree: &dyn Tree) -> BTreeMap<Kind, Option<ContentKey>> {
    let nodes = tree.list(&TreePath::root()).unwrap_or_default();
    nodes.iter().filter_map(|node| Some((Kind::of_folder(node.text()?)?, node.key))).collect()
}

/// The content keys of the entries of a kind. A folder that cannot be read has none: the rules report it.
fn entries(tree: &dyn Tree, kind: Kind) -> BTreeMap<EntryId, Option<ContentKey>> {
    let nodes = tree.list(&TreePath::from(kind.folder())).unwrap_or_default();
    let entries = nodes.iter().filter(|node| node.is_file()).filter_map(|node| {
        let id: EntryId = node.text()?.strip_suffix(".toml")?.parse().ok()?;
        Some((id, node.key))
    });
    entries.filter(|(id, _)| id.kind() == kind).collect()
}
