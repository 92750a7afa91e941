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
        for (entry, _) in items.filter(|(entry, _)| wanted.is_empty() || wanted.contains(&entry.id())) {
            let (item, skew) = (entry.id(), case.clock_skew(entry.id()));
            for path in self.listed(tree, item) {
                let place = format!("{item} {path}");
                let whole = folder_path(item).join(&path);
                match tree.reader(&whole) {
                    Ok(content) if !is_pointer(tree, &whole) => {
                        let source = Source { item, path, skew, content: Box::new(content) };
                        let read = self.read(source, reading.format, &reading.told, &reading.filter);
                        read.map_err(|error| io::Error::new(error.kind(), format!("cannot read {place}: {error}")))?;
                    }
                    Ok(_) | Err(TreeError::Missing(_)) => self.absent.push(place),
                    Err(error) => self.unread.push((place, error.to_string())),
                }
            }
        }
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
