//! What each shard of a commit has to cover, by the lists alone: anybody can compute it again from the commit.

use super::super::{Shard, list};
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, Hashing, Kind, Sha256, TreePath};
use std::collections::BTreeMap;

/// The lines that one shard covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The digest of the lines, each with its end, item by item, in the order of the lists.
    pub lines: Sha256,
    /// How many of them each item has; items without one are left out.
    pub items: BTreeMap<EntryId, u64>,
}

/// What each of `of` shards covers, from the first to the last.
pub fn cover(tree: &dyn Tree, of: u32) -> Result<Vec<Cover>, TreeError> {
    let mut hashing = vec![Hashing::default(); of as usize];
    let mut items: Vec<BTreeMap<EntryId, u64>> = vec![BTreeMap::new(); of as usize];
    for item in lists(tree)? {
        let path = list::list_path(item);
        let content = tree.read(&path, list::MAX_LIST_BYTES)?;
        for line in list::parse(&path, item, &content).0 {
            let shard = Shard::of_digest(line.digest, of).number as usize - 1;
            hashing[shard].update(&content[line.span]);
            hashing[shard].update(b"\n");
            *items[shard].entry(item).or_default() += 1;
        }
    }
    let covers = hashing.into_iter().zip(items);
    Ok(covers.map(|(hashing, items)| Cover { lines: hashing.finish().sha256, items }).collect())
}

/// The items that have a list, by their ids.
fn lists(tree: &dyn Tree) -> Result<Vec<EntryId>, TreeError> {
    let nodes = tree.list_or_nothing(&TreePath::from(Kind::Evidence.folder()))?;
    let files = nodes.iter().filter(|node| node.is_file());
    let item = |name: &str| name.strip_suffix(".sha256")?.parse::<EntryId>().ok();
    let mut items: Vec<EntryId> = files.filter_map(|node| item(node.text()?)).collect();
    items.retain(|item| item.kind() == Kind::Evidence);
    items.sort();
    items.dedup();
    Ok(items)
}
