//! The disk: the only module that uses `std::fs`. Reads a work tree, writes files whole or not at all.

pub mod file;
pub mod folder;
pub mod gather;
pub mod hashing;
pub mod incoming;
pub mod intake;
pub mod lock;
pub mod object_folder;
pub mod placed;
pub mod scratch;
pub mod sources;
pub mod stamped;
pub mod tree;
pub mod watch;
pub mod workplace;
pub mod write;

pub use object_folder::ObjectFolder;
pub use placed::Placed;
pub use tree::DiskTree;

/// Makes a folder that is not there yet, with its parents; an existing empty one will do.
pub fn make_new_folder(folder: &std::path::Path) -> std::io::Result<()> {
    if std::fs::symlink_metadata(folder).is_ok() {
        let empty = std::fs::read_dir(folder)?.next().is_none();
        let problem = || std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it is there already, and not empty");
        return if empty { Ok(()) } else { Err(problem()) };
    }
    std::fs::create_dir_all(folder)
}

/// Names the path that an error is about.
pub fn about(path: &std::path::Path) -> impl Fn(std::io::Error) -> std::io::Error {
    move |error| std::io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}
