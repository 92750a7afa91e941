//! A case on a disk, as its work tree has it now.

use crate::tree::{Node, NodeKind, Told, Tree, TreeError};
use crate::values::{Digested, Hashing, TreePath};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Whether a path is left out, given the path and whether it is a folder.
type Ignored<'a> = Box<dyn Fn(&TreePath, bool) -> bool + 'a>;

/// The files below a folder, without `.git` and without what `ignored` names. Symbolic links are never followed.
/// A folder that was listed is not asked again: everybody who looks at the tree sees the same names.
pub struct DiskTree<'a> {
    root: PathBuf,
    ignored: Ignored<'a>,
    listed: RefCell<HashMap<TreePath, Vec<Node>>>,
}

impl<'a> DiskTree<'a> {
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), ignored: Box::new(|_, _| false), listed: RefCell::default() }
    }

    /// Leaves out the paths for which `ignored(path, is_folder)` is true.
    pub fn ignoring(mut self, ignored: impl Fn(&TreePath, bool) -> bool + 'a) -> Self {
        self.ignored = Box::new(ignored);
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

    fn open(&self, file: &TreePath) -> Result<Opened, TreeError> {
        open(file, &self.locate(file))
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
            let kind = kind_of(&entry).map_err(|error| unreadable(folder, &error))?;
            let path = folder.join(&String::from_utf8_lossy(&name));
            if (self.ignored)(&path, kind == NodeKind::Folder) {
                continue;
            }
            nodes.push(Node { name, kind, key: None });
        }
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(nodes)
    }
}

/// A file that is open, and how it was found.
struct Opened {
    file: fs::File,
    located: PathBuf,
    bytes: u64,
    stamp: Stamp,
}

/// What tells one state of a file from another, as far as the system keeps it: writing to a file or putting another in its
/// place changes it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    changed: (i64, i64),
    identity: (u64, u64),
}

impl Stamp {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            identity: (metadata.dev(), metadata.ino()),
        }
    }

    #[cfg(not(unix))]
    fn of(metadata: &fs::Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok(), changed: (0, 0), identity: (0, 0) }
    }
}

fn open(file: &TreePath, located: &Path) -> Result<Opened, TreeError> {
    // Checked before opening: a pipe would block, a link would lead out of the case.
    let metadata = fs::symlink_metadata(located).map_err(|error| unreadable(file, &error))?;
    if !metadata.is_file() {
        return Err(TreeError::Unreadable { path: file.clone(), reason: "it is not a regular file".to_owned() });
    }
    let opened = fs::File::open(located).map_err(|error| unreadable(file, &error))?;
    let bytes = metadata.len();
    Ok(Opened { file: opened, located: located.to_owned(), bytes, stamp: Stamp::of(&metadata) })
}

/// The largest piece that is read at once.
const PIECE: u64 = 128 * 1024;

/// Reads a file piece by piece. What is there when it ends must be what was there when it began.
fn stream(file: &TreePath, mut opened: Opened, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
    // One more than the size, so that a small file needs no second buffer to see its end.
    let mut buffer = vec![0; PIECE.min(opened.bytes + 1) as usize];
    loop {
        match opened.file.read(&mut buffer).map_err(|error| unreadable(file, &error))? {
            0 => break,
            length => consume(&buffer[..length]),
        }
    }
    match fs::symlink_metadata(&opened.located) {
        Ok(metadata) if Stamp::of(&metadata) == opened.stamp => Ok(()),
        _ => Err(TreeError::Changed(file.clone())),
    }
}

impl Tree for DiskTree<'_> {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        if let Some(nodes) = self.listed.borrow().get(folder) {
            return Ok(nodes.clone());
        }
        let nodes = self.list_anew(folder)?;
        self.listed.borrow_mut().insert(folder.clone(), nodes.clone());
        Ok(nodes)
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        let mut content = Vec::new();
        let opened = self.open(file)?.file;
        opened.take(limit + 1).read_to_end(&mut content).map_err(|error| unreadable(file, &error))?;
        if content.len() as u64 > limit {
            let bytes = fs::symlink_metadata(self.locate(file)).map_or(limit + 1, |metadata| metadata.len());
            return Err(TreeError::TooLarge { path: file.clone(), bytes, limit });
        }
        Ok(content)
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        stream(file, self.open(file)?, consume)
    }

    fn digest(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Digested, TreeError>> {
        let located: Vec<(&TreePath, PathBuf)> = files.iter().map(|file| (file, self.locate(file))).collect();
        let digest = |(file, located): (&TreePath, PathBuf)| {
            let mut hashing = Hashing::default();
            stream(file, open(file, &located)?, &mut |piece| {
                hashing.update(piece);
                told(piece.len() as u64);
            })?;
            Ok(hashing.finish())
        };
        located.into_par_iter().map(digest).collect()
    }

    fn node(&self, path: &TreePath) -> Option<Node> {
        let metadata = fs::symlink_metadata(self.locate(path)).ok()?;
        let kind = kind_of_type(metadata.file_type(), &metadata);
        Some(Node { name: path.name().as_bytes().to_vec(), kind, key: None })
    }
}

fn kind_of(entry: &fs::DirEntry) -> std::io::Result<NodeKind> {
    let kind = entry.file_type()?;
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

fn unreadable(path: &TreePath, error: &std::io::Error) -> TreeError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => TreeError::Missing(path.clone()),
        _ => TreeError::Unreadable { path: path.clone(), reason: error.to_string() },
    }
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
