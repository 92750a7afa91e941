//! Reads a document into members: each key with its comments and its value, in canonical order.

use super::value::{self, Comments, List};
use crate::model::leaf::WHEN_KEYS;
use crate::model::{FieldShape, Shape, TableShape};
use toml_edit::{DocumentMut, InlineTable, Item, Key, RawString, TableLike, Value};

/// A key of a table, with what stands around it.
#[derive(Clone)]
pub struct Member {
    pub key: String,
    /// The comment lines above it; an empty one is a blank line.
    pub above: Vec<String>,
    /// The comment on its line.
    pub beside: Option<String>,
    pub node: Node,
}

/// What a key has.
#[derive(Clone)]
pub enum Node {
    /// A value, as canonical text.
    Value(String),
    List(List),
    Table(Vec<Member>),
    Tables(Vec<Row>),
}

/// One table of a list of tables.
#[derive(Clone)]
pub struct Row {
    pub above: Vec<String>,
    pub beside: Option<String>,
    pub members: Vec<Member>,
}

impl Node {
    /// The text of what stands on the line of its key; `None` for tables.
    pub fn value_text(&self) -> Option<String> {
        match self {
            Node::Value(text) => Some(text.clone()),
            Node::List(list) => Some(list.text()),
            Node::Table(_) | Node::Tables(_) => None,
        }
    }
}

/// What is known of the keys of a table.
#[derive(Clone, Copy)]
pub enum Fields<'s> {
    Record(&'s [FieldShape]),
    Map(&'s Shape),
    /// The author's own keys, with values of any shape.
    Own,
    /// Nothing: the keys are not those of the record.
    Unknown,
}

impl<'s> Fields<'s> {
    pub fn of(shape: Option<&'s Shape>) -> Self {
        match shape {
            Some(Shape::Table(table)) => Fields::Record(&table.fields),
            Some(Shape::Map(value)) => Fields::Map(value),
            Some(Shape::Custom) => Fields::Own,
            _ => Fields::Unknown,
        }
    }

    pub fn shape(self, key: &str) -> Option<&'s Shape> {
        match self {
            Fields::Record(fields) => fields.iter().find(|field| field.name == key).map(|field| &field.shape),
            Fields::Map(value) => Some(value),
            Fields::Own | Fields::Unknown => None,
        }
    }

    /// Puts keys into their canonical order.
    pub fn sort(self, members: &mut [Member]) {
        match self {
            Fields::Record(fields) => {
                let place = |key: &str| fields.iter().position(|field| field.name == key).unwrap_or(fields.len());
                members.sort_by_key(|member| place(&member.key));
            }
            Fields::Map(_) | Fields::Own => members.sort_by(|a, b| a.key.cmp(&b.key)),
            Fields::Unknown => {}
        }
    }
}

/// Splits off the comments at the top of a file that belong to no key: its `#:` lines, and the paragraphs of comments
/// that a blank line follows.
pub fn split_top(text: &str) -> (&str, &str) {
    let mut at = 0;
    let mut end = 0;
    let mut only_directives = true;
    for line in text.split_inclusive('\n') {
        let kept = line.trim();
        if !kept.is_empty() && !kept.starts_with('#') {
            break;
        }
        at += line.len();
        only_directives &= kept.is_empty() || kept.starts_with("#:");
        if only_directives || kept.is_empty() {
            end = at;
        }
    }
    text.split_at(end)
}

/// The members of a whole file.
pub fn document(document: &DocumentMut, table: &TableShape) -> Vec<Member> {
    members(document.as_table(), Fields::Record(&table.fields))
}

/// The full lines of a piece of text between values: comments, and empty lines for blank ones.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.split('\n').map(|line| line.trim().to_owned()).collect();
    // What follows the last line break is the indent of the next value.
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn raw(text: Option<&RawString>) -> &str {
    text.and_then(RawString::as_str).unwrap_or("")
}

