//! Keys made of time stamps, for the quick mode that believes them as `git status` does: a file whose size, times and inode are
//! those of before is taken to have the bytes of before.
//!
//! A file that was written within the clock's last tick could be written again without a sign of it, so that a key is given to
//! those only that are older than the moment at which looking began, by the clock of the same disk; see
//! <https://git-scm.com/docs/racy-git>.

use super::hashing::Stamp;
use crate::tree::{ContentKey, Node, NodeKind};
use crate::values::{Digested, Hashing, Sha256, TreePath};
use rayon::prelude::*;
use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;

/// A moment by the clock of a disk, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskMoment(i64);

impl DiskMoment {
    /// Now, by the clock of the disk that a folder is on, which is made where it is not there.
    pub fn now(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        Ok(Self(Stamp::of(&file.as_file().metadata()?).modified))
    }

    /// A moment after all others: every file is older.
    #[cfg(test)]
    pub fn never() -> Self {
        Self(i64::MAX)
    }
}

/// A folder that was walked, with everything below it.
pub struct Walked {
    /// Equal for equal names with equal keys; `None` where something below has none.
    pub key: Option<ContentKey>,
    /// The folder and those below it, with what is in each.
    pub folders: Vec<(TreePath, Vec<Node>)>,
}

/// Folders that are deeper are left to those who list them: no case has any.
const MAX_DEPTH: usize = 64;

/// How many names of a folder are held as the system gives them, which needs much more memory than what is kept of them.
const LOOKED_AT_AT_ONCE: usize = 4096;

/// Walks a folder that is no link, on all cores.
pub fn walk(path: &TreePath, located: &Path, began: DiskMoment) -> io::Result<Walked> {
    let mut walked = Walked { key: None, folders: Vec::new() };
    let mut nodes = Vec::new();
    let mut entries = fs::read_dir(located)?;
    loop {
        let some = entries.by_ref().take(LOOKED_AT_AT_ONCE).collect::<io::Result<Vec<DirEntry>>>()?;
        let look = |entry: &DirEntry| look(path, located, entry, began);
        for (node, below) in some.par_iter().with_min_len(64).map(look).collect::<io::Result<Vec<Seen>>>()? {
            nodes.push(node);
            walked.folders.extend(below);
        }
        if some.len() < LOOKED_AT_AT_ONCE {
            break;
        }
    }
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    walked.key = key_of_folder(&nodes);
    walked.folders.push((path.clone(), nodes));
    Ok(walked)
}

type Seen = (Node, Vec<(TreePath, Vec<Node>)>);

fn look(path: &TreePath, located: &Path, entry: &DirEntry, began: DiskMoment) -> io::Result<Seen> {
    let name = entry.file_name().into_encoded_bytes();
    let kind = super::tree::kind_of(entry, false)?;
    match kind {
        NodeKind::Folder if path.as_str().split('/').count() < MAX_DEPTH => {
            let below = path.join(&String::from_utf8_lossy(&name));
            let Walked { key, folders } = walk(&below, &located.join(entry.file_name()), began)?;
            Ok((Node { name, kind, key }, folders))
        }
        NodeKind::File { .. } => Ok((Node { name, kind, key: key(&Stamp::of(&entry.metadata()?), began) }, Vec::new())),
        _ => Ok((Node { name, kind, key: None }, Vec::new())),
    }
}

/// The key of a file in a state, unless it is too young to be told from what may come.
pub fn key(stamp: &Stamp, began: DiskMoment) -> Option<ContentKey> {
    let is_old = stamp.modified < began.0 && stamp.changed < began.0;
    let Stamp { bytes, modified, changed, device, inode } = stamp;
    let parts = [*bytes, modified.cast_unsigned(), changed.cast_unsigned(), *device, *inode];
    let mut text = [0; 48];
    text[..8].copy_from_slice(b"stamp 1\n");
    for (place, part) in text[8..].chunks_exact_mut(8).zip(parts) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    is_old.then(|| shortened(Sha256::of(&text)))
}

fn key_of_folder(nodes: &[Node]) -> Option<ContentKey> {
    let mut hashing = Hashing::default();
    hashing.update(b"folder stamp");
    for node in nodes {
        hashing.update(&(node.name.len() as u64).to_le_bytes());
        hashing.update(&node.name);
        hashing.update(&[u8::from(node.is_file())]);
        hashing.update(&node.key?.0);
    }
    let Digested { sha256, .. } = hashing.finish();
    Some(shortened(sha256))
}

