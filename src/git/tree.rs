//! The files of a Git tree object. Names and bytes are as Git stores them; replacement objects are not followed.

use crate::tree::{ContentKey, Node, NodeKind, Told, Tree, TreeError, digest_one};
use crate::values::{Digested, TreePath};
use git2::{ObjectType, Oid, Repository};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A tree object and everything below it.
pub struct GitTree<'r> {
    repository: &'r Repository,
    root: Oid,
    /// Folders that were looked up. libgit2 keeps only small trees in its own cache: the tree of a folder with thousands
    /// of entries would be inflated and hashed again for each of its files.
    folders: RefCell<HashMap<TreePath, Rc<git2::Tree<'r>>>>,
}

/// Turns off libgit2's check that a repository belongs to the user, for repositories that Git itself runs hooks of:
/// libgit2 asks for the check even where GIT_DIR is set, and ignores `safe.directory` from the environment.
#[allow(unsafe_code)]
pub fn accept_any_owner() {
    // SAFETY: the option is a global of libgit2 that must not be set while other threads use it; the hook sets it
    // first thing, before a repository is open.
    let _ = unsafe { git2::opts::set_verify_owner_validation(false) };
}

impl<'r> GitTree<'r> {
    pub(super) fn new(repository: &'r Repository, root: Oid) -> Self {
        Self { repository, root, folders: RefCell::new(HashMap::new()) }
    }

    fn folder(&self, path: &TreePath) -> Result<Rc<git2::Tree<'r>>, TreeError> {
        if let Some(tree) = self.folders.borrow().get(path) {
            return Ok(Rc::clone(tree));
        }
        let id = if path.is_root() {
            self.root
        } else {
            match self.folder(&path.parent())?.get_name_bytes(path.name().as_bytes()) {
                Some(entry) if entry.kind() == Some(ObjectType::Tree) => entry.id(),
                _ => return Err(TreeError::Missing(path.clone())),
            }
        };
        let tree = Rc::new(self.repository.find_tree(id).map_err(|error| unreadable(path, &error))?);
        self.folders.borrow_mut().insert(path.clone(), Rc::clone(&tree));
        Ok(tree)
    }

    fn blob(&self, file: &TreePath) -> Result<Oid, TreeError> {
        let folder = self.folder(&file.parent()).map_err(|_| TreeError::Missing(file.clone()))?;
        match folder.get_name_bytes(file.name().as_bytes()) {
            Some(entry) if entry.kind() == Some(ObjectType::Blob) => Ok(entry.id()),
            _ => Err(TreeError::Missing(file.clone())),
        }
    }
}

/// With fewer files than this, opening the repository again in every thread costs more than it gains.
const ENOUGH_TO_SHARE: usize = 16;

impl GitTree<'_> {
    /// Hashes blobs in several threads, each with the repository opened anew, since libgit2's handle is for one thread.
    /// `None` stands for what such a handle does not see, such as objects in the quarantine of a push.
    fn digest_shared(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Option<Digested>> {
        let blobs: Vec<Option<Oid>> = files.iter().map(|file| self.blob(file).ok()).collect();
        let folder = self.repository.path().to_owned();
        let digest = |repository: &mut Option<Repository>, blob: &Option<Oid>| {
            let found = repository.as_ref()?.find_blob((*blob)?).ok()?;
            told(found.content().len() as u64);
            Some(Digested::of(found.content()))
        };
        blobs.par_iter().with_min_len(ENOUGH_TO_SHARE / 4).map_init(|| Repository::open(&folder).ok(), digest).collect()
    }
}

impl Tree for GitTree<'_> {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        let tree = self.folder(folder)?;
        let mut nodes: Vec<Node> = tree.iter().map(|entry| node(&entry)).collect();
        // Git sorts folders as if their names ended in `/`.
        nodes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(nodes)
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        let id = self.blob(file)?;
        let database = self.repository.odb().map_err(|error| unreadable(file, &error))?;
        let (size, _) = database.read_header(id).map_err(|error| unreadable(file, &error))?;
        if size as u64 > limit {
            return Err(TreeError::TooLarge { path: file.clone(), bytes: size as u64, limit });
        }
        let blob = self.repository.find_blob(id).map_err(|error| unreadable(file, &error))?;
        Ok(blob.content().to_vec())
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        let id = self.blob(file)?;
        let blob = self.repository.find_blob(id).map_err(|error| unreadable(file, &error))?;
        consume(blob.content());
        Ok(())
    }

    fn digest(&self, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Digested, TreeError>> {
        let mut digests = if files.len() < ENOUGH_TO_SHARE { Vec::new() } else { self.digest_shared(files, told) };
        digests.resize(files.len(), None);
        let rest = |(file, digest): (&TreePath, Option<Digested>)| match digest {
            Some(digest) => Ok(digest),
            None => digest_one(self, file, told),
        };
        files.iter().zip(digests).map(rest).collect()
    }

    fn is_of_git(&self) -> bool {
        true
    }

    fn node(&self, path: &TreePath) -> Option<Node> {
        let folder = self.folder(&path.parent()).ok()?;
        folder.get_name_bytes(path.name().as_bytes()).map(|entry| node(&entry))
    }
}

fn node(entry: &git2::TreeEntry<'_>) -> Node {
    let kind = match (entry.filemode(), entry.kind()) {
        (0o120000, _) => NodeKind::Symlink,
        (0o160000, _) => NodeKind::Submodule,
        (_, Some(ObjectType::Tree)) => NodeKind::Folder,
        (0o100755, _) => NodeKind::File { executable: true },
        _ => NodeKind::File { executable: false },
    };
    let key = entry.id().as_bytes().try_into().ok().map(ContentKey);
    Node { name: entry.name_bytes().to_vec(), kind, key }
}

fn unreadable(path: &TreePath, error: &git2::Error) -> TreeError {
    let reason = match error.code() {
        git2::ErrorCode::NotFound => {
            "its Git object is missing; in a partial clone, `git fetch --refetch --no-filter` brings it".to_owned()
        }
        _ => error.message().to_owned(),
    };
    TreeError::Unreadable { path: path.clone(), reason }
}
