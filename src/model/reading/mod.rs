//! What can be wrong with a file as it is read: one code, with its manual page and wording, a file.

pub mod bad_value;
pub mod bidirectional_text;
pub mod characters;
pub mod control_character;
mod dialect;
pub mod duplicate_item;
pub mod invisible_character;
pub mod merge_conflict;
pub mod missing_field;
mod slip;
pub mod syntax;
pub mod time_without_offset;
pub mod too_large;
pub mod unknown_format;
pub mod unknown_key;
pub mod wrong_kind;
pub mod wrong_type;

use crate::diagnostic::Page;

/// The manual pages of these codes.
pub const PAGES: &[Page] = &[
    Page::fixed("bad-value", include_str!("bad_value.rs")),
    Page::fixed("bidirectional-text", include_str!("bidirectional_text.rs")),
    Page::of("control-character", include_str!("control_character.rs")),
    Page::fixed("duplicate-item", include_str!("duplicate_item.rs")),
    Page::of("invisible-character", include_str!("invisible_character.rs")),
    Page::fixed("merge-conflict", include_str!("merge_conflict.rs")),
    Page::fixed("missing-field", include_str!("missing_field.rs")),
    Page::fixed("syntax", include_str!("syntax.rs")),
    Page::fixed("time-without-offset", include_str!("time_without_offset.rs")),
    Page::fixed("too-large", include_str!("too_large.rs")),
    Page::fixed("unknown-format", include_str!("unknown_format.rs")),
    Page::fixed("unknown-key", include_str!("unknown_key.rs")),
    Page::fixed("wrong-kind", include_str!("wrong_kind.rs")),
    Page::fixed("wrong-type", include_str!("wrong_type.rs")),
];
