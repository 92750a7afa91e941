//! Files that are being written, out of sight until they are whole. Each has a lock: what a killed process left behind is
//! known by its lock being free, and removed by the next one that writes.

use super::write::sync_folder;
use crate::store::Written;
use crate::values::{Hashing, Sha256};
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use tempfile::{NamedTempFile, TempPath};

const PREFIX: &str = ".casebook-";

/// How often another process may take away a new file, as a leftover, before it is locked.
const ATTEMPTS: usize = 100;

/// A new file in a folder for such files. Dropping it removes it.
#[derive(Debug)]
pub struct Incoming {
    file: NamedTempFile,
}

impl Incoming {
    /// Makes a file in `folder`, which must be on the file system of its later place; makes the folder, too.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            let made = make_real_folder(folder);
            let file = match made.and_then(|()| tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)) {
                Ok(file) => file,
                // Another process has just removed the folder, which was empty. Where its parent is not there, it never will be.
                Err(error) if error.kind() == io::ErrorKind::NotFound && has_parent(folder) => continue,
                Err(error) => return Err(error),
            };
            // Where there are no locks nobody takes it for a leftover, either.
            match file.as_file().try_lock() {
                Err(fs::TryLockError::WouldBlock) => continue,
                Ok(()) | Err(fs::TryLockError::Error(_)) if fs::symlink_metadata(file.path()).is_ok() => {
                    return Ok(Self { file });
                }
                _ => continue,
            }
        }
        Err(io::Error::other(format!("no file stays in `{}`: something removes them", folder.display())))
    }

    /// Gives the file its place, unless that is taken: whole, for good, and for nobody to change.
    pub fn publish(self, place: &Path, read_only: bool) -> io::Result<Written> {
        let (file, path) = self.file.into_parts();
        publish(path, &file, place, read_only)
    }
}

/// Moves a file to its place, whole and for good; removes it where that is taken.
fn publish(path: TempPath, file: &fs::File, place: &Path, read_only: bool) -> io::Result<Written> {
    set_mode(file, read_only)?;
    file.sync_all()?;
    match path.persist_noclobber(place) {
        Ok(()) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Written::Already),
        Err(error) => return Err(error.error),
    }
    sync_folder(place.parent().unwrap_or(Path::new(".")))?;
    Ok(Written::New)
}

impl Write for Incoming {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.file.write(piece)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is received in several attempts: it stays when the process ends.
pub struct Part {
    file: fs::File,
    hashing: Hashing,
    bytes: u64,
}

impl Part {
    /// Opens what an earlier attempt left, or begins anew. Another process that receives the same file is an error.
    pub fn open(folder: &Path, path: &Path) -> io::Result<Self> {
        for _ in 1..ATTEMPTS {
            match Self::open_once(folder, path) {
                // Another process has just removed the folder, which was empty.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                opened => return opened,
            }
        }
        Self::open_once(folder, path)
    }

    fn open_once(folder: &Path, path: &Path) -> io::Result<Self> {
        make_real_folder(folder)?;
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let mut file = fs::OpenOptions::new().read(true).append(true).create(true).open(path)?;
        if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) {
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "another process receives it at this moment"));
        }
        let (mut hashing, mut bytes) = (Hashing::default(), 0);
        pieces(&mut file, &mut |piece| {
            hashing.update(piece);
            bytes += piece.len() as u64;
            Ok(())
        })?;
        Ok(Self { file, hashing, bytes })
    }

    /// How many bytes are there.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hashing.update(piece);
        self.bytes += piece.len() as u64;
        self.file.write_all(piece)
    }

    /// The digest of all bytes so far.
    pub fn digest(&self) -> Sha256 {
        self.hashing.clone().finish().sha256
    }

    /// Gives the file its place, unless that is taken.
    pub fn publish(self, path: &Path, place: &Path) -> io::Result<Written> {
        publish(TempPath::try_from_path(path)?, &self.file, place, true)
    }
}

/// Removes what killed processes left in a folder for such files, and the folder where nothing is in it.
pub fn sweep(folder: &Path) {
    if !super::file::is_real_folder(folder) {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(file) = fs::File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

fn has_parent(folder: &Path) -> bool {
    folder.parent().is_some_and(Path::is_dir)
}

/// Makes a folder, and fails where something else, such as a link, has its name. Its parent must be there.
pub fn make_real_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(folder.parent().unwrap_or(Path::new("."))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => demand_real_folder(folder),
        Err(error) => Err(error),
    }
}

/// Fails where something else than a folder, such as a link, has this name, or nothing.
pub fn demand_real_folder(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder)?.is_dir() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::NotADirectory, format!("`{}` is not a folder", folder.display())))
}

/// Calls `consume` with a file from byte `from` on, piece by piece.
pub fn pieces(file: &mut impl Read, consume: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => consume(&buffer[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(unix)]
fn set_mode(file: &fs::File, read_only: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(if read_only { 0o444 } else { 0o644 }))
}

#[cfg(not(unix))]
fn set_mode(file: &fs::File, read_only: bool) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(read_only);
    file.set_permissions(permissions)
}
