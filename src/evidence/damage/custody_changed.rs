//! A custody event was changed or removed.
//!
//! ## What it checks
//! That every custody event of the commit that this one follows is still there, with the same bytes.
//!
//! ## Why
//! The chain of custody is what a court reads. A link that can be rewritten later proves nothing.
//!
//! ## Fails
//! ```text
//! $ git diff --stat HEAD
//!  custody/c-7q2k9dm4.toml | 2 +-
//! ```
//!
//! ## Passes
//! ```text
//! $ git diff --stat HEAD
//!  custody/c-8r3m0en5.toml | 7 +++++++
//! ```
//!
//! ## How to fix
//! Bring the event back with `git checkout HEAD -- custody/c-….toml`. A correction is a new event that names the old one;
//! what is not said anew is taken from it:
//!
//! ```text
//! $ casebook evidence custody x-7q2k9dm4 add --corrects c-7q2k9dm4 --to "Carol Example" --reason "wrong name on the form"
//! ```

use super::restore_from;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{EntryId, TreePath};

pub const CODE: Code = Code::new("custody-changed");

/// `item` is the item of the event that was committed, where that can be read.
pub fn found(base: &str, path: &TreePath, item: Option<EntryId>, is_gone: bool) -> Diagnostic {
    let what = if is_gone { "is gone" } else { "is not what was committed" };
    let item = item.map_or_else(|| "x-…".to_owned(), |item| item.to_string());
    // Whoever deletes an event means that it did not happen; whoever edits one, that it was otherwise.
    let how = if is_gone { "--action retracted " } else { "" };
    Diagnostic::error(CODE, Place::file(path), format!("the custody event `{path}` {what}")).help(format!(
        "bring it back with `{}`; to correct it, type `casebook evidence custody {item} add {how}--corrects {} --reason \"…\"`",
        restore_from(base, path),
        path.stem()
    ))
}
