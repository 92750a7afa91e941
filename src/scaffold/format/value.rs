//! Values as canonical text.

use super::read::{Fields, lines};
use crate::model::Shape;
use crate::model::leaf::WHEN_KEYS;
use toml_edit::{Array, Datetime, Formatted, Key, RawString, TableLike, Value};

/// Comments inside a value that have no line of their own in its canonical form: they go above its key.
#[derive(Default)]
pub struct Comments(pub Vec<String>);

/// The text of a value on one line, but for strings of several lines.
pub fn flat(value: &Value, shape: Option<&Shape>, comments: &mut Comments) -> String {
    match value {
        Value::String(string) => string_text(string),
        Value::Integer(integer) => integer.display_repr().into_owned(),
        Value::Float(float) => float.display_repr().into_owned(),
        Value::Boolean(boolean) => boolean.display_repr().into_owned(),
        Value::Datetime(time) => time_text(time),
        Value::Array(array) => {
            let items: Vec<String> =
                items(array, shape, comments).into_iter().map(|item| item.spill(comments)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::InlineTable(table) => {
            take_comments(raw(Some(table.trailing())), comments);
            let order = if matches!(shape, Some(Shape::When)) { WHEN_KEYS } else { &[] };
            inline_table(table, Fields::of(shape), order, comments)
        }
    }
}

/// A table as `{ … }`, with the keys of `order` first.
pub fn inline_table(table: &dyn TableLike, fields: Fields<'_>, order: &[&str], comments: &mut Comments) -> String {
    let mut pairs: Vec<(usize, String)> = Vec::new();
    for (name, item) in table.iter() {
        if let Some(key) = table.key(name) {
            take_comments(raw(key.leaf_decor().prefix()), comments);
        }
        let text = match item {
            toml_edit::Item::Value(value) => {
                let text = flat(value, fields.shape(name), comments);
                take_comments(raw(value.decor().suffix()), comments);
                text
            }
            toml_edit::Item::Table(inner) => {
                take_comments(raw(inner.decor().prefix()), comments);
                take_comments(raw(inner.decor().suffix()), comments);
                inline_table(inner, Fields::Unknown, &[], comments)
            }
            toml_edit::Item::ArrayOfTables(rows) => {
                let rows: Vec<String> =
                    rows.iter().map(|row| inline_table(row, Fields::Unknown, &[], comments)).collect();
                format!("[{}]", rows.join(", "))
            }
            toml_edit::Item::None => continue,
        };
        let place = order.iter().position(|known| *known == name).unwrap_or(order.len());
        pairs.push((place, format!("{} = {text}", key_text(name))));
    }
    pairs.sort_by_key(|(place, _)| *place);
    if pairs.is_empty() {
        return "{}".to_owned();
    }
    let pairs: Vec<String> = pairs.into_iter().map(|(_, pair)| pair).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// A key as it is written: bare where it can be.
pub fn key_text(name: &str) -> String {
    Key::new(name).default_repr().as_raw().as_str().unwrap_or(name).to_owned()
}

/// An item of a list, with the comments around it.
#[derive(Clone)]
pub struct ListItem {
    pub above: Vec<String>,
    pub text: String,
    pub beside: Option<String>,
    /// What a set is sorted by: whether it is a string, and its text.
    pub rank: (bool, String),
}

impl ListItem {
    /// Its text alone; its comments go above the key.
    fn spill(self, comments: &mut Comments) -> String {
        comments.0.extend(self.above);
        comments.0.extend(self.beside);
        self.text
    }

    fn has_comments(&self) -> bool {
        self.beside.is_some() || !self.above.is_empty()
    }
}

/// A list that is the value of a key.
#[derive(Clone, Default)]
pub struct List {
    pub items: Vec<ListItem>,
    /// The comment lines after the last item.
    pub last: Vec<String>,
}

impl List {
    pub fn of(array: &Array, shape: Option<&Shape>) -> Self {
        let mut last = Comments::default();
        let items = items(array, shape, &mut last);
        Self { items, last: last.0 }
    }

    /// Its text; one of two items or more, or with comments, takes several lines.
    pub fn text(&self) -> String {
        if self.items.len() <= 1 && self.last.is_empty() && !self.items.iter().any(ListItem::has_comments) {
            let items: Vec<&str> = self.items.iter().map(|item| item.text.as_str()).collect();
            return format!("[{}]", items.join(", "));
        }
        let mut out = String::from("[\n");
        for item in &self.items {
            for line in &item.above {
                out.push_str(&format!("    {line}\n"));
            }
            let beside = item.beside.as_ref().map_or(String::new(), |beside| format!(" {beside}"));
            out.push_str(&format!("    {},{beside}\n", item.text));
        }
        for line in &self.last {
            out.push_str(&format!("    {line}\n"));
        }
        out.push(']');
        out
    }
}

/// The items of a list, in canonical order; the comments after the last one go to `last`.
fn items(array: &Array, shape: Option<&Shape>, last: &mut Comments) -> Vec<ListItem> {
    let (item_shape, sorted) = match shape {
        Some(Shape::List { item, sorted }) => (Some(item.as_ref()), *sorted),
        _ => (None, false),
    };
    let mut items: Vec<ListItem> = Vec::new();
    for (index, value) in array.iter().enumerate() {
        let mut above = Comments::default();
        between(raw(value.decor().prefix()), items.last_mut(), &mut above);
        let mut inner = Comments::default();
        let text = flat(value, item_shape, &mut inner);
        above.0.append(&mut inner.0);
        let rank = value.as_str().map_or_else(|| (false, text.clone()), |text| (true, text.to_owned()));
        let mut item = ListItem { above: above.0, text, beside: None, rank };
        let mut before_comma = Comments::default();
        between(raw(value.decor().suffix()), Some(&mut item), &mut before_comma);
        if index + 1 == array.len() {
            last.0.append(&mut before_comma.0);
        }
        item.above.append(&mut before_comma.0);
        items.push(item);
    }
    between(raw(Some(array.trailing())), items.last_mut(), last);
    if sorted {
        items.sort_by(|a, b| a.rank.cmp(&b.rank));
        items = without_doubles(items);
    }
    items
}

/// Gives the comments between two items to whom they belong: the rest of the line to the item before, the lines below
/// it to what comes after.
fn between(text: &str, before: Option<&mut ListItem>, after: &mut Comments) {
    let mut pieces = text.split('\n').map(str::trim);
    let first = pieces.next().filter(|piece| piece.starts_with('#'));
    match (first, before) {
        (Some(comment), Some(item)) if item.beside.is_none() => item.beside = Some(comment.to_owned()),
        (Some(comment), _) => after.0.push(comment.to_owned()),
        (None, _) => {}
    }
    after.0.extend(pieces.filter(|piece| piece.starts_with('#')).map(str::to_owned));
}

fn without_doubles(items: Vec<ListItem>) -> Vec<ListItem> {
    let mut kept: Vec<ListItem> = Vec::new();
    for item in items {
        match kept.last_mut() {
            Some(before) if before.rank == item.rank => {
                before.above.extend(item.above);
                match item.beside {
                    Some(comment) if before.beside.is_none() => before.beside = Some(comment),
                    other => before.above.extend(other),
                }
            }
            _ => kept.push(item),
        }
    }
    kept
}

fn take_comments(text: &str, comments: &mut Comments) {
    comments.0.extend(lines(text).into_iter().filter(|line| line.starts_with('#')));
}

fn raw(text: Option<&RawString>) -> &str {
    text.and_then(RawString::as_str).unwrap_or("")
}

/// A string as it was written; one with an escape that only TOML 1.1 knows is written anew.
fn string_text(string: &Formatted<String>) -> String {
    let written = string.display_repr().into_owned();
    if written.starts_with('"') && has_new_escape(&written) {
        return string.default_repr().as_raw().as_str().unwrap_or(&written).to_owned();
    }
    written
}

/// Whether a basic string has `\e` or `\x`, which are new in TOML 1.1.
fn has_new_escape(written: &str) -> bool {
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && matches!(characters.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

/// A time as it was written; seconds, which only TOML 1.1 leaves out, are added.
fn time_text(time: &Formatted<Datetime>) -> String {
    let mut value = *time.value();
    match &mut value.time {
        Some(clock) if clock.second.is_none() => {
            clock.second = Some(0);
            value.to_string()
        }
        _ => time.display_repr().into_owned(),
    }
}
