//! The homes of evidence beside the tree, and what is seen of a file's bytes when one looks into them.

use super::list::ListLine;
use crate::store::{Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::vocabulary::Storage;
use crate::values::{Digested, Sha256, TreePath};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The homes beside the tree that can be looked into here. What is kept in one that is not given is not checked, and never
/// passed.
#[derive(Clone, Copy, Default)]
pub struct Homes<'s> {
    /// The objects of Git LFS.
    pub lfs: Option<&'s dyn Store>,
    /// The store that this team has configured.
    pub store: Option<&'s dyn Store>,
}

impl<'s> Homes<'s> {
    /// No home but the tree.
    pub fn none() -> Self {
        Self::default()
    }

    /// The home for what a record or a custody event says.
    pub fn of(&self, storage: Storage) -> Option<&'s dyn Store> {
        match storage {
            Storage::Lfs => self.lfs,
            Storage::Store => self.store,
            Storage::Git | Storage::None => None,
        }
    }
}

/// Why nothing is said of the bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// There was no such home to look into.
    NoHome,
    /// The home does not have them.
    NotThere { home: String },
    /// The home did not answer, or refused.
    NoAnswer { reason: String },
}

/// What is seen of a file in its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// What the bytes that are there are, whether they are the right ones or not.
    Bytes {
        home: String,
        found: Digested,
    },
    /// Something is there that nobody has read: the item was disposed of, so its bytes are of no more interest.
    There {
        home: String,
    },
    /// It is there and cannot be read.
    Unreadable {
        home: String,
        reason: String,
    },
    Unchecked(Unchecked),
}

/// What is looked for.
pub struct Wanted<'p> {
    pub storage: Storage,
    pub line: &'p ListLine,
    /// Whether it is only asked whether something is there.
    pub is_disposed: bool,
}

/// Looks for files in their homes, several at once, in the order of `wanted`.
pub fn look(homes: &Homes<'_>, wanted: &[Wanted<'_>], told: &Told<'_>) -> Vec<Look> {
    let look = |wanted: &Wanted<'_>| match homes.of(wanted.storage) {
        Some(home) => look_for(home, wanted, told),
        None => Look::Unchecked(Unchecked::NoHome),
    };
    wanted.par_iter().map(look).collect()
}

fn look_for(home: &dyn Store, wanted: &Wanted<'_>, told: &Told<'_>) -> Look {
    let object = Object { sha256: wanted.line.digest, path: &wanted.line.path };
    let name = || home.name();
    let seen = if wanted.is_disposed {
        match home.find(&object) {
            Ok(Some(_)) => return Look::There { home: name() },
            Ok(None) => return Look::Unchecked(Unchecked::NotThere { home: name() }),
            Err(error) => Err(error),
        }
    } else {
        home.digest(&object, told)
    };
    match seen {
        Ok(found) => Look::Bytes { home: name(), found },
        Err(StoreError::Missing { .. }) => Look::Unchecked(Unchecked::NotThere { home: name() }),
        Err(StoreError::Io(error)) => Look::Unreadable { home: name(), reason: error.to_string() },
        Err(StoreError::Wrong { found, .. }) => {
            let bytes = home.find(&object).ok().flatten().unwrap_or(0);
            Look::Bytes { home: name(), found: Digested { sha256: found, bytes } }
        }
        Err(error) => Look::Unchecked(Unchecked::NoAnswer { reason: error.to_string() }),
    }
}

/// A home of which every object is hashed once only, however often it is asked for: for one run over many commits.
pub struct Once<'s> {
    home: &'s dyn Store,
    seen: Mutex<HashMap<(Sha256, TreePath), Digested>>,
}

impl<'s> Once<'s> {
    pub fn new(home: &'s dyn Store) -> Self {
        Self { home, seen: Mutex::default() }
    }
}

impl Store for Once<'_> {
    fn name(&self) -> String {
        self.home.name()
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        self.home.find(object)
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        self.home.read(object, from, consume)
    }

    fn write(&self, object: &Object<'_>, from: &Path, told: &Told<'_>) -> Result<Written, StoreError> {
        self.home.write(object, from, told)
    }

    fn digest(&self, object: &Object<'_>, told: &Told<'_>) -> Result<Digested, StoreError> {
        let key = (object.sha256, object.path.clone());
        // A thread that panicked left nothing half written here.
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        if let Some(seen) = seen {
            return Ok(seen);
        }
        let found = self.home.digest(object, told)?;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found);
        Ok(found)
    }
}
