//! The home of a file, Git LFS or a store, does not hold the bytes that were registered.
//!
//! ## What it checks
//! The SHA-256 digest of every file that is kept with Git LFS or in a store, on the bytes in that home, against the item's
//! list. `casebook evidence verify` reads them; `casebook check` looks into no home.
//!
//! ## Why
//! The list and the pointers in Git say what the bytes must be. Only reading them says what they are: a disk rots, a copy
//! breaks off, somebody writes into the store by another way.
//!
//! ## Fails
//! ```text
//! $ sha256sum .git/lfs/objects/e3/b0/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
//! 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9  .git/lfs/objects/e3/b0/e3b0c44…
//! ```
//!
//! ## Passes
//! ```text
//! $ sha256sum .git/lfs/objects/e3/b0/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  .git/lfs/objects/e3/b0/e3b0c44…
//! ```
//!
//! ## How to fix
//! Move the wrong object aside, and keep it: it may tell what happened. Then bring the right one from another copy: with
//! `git lfs fetch`, with `casebook evidence push x-…` on a machine that has the right bytes, or with
//! `casebook evidence fetch x-…` from a store that has them. Verify again. Do not run `git lfs fsck` without `--dry-run`: it moves
//! damaged objects away.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::vocabulary::Storage;
use crate::values::{Digested, EntryId, Sha256, TreePath};

pub const CODE: Code = Code::new("object-altered");

/// What is found in a home that should be something else.
pub struct Object<'a> {
    pub item: EntryId,
    pub file: &'a TreePath,
    pub storage: Storage,
    /// What people call the home.
    pub home: &'a str,
}

pub fn found(
    object: &Object<'_>,
    line: super::evidence_altered::Line<'_>,
    registered: Sha256,
    now: Digested,
) -> Diagnostic {
    let Object { item, file, storage, home } = object;
    let message = format!(
        "`{file}` was registered with the digest {registered}, its {} bytes in {home} have {}",
        now.bytes, now.sha256
    );
    let again = match storage {
        Storage::Lfs => format!("`git lfs fetch --include {}` brings it from another copy", file.quoted()),
        _ => format!(
            "`casebook evidence push {item}` where the right bytes are, or `casebook evidence fetch {item}` from a store that \
             has them, brings them back"
        ),
    };
    Diagnostic::error(CODE, Place::file(file), message)
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(format!("move the wrong object out of {home} and keep it for examination; {again}"))
}
