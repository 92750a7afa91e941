//! Tables as tools write them, with a header: with quotes (RFC 4180), or with a row on each line and no quotes. A row with more or fewer cells than the header has is refused.

use super::format::{Hear, MAX_ROW_BYTES};
use super::lines;
use super::row::{Refused, Row};
use crate::values::Selector;
use crate::values::wording::counted;
use csv::{ByteRecord, ReaderBuilder, StringRecord};
use csv_core::ReadRecordResult;
use std::io::{self, BufRead};

/// The names of the columns.
pub struct Header {
    names: Vec<String>,
    /// The same without blanks around, in lower case.
    lower: Vec<String>,
}

impl Header {
    pub fn of(names: &StringRecord) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
        let lower = names.iter().map(|name| name.trim().to_lowercase()).collect();
        Self { names, lower }
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

    /// Where a column is; its name is in any case, as far as it is ASCII.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.lower.iter().position(|lower| lower.eq_ignore_ascii_case(name))
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it has all of these columns.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.find(name).is_some())
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

    /// The cell of a column, where it says something.
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
    let mut records = Records::of(source, delimiter);
    let header = match records.next()? {
        None => return Ok(()),
        Some((_, Ok(names))) => Header::of(&names),
        Some((line, Err(why))) => {
            hear(Err(Refused { line, why }));
            return Ok(());
        }
    };
    for number in 1.. {
        let Some((line, cells)) = records.next()? else { break };
        let read = cells
            .and_then(|cells| header.fits(&cells).and_then(|()| row(&Cells { header: &header, cells: &cells })))
            .map(|row| Row { place: Some(Selector::Row(number)), ..row });
        if !hear(read.map_err(|why| Refused { line, why })) {
            break;
        }
    }
    Ok(())
}

/// The most cells that a row may have.
const MAX_CELLS: usize = 1 << 20;

/// The rows of a table with quotes. Of one that is too long no more is held than one may have; its end is found all the same, as the
/// `csv` crate finds it, so that the rows behind it keep their numbers.
struct Records<'s> {
    source: &'s mut dyn BufRead,
    core: csv_core::Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl<'s> Records<'s> {
    fn of(source: &'s mut dyn BufRead, delimiter: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { source, core, bytes: vec![0; 1024], ends: vec![0; 64] }
    }

    /// The next row: the line on which it begins, and its cells or why they are not read.
    fn next(&mut self) -> io::Result<Option<(u64, Result<StringRecord, String>)>> {
        let line = self.core.line();
        let (mut length, mut cells, mut is_long) = (0, 0, false);
        loop {
            let input = self.source.fill_buf()?;
            let (result, read, written, ended) =
                self.core.read_record(input, &mut self.bytes[length..], &mut self.ends[cells..]);
            self.source.consume(read);
            length += written;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() > MAX_ROW_BYTES => (length, is_long) = (0, true),
                ReadRecordResult::OutputFull => {
                    self.bytes.resize((self.bytes.len() * 2).min(MAX_ROW_BYTES + 1), 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() == MAX_CELLS => (cells, is_long) = (0, true),
                ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).min(MAX_CELLS), 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record if is_long || length > MAX_ROW_BYTES => {
                    return Ok(Some((line, Err(too_long()))));
                }
                ReadRecordResult::Record => return Ok(Some((line, self.cells(length, cells)))),
            }
        }
    }

    fn cells(&self, length: usize, cells: usize) -> Result<StringRecord, String> {
        let mut record = ByteRecord::with_capacity(length, cells);
        let mut start = 0;
        for end in &self.ends[..cells] {
            record.push_field(&self.bytes[start..*end]);
            start = *end;
        }
        StringRecord::from_byte_record(record).map_err(|error| format!("it is no UTF-8: {}", error.utf8_error()))
    }
}

fn too_long() -> String {
    format!(
        "it is longer than {} MiB or has more than {MAX_CELLS} cells: where a quote is not closed, all that follows is part of it",
        MAX_ROW_BYTES >> 20
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    /// The rows that are read, and the lines of those that are not.
    fn heard(source: &mut dyn BufRead) -> (Vec<String>, Vec<u64>) {
        let (mut rows, mut refused) = (Vec::new(), Vec::new());
        let mut row = |cells: &Cells<'_>| Ok(Row { message: cells.text("b").unwrap_or_default(), ..Row::default() });
        let mut hear = |heard: Result<Row, Refused>| {
            match heard {
                Ok(row) => rows.push(format!("{} {}", row.place.unwrap(), row.message)),
                Err(Refused { line, .. }) => refused.push(line),
            }
            true
        };
        each(source, b',', &mut row, &mut hear).unwrap();
        (rows, refused)
    }

    #[test]
    fn a_row_that_is_too_long_takes_no_other_with_it() {
        for (length, is_read) in [(MAX_ROW_BYTES - 1, true), (MAX_ROW_BYTES, false), (MAX_ROW_BYTES * 3, false)] {
            let long = "x\n,".repeat(length / 3) + &"x".repeat(length % 3);
            let text = format!("a,b\n1,one\n\"{long}\",2\n3,three\n");
            let (rows, refused) = heard(&mut text.as_bytes());
            let wanted =
                if is_read { vec!["row:1 one", "row:2 2", "row:3 three"] } else { vec!["row:1 one", "row:3 three"] };
            assert_eq!(
                (rows, refused),
                (wanted.into_iter().map(str::to_owned).collect(), if is_read { vec![] } else { vec![3] })
            );
        }
        let text = format!("a,b\n{}\n2,two\n", ",".repeat(MAX_CELLS));
        assert_eq!(heard(&mut text.as_bytes()), (vec!["row:2 two".to_owned()], vec![2]));
    }

    #[test]
    fn a_quote_that_is_not_closed_is_not_held() {
        let mut held = Vec::new();
        let mut source =
            BufReader::new(b"a,b\n1,one\n2,\"two\n".chain(std::io::repeat(b'x').take(3 * MAX_ROW_BYTES as u64)));
        let mut records = Records::of(&mut source, b',');
        while let Some((line, cells)) = records.next().unwrap() {
            held.push((line, cells.is_ok()));
        }
        assert_eq!(held, [(1, true), (2, true), (3, false)]);
        assert!(records.bytes.capacity() <= 2 * MAX_ROW_BYTES);
    }
}
