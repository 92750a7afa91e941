//! Files that are opened from their folders without following any link, and the state that they are in.

use crate::tree::TreeError;
use crate::values::TreePath;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What tells one state of a file from another, as far as the system keeps it: writing to a file or putting another one into
/// its place changes it. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    pub bytes: u64,
    pub modified: i64,
    /// When anything about the file changed, its name and times too; nobody can set it. 0 where the system keeps no such.
    pub changed: i64,
    pub device: u64,
    pub inode: u64,
}

impl Stamp {
    /// The state of a file as the standard library tells it.
    pub fn of(metadata: &Metadata) -> Self {
        system::stamp_of(metadata)
    }
}

/// A regular file that is open for reading.
pub struct Opened {
    pub file: File,
    pub stamp: Stamp,
    folder: system::Folder,
}

impl Opened {
    /// Whether the path still leads to this file, in the state that it was opened in.
    pub fn is_unchanged(&self, path: &TreePath) -> bool {
        system::stamp_at(&self.folder, path.name()).is_ok_and(|stamp| stamp == self.stamp)
    }
}

/// A way to files below a folder. Folders stay open while files in them are asked for.
pub struct Folders {
    root: PathBuf,
    /// The folders above the last file, from the root on, with their names.
    open: Vec<(String, system::Folder)>,
}

impl Folders {
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_owned(), open: Vec::new() }
    }

    /// Opens a regular file. Nothing else is opened, and no link on the way below the root is followed.
    pub fn open(&mut self, path: &TreePath) -> Result<Opened, TreeError> {
        let opened = self.folder_of(path).and_then(|folder| system::open(&folder, path.name()));
        opened.map_err(|error| unreadable(path, &error))
    }

    fn folder_of(&mut self, path: &TreePath) -> io::Result<system::Folder> {
        let mut above = path.as_str().split('/');
        above.next_back();
        if self.open.is_empty() {
            self.open.push((String::new(), system::root(&self.root)?));
        }
        let same = self.open[1..].iter().zip(above.clone()).take_while(|((name, _), wanted)| name == wanted).count();
        self.open.truncate(1 + same);
        for name in above.skip(same) {
            let folder = system::enter(&self.open[self.open.len() - 1].1, name)?;
            self.open.push((name.to_owned(), folder));
        }
        Ok(self.open[self.open.len() - 1].1.clone())
    }
}

/// Reads as much as there is room for, or up to the end; how much that was. A file is known to have `left` bytes more: when
/// so many are read and less than there is room for, that was the end, and it is not read again to see so.
pub fn fill(mut file: &File, buffer: &mut [u8], left: u64) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length as u64 >= left {
            break;
        }
    }
    Ok(length)
}

pub fn unreadable(path: &TreePath, error: &io::Error) -> TreeError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => TreeError::Missing(path.clone()),
        _ => TreeError::Unreadable { path: path.clone(), reason: error.to_string() },
    }
}

fn not_a_file() -> io::Error {
    io::Error::other("it is not a regular file")
}

#[cfg(unix)]
mod system {
    use super::{Opened, Stamp, not_a_file};
    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, fstat, openat, statat};
    use rustix::io::Errno;
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;
    use std::rc::Rc;

    pub type Folder = Rc<OwnedFd>;

    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    /// A pipe would be waited for without `NONBLOCK`, which means nothing for files.
    const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

    pub fn root(path: &Path) -> io::Result<Folder> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Ok(Rc::new(openat(CWD, path, FOLDER, Mode::empty())?))
    }

    pub fn enter(folder: &Folder, name: &str) -> io::Result<Folder> {
        let entered =
            openat(folder, name, FOLDER.union(OFlags::NOFOLLOW), Mode::empty()).map_err(|error| match error {
                Errno::LOOP => io::Error::other("a link in its path would lead out of the case"),
                // Linux says of a link that it is no folder.
                Errno::NOTDIR if is_link(folder, name) => {
                    io::Error::other("a link in its path would lead out of the case")
                }
                error => error.into(),
            });
        entered.map(Rc::new)
    }

    fn is_link(folder: &Folder, name: &str) -> bool {
        statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
    }

    pub fn open(folder: &Folder, name: &str) -> io::Result<Opened> {
        let file = openat(folder, name, FILE, Mode::empty()).map_err(|error| match error {
            // A link, and a socket.
            Errno::LOOP | Errno::NXIO => not_a_file(),
            error => error.into(),
        })?;
        let stat = fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(not_a_file());
        }
        Ok(Opened { file: File::from(file), stamp: stamp(&stat), folder: Rc::clone(folder) })
    }

    pub fn stamp_at(folder: &Folder, name: &str) -> io::Result<Stamp> {
        Ok(stamp(&statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    pub fn stamp_of(metadata: &Metadata) -> Stamp {
        Stamp {
            bytes: metadata.len(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    fn time(seconds: i64, nanoseconds: i64) -> i64 {
        seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
    }

    /// The types of the fields differ between systems.
    #[allow(clippy::unnecessary_cast)]
    fn stamp(stat: &Stat) -> Stamp {
        Stamp {
            bytes: stat.st_size as u64,
            modified: time(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: time(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Opened, Stamp, not_a_file};
    use std::fs::{File, Metadata, symlink_metadata};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::time::UNIX_EPOCH;

    pub type Folder = PathBuf;

    pub fn root(path: &Path) -> io::Result<Folder> {
        Ok(path.to_owned())
    }

    pub fn enter(folder: &Folder, name: &str) -> io::Result<Folder> {
        let entered = folder.join(name);
        let metadata = symlink_metadata(&entered)?;
        if metadata.is_symlink() {
            return Err(io::Error::other("a link in its path would lead out of the case"));
        }
        if metadata.is_dir() { Ok(entered) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    pub fn open(folder: &Folder, name: &str) -> io::Result<Opened> {
        let path = folder.join(name);
        let metadata = symlink_metadata(&path)?;
        if !metadata.is_file() {
            return Err(not_a_file());
        }
        Ok(Opened { file: File::open(path)?, stamp: stamp_of(&metadata), folder: folder.clone() })
    }

    pub fn stamp_at(folder: &Folder, name: &str) -> io::Result<Stamp> {
        Ok(stamp_of(&symlink_metadata(folder.join(name))?))
    }

    pub fn stamp_of(metadata: &Metadata) -> Stamp {
        let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let modified = since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
        Stamp { bytes: metadata.len(), modified, changed: 0, device: 0, inode: 0 }
    }
}
