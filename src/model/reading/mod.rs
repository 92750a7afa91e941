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
    Page { code: "bad-value", source: include_str!("bad_value.rs") },
    Page { code: "duplicate-item", source: include_str!("duplicate_item.rs") },
    Page { code: "missing-field", source: include_str!("missing_field.rs") },
    Page { code: "syntax", source: include_str!("syntax.rs") },
    Page { code: "time-without-offset", source: include_str!("time_without_offset.rs") },
    Page { code: "unknown-format", source: include_str!("unknown_format.rs") },
    Page { code: "unknown-key", source: include_str!("unknown_key.rs") },
    Page { code: "wrong-kind", source: include_str!("wrong_kind.rs") },
    Page { code: "wrong-type", source: include_str!("wrong_type.rs") },
];
