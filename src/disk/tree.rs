//! A case on a disk, as its work tree has it now.

use super::hashing::{Folders, Stamp, digest_files, fill, unreadable};
use super::stamped::{self, DiskMoment};
use crate::tree::{Node, NodeKind, Told, Tree, TreeError};
use crate::values::{Digested, Kind, TreePath};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Whether a path is left out, given the path and whether it is a folder.
type Ignored<'a> = Box<dyn Fn(&TreePath, bool) -> bool + 'a>;

/// The files below a folder, without `.git` and without what `ignored` names. Symbolic links are never followed.
/// A folder that was listed is not asked again: everybody who looks at the tree sees the same names.
pub struct DiskTree<'a> {
    root: PathBuf,
    ignored: Ignored<'a>,
    asks_for_modes: bool,
    /// When looking began, where files of evidence have keys made of their stamps.
    began: Option<DiskMoment>,
    listed: RefCell<HashMap<TreePath, Vec<Node>>>,
    /// Folders of evidence that were walked to make their keys, each until it is listed.
    walked: RefCell<HashMap<TreePath, Vec<Node>>>,
}

impl<'a> DiskTree<'a> {
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            ignored: Box::new(|_, _| false),
            asks_for_modes: true,
            began: None,
            listed: RefCell::default(),
            walked: RefCell::default(),
        }
    }

    /// Leaves out the paths for which `ignored(path, is_folder)` is true.
    pub fn ignoring(mut self, ignored: impl Fn(&TreePath, bool) -> bool + 'a) -> Self {
        self.ignored = Box::new(ignored);
        self
    }

    /// Takes no file for executable, and saves asking the system for each of them: for who looks at their bytes alone.
    pub fn without_modes(mut self) -> Self {
        self.asks_for_modes = false;
        self
    }

    /// Gives folders, lists and files of evidence keys that change when their stamps do. Nothing in `evidence` is ignored
    /// then.
    pub fn with_stamps(mut self, began: DiskMoment) -> Self {
        self.began = Some(began);
        self
    }

    /// Where a path of the case is on the disk.
    pub fn locate(&self, path: &TreePath) -> PathBuf {
        path.as_str().split('/').filter(|name| !name.is_empty()).fold(self.root.clone(), |at, name| at.join(name))
    }

    /// Writes a file of the case, whole or not at all. A link in place of one of its folders would lead out of the case:
    /// that is an error.
    pub fn write(&self, file: &TreePath, content: &[u8], durable: bool) -> std::io::Result<()> {
        let mut folder = file.parent();
        while !folder.is_root() {
            let located = self.locate(&folder);
            if fs::symlink_metadata(&located).is_ok_and(|metadata| !metadata.is_dir()) {
                let message = format!("`{folder}` is not a folder: a link would lead out of the case");
                return Err(std::io::Error::new(std::io::ErrorKind::NotADirectory, message));
            }
            folder = folder.parent();
        }
        super::write::whole(&self.locate(file), content, durable)
    }

    /// A file, to be read piece by piece: whoever reads it sees what is there now.
    pub fn reader(&self, file: &TreePath) -> Result<impl Read + use<>, TreeError> {
        Ok(Folders::below(&self.root).open(file)?.file)
    }

    /// Opens a file to read it whole.
    fn open(&self, file: &TreePath) -> Result<fs::File, TreeError> {
        let located = self.locate(file);
        // Checked before opening: a pipe would block, a link would lead out of the case.
        let metadata = fs::symlink_metadata(&located).map_err(|error| unreadable(file, &error))?;
        if !metadata.is_file() {
            return Err(TreeError::Unreadable { path: file.clone(), reason: "it is not a regular file".to_owned() });
        }
        fs::File::open(located).map_err(|error| unreadable(file, &error))
    }

    fn list_anew(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        let located = self.locate(folder);
        let kind = fs::symlink_metadata(&located).map_err(|error| unreadable(folder, &error))?.file_type();
        if !kind.is_dir() {
            return Err(TreeError::Missing(folder.clone()));
        }
        let mut nodes = Vec::new();
        for entry in fs::read_dir(located).map_err(|error| unreadable(folder, &error))? {
            let entry = entry.map_err(|error| unreadable(folder, &error))?;
            let name = entry.file_name().into_encoded_bytes();
            if folder.is_root() && name == b".git" {
                continue;
            }
            let kind = match kind_of(&entry, self.asks_for_modes) {
                Ok(kind) => kind,
                // Renamed or removed since, such as the temporary file of another program that writes here now.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(folder, &error)),
            };
            let path = folder.join(&String::from_utf8_lossy(&name));
            if (self.ignored)(&path, kind == NodeKind::Folder) {
                continue;
            }
            nodes.push(Node { name, kind, key: None });
        }
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        match self.began {
            Some(began) if folder.as_str() == Kind::Evidence.folder() => self.add_keys(folder, &mut nodes, began),
            _ => {}
        }
        Ok(nodes)
    }

    /// Walks the folders of all items at once. One that cannot be walked has no key, and whoever lists it hears why.
    fn add_keys(&self, folder: &TreePath, nodes: &mut [Node], began: DiskMoment) {
        let located = self.locate(folder);
        let look = |node: &mut Node| {
            let name = node.text()?;
            let (path, located) = (folder.join(name), located.join(name));
            match node.kind {
                NodeKind::File { .. } => {
                    node.key = stamped::key(&Stamp::of(&fs::symlink_metadata(located).ok()?), began)
                }
                NodeKind::Folder => {
                    let walked = stamped::walk(&path, &located, began).ok()?;
                    node.key = walked.key;
                    return Some(walked.folders);
                }
                _ => {}
            }
            None
        };
        let walked: Vec<_> = nodes.par_iter_mut().filter_map(look).collect();
        self.walked.borrow_mut().extend(walked.into_iter().flatten());
    }
}