fn shortened(digest: Sha256) -> ContentKey {
    let mut key = [0; 20];
    key.copy_from_slice(&digest.0[..20]);
    ContentKey(key)
}

#[cfg(test)]
mod tests {
    use super::DiskMoment;
    use crate::disk::DiskTree;
    use crate::tree::{ContentKey, Tree};
    use crate::values::TreePath;
    use std::fs;
    use std::path::Path;

    /// The keys of the item and of one of its files.
    fn keys(root: &Path, began: DiskMoment) -> (Option<ContentKey>, Option<ContentKey>) {
        let tree = DiskTree::new(root).with_stamps(began);
        let item = tree.list(&TreePath::from("evidence")).unwrap().remove(0).key;
        let file = tree.list(&TreePath::from("evidence/x-1/a/b")).unwrap().remove(0);
        assert_eq!(file.text(), Some("log"));
        (item, file.key)
    }

    fn case() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("evidence/x-1/a/b")).unwrap();
        fs::write(root.path().join("evidence/x-1/a/b/log"), "before").unwrap();
        root
    }

    #[test]
    fn every_change_of_a_file_changes_its_key_and_that_of_its_item() {
        let root = case();
        let log = root.path().join("evidence/x-1/a/b/log");
        let before = keys(root.path(), DiskMoment::never());
        assert!(before.0.is_some() && before.1.is_some());
        assert_eq!(keys(root.path(), DiskMoment::never()), before);
        let modified = fs::metadata(&log).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        // The same size, and the time set back: only the time of the change tells, on systems that keep it.
        fs::write(&log, "behind").unwrap();
        fs::File::options().write(true).open(&log).unwrap().set_modified(modified).unwrap();
        let after = keys(root.path(), DiskMoment::never());
        if cfg!(unix) {
            assert!(after.0 != before.0 && after.1 != before.1);
        }
        fs::write(&log, "longer than it was").unwrap();
        let longer = keys(root.path(), DiskMoment::never());
        assert!(longer.0 != after.0 && longer.1 != after.1);
        fs::write(root.path().join("evidence/x-1/other"), "").unwrap();
        let more = keys(root.path(), DiskMoment::never());
        assert!(more.0 != longer.0 && more.1 == longer.1);
        fs::rename(root.path().join("evidence/x-1/other"), root.path().join("evidence/x-1/name")).unwrap();
        assert_ne!(keys(root.path(), DiskMoment::never()).0, more.0);
    }

    #[test]
    fn a_file_of_this_moment_has_no_key() {
        let root = case();
        let began = DiskMoment::now(&root.path().join("clock")).unwrap();
        fs::write(root.path().join("evidence/x-1/a/b/log"), "in the same tick").unwrap();
        assert_eq!(keys(root.path(), began), (None, None));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_has_no_key() {
        let root = case();
        std::os::unix::fs::symlink("log", root.path().join("evidence/x-1/a/b/more")).unwrap();
        let (item, file) = keys(root.path(), DiskMoment::never());
        assert!(item.is_none() && file.is_some());
    }

    #[test]
    fn what_is_walked_at_once_is_what_is_listed_one_by_one() {
        let root = case();
        fs::create_dir_all(root.path().join("evidence/x-2/empty")).unwrap();
        fs::create_dir_all(root.path().join("evidence/x-2/sub/.git")).unwrap();
        fs::write(root.path().join("evidence/x-1.sha256"), "list").unwrap();
        let at_once = DiskTree::new(root.path()).with_stamps(DiskMoment::never());
        let one_by_one = DiskTree::new(root.path());
        for folder in ["", "evidence", "evidence/x-1", "evidence/x-1/a", "evidence/x-2", "evidence/x-2/empty"] {
            let names = |tree: &DiskTree<'_>| {
                let nodes = tree.list(&TreePath::from(folder)).unwrap();
                nodes.into_iter().map(|node| (node.name, node.kind)).collect::<Vec<_>>()
            };
            assert_eq!(names(&at_once), names(&one_by_one), "{folder}");
            assert_eq!(names(&at_once), names(&one_by_one), "{folder}, again");
        }
        let nodes = at_once.list(&TreePath::from("evidence")).unwrap();
        assert!(nodes.iter().find(|node| node.text() == Some("x-1.sha256")).unwrap().key.is_some());
    }
}
