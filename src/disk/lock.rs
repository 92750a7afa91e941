//! Locks between processes: a file that one of them holds. The system lets go of it when the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// A lock that is held until the value is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Waits up to `patience` for the lock; `None` where another process still holds it then.
pub fn hold(path: &Path, patience: Duration) -> io::Result<Option<Lock>> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(super::about(folder))?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(super::about(path))?;
    let end = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(Lock { _file: file })),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= end => return Ok(None),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}