/// The comment on the line of what the text follows. Those on further lines go to `above`.
fn comment(text: &str, above: &mut Vec<String>) -> Option<String> {
    let mut pieces = text.split('\n').map(str::trim);
    let first = pieces.next().filter(|piece| piece.starts_with('#')).map(str::to_owned);
    above.extend(pieces.filter(|piece| piece.starts_with('#')).map(str::to_owned));
    first
}

fn members(table: &dyn TableLike, fields: Fields<'_>) -> Vec<Member> {
    let mut found: Vec<Member> =
        table.iter().filter_map(|(name, item)| member(table.key(name)?, item, fields.shape(name))).collect();
    fields.sort(&mut found);
    found
}

fn member(key: &Key, item: &Item, shape: Option<&Shape>) -> Option<Member> {
    let mut above = lines(raw(key.leaf_decor().prefix()));
    let mut beside = None;
    let node = match item {
        Item::None => return None,
        Item::Table(table) => {
            above.extend(lines(raw(table.decor().prefix())));
            beside = comment(raw(table.decor().suffix()), &mut above);
            match shape {
                Some(Shape::When) => {
                    let mut comments = Comments::default();
                    let text = value::inline_table(table, Fields::Unknown, WHEN_KEYS, &mut comments);
                    above.extend(beside.take());
                    above.extend(comments.0);
                    Node::Value(text)
                }
                _ => Node::Table(members(table, Fields::of(shape))),
            }
        }
        Item::ArrayOfTables(tables) => {
            let item = list_item(shape);
            Node::Tables(tables.iter().map(|table| row(table, table.decor(), Fields::of(item))).collect())
        }
        Item::Value(value) => {
            beside = comment(raw(value.decor().suffix()), &mut above);
            value_node(value, shape, &mut above)
        }
    };
    if matches!(node, Node::Tables(_)) {
        above.extend(beside.take());
    }
    Some(Member { key: key.get().to_owned(), above, beside, node })
}

fn row(table: &dyn TableLike, decor: &toml_edit::Decor, fields: Fields<'_>) -> Row {
    let mut above = lines(raw(decor.prefix()));
    let beside = comment(raw(decor.suffix()), &mut above);
    Row { above, beside, members: members(table, fields) }
}

fn list_item(shape: Option<&Shape>) -> Option<&Shape> {
    match shape {
        Some(Shape::List { item, .. }) => Some(item),
        _ => None,
    }
}

fn value_node(value: &Value, shape: Option<&Shape>, above: &mut Vec<String>) -> Node {
    match (value, shape) {
        (Value::InlineTable(table), Some(Shape::Table(_) | Shape::Map(_) | Shape::Custom)) => {
            above.extend(inside(table));
            Node::Table(members(table, Fields::of(shape)))
        }
        (Value::Array(array), Some(Shape::List { item, .. }))
            if matches!(**item, Shape::Table(_)) && !array.is_empty() && array.iter().all(Value::is_inline_table) =>
        {
            let mut rows: Vec<Row> = Vec::new();
            for table in array.iter().filter_map(Value::as_inline_table) {
                let mut row = row(table, table.decor(), Fields::of(Some(item)));
                row.above.retain(|line| !line.is_empty());
                row.above.extend(inside(table));
                rows.push(row);
            }
            above.extend(lines(raw(Some(array.trailing()))).into_iter().filter(|line| !line.is_empty()));
            Node::Tables(rows)
        }
        (Value::Array(array), shape) => Node::List(List::of(array, shape)),
        _ => {
            let mut comments = Comments::default();
            let text = value::flat(value, shape, &mut comments);
            above.extend(comments.0);
            Node::Value(text)
        }
    }
}

/// The comments of an inline table that stand at none of its keys.
fn inside(table: &InlineTable) -> Vec<String> {
    lines(raw(Some(table.trailing()))).into_iter().filter(|line| !line.is_empty()).collect()
}
