//! A read-only set of files, wherever it lives: on a disk, in a commit, in memory.

pub mod memory;

use crate::values::{Digested, Hashing, TreePath};
pub use memory::MemoryTree;

/// The name of content: equal keys mean equal bytes (for a file) or equal files below (for a folder).
/// For everything that Git holds it is the object id; in a work tree whose time stamps are believed it is made of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct ContentKey(pub [u8; 20]);

/// What kind of thing a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeKind {
    File {
        executable: bool,
    },
    Folder,
    Symlink,
    Submodule,
    /// A device, socket or pipe; only a disk has those.
    Special,
}

/// One name in a folder.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name's bytes: not always UTF-8.
    pub name: Vec<u8>,
    pub kind: NodeKind,
    pub key: Option<ContentKey>,
}

impl Node {
    pub fn is_file(&self) -> bool {
        matches!(self.kind, NodeKind::File { .. })
    }

    /// The name as text; `None` where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.name).ok()
    }
}

/// Why a tree could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("`{0}` is not there")]
    Missing(TreePath),
    #[error("`{path}` has {bytes} bytes, more than the {limit} that are read at once")]
    TooLarge { path: TreePath, bytes: u64, limit: u64 },
    #[error("cannot read `{path}`: {reason}")]
    Unreadable { path: TreePath, reason: String },
    /// The file was written to or replaced while its bytes were read, so that they are those of no moment: nothing can be
    /// said of them, neither that they are the registered ones nor that they are not. Reading again may do. Only `stream`
    /// and `digest` of a tree whose files can change, such as a work tree, return it.
    #[error("`{0}` changed while it was read")]
    Changed(TreePath),
}

/// Hears how many more bytes were hashed.
pub type Told<'t> = dyn Fn(u64) + Sync + 't;

/// A read-only set of files.
///
/// Paths come from `list` only, so an implementation may trust that they name no parent folder.
pub trait Tree {
    /// The names in a folder, sorted by their bytes; an error where there is no such folder.
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError>;

    /// The names in a folder; none where there is no such folder.
    fn list_or_nothing(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        match self.list(folder) {
            Err(TreeError::Missing(_)) => Ok(Vec::new()),
            listed => listed,
        }
    }

    /// The whole content of a file of at most `limit` bytes.
    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError>;

    /// Calls `consume` with the file's content, piece by piece.
    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError>;

    /// The digests of files, in the order of `files`. `told` hears of the bytes as they are hashed, from any thread.
    fn digest(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Digested, TreeError>> {
        files.iter().map(|file| digest_one(self, file, told)).collect()
    }

    /// Whether Git holds what is in the tree, so that its history keeps it.
    fn is_of_git(&self) -> bool {
        false
    }

    /// The node at a path; `None` where there is nothing.
    fn node(&self, path: &TreePath) -> Option<Node> {
        let nodes = self.list(&path.parent()).ok()?;
        nodes.into_iter().find(|node| node.name == path.name().as_bytes())
    }
}

/// The digest of one file, read piece by piece.
pub fn digest_one<T: Tree + ?Sized>(tree: &T, file: &TreePath, told: &Told<'_>) -> Result<Digested, TreeError> {
    let mut hashing = Hashing::default();
    tree.stream(file, &mut |piece| {
        hashing.update(piece);
        told(piece.len() as u64);
    })?;
    Ok(hashing.finish())
}
