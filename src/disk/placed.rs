//! Evidence at its place in the work tree, `evidence/x-…/…`, as a home for bytes: what Git would take into a commit.

use super::file::open_regular;
use super::incoming::{self, Incoming};
use crate::store::{Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::{Hashing, Sha256, TreePath};
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The files of a work tree. Links in it are never followed.
#[derive(Clone, Debug)]
pub struct Placed {
    top: PathBuf,
    incoming: PathBuf,
}

impl Placed {
    /// `incoming` is a folder that Git does not look into, on the same file system as the work tree `top`.
    pub fn new(top: &Path, incoming: &Path) -> Self {
        Self { top: top.to_owned(), incoming: incoming.to_owned() }
    }

    /// Where a file is on the disk, after a look at every folder on the way; `None` where one of them is not there.
    fn locate(&self, path: &TreePath, make: bool) -> Result<Option<PathBuf>, StoreError> {
        let mut names: Vec<&str> = path.as_str().split('/').collect();
        if path.top() != "evidence" || names.iter().any(|name| matches!(*name, "" | "." | "..") || name.contains('\\'))
        {
            return Err(self.refused(format!("`{path}` is no path of evidence")));
        }
        let name = names.pop().unwrap_or_default();
        let mut at = self.top.clone();
        for folder in names {
            at.push(folder);
            if make {
                incoming::make_real_folder(&at).map_err(|error| self.refused(error.to_string()))?;
            }
            match fs::symlink_metadata(&at) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(self.refused(format!("`{}` is not a folder", at.display()))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(at.join(name)))
    }

    fn refused(&self, reason: String) -> StoreError {
        let help = Some("links are not followed: remove what is in the way, after a look at it".to_owned());
        StoreError::Refused { store: self.name(), reason, help }
    }

    fn missing(&self, object: &Object<'_>) -> StoreError {
        StoreError::missing(self.name(), object)
    }

    fn wrong(&self, object: &Object<'_>, found: Sha256) -> StoreError {
        StoreError::wrong(self.name(), object, found)
    }
}

impl Store for Placed {
    fn name(&self) -> String {
        "the work tree".to_owned()
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        let Some(place) = self.locate(object.path, false)? else { return Ok(None) };
        match fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
            Ok(_) => Err(self.refused(format!("`{}` is not a file", object.path))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        if self.find(object)?.is_none() {
            return Err(self.missing(object));
        }
        let place = self.locate(object.path, false)?.ok_or_else(|| self.missing(object))?;
        let (mut file, _) = open_regular(&place)?;
        file.seek(SeekFrom::Start(from))?;
        incoming::pieces(&mut file, consume)?;
        Ok(())
    }

    fn write(&self, object: &Object<'_>, from: &Path, told: &Told<'_>) -> Result<Written, StoreError> {
        if self.find(object)?.is_some() {
            // Nothing but its bytes tells whether this is the object: another file may have its place.
            let found = self.digest(object, &|_| {})?.sha256;
            return if found == object.sha256 { Ok(Written::Already) } else { Err(self.wrong(object, found)) };
        }
        let (mut source, _) = open_regular(from)?;
        let mut file = Incoming::begin(&self.incoming)?;
        let mut hashing = Hashing::default();
        incoming::pieces(&mut source, &mut |piece| {
            hashing.update(piece);
            told(piece.len() as u64);
            file.write_all(piece)
        })?;
        let found = hashing.finish().sha256;
        if found != object.sha256 {
            return Err(self.wrong(object, found));
        }
        let place = self.locate(object.path, true)?.ok_or_else(|| self.missing(object))?;
        match file.publish(&place, false)? {
            Written::New => Ok(Written::New),
            // Another process was faster: its bytes are judged as any that are there.
            Written::Already => match self.digest(object, &|_| {})?.sha256 {
                found if found == object.sha256 => Ok(Written::Already),
                found => Err(self.wrong(object, found)),
            },
        }
    }

    fn local(&self, object: &Object<'_>) -> Option<PathBuf> {
        self.find(object).ok().flatten()?;
        self.locate(object.path, false).ok().flatten()
    }
}
