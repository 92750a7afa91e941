//! A file of the evidence does not hold the bytes that were registered.
//!
//! ## What it checks
//! The SHA-256 digest of every file of every evidence item, on the bytes that Git holds, against the item's list.
//!
//! ## Why
//! Every finding rests on these bytes. A file that was opened and saved, converted by Git's line-ending settings, or
//! replaced, is no longer what was collected.
//!
//! ## Fails
//! ```text
//! $ sha256sum evidence/x-7q2k9dm4/auth.log
//! 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9  evidence/x-7q2k9dm4/auth.log
//! $ cat evidence/x-7q2k9dm4.sha256
//! e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  x-7q2k9dm4/auth.log
//! ```
//!
//! ## Passes
//! ```text
//! $ cd evidence && sha256sum -c x-7q2k9dm4.sha256
//! x-7q2k9dm4/auth.log: OK
//! ```
//!
//! ## How to fix
//! Bring the registered bytes back with `git checkout HEAD -- PATH`, or from an earlier commit that `git log -- PATH` shows.
//! If the other bytes are evidence too, register them as an item of their own with `casebook evidence add`. Where only line
//! endings differ, Git converted the file: `git check-attr -a PATH` shows by which attributes.

use super::restore;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, Sha256, TreePath};
use std::ops::Range;

pub const CODE: Code = Code::new("evidence-altered");

/// What is known of how the bytes came to differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Line feeds became carriage return and line feed, or the other way round.
    LineEndings,
    /// It holds the bytes that are registered for another file of its item.
    BytesOf(TreePath),
    /// It is a Git LFS pointer to the registered bytes, in an item that is kept in Git.
    Pointer,
    /// It is a copy of what is kept in a store.
    Copy(EntryId),
    Unknown,
}

/// Where a file is registered: its list and the span of its line.
pub type Line<'a> = (&'a TreePath, Range<usize>);

pub fn found(file: &TreePath, line: Line<'_>, registered: Sha256, now: Sha256, cause: &Cause) -> Diagnostic {
    let message = format!("`{file}` was registered with the digest {registered}, its bytes now have {now}");
    let back = format!("bring the registered bytes back with `{}`", restore(file));
    let help = match cause {
        Cause::LineEndings => format!(
            "only the line endings differ: Git converted the file. `git check-attr -a {}` and `git config core.autocrlf` \
             show why; correct that, then {back}",
            file.quoted()
        ),
        Cause::BytesOf(other) => format!("these are the bytes registered as `{other}`: the files were swapped; {back}"),
        Cause::Pointer => {
            "this is a Git LFS pointer, but the record says `storage = \"git\"`: run `git lfs uninstall --local`, then add \
             the file again"
                .to_owned()
        }
        Cause::Copy(item) => format!(
            "this is a copy, the item is kept in a store: move it aside, then `casebook evidence materialise {item}` brings \
             the registered bytes"
        ),
        Cause::Unknown => format!(
            "{back} (`git log --oneline -- {}` shows earlier commits); other bytes are another item: `casebook evidence \
             add PATH`",
            file.quoted()
        ),
    };
    Diagnostic::error(CODE, Place::file(file), message)
        .related(Place::bytes(line.0, line.1), "registered here")
        .help(help)
}
