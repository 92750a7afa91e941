//! What was read of trees before: a history hardly changes its rules, and an entry is in one commit as it was in the last.

use crate::load;
use crate::model::Case;
use crate::tree::{ContentKey, Tree, TreeError};
use crate::values::{EntryId, TreePath};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// How many states of case.toml, team.toml and policy.toml are kept.
const STATES: usize = 16;

/// How many statuses are kept.
const STATUSES: usize = 1 << 16;

/// The contents of the three files.
type State = [Option<ContentKey>; 3];

#[derive(Default)]
pub(super) struct Memo {
    files: VecDeque<(State, Rc<Case>)>,
    statuses: BTreeMap<(EntryId, ContentKey), Option<String>>,
}

impl Memo {
    /// case.toml, team.toml and policy.toml of a tree.
    pub fn files(&mut self, tree: &dyn Tree) -> Result<Rc<Case>, TreeError> {
        let key = |name: &str| tree.node(&TreePath::from(name)).and_then(|node| node.key);
        let state = ["case.toml", "team.toml", "policy.toml"].map(key);
        if let Some((_, case)) = self.files.iter().find(|(known, _)| *known == state) {
            return Ok(Rc::clone(case));
        }
        let case = Rc::new(load::files(tree)?);
        // Without a key nothing says that it is the same the next time.
        if state.iter().all(Option::is_some) {
            self.files.push_front((state, Rc::clone(&case)));
            self.files.truncate(STATES);
        }
        Ok(case)
    }

    /// The status of an entry; `None` where it cannot be read.
    pub fn status(&mut self, tree: &dyn Tree, id: EntryId) -> Option<String> {
        let key = (id, tree.node(&id.path())?.key?);
        if let Some(known) = self.statuses.get(&key) {
            return known.clone();
        }
        let status = load::entry(tree, id).map(|entry| entry.status().to_owned());
        if self.statuses.len() >= STATUSES {
            self.statuses.clear();
        }
        self.statuses.insert(key, status.clone());
        status
    }
}
