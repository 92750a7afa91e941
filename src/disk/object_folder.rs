//! A folder of objects that are named by their SHA-256 digest: `ab/cd/abcd…`. It is the layout of Git LFS, so that the
//! same code reads `.git/lfs/objects`, a store on a disk that a team shares, and what was fetched from another store.

use super::about;
use super::file::open_regular;
use super::incoming::{self, Incoming, Part};
use crate::store::{self, Consume, Object, Store, StoreError, Written};
use crate::tree::Told;
use crate::values::{Hashing, Sha256};
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where files lie while they are written: nobody looks for an object there.
const INCOMING: &str = ".casebook-incoming";

/// Objects below a folder. Links and devices in it are never followed.
#[derive(Debug)]
pub struct ObjectFolder {
    root: PathBuf,
    name: String,
    /// Whether the folder is made where it is not there.
    is_made: bool,
    /// Done once, before anything is written.
    swept: OnceLock<()>,
}

impl ObjectFolder {
    /// A folder that is there, such as one that a server exports. Where it is gone, the store is unreachable, and not
    /// empty: else evidence would be written below the place where a disk is not mounted.
    pub fn shared(root: &Path) -> Self {
        Self { root: root.to_owned(), name: format!("`{}`", root.display()), is_made: false, swept: OnceLock::new() }
    }

    /// A folder of this machine's own, which is made with its first object.
    pub fn own(root: &Path, name: &str) -> Self {
        Self { root: root.to_owned(), name: name.to_owned(), is_made: true, swept: OnceLock::new() }
    }

    /// Where an object is, or would be.
    pub fn place(&self, sha256: Sha256) -> PathBuf {
        let digits = sha256.to_string();
        self.root.join(&digits[0..2]).join(&digits[2..4]).join(digits)
    }

    /// Takes an object from another home. What an interruption leaves stays out of sight, and the next attempt goes on
    /// after it; it is hashed again. A home that gives more than `limit` bytes is not listened to.
    pub fn receive(
        &self,
        object: &Object<'_>,
        from: &dyn Store,
        limit: u64,
        told: &Told<'_>,
    ) -> Result<Written, StoreError> {
        if self.size(&self.place(object.sha256))?.is_some() {
            return Ok(Written::Already);
        }
        if let Some(path) = from.local(object) {
            return self.write(object, &path, told).map_err(|error| error.of_source(from.name()));
        }
        self.demand_root()?;
        self.swept.get_or_init(|| self.sweep());
        let folder = self.root.join(INCOMING);
        let path = folder.join(format!("{}.part", object.sha256));
        let mut part = Part::open(&folder, &path).map_err(|error| self.io(&path, &error))?;
        told(part.bytes());
        let mut left = limit.saturating_sub(part.bytes());
        let read = from.read(object, part.bytes(), &mut |piece| {
            left = left.checked_sub(piece.len() as u64).ok_or_else(store::too_long)?;
            told(piece.len() as u64);
            part.add(piece).map_err(about(&path))
        });
        let taken = match read {
            // Only what can go on is kept.
            Err(error @ StoreError::Unreachable { .. }) => return Err(error),
            Err(error) => Err(error),
            Ok(()) if part.digest() == object.sha256 => self.publish(object, |place| part.publish(&path, place)),
            Ok(()) => Err(StoreError::wrong(from.name(), object, part.digest())),
        };
        if taken.is_err() {
            let _ = fs::remove_file(&path);
        }
        let _ = fs::remove_dir(&folder);
        self.settle(object, None, taken?)
    }

    /// Removes what killed processes have left half written.
    pub fn sweep(&self) {
        incoming::sweep(&self.root.join(INCOMING));
    }

    fn demand_root(&self) -> Result<(), StoreError> {
        if self.is_made {
            fs::create_dir_all(&self.root).map_err(|error| self.io(&self.root, &error))?;
        } else if !self.root.is_dir() {
            let reason = "there is no such folder: is its disk mounted?".to_owned();
            return Err(StoreError::Unreachable { store: self.name(), reason });
        }
        Ok(())
    }

