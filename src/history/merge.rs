//! Merges: an entry comes from one of the sides, or was changed by both. Anything else, nobody wrote where it would be seen.

use super::codes::merge_altered;
use super::{Desk, HistoryError, Parent, is_entry};
use crate::git::{Change, Oid};
use crate::values::TreePath;
use std::collections::{BTreeMap, BTreeSet};

/// What differs from a tree, by path.
type Differences = BTreeMap<TreePath, Change>;

pub(super) fn judge(desk: &mut Desk<'_, '_>, parents: &[Parent<'_>]) -> Result<(), HistoryError> {
    let [first, second, ..] = parents else { return Ok(()) };
    let base = desk.repository.merge_base(first.commit.id, second.commit.id)?;
    let base = base.and_then(|id| desk.repository.find(id));
    let from_base = desk.comparison.changes(base.map(|base| base.tree), desk.commit.tree)?;
    let from_base = differences(&from_base);
    let sides: Vec<Differences> = parents.iter().map(|parent| differences(&parent.changes)).collect();
    let paths: BTreeSet<&TreePath> = sides.iter().flat_map(BTreeMap::keys).filter(|path| is_entry(path)).collect();
    for path in paths {
        let result = sides.iter().find_map(|side| side.get(path)).and_then(|change| change.after);
        let before = |of: &Differences| of.get(path).map_or(result, |change| change.before);
        let base = before(&from_base);
        let versions: Vec<Option<Oid>> = sides.iter().map(before).collect();
        let changed = versions.iter().filter(|version| **version != base).collect::<BTreeSet<_>>();
        let is_of_a_side = versions.contains(&result);
        match changed.len() {
            // Both changed it differently: whoever merged had to choose, or to write a third.
            2.. => {}
            1 if changed.contains(&result) => {}
            1 if is_of_a_side => desk.found.push(merge_altered::lost(path)),
            _ => desk.found.push(merge_altered::found(path)),
        }
    }
    Ok(())
}

fn differences(changes: &[Change]) -> Differences {
    changes.iter().map(|change| (change.path.clone(), change.clone())).collect()
}
