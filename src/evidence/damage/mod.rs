//! What can be wrong with evidence: one code, with its manual page and wording, a file.

pub mod citation_place;
pub mod citation_quote;
pub mod citation_target;
pub mod custody_backdated;
pub mod custody_changed;
pub mod disposed_evidence_present;
pub mod entry_deleted;
pub mod evidence_altered;
pub mod evidence_changed;
pub mod evidence_count;
pub mod evidence_ignored;
pub mod evidence_missing;
pub mod evidence_storage;
pub mod evidence_too_large;
pub mod evidence_unlisted;
pub mod evidence_unregistered;
pub mod evidence_unsettled;
pub mod lfs_plain;
pub mod lfs_pointer;
pub mod list_digest;
pub mod list_duplicate;
pub mod list_line;
pub mod list_missing;
pub mod list_order;
pub mod list_path;
pub mod object_altered;
pub mod release_changed;
pub mod signoff_changed;
pub mod timestamp_broken;
pub mod timestamp_changed;

use crate::diagnostic::Page;
use crate::values::TreePath;

/// The manual pages of these codes. No policy changes those without which a case proves nothing.
pub const PAGES: &[Page] = &[
    Page::fixed("citation-place", include_str!("citation_place.rs")),
    Page::fixed("citation-quote", include_str!("citation_quote.rs")),
    Page::fixed("citation-target", include_str!("citation_target.rs")),
    Page::fixed("custody-backdated", include_str!("custody_backdated.rs")),
    Page::fixed("custody-changed", include_str!("custody_changed.rs")),
    Page::of("disposed-evidence-present", include_str!("disposed_evidence_present.rs")),
    Page::fixed("entry-deleted", include_str!("entry_deleted.rs")),
    Page::fixed("evidence-altered", include_str!("evidence_altered.rs")),
    Page::fixed("evidence-changed", include_str!("evidence_changed.rs")),
    Page::fixed("evidence-count", include_str!("evidence_count.rs")),
    Page::fixed("evidence-ignored", include_str!("evidence_ignored.rs")),
    Page::fixed("evidence-missing", include_str!("evidence_missing.rs")),
    Page::fixed("evidence-storage", include_str!("evidence_storage.rs")),
    Page::fixed("evidence-too-large", include_str!("evidence_too_large.rs")),
    Page::fixed("evidence-unlisted", include_str!("evidence_unlisted.rs")),
    Page::fixed("evidence-unregistered", include_str!("evidence_unregistered.rs")),
    Page::fixed("evidence-unsettled", include_str!("evidence_unsettled.rs")),
    Page::of("lfs-plain", include_str!("lfs_plain.rs")),
    Page::fixed("lfs-pointer", include_str!("lfs_pointer.rs")),
    Page::fixed("list-digest", include_str!("list_digest.rs")),
    Page::fixed("list-duplicate", include_str!("list_duplicate.rs")),
    Page::fixed("list-line", include_str!("list_line.rs")),
    Page::fixed("list-missing", include_str!("list_missing.rs")),
    Page::fixed("list-order", include_str!("list_order.rs")),
    Page::fixed("list-path", include_str!("list_path.rs")),
    Page::fixed("object-altered", include_str!("object_altered.rs")),
    Page::fixed("release-changed", include_str!("release_changed.rs")),
    Page::fixed("signoff-changed", include_str!("signoff_changed.rs")),
    Page::fixed("timestamp-broken", include_str!("timestamp_broken.rs")),
    Page::fixed("timestamp-changed", include_str!("timestamp_changed.rs")),
];

/// The command that brings a file of the last commit back.
pub fn restore(path: &TreePath) -> String {
    restore_from("HEAD", path)
}

/// The command that brings a file of a commit back.
pub fn restore_from(commit: &str, path: &TreePath) -> String {
    format!("git checkout {commit} -- {}", path.quoted())
}

/// A file as an argument of `casebook evidence add`, where its name can be typed.
fn as_argument(path: &TreePath) -> String {
    let name = path.name();
    if name.contains(|c: char| c.is_control() || c == '\u{fffd}') {
        "PATH".to_owned()
    } else {
        TreePath::from(name).quoted()
    }
}
