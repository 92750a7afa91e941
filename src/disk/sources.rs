//! Files that lie anywhere on this machine, as a home that is read: what is to become evidence.

use super::file::open_regular;
use super::incoming::pieces;
use crate::store::{Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::TreePath;
use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Files by the paths that they are to have in the case.
#[derive(Debug)]
pub struct Sources(BTreeMap<TreePath, PathBuf>);

impl Sources {
    pub fn new(files: impl IntoIterator<Item = (TreePath, PathBuf)>) -> Self {
        Self(files.into_iter().collect())
    }
}

impl Store for Sources {
    fn name(&self) -> String {
        "the place where it was found".to_owned()
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        let Some(path) = self.0.get(object.path) else { return Ok(None) };
        Ok(Some(open_regular(path)?.1))
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        let path = self.0.get(object.path).ok_or_else(|| StoreError::missing(self.name(), object))?;
        let (mut file, _) = open_regular(path)?;
        file.seek(SeekFrom::Start(from))?;
        pieces(&mut file, consume)?;
        Ok(())
    }

    fn write(&self, _: &Object<'_>, _: &Path, _: &Told<'_>) -> Result<Written, StoreError> {
        let reason = "nothing is written to where evidence was found".to_owned();
        Err(StoreError::Refused { store: self.name(), reason, help: None })
    }

    fn local(&self, object: &Object<'_>) -> Option<PathBuf> {
        self.0.get(object.path).cloned()
    }
}
