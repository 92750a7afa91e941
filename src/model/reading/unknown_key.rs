//! A table has a key that the format does not know.
//!
//! ## What it checks
//! Every key of every file, in every table.
//!
//! ## Why
//! A key with a slip in its name is otherwise ignored without a word, and what it said is in no report.
//!
//! ## Fails
//! ```toml
//! sevirity = "high"
//! ```
//!
//! ## Passes
//! ```toml
//! severity = "high"
//! ```
//!
//! ## How to fix
//! Correct the name. A team's own fields go into a `[custom]` table and are declared in policy.toml.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("unknown-key");

pub fn found(path: &TreePath, span: Range<usize>, name: &str, near: Option<&str>, keys: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(CODE, Place::bytes(path, span), format!("unknown key `{}`", name.escape_debug()));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("the keys here are {}", keys.join(", "))),
    }
}
