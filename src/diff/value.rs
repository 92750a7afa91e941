//! Values of a file as texts for people: times in UTC, tables as one line.

use crate::model::{Field, Reader, Shape};
use crate::values::wording::shortened;
use crate::values::{EntryId, Moment, TreePath, When};
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::Spanned;
use toml::de::DeValue;

pub type Value<'i> = Spanned<DeValue<'i>>;

/// The most characters of a value that are shown on one line.
const SHOWN: usize = 400;

/// A value as a text, and the entry that it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Text of the case: not yet harmless.
    pub text: String,
    /// The entry that it names, or that an element of a list names first.
    pub reference: Option<EntryId>,
}

/// What a value of a shape says.
pub(super) fn said(shape: &Shape, value: &Value<'_>) -> Said {
    match (shape, value.get_ref()) {
        (Shape::Table(table), DeValue::Table(values)) => {
            let present = table.fields.iter().filter_map(|field| Some((field, values.get(field.name)?)));
            let mut reference = None;
            let mut text = String::new();
            for (field, value) in present {
                let inner = said(&field.shape, value);
                reference = reference.or(inner.reference);
                let gap = if text.is_empty() { "" } else { ", " };
                let name = if text.is_empty() { String::new() } else { format!("{} ", field.name) };
                let _ = write!(text, "{gap}{name}{}", inner.text);
            }
            Said { text: shortened(&text, SHOWN), reference }
        }
        (Shape::Reference(_), DeValue::String(text)) => Said { text: text.to_string(), reference: text.parse().ok() },
        (Shape::List { item, .. }, DeValue::Array(items)) => {
            let items: Vec<Said> = items.iter().map(|value| said(item, value)).collect();
            let text: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            Said { text: shortened(&text.join(", "), SHOWN), reference: items.iter().find_map(|item| item.reference) }
        }
        _ => Said { text: shortened(&plain(shape, value), SHOWN), reference: None },
    }
}

/// A time in UTC, or any other value as it was written, with all that a table or a list holds. It is text of the case: not yet
/// harmless.
pub fn plain(shape: &Shape, value: &Value<'_>) -> String {
    let mut reader = Reader::new(TreePath::root());
    let time = match (shape, value.get_ref()) {
        (Shape::When, _) => When::read(value, &mut reader).map(|when| when.to_string()),
        (_, DeValue::Datetime(_)) => Moment::read(value, &mut reader).map(|moment| moment.to_string()),
        _ => None,
    };
    time.unwrap_or_else(|| raw(value.get_ref()))
}

fn raw(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(items) => items.iter().map(|item| raw(item.get_ref())).collect::<Vec<_>>().join(", "),
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{} = {}", key.get_ref(), raw(value.get_ref())));
            pairs.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A value in a form that two values share only where they are the same, however they are written in a file.
pub(super) fn canonical(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| canonical(item.get_ref())).collect();
            format!("[{}]", items.join(","))
        }
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| (key.get_ref(), canonical(value.get_ref())));
            format!("{:?}", pairs.collect::<BTreeMap<_, _>>())
        }
        _ => raw(value),
    }
}
