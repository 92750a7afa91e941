//! What can be wrong with a file as it is read: one code, with its manual page and wording, a file.

pub mod bad_value;
pub mod duplicate_item;
pub mod missing_field;
pub mod syntax;
pub mod time_without_offset;
pub mod unknown_format;
pub mod unknown_key;
pub mod wrong_kind;
pub mod wrong_type;

use crate::diagnostic::Page;

/// The manual pages of these codes.
pub const PAGES: &[Page] = &[
    Page::fixed("bad-value", include_str!("bad_value.rs")),
    Page::fixed("duplicate-item", include_str!("duplicate_item.rs")),
    Page::fixed("missing-field", include_str!("missing_field.rs")),
    Page::fixed("syntax", include_str!("syntax.rs")),
    Page::fixed("time-without-offset", include_str!("time_without_offset.rs")),
    Page::fixed("unknown-format", include_str!("unknown_format.rs")),
    Page::fixed("unknown-key", include_str!("unknown_key.rs")),
    Page::fixed("wrong-kind", include_str!("wrong_kind.rs")),
    Page::fixed("wrong-type", include_str!("wrong_type.rs")),
];
