//! What became of publications that nobody watched, in files beside the cache.

use super::PublishError;
use crate::disk::lock::{self, Lock};
use crate::disk::{file, write};
use crate::exec;
use crate::git::Repo;
use jiff::Timestamp;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The largest log; what is older goes into one more file of that size at most.
const MAX_LOG: u64 = 256 << 10;

/// The folder for what casebook keeps of a repository.
pub fn folder(repository: &Repo) -> PathBuf {
    repository.common_dir().join("casebook")
}

/// Starts a command of casebook in a repository, and does not wait: what it says goes into a log, and nobody who waits for this process
/// waits for that one.
pub fn start(
    repository: &Repo,
    program: &Path,
    arguments: &[&str],
    log: &str,
    now: Timestamp,
) -> Result<(), PublishError> {
    let path = folder(repository).join(log);
    let log = write::log(&path, MAX_LOG, format!("{now}\n").as_bytes());
    let outputs = log.and_then(|log| Ok([log.try_clone()?, log])).map_err(at(&path))?;
    let home = repository.common_dir();
    let words: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    exec::detached(program.as_os_str(), &words, home, &[("GIT_DIR", home.as_os_str())], outputs).map_err(at(program))
}

/// The right to publish from a repository, as soon as nobody else has it; `None` where somebody has it for longer than `patience`.
pub fn alone(repository: &Repo, patience: Duration) -> Result<Option<Lock>, PublishError> {
    let path = folder(repository).join("publish.lock");
    lock::hold(&path, patience).map_err(at(&path))
}

/// How the last publication ended.
pub enum Last {
    Well,
    Running,
    /// It failed, or did not come to its end: in words.
    Failed(String),
}

pub fn last(repository: &Repo) -> Result<Last, PublishError> {
    let Some(_lock) = alone(repository, Duration::ZERO)? else { return Ok(Last::Running) };
    let path = note(repository);
    let found = file::find(&path).map_err(at(&path))?;
    Ok(found.map_or(Last::Well, |found| Last::Failed(String::from_utf8_lossy(&found.content).into_owned())))
}

/// Notes that a publication has begun: what dies before its end has left this note.
pub fn begin(repository: &Repo, now: Timestamp) -> Result<(), PublishError> {
    leave(repository, &format!("the publication that began at {now} did not come to its end"))
}

/// Notes what came of it; nothing where all is well.
pub fn end(repository: &Repo, now: Timestamp, wrong: Option<&str>) -> Result<(), PublishError> {
    let path = note(repository);
    match wrong {
        None => file::remove(&path).map_err(at(&path)),
        Some(wrong) => leave(repository, &format!("the publication of {now}: {wrong}")),
    }
}

fn leave(repository: &Repo, text: &str) -> Result<(), PublishError> {
    let path = note(repository);
    write::whole(&path, text.as_bytes(), false).map_err(at(&path))
}

fn note(repository: &Repo) -> PathBuf {
    folder(repository).join("publish.failed")
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> PublishError + '_ {
    move |reason| PublishError::Disk { path: path.to_owned(), reason }
}
