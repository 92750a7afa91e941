//! A folder of its own for a program that runs. What a killed process leaves behind is removed by the next one.

use super::lock::{self, Lock};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one process waits for another that begins.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that is empty at first, and removed when the value is dropped.
#[derive(Debug)]
pub struct Workplace {
    own: PathBuf,
    _lock: Lock,
}

impl Workplace {
    /// Makes one below `home`, a folder that is used for nothing else, and removes those there whose processes are gone.
    pub fn begin(home: &Path) -> io::Result<Self> {
        let gate = home.join("gate");
        let _gate = lock::hold(&gate, PATIENCE)?.ok_or_else(|| io::Error::other("another command does not begin"))?;
        for entry in fs::read_dir(home)?.flatten().filter(|entry| entry.path() != gate) {
            let is_free = |path: &Path| matches!(lock::hold(&path.join("lock"), Duration::ZERO), Ok(Some(_)));
            if super::file::is_real_folder(&entry.path()) && is_free(&entry.path()) {
                discard(&entry.path());
            }
        }
        let own = tempfile::Builder::new().prefix("run-").tempdir_in(home)?.keep();
        fs::create_dir(own.join("files"))?;
        let lock = lock::hold(&own.join("lock"), Duration::ZERO)?.ok_or(io::ErrorKind::WouldBlock)?;
        Ok(Self { own, _lock: lock })
    }

    /// The folder for the program.
    pub fn path(&self) -> PathBuf {
        self.own.join("files")
    }

    /// What to `discard` where this value cannot be dropped.
    pub fn own(&self) -> &Path {
        &self.own
    }

    /// Makes a new file in the folder, with the folders above it.
    pub fn create(&self, name: &str) -> io::Result<fs::File> {
        let path = name.split('/').fold(self.path(), |at, name| at.join(name));
        fs::create_dir_all(path.parent().unwrap_or(&self.own))?;
        fs::File::create_new(path)
    }

    /// Copies the files in the folder to another one, which must not be there.
    pub fn copy_to(&self, folder: &Path) -> io::Result<()> {
        let from = self.path();
        fs::create_dir(folder)?;
        for entry in walkdir::WalkDir::new(&from).min_depth(1) {
            let entry = entry?;
            let target = folder.join(entry.path().strip_prefix(&from).unwrap_or(entry.path()));
            if entry.file_type().is_dir() {
                fs::create_dir(target)?;
            } else if entry.file_type().is_file() {
                fs::copy(entry.path(), target)?;
            }
        }
        Ok(())
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        discard(&self.own);
    }
}

/// Removes a folder as far as that is possible; what remains is removed by the next process that begins.
pub fn discard(own: &Path) {
    let _ = fs::remove_dir_all(own);
}
