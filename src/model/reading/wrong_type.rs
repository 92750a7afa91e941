//! A value has another TOML type than its field.
//!
//! ## What it checks
//! Texts, numbers, times, lists and tables against the type of their field.
//!
//! ## Why
//! `"false"` in quotes is a text, and would be true.
//!
//! ## Fails
//! ```toml
//! never_defang = "false"
//! ```
//!
//! ## Passes
//! ```toml
//! never_defang = false
//! ```
//!
//! ## How to fix
//! Write the value as the message says; `casebook schema KIND` shows every field of a kind.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;
use toml::de::DeValue;

pub const CODE: Code = Code::new("wrong-type");

pub fn found(path: &TreePath, span: Range<usize>, expected: &str, value: &DeValue<'_>) -> Diagnostic {
    let what = match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let diagnostic = Diagnostic::error(CODE, Place::bytes(path, span), format!("expected {expected}, found {what}"));
    match (expected, value) {
        ("a list", DeValue::String(text)) => diagnostic.help(format!("write `[\"{}\"]`", text.escape_debug())),
        ("a whole number", DeValue::String(text)) if text.parse::<i64>().is_ok() => {
            diagnostic.help(format!("remove the quotes: `{text}`"))
        }
        ("true or false", DeValue::String(text)) if matches!(text.as_ref(), "true" | "false") => {
            diagnostic.help(format!("remove the quotes: `{text}`"))
        }
        _ => diagnostic,
    }
}
