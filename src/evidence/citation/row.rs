//! Rows of a table in text (RFC 4180), the header not counted, from 1.

use super::place::{Hit, Miss, Texts};
use super::text::{Quote, decode};
use crate::values::Selector;
use csv::{ReaderBuilder, StringRecord};

/// A row with its cells by the names in the header, and as it stands in the file.
pub fn read(content: &[u8], row: u64) -> Result<Texts, Miss> {
    let text = decode(content);
    let mut table = Table::of(&text);
    let mut rows = 0;
    while let Some(found) = table.next() {
        rows += 1;
        if rows == row {
            return Ok(table.texts(&found));
        }
    }
    Err(Miss::new(format!("the table has {rows} rows below its header")))
}

/// The rows that hold a text.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Vec<Hit> {
    let text = decode(content);
    let mut table = Table::of(&text);
    let mut hits = Vec::new();
    let mut number = 0;
    while let Some(row) = table.next() {
        number += 1;
        let texts = table.texts(&row);
        if texts.hold(quote) {
            hits.push(Hit { at: Selector::Row(number), text: texts.shown().to_owned() });
        }
        if hits.len() >= limit {
            break;
        }
    }
    hits
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

    fn texts(&self, row: &Row<'_>) -> Texts {
        let name = |index: usize| self.header.get(index).unwrap_or_default();
        let cells = row.cells.iter().enumerate().map(|(index, cell)| format!("{}: {cell}", name(index)));
        Texts::several(vec![cells.collect::<Vec<_>>().join("\n"), row.raw.to_owned()])
    }
}

/// What separates the cells: the one of comma, semicolon and tab that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    // `max_by_key` takes the last of equals, and a comma is the usual one.
    *[b'\t', b';', b','].iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}
