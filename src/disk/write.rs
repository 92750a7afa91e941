//! Writing files: each is there whole or not at all, also after a crash.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file through a temporary one beside it: a reader sees the old bytes or the new ones.
/// With `durable`, the bytes have reached the disk when this returns.
pub fn whole(path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".casebook-").tempfile_in(folder)?;
    file.write_all(content)?;
    open_to_others(file.as_file(), path)?;
    if durable {
        file.as_file().sync_all()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    if durable { sync_folder(folder) } else { Ok(()) }
}

/// A new file to write to, with its folders; an error where something has its name already.
pub fn fresh(path: &Path) -> io::Result<impl Write + use<>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

/// Adds to the end of a file that other programs add to as well, such as a job's summary; makes it where there is none.
pub fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(content)
}

/// Opens a file to be added to, with a first line; where it is larger than so many bytes, it makes place for a new one and is kept
/// beside it until that is as large.
pub fn log(path: &Path, most: u64, first: &[u8]) -> io::Result<fs::File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::metadata(path).is_ok_and(|there| there.len() > most) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let mut file = fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(first)?;
    Ok(file)
}

/// Writes a program: whole or not at all, and executable by everybody who may read it.
pub fn program(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".casebook-").tempfile_in(folder)?;
    file.write_all(content)?;
    make_executable(file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn make_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Gives a new file the permissions that other programs would give it (temporary files are private), or keeps the
/// permissions of the file that it replaces.
#[cfg(unix)]
fn open_to_others(file: &fs::File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode() & 0o777);
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A private copy of a file, in the same folder; it is removed when the value is dropped.
pub fn private_copy(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut copy = tempfile::Builder::new().prefix(".casebook-index-").tempfile_in(folder)?;
    io::copy(&mut fs::File::open(path)?, &mut copy)?;
    copy.flush()?;
    Ok(copy)
}
