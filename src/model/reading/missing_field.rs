//! A required field is not there.
//!
//! ## What it checks
//! The fields that the format requires of every entry of the kind. What a team requires more, for a status, is a gate of
//! policy.toml (see `gate-unmet`).
//!
//! ## Why
//! Missing information is cheapest to add while the analyst still has the evidence open.
//!
//! ## Fails
//! ```toml
//! id = "a-7q2k9dm4"
//! kind = "server"
//! ```
//!
//! ## Passes
//! ```toml
//! id = "a-7q2k9dm4"
//! name = "mail01"
//! kind = "server"
//! ```
//!
//! ## How to fix
//! Add the key; the message shows the form of its value.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Shape;
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("missing-field");

pub fn found(path: &TreePath, table: Range<usize>, name: &str, shape: &Shape) -> Diagnostic {
    let help = match shape {
        Shape::Word { words, .. } => format!("add `{name} = \"…\"`: the words are {}", words.join(", ")),
        _ => format!("add `{name} = {}`", crate::model::schema::example(shape)),
    };
    Diagnostic::error(CODE, Place::bytes(path, table), format!("the field `{name}` is missing")).help(help)
}
