//! What a history can do wrong beside what a tree can: each code in the file that reports it, with its manual page.

pub mod merge_altered;
pub mod milestone_rewritten;
pub mod rules_unapproved;
pub mod rules_unpinned;
pub mod rules_version;
pub mod signoff_missing;
pub mod status_move;

use crate::diagnostic::Page;

/// The manual pages of these codes.
pub const PAGES: &[Page] = &[
    Page::fixed("merge-altered", include_str!("merge_altered.rs")),
    Page::fixed("milestone-rewritten", include_str!("milestone_rewritten.rs")),
    Page::fixed("rules-unapproved", include_str!("rules_unapproved.rs")),
    Page::fixed("rules-unpinned", include_str!("rules_unpinned.rs")),
    Page::fixed("rules-version", include_str!("rules_version.rs")),
    Page::fixed("signoff-missing", include_str!("signoff_missing.rs")),
    Page::fixed("status-move", include_str!("status_move.rs")),
];
