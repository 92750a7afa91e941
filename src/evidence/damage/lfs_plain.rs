//! Git holds the bytes of a file that is kept with Git LFS, and not a pointer to them.
//!
//! ## What it checks
//! That what Git holds of an item with the home `lfs` are pointers. Its bytes in the work tree are as they should be, and an
//! empty file has no pointer.
//!
//! ## Why
//! The bytes are sound and are checked like any others. But they stay in the history for good, in every clone, and Git LFS was
//! chosen to avoid that. It happens where the filter of Git LFS did not run: the attribute is missing, or Git LFS is not
//! installed in the clone that committed.
//!
//! ## Fails
//! ```text
//! $ git show HEAD:evidence/x-7q2k9dm4/memory.raw | head -c 40
//! MDMP...
//! ```
//!
//! ## Passes
//! ```text
//! $ git show HEAD:evidence/x-7q2k9dm4/memory.raw | head -1
//! version https://git-lfs.github.com/spec/v1
//! ```
//!
//! ## How to fix
//! Run `git lfs install --local`, and look with `git check-attr filter PATH` whether the attribute is set. Then
//! `git add --renormalize PATH`, before it is committed. What is committed already stays in the history.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use crate::values::wording::counted;

pub const CODE: Code = Code::new("lfs-plain");

/// Files of an item that are there with all their bytes; `first` is one of them.
pub fn found(first: &TreePath, files: u64) -> Diagnostic {
    let others = if files > 1 { format!(", like {} of this item", counted(files - 1, "other")) } else { String::new() };
    let message = format!("`{first}` is kept with Git LFS, but Git holds its bytes and no pointer{others}");
    Diagnostic::warning(CODE, Place::file(first), message).help(format!(
        "before it is committed: `git lfs install --local`, see `git check-attr filter -- {0}`, then `git add --renormalize {0}`",
        first.quoted()
    ))
}
