//! Tables as tools write them, with a header: with quotes (RFC 4180), or with a row on each line and no quotes. A row with more or fewer cells than the header has is refused.

use super::format::{Hear, MAX_ROW_BYTES};
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
        let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
        let mut names = StringRecord::new();
        let _ = reader.read_record(&mut names);
        Self::of(&names)
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
        let cell = self.cells.get(*self.header.places.get(name)?)?.trim();
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

/// Calls `hear` with what `row` makes of each row.
pub fn each(
    source: &mut dyn BufRead,
    delimiter: u8,
    row: &mut dyn FnMut(&Cells<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    read(source, delimiter, true, row, hear)
}

/// The same where every line is a row, and a quote is a character as any other.
pub fn each_line(
    source: &mut dyn BufRead,
    delimiter: u8,
    row: &mut dyn FnMut(&Cells<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    read(source, delimiter, false, row, hear)
}

fn read(
    source: &mut dyn BufRead,
    delimiter: u8,
    is_quoted: bool,
    row: &mut dyn FnMut(&Cells<'_>) -> Result<Row, String>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).quoting(is_quoted).flexible(true).from_reader(source);
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
                let (has, wants) = (cells.len(), header.names.len());
                let read = if cells.as_slice().len() > MAX_ROW_BYTES {
                    Err(format!("it is longer than {} MiB", MAX_ROW_BYTES >> 20))
                } else if has == wants {
                    row(&Cells { header: &header, cells: &cells })
                } else {
                    Err(format!("it has {} where the header has {wants}", counted(has as u64, "cell")))
                };
                // Whoever looks a row of a table up reads quotes, so that its number would be another one.
                let place = if is_quoted { Selector::Row(number) } else { Selector::Lines(line, line) };
                let read = read.map(|row| Row { place: Some(place), ..row });
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
