//! The files that differ beside entries and evidence: those that every case has, notes, and what no rule reads.

use super::Act;
use super::change::is_same;
use super::prose::{Hunk, hunks};
use crate::model::MAX_TEXT_BYTES;
use crate::tree::{Node, NodeKind, Tree, TreeError};
use crate::validate::paths::{MAX_DEPTH, depth_of};
use crate::values::{Kind, TreePath};
use std::collections::BTreeMap;

/// A file that differs.
#[derive(Clone, Debug)]
pub struct FileChange {
    pub path: TreePath,
    pub act: Act,
    /// The lines that differ, where both are text; nothing of what is too large to be read.
    pub hunks: Vec<Hunk>,
}

/// The files that differ, by what they are.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub others: Vec<FileChange>,
    pub signoffs: Vec<TreePath>,
    pub timestamps: Vec<TreePath>,
}

/// What a file decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It steers how changes are judged, or what Git and a forge do with the case.
    Rules,
    Case,
    Other,
}

pub(super) fn role(path: &TreePath) -> Role {
    let is_rule = rank(path) < UNRANKED;
    match path.as_str() {
        "case.toml" => Role::Case,
        _ if is_rule => Role::Rules,
        _ => Role::Other,
    }
}

const UNRANKED: usize = 3;

/// The place of a file among those that steer: the policy, the roster, then what steers Git and the forge.
pub(super) fn rank(path: &TreePath) -> usize {
    match (path.as_str(), path.top(), path.name()) {
        ("policy.toml", ..) => 0,
        ("team.toml", ..) => 1,
        (_, ".github" | ".gitlab" | ".forgejo" | ".gitea", _) => 2,
        (_, _, "CODEOWNERS" | ".gitlab-ci.yml" | ".gitattributes" | ".gitignore" | ".gitmodules") => 2,
        _ => UNRANKED,
    }
}

/// The files that differ between two trees, by their paths. Folders with the same key on both sides are not looked into.
pub(super) fn between(before: &dyn Tree, after: &dyn Tree) -> Result<Files, TreeError> {
    let mut files = Files::default();
    let mut report = |path: TreePath, act: Act| match (path.top(), act) {
        ("signoffs", Act::Added) if path.name() != ".gitkeep" => files.signoffs.push(path),
        ("timestamps", Act::Added) => files.timestamps.push(path),
        _ => {
            let hunks = lines(before, after, &path);
            files.others.push(FileChange { path, act, hunks });
        }
    };
    walk(before, after, &TreePath::root(), &mut report)?;
    Ok(files)
}

fn walk(
    before: &dyn Tree,
    after: &dyn Tree,
    folder: &TreePath,
    report: &mut dyn FnMut(TreePath, Act),
) -> Result<(), TreeError> {
    let by_name = |nodes: Vec<Node>| -> BTreeMap<Vec<u8>, Node> {
        nodes.into_iter().filter(|node| !is_entries(folder, node)).map(|node| (node.name.clone(), node)).collect()
    };
    let (mut old, new) = (by_name(before.list_or_nothing(folder)?), by_name(after.list_or_nothing(folder)?));
    for (name, node) in new {
        let path = folder.join(&String::from_utf8_lossy(&name));
        let was = old.remove(&name);
        if node.key.is_some() && was.as_ref().is_some_and(|was| was.key == node.key && was.kind == node.kind) {
            continue;
        }
        match was {
            Some(was) if was.kind != node.kind => report(path, Act::Changed),
            _ if node.kind == NodeKind::Folder => {
                if depth_of(folder) < MAX_DEPTH {
                    walk(before, after, &path, report)?;
                }
            }
            None => report(path, Act::Added),
            Some(was) if is_same(before, was.key, after, node.key, &path) => {}
            Some(_) => report(path, Act::Changed),
        }
    }
    for (name, node) in old {
        let path = folder.join(&String::from_utf8_lossy(&name));
        match node.kind {
            NodeKind::Folder if depth_of(folder) < MAX_DEPTH => walk(before, after, &path, report)?,
            NodeKind::Folder => {}
            _ => report(path, Act::Removed),
        }
    }
    Ok(())
}

/// Whether a node at the top is a folder of entries, which are compared as such.
fn is_entries(folder: &TreePath, node: &Node) -> bool {
    folder.is_root() && node.text().and_then(Kind::of_folder).is_some()
}

/// The lines that differ; none of a file that is no text.
fn lines(before: &dyn Tree, after: &dyn Tree, path: &TreePath) -> Vec<Hunk> {
    let text = |tree: &dyn Tree| match tree.read(path, MAX_TEXT_BYTES) {
        Ok(content) => String::from_utf8(content).ok(),
        Err(TreeError::Missing(_)) => Some(String::new()),
        Err(_) => None,
    };
    match (text(before), text(after)) {
        (Some(old), Some(new)) => hunks(&old, &new),
        _ => Vec::new(),
    }
}