/// The largest piece that is read at once.
const PIECE: u64 = 128 * 1024;

impl Tree for DiskTree<'_> {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        if let Some(nodes) = self.listed.borrow().get(folder) {
            return Ok(nodes.clone());
        }
        if let Some(nodes) = self.walked.borrow_mut().remove(folder) {
            return Ok(nodes);
        }
        let nodes = self.list_anew(folder)?;
        self.listed.borrow_mut().insert(folder.clone(), nodes.clone());
        Ok(nodes)
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        let opened = self.open(file)?;
        let bytes = opened.metadata().map_or(0, |metadata| metadata.len());
        // One more than the size, so that the end is seen without more room.
        let mut content = Vec::with_capacity(usize::try_from(bytes.min(limit) + 1).unwrap_or(0));
        opened.take(limit + 1).read_to_end(&mut content).map_err(|error| unreadable(file, &error))?;
        if content.len() as u64 > limit {
            let bytes = fs::symlink_metadata(self.locate(file)).map_or(limit + 1, |metadata| metadata.len());
            return Err(TreeError::TooLarge { path: file.clone(), bytes, limit });
        }
        Ok(content)
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        let opened = Folders::below(&self.root).open(file)?;
        let mut left = opened.stamp.bytes;
        // One more than the size, so that a small file needs no second piece to see its end.
        let mut buffer = vec![0; PIECE.min(left + 1) as usize];
        loop {
            let length = fill(&opened.file, &mut buffer, left).map_err(|error| unreadable(file, &error))?;
            consume(&buffer[..length]);
            if length < buffer.len() {
                break;
            }
            left = left.saturating_sub(length as u64);
        }
        // What was read is that of one moment only where what is there now is what was there before.
        if opened.is_unchanged(file) { Ok(()) } else { Err(TreeError::Changed(file.clone())) }
    }

    fn digest(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Digested, TreeError>> {
        let hashed = digest_files(&self.root, files, told);
        hashed.into_iter().map(|hashed| hashed.map(|hashed| hashed.digested)).collect()
    }

    fn node(&self, path: &TreePath) -> Option<Node> {
        let metadata = fs::symlink_metadata(self.locate(path)).ok()?;
        let kind = kind_of_type(metadata.file_type(), &metadata);
        Some(Node { name: path.name().as_bytes().to_vec(), kind, key: None })
    }
}

pub(super) fn kind_of(entry: &fs::DirEntry, asks_for_modes: bool) -> std::io::Result<NodeKind> {
    let kind = entry.file_type()?;
    if kind.is_file() && !asks_for_modes {
        return Ok(NodeKind::File { executable: false });
    }
    if kind.is_dir() {
        // A folder with its own `.git` is what Git would commit as a submodule.
        return Ok(if entry.path().join(".git").exists() { NodeKind::Submodule } else { NodeKind::Folder });
    }
    Ok(kind_of_type(kind, &entry.metadata()?))
}

fn kind_of_type(kind: fs::FileType, metadata: &fs::Metadata) -> NodeKind {
    if kind.is_dir() {
        NodeKind::Folder
    } else if kind.is_symlink() {
        NodeKind::Symlink
    } else if kind.is_file() {
        NodeKind::File { executable: is_executable(metadata) }
    } else {
        NodeKind::Special
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::DiskTree;
    use crate::tree::{Tree, TreeError};
    use crate::values::TreePath;
    use std::fs;

    #[test]
    fn a_file_that_changes_while_it_is_read_is_reported_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let changes: [&dyn Fn(); 3] = [
            &|| fs::write(&path, "longer than before").unwrap(),
            &|| fs::rename(folder.path().join("other"), &path).unwrap(),
            &|| fs::remove_file(&path).unwrap(),
        ];
        for change in changes {
            fs::write(&path, "before").unwrap();
            fs::write(folder.path().join("other"), "before").unwrap();
            let read = DiskTree::new(folder.path()).stream(&TreePath::from("log"), &mut |_| change());
            assert!(matches!(&read, Err(TreeError::Changed(at)) if at.as_str() == "log"), "{read:?}");
        }
    }
}
