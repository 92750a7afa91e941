//! Commits that this program makes by itself, of files that are in no work tree: reports that are published.

use super::{Commit, GitError, Oid, Repo};
use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, ObjectType, Repository, RepositoryInitOptions, Signature, Time};
use std::collections::BTreeMap;
use std::path::Path;

/// Who publishes. RFC 2606 keeps `.invalid` from ever being somebody's.
const NAME: &str = "casebook";
const EMAIL: &str = "casebook@casebook.invalid";

impl Repo {
    /// Opens a bare repository that is nobody's but ours, and makes it where it is not there.
    pub fn bare(folder: &Path) -> Result<Self, GitError> {
        match Repository::open_bare(folder) {
            Ok(repository) => Ok(Self::of(repository)),
            Err(error) if error.code() == ErrorCode::NotFound => {
                let mut options = RepositoryInitOptions::new();
                options.bare(true).external_template(false);
                Ok(Self::of(Repository::init_opts(folder, &options)?))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps everything that is written from now on in memory: what is made can be looked at, and is never there.
    pub fn forget_writes(&self) -> Result<(), GitError> {
        const BEFORE_ALL_OTHERS: i32 = 1000;
        self.repository.odb()?.add_new_mempack_backend(BEFORE_ALL_OTHERS)?;
        Ok(())
    }

    /// Writes a folder of files, and of folders that are there already; gives the id of its tree.
    pub fn write_folder(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        folders: &BTreeMap<String, Oid>,
    ) -> Result<Oid, GitError> {
        let mut builder = self.repository.treebuilder(None)?;
        for (name, content) in files {
            builder.insert(name, self.repository.blob(content)?, 0o100644)?;
        }
        for (name, tree) in folders {
            builder.insert(name, *tree, 0o040000)?;
        }
        Ok(builder.write()?)
    }

    /// Writes a tree that is another one but for some files, by their paths: their new bytes, or nothing where they go. Gives its id.
    pub fn write_changed(
        &self,
        before: Option<Oid>,
        files: &BTreeMap<String, Option<Vec<u8>>>,
    ) -> Result<Oid, GitError> {
        let before = match before {
            Some(tree) => self.repository.find_tree(tree)?,
            None => self.repository.find_tree(self.repository.treebuilder(None)?.write()?)?,
        };
        let mut update = TreeUpdateBuilder::new();
        for (path, content) in files {
            match content {
                Some(content) => update.upsert(path.as_str(), self.repository.blob(content)?, FileMode::Blob),
                None => update.remove(path.as_str()),
            };
        }
        Ok(update.create_updated(&self.repository, &before)?)
    }

    /// The folders at the top of a tree, by name.
    pub fn top_folders(&self, tree: Oid) -> Result<BTreeMap<String, Oid>, GitError> {
        let tree = self.repository.find_tree(tree)?;
        let folders = tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Tree));
        Ok(folders.filter_map(|entry| Some((entry.name().ok()?.to_owned(), entry.id()))).collect())
    }

    /// Writes a commit that depends on nothing but these arguments; no ref leads to it. The date is in seconds since 1970.
    pub fn write_commit(&self, tree: Oid, parent: Option<Oid>, message: &str, seconds: i64) -> Result<Oid, GitError> {
        let who = Signature::new(NAME, EMAIL, &Time::new(seconds, 0))?;
        let parent = parent.map(|parent| self.repository.find_commit(parent)).transpose()?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        Ok(self.repository.commit(None, &who, &who, message, &self.repository.find_tree(tree)?, &parents)?)
    }

    /// Moves a ref from one commit to another; `false` where it was not, or no longer, at the first.
    pub fn advance(&self, reference: &str, from: Option<Oid>, to: Oid, why: &str) -> Result<bool, GitError> {
        let moved = match from {
            Some(from) => self.repository.reference_matching(reference, to, true, from, why),
            None => self.repository.reference(reference, to, false, why),
        };
        match moved {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists | ErrorCode::Locked)
                    || (error.code() == ErrorCode::NotFound && from.is_some()) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A trailer of a commit's message by its key, by Git's own rules of what a trailer is.
    pub fn trailer(&self, commit: &Commit, key: &str) -> Option<String> {
        let commit = self.repository.find_commit(commit.id).ok()?;
        let message = String::from_utf8_lossy(commit.message_raw_bytes()).into_owned();
        let trailers = git2::message_trailers_bytes(message.as_str()).ok()?;
        let found = trailers.iter().find(|(name, _)| *name == key.as_bytes())?;
        Some(String::from_utf8_lossy(found.1).into_owned())
    }
}
