//! Taking files in, all or nothing: they are built in a folder of their own and then moved to their places. What a killed
//! process leaves behind is finished or removed by the next one.
//!
//! The folder for building is in the work tree, so a clone can come with one, or with a link in its place that leads to
//! the files of whoever cloned it. Only what has a mark beside the gate, which no clone brings, is finished or removed.

use super::about;
use super::lock::{self, Lock};
use super::write::sync_folder;
use crate::store::{self, Object, Store, StoreError};
use crate::tree::Told;
use crate::values::{Digested, Hashing};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder for what is being built, at the top of the work tree: what is moved must be on the same file system.
const BUILDING: &str = ".casebook-adding";

/// The file that says that everything is built and only the moves are left.
const READY: &str = "ready";

/// What is to replace files of the top folder; what is to leave its place, as empty files with their names; and what has left.
const REPLACING: &str = "replacing";
const RETIRING: &str = "retiring";
const RETIRED: &str = "retired";

/// How long one process waits for another that moves its files into place.
const PATIENCE: Duration = Duration::from_secs(60);

/// A set of files that is being built. Dropping it removes what was built.
#[derive(Debug)]
pub struct Intake {
    top: PathBuf,
    folder: PathBuf,
    gate: PathBuf,
    _own: Lock,
    is_published: bool,
}

/// Why a file could not be copied as it is.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("`{}` changed while it was read: stop what writes to it, or copy it first", .0.display())]
    Changed(PathBuf),
    #[error("the copy of `{}` is not what was written: is the disk sound?", .0.display())]
    Unfaithful(PathBuf),
    #[error("cannot read `{}`: {}", .0.display(), .1)]
    Read(PathBuf, io::Error),
    #[error("cannot write the copy of `{}`: {}", .0.display(), .1)]
    Write(PathBuf, io::Error),
}

/// Everything is built, and the next command moves into place what this one could not.
#[derive(Debug, thiserror::Error)]
#[error("everything is written, but not all of it is in its place: {0}")]
struct Unfinished(io::Error);

impl Unfinished {
    fn of(error: io::Error) -> io::Error {
        io::Error::new(error.kind(), Self(error))
    }
}

/// Whether an error of publishing means that the next command will do what this one was to do.
pub fn is_unfinished(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Unfinished>())
}

impl Intake {
    /// Starts to build a set of files for the folder `top`, under the first name of `names` that no other process has.
    /// `gate` is a lock file that all processes on this folder use.
    pub fn begin(top: &Path, gate: &Path, mut name: impl FnMut() -> String) -> io::Result<(Self, String)> {
        let _gate = pass(gate)?;
        finish_others(top, gate)?;
        let building = top.join(BUILDING);
        let begun = claim_first(&building, gate, &mut name);
        if begun.is_err() {
            sweep(top);
        }
        let (own, name) = begun.map_err(about(&building))?;
        let (top, gate, folder) = (top.to_owned(), gate.to_owned(), building.join(&name));
        Ok((Self { top, folder, gate, _own: own, is_published: false }, name))
    }

