//! Stores: homes for the bytes of evidence, beside the tree of a case. Every home keeps one contract, which `tests/stores.rs`
//! holds for each of them: bytes are found by their digest, written once, and never believed unread.

pub mod location;

pub use location::Location;

use crate::tree::Told;
use crate::values::{Digested, Hashing, Sha256, TreePath};
use std::io;
use std::path::{Path, PathBuf};

/// A file of evidence, by its digest and by its place in the case. Most homes need only one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<'o> {
    pub sha256: Sha256,
    /// From the root of the case: `evidence/x-…/disk.raw`.
    pub path: &'o TreePath,
}

/// What became of an object that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    New,
    /// It was there, with the same bytes as far as the home can tell without reading them.
    Already,
}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("`{path}` ({sha256}) is not in {store}")]
    Missing { store: String, path: TreePath, sha256: Sha256 },
    /// The bytes that were to be written, or that are there, are not those of the object.
    #[error("`{path}` has the digest {found} in {store}, not {sha256}")]
    Wrong { store: String, path: TreePath, sha256: Sha256, found: Sha256 },
    /// The home answered, and refuses.
    #[error("{store} refuses: {reason}")]
    Refused { store: String, reason: String, help: Option<String> },
    /// The home did not answer, or not to the end.
    #[error("{store} cannot be reached: {reason}")]
    Unreachable { store: String, reason: String },
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl StoreError {
    pub fn missing(store: String, object: &Object<'_>) -> Self {
        StoreError::Missing { store, path: object.path.clone(), sha256: object.sha256 }
    }

    /// The same of the home that the bytes came from, where they were wrong before they arrived.
    pub fn of_source(self, name: String) -> Self {
        match self {
            StoreError::Wrong { path, sha256, found, .. } => StoreError::Wrong { store: name, path, sha256, found },
            other => other,
        }
    }

    /// Whether nothing more can be written, whatever the object: a full disk.
    pub fn is_full(&self) -> bool {
        use std::io::ErrorKind as Kind;
        matches!(self, StoreError::Io(error)
            if matches!(error.kind(), Kind::StorageFull | Kind::QuotaExceeded | Kind::ReadOnlyFilesystem))
    }

    /// What to do about it, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            StoreError::Missing { .. } | StoreError::Io(_) => None,
            StoreError::Wrong { store, .. } => Some(format!(
                "nothing was changed: find out how the bytes in {store} came to differ, and take the right ones from another copy"
            )),
            StoreError::Refused { help, .. } => help.clone(),
            StoreError::Unreachable { .. } => {
                Some("once it can be reached, type it again: it goes on where it stopped".to_owned())
            }
        }
    }

    pub fn wrong(store: String, object: &Object<'_>, found: Sha256) -> Self {
        StoreError::Wrong { store, path: object.path.clone(), sha256: object.sha256, found }
    }
}

/// The error of who is given more bytes than there can be.
pub fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it has more bytes than the whole item")
}

/// Takes content, piece by piece.
pub type Consume<'c> = dyn FnMut(&[u8]) -> io::Result<()> + 'c;

/// A home for bytes. Objects are written once and never changed; any thread may use it.
pub trait Store: Sync {
    /// What people call it: a path or a URL, without secrets.
    fn name(&self) -> String;

    /// How many bytes an object has here; `None` where it is not here. It says nothing of what the bytes are.
    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError>;

    /// Calls `consume` with the bytes that are here, from byte `from` on, whether they are the right ones or not.
    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError>;

    /// Takes in the bytes of a file, whole or not at all. Bytes that are not those of the object are refused, and an object
    /// that is here is left as it is. `told` hears of the bytes as they are written.
    fn write(&self, object: &Object<'_>, from: &Path, told: &Told<'_>) -> Result<Written, StoreError>;

    /// The digest of the bytes that are here.
    fn digest(&self, object: &Object<'_>, told: &Told<'_>) -> Result<Digested, StoreError> {
        let mut hashing = Hashing::default();
        self.read(object, 0, &mut |piece| {
            hashing.update(piece);
            told(piece.len() as u64);
            Ok(())
        })?;
        Ok(hashing.finish())
    }

    /// Where an object is a file of this machine that can be read as it is.
    fn local(&self, _: &Object<'_>) -> Option<PathBuf> {
        None
    }

    /// Makes sure that the bytes that are here are those of the object: by a checksum that the home itself keeps, where it
    /// has one, or else by reading them. Who is to delete the bytes elsewhere reads them in any case, with `digest`.
    fn confirm(&self, object: &Object<'_>, told: &Told<'_>) -> Result<(), StoreError> {
        let found = self.digest(object, told)?.sha256;
        if found == object.sha256 { Ok(()) } else { Err(StoreError::wrong(self.name(), object, found)) }
    }
}
