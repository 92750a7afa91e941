//! Bytes of an evidence item are still here after it was disposed of.
//!
//! ## What it checks
//! Whether files of an item whose custody ends with `disposed` are in its folder, or in the home that it was kept in, as far as
//! that can be looked into.
//!
//! ## Why
//! Who signed for the disposal has stated that the bytes are gone. A court order, a contract or the law may have asked for it.
//!
//! ## Fails
//! ```toml
//! # custody/c-7q2k9dm4.toml, beside evidence/x-7q2k9dm4/auth.log
//! item = "x-7q2k9dm4"
//! action = "disposed"
//! ```
//!
//! ## Passes
//! ```text
//! $ ls evidence/x-7q2k9dm4
//! ls: cannot access 'evidence/x-7q2k9dm4': No such file or directory
//! ```
//!
//! ## How to fix
//! Remove the bytes: `git rm -r evidence/x-…`, or the object from its store; the record, the list and the custody events stay.
//! Git keeps in its history what was committed once: where that must go, too, the history has to be rewritten by all who have
//! it. If the item was not disposed of, write a custody event that corrects the one that says so (`supersedes`).

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::wording::counted;
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("disposed-evidence-present");

/// What is still there of an item.
#[derive(Clone, Debug, Default)]
pub struct Present {
    /// Files in the tree.
    pub files: u64,
    /// Objects in its home, and what that is called.
    pub objects: u64,
    pub home: String,
}

pub fn found(item: EntryId, event: EntryId, folder: &TreePath, present: &Present) -> Diagnostic {
    let in_tree = (present.files > 0).then(|| format!("{} in `{folder}`", counted(present.files, "file")));
    let in_home = (present.objects > 0).then(|| format!("{} in {}", counted(present.objects, "object"), present.home));
    let there: Vec<String> = in_tree.into_iter().chain(in_home).collect();
    let message = format!("`{item}` was disposed of by `{event}`, but its bytes are still here: {}", there.join(", "));
    let remove = if present.files > 0 {
        format!("remove them with `git rm -r {}`", folder.quoted())
    } else {
        format!("remove them from {}", present.home)
    };
    // The place is the item's own in any case, so that all that is wrong with an item is found together.
    let place = if present.files > 0 { Place::file(folder) } else { Place::file(&item.path()) };
    Diagnostic::warning(CODE, place, message)
        .related(Place::file(&event.path()), "disposed of here")
        .help(format!("{remove}; if it was not disposed of, correct the event: `casebook evidence custody {item}`"))
}
