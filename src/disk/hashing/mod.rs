//! Hashing many files at the speed of the machine: every core takes files as it comes to them, four at a time where the
//! processor hashes several streams faster than one.
//!
//! Small files cost what the system takes to open and read them, so that nothing else may cost much: a file is opened from
//! its folder, asked for its state on the open handle, read into memory that is used again, and compared with what is at
//! its path when it ends. A large file that a core has for itself is read ahead by a thread of its own.

mod ahead;
mod opened;
mod worker;

pub use opened::Stamp;
pub(super) use opened::{Folders, fill, unreadable};

use crate::tree::{Told, TreeError};
use crate::values::digest::lanes::WIDTH;
use crate::values::{Digested, TreePath};
use rayon::prelude::*;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use worker::Worker;

/// How many files a thread has in work at once. Without optimisation, the interleaving is slower than `sha2`, which is
/// optimised always.
const LANES: usize = if cfg!(all(debug_assertions, not(test))) { 1 } else { WIDTH };

/// The digest of a file, and the state that the file was in before and after it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashed {
    pub digested: Digested,
    pub stamp: Stamp,
}

/// Hashes files below a folder, in the order of `files`. `told` hears of the bytes as they are hashed, from any thread.
pub fn digest_files(root: &Path, files: &[TreePath], told: &Told<'_>) -> Vec<Result<Hashed, TreeError>> {
    let threads = rayon::current_num_threads().clamp(1, files.len().max(1));
    let queue =
        Queue { files, next: AtomicUsize::new(0), threads, results: files.iter().map(|_| OnceLock::new()).collect() };
    (0..threads).into_par_iter().with_max_len(1).for_each(|_| Worker::new(root, &queue, told).run());
    let taken = "the workers end when every file was taken, and say something of each";
    queue.results.into_iter().map(|result| result.into_inner().expect(taken)).collect()
}

/// The files that are to be hashed, and what became of them.
struct Queue<'f> {
    files: &'f [TreePath],
    /// The first file that nobody took.
    next: AtomicUsize,
    threads: usize,
    results: Vec<OnceLock<Result<Hashed, TreeError>>>,
}

impl<'f> Queue<'f> {
    /// The next file, for somebody who has `busy` others in work. Towards the end everybody takes fewer at a time, so that
    /// few large files are spread over all cores.
    fn take(&self, busy: usize) -> Option<(usize, &'f TreePath)> {
        if busy >= LANES || (busy > 0 && !self.has_more_beside(busy)) {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.files.get(number).map(|file| (number, file))
    }

    /// Whether there are files for everybody to have one more beside the `busy` ones that they have.
    fn has_more_beside(&self, busy: usize) -> bool {
        let left = self.files.len().saturating_sub(self.next.load(Ordering::Relaxed));
        left >= self.threads * (busy + 1)
    }

    fn put(&self, number: usize, result: Result<Hashed, TreeError>) {
        // Nobody else took this file, so there is nothing yet.
        let _ = self.results[number].set(result);
    }
}

#[cfg(test)]
mod tests {
    use super::{Hashed, digest_files};
    use crate::tree::TreeError;
    use crate::values::{Digested, TreePath};
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn content(number: usize, length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 31 + at / 251 + number) as u8).collect()
    }

    fn hash(root: &Path, files: &[TreePath]) -> Vec<Result<Digested, TreeError>> {
        let hashed = digest_files(root, files, &|_| {});
        hashed.into_iter().map(|hashed| hashed.map(|Hashed { digested, .. }| digested)).collect()
    }

    #[test]
    fn files_of_every_size_in_every_folder_are_hashed_as_sha2_does() {
        let folder = tempfile::tempdir().unwrap();
        let piece = super::worker::PIECE;
        let ahead = super::worker::WORTH_A_THREAD as usize;
        let sizes = [0, 1, 55, 56, 63, 64, 65, 4096, piece - 1, piece, piece + 1, 3 * piece, 3 * piece + 17, ahead + 5];
        let mut files = Vec::new();
        let mut expected = Vec::new();
        for (number, size) in sizes.iter().cycle().take(5 * sizes.len()).enumerate() {
            let path = format!("{}/{}/f{number}", ["a", "a/b", "c"][number % 3], number / 10);
            let content = content(number, *size);
            fs::create_dir_all(folder.path().join(&path).parent().unwrap()).unwrap();
            fs::write(folder.path().join(&path), &content).unwrap();
            expected.push(Digested::of(&content));
            files.push(TreePath::from(path));
        }
        for count in [0, 1, 2, 3, 5, files.len()] {
            let told = AtomicU64::new(0);
            let hashed = digest_files(folder.path(), &files[..count], &|bytes| {
                told.fetch_add(bytes, Ordering::Relaxed);
            });
            let digests: Vec<Digested> = hashed.iter().map(|hashed| hashed.as_ref().unwrap().digested).collect();
            assert_eq!(digests, expected[..count]);
            assert_eq!(told.into_inner(), expected[..count].iter().map(|digested| digested.bytes).sum::<u64>());
        }
        // The last one alone, which is large.
        assert_eq!(hash(folder.path(), &files[files.len() - 1..])[0].as_ref().unwrap(), expected.last().unwrap());
    }

    #[test]
    fn what_cannot_be_hashed_does_not_disturb_the_others() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("there/below")).unwrap();
        fs::write(folder.path().join("there/file"), "x").unwrap();
        fs::write(folder.path().join("there/below/file"), "y").unwrap();
        let names = ["there/file", "there/gone", "there/below", "gone/file", "there/file/file", "there/below/file"];
        let files = names.map(TreePath::from);
        let hashed = hash(folder.path(), &files);
        assert_eq!(*hashed[0].as_ref().unwrap(), Digested::of(b"x"));
        assert!(matches!(&hashed[1], Err(TreeError::Missing(path)) if *path == files[1]), "{:?}", hashed[1]);
        assert!(matches!(&hashed[2], Err(TreeError::Unreadable { .. })), "{:?}", hashed[2]);
        assert!(matches!(&hashed[3], Err(TreeError::Missing(path)) if *path == files[3]), "{:?}", hashed[3]);
        assert!(matches!(&hashed[4], Err(TreeError::Missing(_))), "{:?}", hashed[4]);
        assert_eq!(*hashed[5].as_ref().unwrap(), Digested::of(b"y"));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_and_no_pipe_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("folder")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("file")).unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("pipe"), mode).unwrap();
        for name in ["folder/secret", "file", "socket", "pipe"] {
            let hashed = hash(folder.path(), &[TreePath::from(name)]);
            assert!(matches!(&hashed[0], Err(TreeError::Unreadable { .. })), "{name}: {:?}", hashed[0]);
        }
    }

    #[test]
    fn a_file_that_changes_while_it_is_hashed_is_reported_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["a", "b", "c"].map(TreePath::from);
        for size in [10, super::worker::WORTH_A_THREAD as usize + 1] {
            for name in ["a", "b", "c"] {
                fs::write(folder.path().join(name), vec![0; size]).unwrap();
            }
            let changed = folder.path().join("b");
            let hashed = digest_files(folder.path(), &files, &|_| fs::write(&changed, "other").unwrap());
            assert!(matches!(&hashed[1], Err(TreeError::Changed(path)) if *path == files[1]), "{:?}", hashed[1]);
            let one = digest_files(folder.path(), &files[2..], &|_| {
                fs::rename(folder.path().join("a"), folder.path().join("c")).unwrap_or_default();
            });
            assert!(matches!(&one[0], Err(TreeError::Changed(path)) if *path == files[2]), "{:?}", one[0]);
        }
    }
}