    /// Copies a file to a place below `top`, and says what it is. It is hashed before and after; `told` hears of both.
    pub fn copy(&self, from: &Path, to: &str, told: &Told<'_>) -> Result<Digested, CopyError> {
        let read = |error| CopyError::Read(from.to_owned(), error);
        let write = |error| CopyError::Write(from.to_owned(), error);
        let target = self.place(to);
        let before = digest(from, told).map_err(read)?;
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(write)?;
        }
        fs::copy(from, &target).map_err(write)?;
        make_plain(&target).map_err(write)?;
        let after = digest(&target, told).map_err(write)?;
        if before != after {
            let again = digest(from, &|_| {}).map_err(read)?;
            let from = from.to_owned();
            return Err(if again == before { CopyError::Unfaithful(from) } else { CopyError::Changed(from) });
        }
        fs::File::open(&target).and_then(|file| file.sync_all()).map_err(write)?;
        Ok(after)
    }

    /// Writes a file for a place below `top`.
    pub fn write(&self, to: &str, content: &[u8]) -> io::Result<()> {
        super::write::whole(&self.place(to), content, true).map_err(about(&self.top.join(to)))
    }

    /// Takes the bytes of an object from its home to its place below `top`. A home that gives more than `limit` bytes is
    /// not listened to.
    pub fn receive(
        &self,
        object: &Object<'_>,
        from: &dyn Store,
        limit: u64,
        told: &Told<'_>,
    ) -> Result<Digested, StoreError> {
        let target = self.place(object.path.as_str());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(about(folder))?;
        }
        let received = receive(&target, object, from, limit, told);
        if received.is_err() {
            super::file::remove(&target)?;
        }
        received
    }

    /// Puts a file of the top folder, such as `.gitattributes`, in place of the one that is there.
    pub fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        super::write::whole(&self.folder.join(REPLACING).join(name), content, true).map_err(about(&self.top.join(name)))
    }

    /// Takes a file or a folder that lies two levels down, such as `evidence/x-…`, out of the work tree. It is gone before
    /// anything else is moved to its place.
    pub fn retire(&self, what: &str) -> io::Result<()> {
        let marker = what.split('/').fold(self.folder.join(RETIRING), |at, name| at.join(name));
        super::write::whole(&marker, b"", true).map_err(about(&marker))
    }

    /// Moves everything into place, if `check` says that nothing speaks against it while no other process moves anything.
    pub fn publish<E: From<io::Error>>(self, check: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        self.publish_after(|_| check())
    }

    /// The same; `prepare` may add what depends on the files as they are at that moment.
    pub fn publish_after<E: From<io::Error>>(mut self, prepare: impl FnOnce(&Self) -> Result<(), E>) -> Result<(), E> {
        let _gate = pass(&self.gate)?;
        prepare(&self)?;
        let retired = retirements(&self.top, &self.folder)?;
        for (_, target) in moves(&self.top, &self.folder)? {
            let is_retired = retired.iter().any(|(place, _)| *place == target);
            if !is_retired && fs::symlink_metadata(&target).is_ok() {
                return Err(is_taken(&target).into());
            }
        }
        sync_below(&self.folder)
            .and_then(|()| super::write::whole(&self.folder.join(READY), b"", true))
            .map_err(about(&self.folder))?;
        // From here on the files are as good as in place: whoever finds them finishes the moves.
        self.is_published = true;
        put_in_place(&self.top, &self.folder).map_err(Unfinished::of)?;
        // What cannot be removed now is removed by the next command.
        if discard(&self.folder).is_ok() {
            forget(&self.gate, &self.folder);
            sweep(&self.top);
        }
        Ok(())
    }

    fn place(&self, to: &str) -> PathBuf {
        to.split('/').fold(self.folder.join("files"), |at, name| at.join(name))
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        if self.is_published {
            return;
        }
        let _gate = pass(&self.gate);
        if discard(&self.folder).is_ok() {
            forget(&self.gate, &self.folder);
            sweep(&self.top);
        }
    }
}

/// Finishes or removes what killed processes left behind in `top`.
pub fn recover(top: &Path, gate: &Path) -> io::Result<()> {
    if names_of_marks(gate)?.is_empty() && !super::file::is_real_folder(&top.join(BUILDING)) {
        return Ok(());
    }
    let _gate = pass(gate)?;
    finish_others(top, gate)?;
    sweep(top);
    Ok(())
}

fn pass(gate: &Path) -> io::Result<Lock> {
    lock::hold(gate, PATIENCE)?
        .ok_or_else(|| io::Error::other("another command of casebook that writes into this case does not end"))
}

/// Makes a folder for a set of files under the first name that nobody has, and says that this machine builds it.
fn claim_first(building: &Path, gate: &Path, name: &mut dyn FnMut() -> String) -> io::Result<(Lock, String)> {
    demand_real_folder(building)?;
    fs::create_dir_all(building)?;
    // Git must not see what is not finished, also after a crash.
    hide(building)?;
    fs::create_dir_all(marks(gate))?;
    let mut tried = None;
    loop {
        let name = name();
        let folder = building.join(&name);
        if fs::symlink_metadata(&folder).is_ok() {
            if tried.as_ref() == Some(&name) {
                return Err(is_taken(&folder));
            }
            tried = Some(name);
            continue;
        }
        let claimed = claim(&folder, gate);
        if claimed.is_err() {
            let _ = fs::remove_dir_all(&folder);
            forget(gate, &folder);
        }
        return Ok((claimed?, name));
    }
}

