//! What a commit changes, in terms of entries: found by comparing object ids, so it costs what changed.

use crate::tree::{ContentKey, Tree};
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
        if roots.0.get(&kind) == roots.1.get(&kind) {
            continue;
        }
        let before = before.map(|tree| entries(tree, kind)).unwrap_or_default();
        let after = entries(after, kind);
        for (id, key) in &after {
            match before.get(id) {
                None => changes.push((*id, Act::Added)),
                Some(old) if old != key => changes.push((*id, Act::Changed)),
                Some(_) => {}
            }
        }
        changes.extend(before.keys().filter(|id| !after.contains_key(id)).map(|id| (*id, Act::Removed)));
    }
    changes.sort_by_key(|(id, _)| *id);
    changes
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
