//! Single files outside of a case, such as hooks and stamps: what is there, moving and removing it.

use std::fs;
pub use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub content: Vec<u8>,
    /// Whether the system would run it as a program.
    pub executable: bool,
}

/// Reads a file, through a symbolic link too; `None` where nothing is there.
pub fn find(path: &Path) -> io::Result<Option<Found>> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_there(path) => return Ok(None),
        // A link to nothing is there all the same.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(Some(Found { content, executable: is_executable(path) }))
}

/// Opens a regular file for reading, and tells its size. A link, or a pipe that would block, is an error.
pub fn open_regular(path: &Path) -> io::Result<(fs::File, u64)> {
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    let before = fs::symlink_metadata(path)?;
    if !before.is_file() {
        return Err(no_file());
    }
    let file = fs::File::open(path)?;
    let opened = file.metadata()?;
    // Something may have put a link there in between.
    if is_same(&before, &opened) { Ok((file, opened.len())) } else { Err(no_file()) }
}

#[cfg(unix)]
fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.file_type() == b.file_type()
}

/// Whether a name is taken, be it by a link that leads nowhere.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Gives a regular file another time of change, so that Git reads it again and does not believe what it knows of it. An
/// earlier one: Git would read a file from the future again and again.
pub fn touch(path: &Path) -> io::Result<()> {
    open_regular(path)?;
    let file = fs::OpenOptions::new().write(true).open(path)?;
    file.set_modified(file.metadata()?.modified()? - Duration::from_secs(1))
}

/// Whether it is a regular file itself, not a link to one.
pub fn is_regular(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether it is a folder itself, not a link to one.
pub fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Gives a file another name; what had that name before is gone.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Removes a file; it is no error where it is not there.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        ended => ended,
    }
}

/// The path without links and `..`, as far as it exists.
pub fn resolved(path: &Path) -> PathBuf {
    if let Ok(resolved) = fs::canonicalize(path) {
        return resolved;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => resolved(parent).join(name),
        _ => path.to_owned(),
    }
}

/// Bytes of all files below a folder; 0 where it is not there.
pub fn size_below(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    files.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