    /// The size of what has the name of an object; `None` where nothing has it.
    fn size(&self, place: &Path) -> Result<Option<u64>, StoreError> {
        if !self.is_made {
            self.demand_root()?;
        }
        // From the outside in: a link in place of a folder would lead out of the store.
        for folder in place.ancestors().take(3).skip(1).collect::<Vec<_>>().into_iter().rev() {
            match fs::symlink_metadata(folder) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(self.not_followed(folder, "is not a folder")),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(self.io(folder, &error)),
            }
        }
        match fs::symlink_metadata(place) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
            Ok(_) => Err(self.not_followed(place, "is not a file")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.io(place, &error)),
        }
    }

    fn not_followed(&self, path: &Path, what: &str) -> StoreError {
        StoreError::Refused {
            store: self.name(),
            reason: format!("`{}` {what}, and links are not followed", path.display()),
            help: Some(format!("look at it with `ls -ld {}`, and remove it", path.display())),
        }
    }

    fn io(&self, path: &Path, error: &io::Error) -> StoreError {
        StoreError::Io(io::Error::new(error.kind(), format!("`{}`: {error}", path.display())))
    }

    fn missing(&self, object: &Object<'_>) -> StoreError {
        StoreError::missing(self.name(), object)
    }

    /// Takes in what `fill` writes, whole or not at all. Nothing of it stays where it is not the object. `bytes` is how many
    /// it has to have, where that is known.
    fn take(
        &self,
        object: &Object<'_>,
        bytes: Option<u64>,
        fill: impl FnOnce(&mut Consume<'_>) -> Result<(), StoreError>,
    ) -> Result<Written, StoreError> {
        let place = self.place(object.sha256);
        if let Some(there) = self.size(&place)? {
            return self.already(object, there, bytes);
        }
        self.demand_root()?;
        self.swept.get_or_init(|| self.sweep());
        let folder = self.root.join(INCOMING);
        let taken =
            self.fill(&folder, object, fill).and_then(|file| self.publish(object, |place| file.publish(place, true)));
        // Only where it is empty: others may write into it.
        let _ = fs::remove_dir(&folder);
        self.settle(object, bytes, taken?)
    }

    /// Makes the folders of an object, and has `publish` give it its place.
    fn publish(
        &self,
        object: &Object<'_>,
        publish: impl FnOnce(&Path) -> io::Result<Written>,
    ) -> Result<Written, StoreError> {
        let place = self.place(object.sha256);
        for made in place.ancestors().take(3).skip(1).collect::<Vec<_>>().into_iter().rev() {
            incoming::make_real_folder(made).map_err(|error| self.io(made, &error))?;
        }
        publish(&place).map_err(|error| self.io(&place, &error))
    }

    /// Looks at what another process has written, where that was faster.
    fn settle(&self, object: &Object<'_>, bytes: Option<u64>, taken: Written) -> Result<Written, StoreError> {
        match (taken, self.size(&self.place(object.sha256))?) {
            (Written::New, _) => Ok(Written::New),
            (Written::Already, Some(there)) => self.already(object, there, bytes),
            (Written::Already, None) => Err(self.missing(object)),
        }
    }

    fn fill(
        &self,
        folder: &Path,
        object: &Object<'_>,
        fill: impl FnOnce(&mut Consume<'_>) -> Result<(), StoreError>,
    ) -> Result<Incoming, StoreError> {
        let mut file = Incoming::begin(folder).map_err(|error| self.io(folder, &error))?;
        let mut hashing = Hashing::default();
        fill(&mut |piece| {
            hashing.update(piece);
            file.write_all(piece).map_err(about(folder))
        })?;
        let found = hashing.finish().sha256;
        if found == object.sha256 { Ok(file) } else { Err(self.wrong(object, found)) }
    }

    /// An object that is there is left as it is. It is read only where its size says that something is wrong.
    fn already(&self, object: &Object<'_>, there: u64, bytes: Option<u64>) -> Result<Written, StoreError> {
        if bytes == Some(there) {
            return Ok(Written::Already);
        }
        let found = self.digest(object, &|_| {})?.sha256;
        if found == object.sha256 { Ok(Written::Already) } else { Err(self.wrong(object, found)) }
    }

    fn wrong(&self, object: &Object<'_>, found: Sha256) -> StoreError {
        StoreError::wrong(self.name(), object, found)
    }
}

impl Store for ObjectFolder {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        self.size(&self.place(object.sha256))
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        let place = self.place(object.sha256);
        if self.size(&place)?.is_none() {
            return Err(self.missing(object));
        }
        let (mut file, _) = open_regular(&place).map_err(|error| self.io(&place, &error))?;
        file.seek(SeekFrom::Start(from))?;
        incoming::pieces(&mut file, consume)?;
        Ok(())
    }

    fn write(&self, object: &Object<'_>, from: &Path, told: &Told<'_>) -> Result<Written, StoreError> {
        let (mut file, bytes) = open_regular(from).map_err(|error| self.io(from, &error))?;
        self.take(object, Some(bytes), |consume| {
            incoming::pieces(&mut file, &mut |piece| {
                told(piece.len() as u64);
                consume(piece)
            })?;
            Ok(())
        })
    }

    fn local(&self, object: &Object<'_>) -> Option<PathBuf> {
        let place = self.place(object.sha256);
        self.size(&place).ok().flatten().map(|_| place)
    }
}
