//! Rows of a table in text (RFC 4180), the header not counted, from 1. Blank lines are no rows; a cell in double quotes may
//! have several lines.

use super::place::{Hit, Miss, Texts};
use super::text::Quote;
use crate::values::Selector;
use crate::values::wording::counted;
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

/// Calls `hear` with the wanted rows: their cells by the names in the header, and as they stand in the file. Gives those
/// that are not there.
pub fn read(text: &str, wanted: &[u64], hear: &mut dyn FnMut(u64, &Texts<'_>)) -> BTreeMap<u64, Miss> {
    let mut missing: Vec<u64> = wanted.to_vec();
    missing.sort_unstable();
    missing.dedup();
    missing.reverse();
    let mut table = Table::of(text);
    let mut rows = 0;
    while let Some(next) = missing.last().copied() {
        let Some(row) = table.next() else { break };
        rows += 1;
        if rows == next {
            hear(rows, &table.texts(&row));
            missing.pop();
        }
    }
    let miss = || Miss::new(format!("the table has {} below its header", counted(rows, "row")));
    missing.into_iter().map(|row| (row, miss())).collect()
}

/// The rows that hold a text.
pub fn find(text: &str, quote: &Quote, limit: usize) -> Vec<Hit> {
    let mut table = Table::of(text);
    let mut hits = Vec::new();
    let mut number = 0;
    while let Some(row) = table.next().filter(|_| hits.len() < limit) {
        number += 1;
        let texts = table.texts(&row);
        if texts.comparable().hold(quote) {
            hits.push(Hit::new(Selector::Row(number), &texts.shown()));
        }
    }
    hits
}

/// Calls `hear` with the texts of every row, until it says no.
pub fn each(text: &str, hear: &mut dyn FnMut(&Texts<'_>) -> bool) {
    let mut table = Table::of(text);
    while let Some(row) = table.next() {
        if !hear(&table.texts(&row)) {
            break;
        }
    }
}

/// A table that is read row by row. A row with more or fewer cells than the header has is read, too.
struct Table<'t> {
    text: &'t str,
    header: StringRecord,
    reader: csv::Reader<&'t [u8]>,
}

struct Row<'t> {
    cells: StringRecord,
    raw: &'t str,
}

impl<'t> Table<'t> {
    fn of(text: &'t str) -> Self {
        let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        Self { text, header, reader }
    }

    fn next(&mut self) -> Option<Row<'t>> {
        let start = self.reader.position().byte() as usize;
        let mut cells = StringRecord::new();
        let is_row = self.reader.read_record(&mut cells).ok()?;
        let raw = self.text.get(start..self.reader.position().byte() as usize).unwrap_or_default();
        is_row.then(|| Row { cells, raw: raw.trim_matches(['\r', '\n']) })
    }

    fn texts(&self, row: &Row<'t>) -> Texts<'t> {
        let cells = row.cells.iter().enumerate().map(|(index, cell)| match self.header.get(index) {
            Some(name) if !name.is_empty() => format!("{name}: {cell}"),
            _ => format!("column {}: {cell}", index + 1),
        });
        Texts::several(vec![cells.collect::<Vec<_>>().join("\n").into(), row.raw.into()])
    }
}

/// What separates the cells: the one of comma, semicolon and tab that the first line has most of outside of quotes.
pub fn delimiter(text: &str) -> u8 {
    let header = text.trim_start_matches(['\r', '\n']).lines().next().unwrap_or_default();
    let plain: String = header.split('"').step_by(2).collect();
    let count = |delimiter: &u8| plain.bytes().filter(|byte| byte == delimiter).count();
    // `max_by_key` takes the last of equals, and a comma is the usual one.
    *[b'\t', b';', b','].iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}