fn claim(folder: &Path, gate: &Path) -> io::Result<Lock> {
    fs::write(marks(gate).join(folder.file_name().unwrap_or_default()), b"")?;
    fs::create_dir(folder)?;
    Ok(lock::hold(&folder.join("lock"), Duration::ZERO)?.ok_or(io::ErrorKind::WouldBlock)?)
}

/// Lets Git ignore everything in a folder. A file that is there is kept: it could be a link, and what it leads to be
/// overwritten.
fn hide(folder: &Path) -> io::Result<()> {
    match fs::OpenOptions::new().write(true).create_new(true).open(folder.join(".gitignore")) {
        Ok(mut file) => file.write_all(b"*\n"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where the marks of what is being built lie.
fn marks(gate: &Path) -> PathBuf {
    gate.with_extension("d")
}

fn names_of_marks(gate: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    Ok(super::folder::names(&marks(gate))?.unwrap_or_default())
}

/// Removes the mark of a set of files that is finished or gone.
fn forget(gate: &Path, folder: &Path) {
    let _ = fs::remove_file(marks(gate).join(folder.file_name().unwrap_or_default()));
}

/// Fails where something else than a folder, such as a link, has its name.
fn demand_real_folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_dir() => {
            Err(io::Error::new(io::ErrorKind::NotADirectory, format!("`{}` is not a folder", path.display())))
        }
        _ => Ok(()),
    }
}

/// Finishes or removes every set of files whose process is gone.
fn finish_others(top: &Path, gate: &Path) -> io::Result<()> {
    let building = top.join(BUILDING);
    demand_real_folder(&building)?;
    for name in names_of_marks(gate)? {
        let folder = building.join(name);
        if !super::file::is_real_folder(&folder) {
            forget(gate, &folder);
            continue;
        }
        let Some(_own) = lock::hold(&folder.join("lock"), Duration::ZERO)? else { continue };
        if folder.join(READY).exists() {
            put_in_place(top, &folder)?;
        }
        discard(&folder)?;
        forget(gate, &folder);
    }
    Ok(())
}

/// Moves what is left to move. Each step may have been done by a process that was killed then.
fn put_in_place(top: &Path, folder: &Path) -> io::Result<()> {
    for (place, retired) in retirements(top, folder)? {
        let parent = place.parent().unwrap_or(top);
        // What has its name now is what was moved to its place afterwards.
        if fs::symlink_metadata(&retired).is_ok() || fs::symlink_metadata(&place).is_err() {
            continue;
        }
        fs::create_dir_all(retired.parent().unwrap_or(folder)).map_err(about(&retired))?;
        fs::rename(&place, &retired).and_then(|()| sync_folder(parent)).map_err(about(&place))?;
    }
    for (from, to) in moves(top, folder)? {
        if fs::symlink_metadata(&to).is_ok() {
            return Err(is_taken(&to));
        }
        let parent = to.parent().unwrap_or(top);
        let moved = fs::create_dir_all(parent).and_then(|()| fs::rename(&from, &to)).and_then(|()| sync_folder(parent));
        moved.map_err(about(&to))?;
    }
    let replacing = folder.join(REPLACING);
    for name in super::folder::names(&replacing)?.unwrap_or_default() {
        fs::rename(replacing.join(&name), top.join(&name))
            .and_then(|()| sync_folder(top))
            .map_err(about(&top.join(&name)))?;
    }
    Ok(())
}

/// Removes a set of files with all that belongs to it. Nobody must take what is left of it for one that is ready: what has
/// left its place could be gone already, and what was put there would be taken for it.
fn discard(folder: &Path) -> io::Result<()> {
    super::file::remove(&folder.join(READY))?;
    sync_folder(folder)?;
    fs::remove_dir_all(folder)
}

/// What is to leave its place two levels down, and where it goes.
fn retirements(top: &Path, folder: &Path) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    let mut retirements = Vec::new();
    let (markers, retired) = (folder.join(RETIRING), folder.join(RETIRED));
    for group in super::folder::names(&markers)?.unwrap_or_default() {
        demand_real_folder(&top.join(&group))?;
        for name in super::folder::names(&markers.join(&group))?.unwrap_or_default() {
            retirements.push((top.join(&group).join(&name), retired.join(&group).join(&name)));
        }
    }
    Ok(retirements)
}

