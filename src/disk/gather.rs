//! What people name to be taken in: the files below it, and everything that cannot be taken.

use crate::values::TreePath;
use std::fs;
use std::path::{Path, PathBuf};

/// A regular file that can be read.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    /// The names of the folders above it, from the one that was named, and its own.
    pub way: Vec<Vec<u8>>,
    pub bytes: u64,
}

/// What was found below the named paths.
#[derive(Debug, Default)]
pub struct Gathered {
    pub sources: Vec<Source>,
    /// What cannot be taken, and why: one sentence each.
    pub problems: Vec<String>,
    /// Folders without a file in them; Git does not keep such.
    pub empty_folders: u64,
}

/// Finds the files below paths, sorted by name in every folder. Symbolic links are never followed. `case` must not be
/// among or below the paths.
pub fn gather(paths: &[PathBuf], case: &Path) -> Gathered {
    let mut gathered = Gathered::default();
    let case = fs::canonicalize(case).unwrap_or_else(|_| case.to_owned());
    for path in paths {
        match fs::canonicalize(path) {
            Ok(real) if case.starts_with(&real) && real.is_dir() => {
                gathered.problems.push(format!("`{}` holds the case itself", path.display()));
            }
            Ok(real) if real.starts_with(case.join(".git")) => {
                gathered.problems.push(format!("`{}` belongs to Git", path.display()));
            }
            _ => {
                let way = path.file_name().map(|name| vec![name.as_encoded_bytes().to_vec()]).unwrap_or_default();
                take(path, way, &mut gathered);
            }
        }
    }
    let mut ways: Vec<&[Vec<u8>]> = gathered.sources.iter().map(|source| source.way.as_slice()).collect();
    ways.sort_unstable();
    if let Some(pair) = ways.windows(2).find(|pair| pair[0] == pair[1]) {
        let name = pair[0].iter().map(|name| String::from_utf8_lossy(name)).collect::<Vec<_>>().join("/");
        gathered.problems.push(format!("two of the paths would both be `{name}`: add them as two items"));
    }
    gathered
}

/// Finds the files below some paths of a folder, which the ways start from. A path that is empty is the whole folder. What
/// is named twice is taken once.
pub fn gather_inside(folder: &Path, paths: &[TreePath]) -> Gathered {
    let mut gathered = Gathered::default();
    for path in paths {
        let names: Vec<&str> = path.as_str().split('/').filter(|name| !name.is_empty()).collect();
        let located = names.iter().fold(folder.to_owned(), |at, name| at.join(name));
        take(&located, names.iter().map(|name| name.as_bytes().to_vec()).collect(), &mut gathered);
    }
    gathered.sources.sort_by(|a, b| a.way.cmp(&b.way));
    gathered.sources.dedup_by(|a, b| a.way == b.way);
    gathered
}

fn take(path: &Path, way: Vec<Vec<u8>>, gathered: &mut Gathered) {
    let problem = |why: &str| format!("`{}` {why}", path.display());
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return gathered.problems.push(problem(&format!("cannot be read: {error}"))),
    };
    let kind = metadata.file_type();
    if kind.is_dir() {
        take_folder(path, &way, gathered);
    } else if kind.is_symlink() {
        gathered.problems.push(problem("is a symbolic link: name what it points to"));
    } else if !kind.is_file() {
        gathered.problems.push(problem("is a device, socket or pipe"));
    } else if let Err(error) = fs::File::open(path) {
        gathered.problems.push(problem(&format!("cannot be read: {error}")));
    } else {
        gathered.sources.push(Source { path: path.to_owned(), way, bytes: metadata.len() });
    }
}

fn take_folder(path: &Path, way: &[Vec<u8>], gathered: &mut Gathered) {
    let listed = fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => return gathered.problems.push(format!("`{}` cannot be read: {error}", path.display())),
    };
    if entries.is_empty() {
        gathered.empty_folders += 1;
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let mut below = way.to_vec();
        below.push(entry.file_name().as_encoded_bytes().to_vec());
        take(&entry.path(), below, gathered);
    }
}
