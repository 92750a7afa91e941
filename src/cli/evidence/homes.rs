//! The homes of evidence bytes that this machine knows: where the store is comes from its user, never from the case.

use super::super::open::Open;
use super::super::{Failure, Surroundings};
use crate::disk::ObjectFolder;
use crate::store::{Location, Store};
use std::path::{Path, PathBuf};

/// The store: what the option `--store` says, or else CASEBOOK_STORE, or else `git config casebook.store`; `None` where
/// nothing is said.
pub fn store(
    option: Option<&str>,
    open: &Open,
    surroundings: &Surroundings,
) -> Result<Option<Box<dyn Store>>, Failure> {
    let variable = || surroundings.variable("CASEBOOK_STORE");
    let (text, from, base) = match option.map(str::to_owned).or_else(variable) {
        Some(text) => (text, "", surroundings.folder.as_path()),
        None => match open.repository.config_path("casebook.store") {
            Some(path) => (path.to_string_lossy().into_owned(), " of `git config casebook.store`", open.top.as_path()),
            None => return Ok(None),
        },
    };
    let location: Location = text.parse().map_err(|wrong: crate::values::Malformed| {
        let failure = Failure::new(format!("{}{from}", wrong.message));
        match wrong.help {
            Some(help) => failure.help(help),
            None => failure,
        }
    })?;
    match location {
        Location::Folder(folder) => Ok(Some(Box::new(ObjectFolder::shared(&base.join(folder))))),
        Location::Bucket { .. } => Err(Failure::new("stores of the kind `s3://` are not there yet")),
    }
}

/// What was fetched from a store to this machine.
pub fn fetched(open: &Open) -> ObjectFolder {
    let folder = open.repository.common_dir().join("casebook").join("objects");
    ObjectFolder::own(&folder, "what was fetched to this machine")
}

/// The objects that Git LFS has on this machine, where `lfs.storage` says or else below `.git`.
pub fn lfs(open: &Open) -> ObjectFolder {
    ObjectFolder::own(&lfs_folder(open), "Git LFS on this machine")
}

fn lfs_folder(open: &Open) -> PathBuf {
    // Git LFS takes a relative path from the folder of Git.
    let git = open.repository.common_dir();
    let storage = open.repository.config_path("lfs.storage").unwrap_or_else(|| Path::new("lfs").to_owned());
    git.join(storage).join("objects")
}
