//! The bytes of evidence in a commit, as a home that can be read. Git alone writes there.

use super::{GitError, Repo};
use crate::store::{Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::TreePath;
use git2::{Oid, Repository};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The blobs of a tree object, by their paths. A pointer of Git LFS is not followed: the blob is the pointer.
pub struct Committed {
    /// libgit2's handle is for one thread at a time.
    repository: Mutex<Repository>,
    root: Oid,
}

impl Repo {
    /// The evidence in a tree object, for any thread to read.
    pub fn committed(&self, tree: Oid) -> Result<Committed, GitError> {
        let repository = Repository::open(self.git_dir())?;
        Ok(Committed { repository: Mutex::new(repository), root: tree })
    }
}

impl Committed {
    fn repository(&self) -> MutexGuard<'_, Repository> {
        self.repository.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The blob at a path; `None` where there is no file.
fn blob(repository: &Repository, root: Oid, path: &TreePath) -> Result<Option<Oid>, git2::Error> {
    match repository.find_tree(root)?.get_path(Path::new(path.as_str())) {
        Ok(entry) if matches!(entry.filemode(), 0o100644 | 0o100755) => Ok(Some(entry.id())),
        Ok(_) => Ok(None),
        Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn failed(error: &git2::Error) -> StoreError {
    StoreError::Io(io::Error::other(error.message().to_owned()))
}

impl Store for Committed {
    fn name(&self) -> String {
        "Git".to_owned()
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        let repository = self.repository();
        let size = |id| repository.odb()?.read_header(id).map(|(size, _)| size as u64);
        let blob = blob(&repository, self.root, object.path).map_err(|error| failed(&error))?;
        match blob.map(size).transpose() {
            Ok(found) => Ok(found),
            // In a partial clone the name can be there without the bytes.
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        let missing = || StoreError::missing(self.name(), object);
        let repository = self.repository();
        let id = blob(&repository, self.root, object.path).map_err(|error| failed(&error))?.ok_or_else(missing)?;
        let found = match repository.find_blob(id) {
            Ok(found) => found,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Err(missing()),
            Err(error) => return Err(failed(&error)),
        };
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(found.content().len());
        if let rest @ [_, ..] = &found.content()[from..] {
            consume(rest)?;
        }
        Ok(())
    }

    fn write(&self, _: &Object<'_>, _: &Path, _: &Told<'_>) -> Result<Written, StoreError> {
        Err(StoreError::Refused {
            store: self.name(),
            reason: "only Git writes into a commit".to_owned(),
            help: Some("put the file in its place, then `git add` and `git commit`".to_owned()),
        })
    }
}
