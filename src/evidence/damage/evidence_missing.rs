//! A file of the evidence is not there, or cannot be read.
//!
//! ## What it checks
//! That every file that an item's list names is in the item's folder, for items whose bytes are kept in Git or Git LFS, and
//! that what is there can be read, here or in its home. What its home does not have is told by `casebook evidence verify` as
//! not checked, and an item that was disposed of need not be anywhere.
//!
//! ## Why
//! Findings cite it; nobody can check them against bytes that are gone.
//!
//! ## Fails
//! ```text
//! $ cat evidence/x-7q2k9dm4.sha256
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! $ ls evidence/x-7q2k9dm4
//! ```
//!
//! ## Passes
//! ```text
//! $ ls evidence/x-7q2k9dm4
//! auth.log
//! ```
//!
//! ## How to fix
//! Bring the file back with `git checkout HEAD -- PATH`, or from an earlier commit that `git log -- PATH` shows.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("evidence-missing");

pub fn found(file: &TreePath, line: super::evidence_altered::Line<'_>, now_at: Option<&TreePath>) -> Diagnostic {
    let help = match now_at {
        Some(other) => {
            format!("its bytes stand in `{other}`, which is not listed; bring it back with `{}`", restore(file))
        }
        None => format!(
            "bring it back with `{}` (`git log --oneline -- {}` shows earlier commits)",
            restore(file),
            file.quoted()
        ),
    };
    Diagnostic::error(CODE, Place::file(file), format!("the registered file `{file}` is not there"))
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(help)
}

pub fn unreadable(file: &TreePath, line: super::evidence_altered::Line<'_>, why: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(file), format!("the registered file `{file}` cannot be read: {why}"))
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(format!("bring it back with `{}`; `git fsck` tells whether Git's own objects are sound", restore(file)))
}

/// Its bytes are in its home, and cannot be read there.
pub fn object_unreadable(
    object: &super::object_altered::Object<'_>,
    line: super::evidence_altered::Line<'_>,
    why: &str,
) -> Diagnostic {
    let message = format!("`{}` cannot be read in {}: {why}", object.file, object.home);
    Diagnostic::error(CODE, Place::file(object.file), message)
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(format!("look whether you may read {}, and whether its disk is sound, then verify again", object.home))
}

/// A folder of the item cannot be read.
pub fn folder(folder: &TreePath, why: &str) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(folder), format!("the folder `{folder}` cannot be read: {why}"))
        .help(format!("bring it back with `{}`; `git fsck` tells whether Git's own objects are sound", restore(folder)))
}
