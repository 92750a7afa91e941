//! Citations: does every claim point to a file that its evidence item has?

use super::damage::citation_target;
use super::list::folder_path;
use crate::diagnostic::Diagnostic;
use crate::model::{Body, Case, Citation, Entry, Evidence};
use crate::tree::Tree;
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, TreePath, nearest};
use std::collections::BTreeMap;

/// Judges the target of every citation. Each file is looked up once, however often it is cited.
pub fn judge(tree: &dyn Tree, case: &Case) -> Vec<Diagnostic> {
    let mut known: BTreeMap<(EntryId, &str), bool> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in case.entries.values() {
        for (number, citation) in entry.citations().iter().enumerate() {
            if let Some(item) = item_of(case, citation) {
                found.extend(judge_one(tree, entry, number, citation, item, &mut known));
            }
        }
    }
    found
}

/// The item that a citation names, where its files are kept in the case; a dangling reference is reported elsewhere.
fn item_of<'c>(case: &'c Case, citation: &Citation) -> Option<&'c Evidence> {
    match &case.get(citation.item.0)?.body {
        Body::Evidence(item) if matches!(item.storage, Storage::Git | Storage::Lfs) => Some(item),
        _ => None,
    }
}

fn judge_one<'c>(
    tree: &dyn Tree,
    entry: &Entry,
    number: usize,
    citation: &'c Citation,
    item: &Evidence,
    known: &mut BTreeMap<(EntryId, &'c str), bool>,
) -> Option<Diagnostic> {
    let id = citation.item.0;
    let Some(path) = &citation.path else {
        let several = item.files > 1 && (citation.at.is_some() || citation.quote.is_some());
        return several.then(|| citation_target::unnamed(&entry.path, number, id, item.files));
    };
    let path = path.as_str();
    let there = *known.entry((id, path)).or_insert_with(|| is_file(tree, id, path));
    if there {
        return None;
    }
    let files = files_of(tree, id);
    let near = nearest(path, files.iter().map(String::as_str));
    Some(citation_target::missing(&entry.path, number, id, path, near))
}

fn is_file(tree: &dyn Tree, item: EntryId, path: &str) -> bool {
    let plain = path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    plain && tree.node(&folder_path(item).join(path)).is_some_and(|node| node.is_file())
}

/// The files of an item, as citations name them.
fn files_of(tree: &dyn Tree, item: EntryId) -> Vec<String> {
    let top = folder_path(item);
    let mut folders: Vec<(TreePath, String)> = vec![(top, String::new())];
    let mut files = Vec::new();
    while let Some((folder, prefix)) = folders.pop() {
        for node in tree.list(&folder).unwrap_or_default() {
            let Some(name) = node.text() else { continue };
            match node.is_file() {
                true => files.push(format!("{prefix}{name}")),
                false => folders.push((folder.join(name), format!("{prefix}{name}/"))),
            }
        }
    }
    files
}
