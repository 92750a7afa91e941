//! A Git LFS pointer stands for other bytes than those that were registered.
//!
//! ## What it checks
//! That the `oid` of every pointer in an item that is kept with Git LFS is the digest in the item's list, and that its `size`
//! is that of its object, where the object is here. The sizes of all pointers of an item must fit the `bytes` of its record.
//!
//! ## Why
//! The pointer is what Git holds of the evidence. Git LFS brings whatever it names.
//!
//! ## Fails
//! ```text
//! $ git show HEAD:evidence/x-7q2k9dm4/memory.raw
//! version https://git-lfs.github.com/spec/v1
//! oid sha256:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9
//! size 4294967296
//! $ cat evidence/x-7q2k9dm4.sha256
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/memory.raw
//! ```
//!
//! ## Passes
//! ```text
//! $ cat evidence/x-7q2k9dm4.sha256
//! 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9  x-7q2k9dm4/memory.raw
//! ```
//!
//! ## How to fix
//! Bring the pointer back with `git checkout HEAD -- PATH`, or from an earlier commit that `git log -- PATH` shows.

use super::evidence_altered::Line;
use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Sha256, TreePath};

pub const CODE: Code = Code::new("lfs-pointer");

/// A pointer names another object than the list.
pub fn other(file: &TreePath, line: Line<'_>, registered: Sha256, named: Sha256) -> Diagnostic {
    let message = format!("`{file}` was registered with the digest {registered}, its Git LFS pointer names {named}");
    wrong(file, line, message)
}

/// A pointer gives another size than its object has.
pub fn size(file: &TreePath, line: Line<'_>, named: u64, bytes: u64) -> Diagnostic {
    let message = format!("the Git LFS pointer of `{file}` gives it {named} bytes, its object has {bytes}");
    wrong(file, line, message)
}

/// A pointer gives a size that its item has no room for.
pub fn too_much(file: &TreePath, line: Line<'_>, named: u64, bytes: u64) -> Diagnostic {
    let message =
        format!("the Git LFS pointer of `{file}` gives it {named} bytes, the record counts {bytes} in all files");
    wrong(file, line, message)
}

fn wrong(file: &TreePath, line: Line<'_>, message: String) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(file), message).related(Place::bytes(line.0, line.1), "registered here").help(
        format!(
            "bring the pointer back with `{}` (`git log --oneline -- {}` shows earlier commits)",
            restore(file),
            file.quoted()
        ),
    )
}

/// The pointers of an item do not add up to what its record counts.
pub fn sum(folder: &TreePath, named: u64, bytes: u64) -> Diagnostic {
    let message =
        format!("with the sizes of its Git LFS pointers `{folder}` has {named} bytes, the record counts {bytes}");
    Diagnostic::error(CODE, Place::file(folder), message).help(format!(
        "`git log --oneline -- {0}` shows which pointer was changed, `git checkout COMMIT -- {0}` brings it back; with the \
         objects here (`git lfs fetch`) the wrong one is named",
        folder.quoted()
    ))
}
