//! The files of registered evidence, as far as they are on this machine.

use super::filter::Filter;
use super::{Source, Timeline};
use crate::disk::DiskTree;
use crate::evidence::lfs;
use crate::evidence::list::{self, folder_path};
use crate::ingest::format::Format;
use crate::ingest::instant::Told;
use crate::model::Case;
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, TreePath};
use std::io;

/// How files are read, and what of them is wanted.
pub struct Reading {
    /// Their format, where it is not told by their beginning.
    pub format: Option<&'static Format>,
    pub told: Told,
    pub filter: Filter,
}

impl Timeline<'_> {
    /// Reads the files of items, or of all where none is named. What cannot be read is noted, and the others are read all the same.
    pub fn read_evidence(
        &mut self,
        case: &Case,
        tree: &DiskTree<'_>,
        wanted: &[EntryId],
        reading: &Reading,
    ) -> io::Result<()> {
        // A physical exhibit has no files.
        let items = case.evidence().filter(|(_, item)| item.list.is_some());
        let wanted = items.map(|(entry, _)| entry.id()).filter(|item| wanted.is_empty() || wanted.contains(item));
        let files: Vec<(EntryId, String)> =
            wanted.flat_map(|item| self.listed(tree, item).into_iter().map(move |path| (item, path))).collect();
        let (mut absent, mut unread) = (Vec::new(), Vec::new());
        let sources = files.into_iter().filter_map(|(item, path)| {
            let place = format!("{item} {path}");
            let whole = folder_path(item).join(&path);
            match tree.reader(&whole) {
                Ok(content) if !is_pointer(tree, &whole) => {
                    return Some(Source { item, path, skew: case.clock_skew(item), content: Box::new(content) });
                }
                Ok(_) | Err(TreeError::Missing(_)) => absent.push(place),
                Err(error) => unread.push((place, error.to_string())),
            }
            None
        });
        self.read(sources, reading)?;
        self.absent.extend(absent);
        self.unread.extend(unread);
        Ok(())
    }

    /// The files of an item, inside it.
    fn listed(&mut self, tree: &dyn Tree, item: EntryId) -> Vec<String> {
        let path = list::list_path(item);
        let (lines, wrong) = match tree.read(&path, list::MAX_LIST_BYTES) {
            Ok(content) => {
                let (lines, found) = list::parse(&path, item, &content);
                (lines, found.first().map(|found| format!("its list is broken: {}", found.message)))
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        self.unread.extend(wrong.map(|wrong| (item.to_string(), wrong)));
        let inside = format!("{}/", folder_path(item));
        lines.iter().filter_map(|line| Some(line.path.as_str().strip_prefix(&inside)?.to_owned())).collect()
    }
}

/// Whether a file stands for one that Git LFS keeps.
fn is_pointer(tree: &dyn Tree, path: &TreePath) -> bool {
    tree.read(path, lfs::MAX_POINTER_BYTES).is_ok_and(|content| lfs::pointer(&content).is_some())
}
