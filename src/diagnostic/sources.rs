//! The texts that diagnostics point into, and where in them a place is.

use super::{At, Place};
use crate::values::{Route, Step, TreePath};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Texts of a case by path; the caller fills in those that its diagnostics name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: BTreeMap<TreePath, String>,
}

/// A place as people count: lines and columns from 1, columns in characters; the end column is one past the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl Sources {
    pub fn insert(&mut self, path: TreePath, text: String) {
        self.texts.insert(path, text);
    }

    pub fn text(&self, path: &TreePath) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The bytes of a place in its text; `None` for a whole file, and for a place that is not there.
    pub fn range(&self, place: &Place) -> Option<Range<usize>> {
        let text = self.text(&place.path)?;
        let range = match &place.at {
            At::File => return None,
            At::Bytes { start, end } => *start..*end,
            At::Value(route) => find(text, route)?.1,
            At::Key(route) => find(text, route)?.0,
        };
        let fits = range.start <= range.end
            && range.end <= text.len()
            && text.is_char_boundary(range.start)
            && text.is_char_boundary(range.end);
        fits.then_some(range)
    }

    /// The line that a place starts in, and the part of it that is the place.
    pub fn line(&self, place: &Place) -> Option<(&str, Range<usize>)> {
        let (line, _, range) = line_of(self.text(&place.path)?, self.range(place)?);
        Some((line, range))
    }

    /// The lines and columns of a place.
    pub fn position(&self, place: &Place) -> Option<Position> {
        let text = self.text(&place.path)?;
        let range = self.range(place)?;
        let (line, column) = line_and_column(text, range.start);
        let (end_line, end_column) = line_and_column(text, range.end);
        Some(Position { line, column, end_line, end_column })
    }
}

/// The line that a range starts in, its number from 1, and the range inside it, cut at its end: a table of many lines
/// need not be shown whole, and a long file need not be laid out for each thing that is wrong with it.
pub fn line_of(text: &str, range: Range<usize>) -> (&str, usize, Range<usize>) {
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.start..].find('\n').map_or(text.len(), |newline| range.start + newline);
    let number = text[..start].matches('\n').count() + 1;
    (&text[start..end], number, range.start - start..range.end.min(end) - start)
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The key and the value at a route. Where the route goes on into what is not there, the nearest that is.
fn find(text: &str, route: &Route) -> Option<(Range<usize>, Range<usize>)> {
    let document = DeTable::parse(text).ok()?;
    let mut found: Option<(Range<usize>, Range<usize>)> = None;
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in &route.0 {
        let next = match (step, value.map(Spanned::get_ref)) {
            (Step::Key(name), None) => entry(document.get_ref(), name),
            (Step::Key(name), Some(DeValue::Table(table))) => entry(table, name),
            (Step::Index(index), Some(DeValue::Array(items))) => items.get(*index).map(|item| (item.span(), item)),
            _ => None,
        };
        let Some((key, next)) = next else { break };
        found = Some((key, next.span()));
        value = Some(next);
    }
    found
}

fn entry<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<(Range<usize>, &'t Spanned<DeValue<'i>>)> {
    table.get_key_value(name).map(|(key, value)| (key.span(), value))
}
