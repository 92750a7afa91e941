//! Tables as tools write them, with a header: with quotes (RFC 4180), or with a row on each line and no quotes. A row with more or fewer cells than the header has is refused.

use super::format::{Hear, MAX_ROW_BYTES};
use super::lines;
use super::row::{Refused, Row};
use crate::values::Selector;
use crate::values::wording::counted;
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// The names of the columns, in any case, and where they are.
pub struct Header {
    names: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Header {
    pub fn of(names: &StringRecord) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
        let places = names.iter().enumerate().rev().map(|(index, name)| (name.trim().to_lowercase(), index)).collect();
        Self { names, places }
    }

    /// The header that the first line of a file is.
    pub fn of_line(line: &str, delimiter: u8) -> Self {
        Self::of(&cells_of(line, delimiter))
    }

    /// Whether a row has as many cells.
    fn fits(&self, cells: &StringRecord) -> Result<(), String> {
        let (has, wants) = (cells.len(), self.names.len());
        let many = || format!("it has {} where the header has {wants}", counted(has as u64, "cell"));
        if has == wants { Ok(()) } else { Err(many()) }
    }

    /// Where a column is; its name is in lower case.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it has all of these columns.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.places.contains_key(*name))
    }
}

/// A row by the names of its columns.
pub struct Cells<'t> {
    header: &'t Header,
    cells: &'t StringRecord,
}

impl<'t> Cells<'t> {
    pub fn header(&self) -> &'t Header {
        self.header
    }

    /// The cell of a column, where it says something. The name is in lower case.
    pub fn get(&self, name: &str) -> Option<&'t str> {
        self.at(self.header.find(name)?)
    }

    /// The cell at a place, where it says something.
    pub fn at(&self, place: usize) -> Option<&'t str> {
        let cell = self.cells.get(place)?.trim();
        (!cell.is_empty() && cell != "-" && cell != "null").then_some(cell)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// Everything that it says.
    pub fn fields(&self) -> Vec<(String, String)> {
        let named = self.header.names.iter().zip(self.cells);
        named.filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| (name.clone(), cell.to_owned())).collect()
    }
}

/// A table of which every line is a row, and how it is written.
pub struct Lined {
    /// What stands between the cells, by the line with their names.
    pub delimiter: fn(&str) -> u8,
    /// Whether every cell may stand in quotes; else a quote is a character as any other.
    pub may_be_quoted: bool,
    /// Whether a line before the names is none of the table.
    pub is_note: fn(&str) -> bool,
}

impl Lined {
    /// One without quotes and notes.
    pub const fn plain(delimiter: fn(&str) -> u8) -> Self {
        Self { delimiter, may_be_quoted: false, is_note: |_| false }
    }
}

/// Calls `hear` with what `row` makes of each line.
pub fn each_line(
    source: &mut dyn BufRead,
    lined: &Lined,
    row: &mut dyn FnMut(&Cells<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut header: Option<(Header, u8)> = None;
    let mut is_quoted = None;
    let mut of_line = |line: &str| {
        let Some((header, delimiter)) = &header else {
            if !(lined.is_note)(line) {
                let delimiter = (lined.delimiter)(line);
                header = Some((Header::of_line(line, delimiter), delimiter));
            }
            return None;
        };
        let is_quoted = *is_quoted.get_or_insert(lined.may_be_quoted && line.starts_with('"'));
        let cells = match is_quoted {
            true => cells_of(line, *delimiter),
            false => line.split(char::from(*delimiter)).collect(),
        };
        Some(header.fits(&cells).and_then(|()| row(&Cells { header, cells: &cells })))
    };
    lines::each(source, &mut of_line, hear)
}

/// The cells of a line in quotes.
fn cells_of(line: &str, delimiter: u8) -> StringRecord {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .buffer_capacity(line.len().max(1))
        .from_reader(line.as_bytes());
    let mut cells = StringRecord::new();
    let _ = reader.read_record(&mut cells);
    cells
}

/// Calls `hear` with what `row` makes of each row.
pub fn each(
    source: &mut dyn BufRead,
    delimiter: u8,
    row: &mut dyn FnMut(&Cells<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
    let header = match reader.headers() {
        Ok(names) => Header::of(names),
        Err(error) => return refuse(error, 0, hear).map(|_| ()),
    };
    let mut cells = StringRecord::new();
    for number in 1.. {
        let line = reader.position().line();
        match reader.read_record(&mut cells) {
            Ok(false) => break,
            Ok(true) => {
                let line = cells.position().map_or(line, csv::Position::line);
                let read = match cells.as_slice().len() > MAX_ROW_BYTES {
                    true => Err(format!("it is longer than {} MiB", MAX_ROW_BYTES >> 20)),
                    false => header.fits(&cells).and_then(|()| row(&Cells { header: &header, cells: &cells })),
                };
                let read = read.map(|row| Row { place: Some(Selector::Row(number)), ..row });
                if !hear(read.map_err(|why| Refused { line, why })) {
                    break;
                }
            }
            Err(error) => {
                if !refuse(error, line, hear)? {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Tells what is wrong with a row; whether to go on.
fn refuse(error: csv::Error, line: u64, hear: &mut Hear<'_>) -> io::Result<bool> {
    let line = error.position().map_or(line, csv::Position::line);
    match error.into_kind() {
        ErrorKind::Io(error) => Err(error),
        ErrorKind::Utf8 { err, .. } => Ok(hear(Err(Refused { line, why: format!("it is no UTF-8: {err}") }))),
        _ => Ok(hear(Err(Refused { line, why: "it is no row of a table".to_owned() }))),
    }
}
