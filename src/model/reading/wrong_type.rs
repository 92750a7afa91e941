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
    let help = match (expected, value) {
        ("a list", DeValue::String(text)) => format!("write `[\"{}\"]`", text.escape_debug()),
        ("a list", _) => "write its items between `[` and `]`".to_owned(),
        ("a table", _) => "write its keys below a line `[name]`, or between `{` and `}`".to_owned(),
        ("a whole number", DeValue::String(text)) if text.parse::<i64>().is_ok() => without_quotes(text),
        ("a whole number", _) => "write digits without quotes, such as `3`".to_owned(),
        ("true or false", DeValue::String(text)) if matches!(text.as_ref(), "true" | "false") => without_quotes(text),
        ("true or false", _) => "write `true` or `false`, without quotes".to_owned(),
        (_, DeValue::Integer(number)) => format!("put it in quotes: `\"{number}\"`"),
        (_, DeValue::Array(_)) => "write one text between `\"` and `\"`, without `[` and `]`".to_owned(),
        _ => "write a text between `\"` and `\"`".to_owned(),
    };
    Diagnostic::error(CODE, Place::bytes(path, span), format!("expected {expected}, found {what}")).help(help)
}

fn without_quotes(text: &str) -> String {
    format!("remove the quotes: `{text}`")
}