/// What is built and where it goes: each file or folder that lies two levels down, such as `evidence/x-…`, in order.
fn moves(top: &Path, folder: &Path) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    let mut moves = Vec::new();
    let files = folder.join("files");
    if !super::file::is_real_folder(&files) {
        return Ok(moves);
    }
    for group in sorted(&files)? {
        let target = top.join(group.file_name().unwrap_or_default());
        // A link would lead the files out of the case.
        demand_real_folder(&target)?;
        let target = |from: PathBuf| (from.clone(), target.join(from.file_name().unwrap_or_default()));
        moves.extend(sorted(&group)?.into_iter().map(target));
    }
    Ok(moves)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_taken(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, format!("`{}` is there already", path.display()))
}

/// Removes the building folder where nothing is being built.
fn sweep(top: &Path) {
    let building = top.join(BUILDING);
    let is_empty =
        fs::read_dir(&building).is_ok_and(|entries| entries.flatten().all(|e| e.file_name() == ".gitignore"));
    if is_empty {
        let _ = fs::remove_file(building.join(".gitignore"));
        let _ = fs::remove_dir(building);
    }
}

fn sync_below(folder: &Path) -> io::Result<()> {
    let folders = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_dir());
    for entry in folders {
        sync_folder(entry.path())?;
    }
    Ok(())
}

fn receive(
    target: &Path,
    object: &Object<'_>,
    from: &dyn Store,
    limit: u64,
    told: &Told<'_>,
) -> Result<Digested, StoreError> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(target).map_err(about(target))?;
    let mut hashing = Hashing::default();
    let mut left = limit;
    from.read(object, 0, &mut |piece| {
        left = left.checked_sub(piece.len() as u64).ok_or_else(store::too_long)?;
        hashing.update(piece);
        told(piece.len() as u64);
        file.write_all(piece).map_err(about(target))
    })?;
    let found = hashing.finish();
    if found.sha256 != object.sha256 {
        return Err(StoreError::wrong(from.name(), object, found.sha256));
    }
    make_plain(target).and_then(|()| file.sync_all()).map_err(about(target))?;
    Ok(found)
}

/// The digest of a file, and its size.
pub fn digest(path: &Path, told: &Told<'_>) -> io::Result<Digested> {
    let mut file = fs::File::open(path)?;
    let mut hashing = Hashing::default();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hashing.finish()),
            length => {
                hashing.update(&buffer[..length]);
                told(length as u64);
            }
        }
    }
}

/// Evidence is data: nobody runs it, and everybody who may read the case may read it.
#[cfg(unix)]
fn make_plain(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_plain(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_file_that_changes_while_it_is_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (top, source) = (folder.path().join("case"), folder.path().join("growing.log"));
        fs::create_dir(&top).unwrap();
        fs::write(&source, "first line\n").unwrap();
        let (intake, _) = Intake::begin(&top, &folder.path().join("gate"), || "x-7q2k9dm4".to_owned()).unwrap();
        let is_first = AtomicBool::new(true);
        let edit = |_| {
            if is_first.swap(false, Ordering::SeqCst) {
                fs::write(&source, "FIRST line\n").unwrap();
            }
        };
        let copied = intake.copy(&source, "evidence/x-7q2k9dm4/growing.log", &edit);
        assert!(matches!(copied, Err(CopyError::Changed(_))), "{copied:?}");
        drop(intake);
        assert_eq!(fs::read_dir(&top).unwrap().count(), 0);
    }
}
