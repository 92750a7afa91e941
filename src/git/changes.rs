//! What differs between two trees of Git: found by comparing ids from the top, so that it costs what was changed.

use super::{GitError, Repo};
use crate::values::TreePath;
use git2::{ObjectType, Oid, Tree, TreeEntry};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::rc::Rc;

/// A file, link or submodule that differs: what it was and what it is, where it was or is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: TreePath,
    pub before: Option<Oid>,
    pub after: Option<Oid>,
}

/// How many trees are kept: a history walks from one to the next, and each shares most folders with the one before.
const KEPT: usize = 32;

/// Compares trees, and keeps those that it read last.
pub struct Comparison<'r> {
    repository: &'r Repo,
    kept: VecDeque<(Oid, Rc<Tree<'r>>)>,
}

impl<'r> Comparison<'r> {
    pub fn new(repository: &'r Repo) -> Self {
        Self { repository, kept: VecDeque::new() }
    }

    /// Everything that differs between two trees, in the order of the paths. Without a tree before, all is new.
    pub fn changes(&mut self, before: Option<Oid>, after: Oid) -> Result<Vec<Change>, GitError> {
        let mut found = Vec::new();
        self.compare(&TreePath::root(), before, Some(after), &mut found)?;
        Ok(found)
    }

    fn compare(
        &mut self,
        folder: &TreePath,
        before: Option<Oid>,
        after: Option<Oid>,
        found: &mut Vec<Change>,
    ) -> Result<(), GitError> {
        if before == after {
            return Ok(());
        }
        let (before, after) = (self.tree(before)?, self.tree(after)?);
        let (mut at, mut to) = (0, 0);
        loop {
            let old = before.as_ref().and_then(|tree| tree.get(at));
            let new = after.as_ref().and_then(|tree| tree.get(to));
            // Nearly all are the same.
            if let (Some(old), Some(new)) = (&old, &new)
                && old.id() == new.id()
                && old.name_bytes() == new.name_bytes()
            {
                (at, to) = (at + 1, to + 1);
                continue;
            }
            let order = match (&old, &new) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let (old, new) = (old.filter(|_| order != Ordering::Greater), new.filter(|_| order != Ordering::Less));
            at += usize::from(old.is_some());
            to += usize::from(new.is_some());
            if let (Some(old), Some(new)) = (&old, &new)
                && old.id() == new.id()
            {
                continue;
            }
            let Some(named) = old.as_ref().or(new.as_ref()) else { continue };
            let path = folder.join(&String::from_utf8_lossy(named.name_bytes()));
            let ids = |is_folder: bool| {
                let id = |entry: &Option<TreeEntry<'_>>| {
                    entry.as_ref().filter(|entry| is_folder_entry(entry) == is_folder).map(TreeEntry::id)
                };
                (id(&old), id(&new))
            };
            let (folders, files) = (ids(true), ids(false));
            if files != (None, None) {
                found.push(Change { path: path.clone(), before: files.0, after: files.1 });
            }
            if folders != (None, None) {
                self.compare(&path, folders.0, folders.1, found)?;
            }
        }
    }

    fn tree(&mut self, id: Option<Oid>) -> Result<Option<Rc<Tree<'r>>>, GitError> {
        let Some(id) = id else { return Ok(None) };
        if let Some((_, tree)) = self.kept.iter().find(|(kept, _)| *kept == id) {
            return Ok(Some(Rc::clone(tree)));
        }
        let tree = Rc::new(self.repository.repository.find_tree(id)?);
        if !is_in_order(&tree) {
            let message = format!(
                "the tree {id} has names that are out of order or there twice, so that programs read it differently"
            );
            return Err(GitError::Unsupported {
                message,
                help: "such a tree is made on purpose, or by a broken program: `git fsck` tells; commit the files anew"
                    .to_owned(),
            });
        }
        self.kept.push_front((id, Rc::clone(&tree)));
        self.kept.truncate(KEPT);
        Ok(Some(tree))
    }
}

/// Whether the names of a tree are in the order of Git, and each is there once. Git itself asks for that only where
/// `receive.fsckObjects` is set.
fn is_in_order(tree: &Tree<'_>) -> bool {
    let entries = || tree.iter();
    let is_above = |(a, b): (TreeEntry<'_>, TreeEntry<'_>)| {
        let (a_name, b_name) = (a.name_bytes(), b.name_bytes());
        match b_name.starts_with(a_name) {
            // A file and a folder of one name are two, even with others between them.
            true => a_name != b_name && order(&a, &b) == Ordering::Less,
            false => a_name < b_name || order(&a, &b) == Ordering::Less,
        }
    };
    if !entries().zip(entries().skip(1)).all(is_above) {
        return false;
    }
    let is_twice = |(at, folder): (usize, TreeEntry<'_>)| {
        let name = folder.name_bytes();
        let before = (0..at).rev().map_while(|at| tree.get(at));
        before.take_while(|entry| entry.name_bytes().starts_with(name)).any(|entry| entry.name_bytes() == name)
    };
    !entries().enumerate().filter(|(_, entry)| is_folder_entry(entry)).any(is_twice)
}

fn is_folder_entry(entry: &TreeEntry<'_>) -> bool {
    entry.kind() == Some(ObjectType::Tree)
}

/// The order of Git's trees: that of the bytes of the names, as if those of folders ended in a slash.
fn order(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let (a_name, b_name) = (a.name_bytes(), b.name_bytes());
    let common = a_name.len().min(b_name.len());
    // No name has a slash, so that the first byte after what is common decides.
    let next =
        |name: &[u8], entry: &TreeEntry<'_>| name.get(common).copied().or(is_folder_entry(entry).then_some(b'/'));
    a_name[..common].cmp(&b_name[..common]).then_with(|| next(a_name, a).cmp(&next(b_name, b)))
}
