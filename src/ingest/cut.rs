//! Cutting a file into pieces that are read each by itself, on all cores: a format reads a piece as if it were a file, and the places in
//! it are moved to where they are in the whole one. How a format may be cut stands beside how it is read.

use super::format::{Head, MAX_ROW_BYTES};
use super::row::{Refused, Row};
use crate::values::Selector;
use std::io::{self, BufRead, Read};

/// Where a file may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere: what is read of a line depends on those before it.
    Whole,
    /// Between any two lines.
    Lines,
    /// Before any line whose first character that is not blank is a brace: a piece that begins with a bracket would be read as a list.
    JsonLines,
    /// Between any two rows of a table (RFC 4180) with this between its cells; its header belongs to each piece.
    Table(u8),
    /// Between any two lines; the first one belongs to each piece.
    LinedTable,
    /// Between the chunks of an event log; its header belongs to each piece.
    Chunks,
}

/// What is nowhere cut.
pub fn nowhere(_: &Head<'_>) -> Cut {
    Cut::Whole
}

/// What has a row on each line.
pub fn lines(_: &Head<'_>) -> Cut {
    Cut::Lines
}

/// JSON lines; a list is nowhere cut.
pub fn json_lines(head: &Head<'_>) -> Cut {
    if head.text().trim_start().starts_with('{') { Cut::JsonLines } else { Cut::Whole }
}

/// A table with commas.
pub fn table(_: &Head<'_>) -> Cut {
    Cut::Table(b',')
}

/// JSON lines or a table with commas; a list is nowhere cut.
pub fn json_lines_or_table(head: &Head<'_>) -> Cut {
    match head.text().trim_start().as_bytes().first() {
        Some(b'{') => Cut::JsonLines,
        Some(b'[') => Cut::Whole,
        _ => Cut::Table(b','),
    }
}

/// A table of which every line is a row.
pub fn lined_table(_: &Head<'_>) -> Cut {
    Cut::LinedTable
}

/// A part of a file, after what belongs to each part.
pub struct Piece {
    /// From 0.
    pub number: u64,
    pub bytes: Vec<u8>,
    pub moved: Moved,
}

/// How far the places in a piece are from those in the whole file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moved {
    lines: u64,
    rows: u64,
}

impl Moved {
    /// What was heard of a piece, as it is heard of the whole file.
    pub fn heard(self, heard: Result<Row, Refused>) -> Result<Row, Refused> {
        let line = |line: u64| if line == 0 { 0 } else { line + self.lines };
        let place = |place| match place {
            Selector::Lines(first, last) => Selector::Lines(line(first), line(last)),
            Selector::Row(number) => Selector::Row(number + self.rows),
            Selector::Json { line: Some(at), pointer } => Selector::Json { line: Some(line(at)), pointer },
            other => other,
        };
        match heard {
            Ok(row) => Ok(Row { place: row.place.map(place), ..row }),
            Err(refused) => Err(Refused { line: line(refused.line), ..refused }),
        }
    }
}

/// Bytes of a piece, where it can be cut there: 512 KiB.
pub const PIECE: usize = 512 << 10;

const EVTX_HEADER: usize = 4096;
const EVTX_CHUNK: usize = 65536;

/// Calls `hear` with the pieces of a file, of about so many bytes, in their order, until it says no. Gives the piece from which on the file
/// is not cut: it goes on with what is left in the source, and was not heard.
pub fn each(
    source: &mut dyn BufRead,
    cut: Cut,
    size: usize,
    hear: &mut dyn FnMut(Piece) -> bool,
) -> io::Result<Option<Piece>> {
    each_below(source, cut, size, MAX_ROW_BYTES, hear)
}

/// The same, where no more than about twice a limit is held to find a place.
fn each_below(
    source: &mut dyn BufRead,
    cut: Cut,
    size: usize,
    limit: usize,
    hear: &mut dyn FnMut(Piece) -> bool,
) -> io::Result<Option<Piece>> {
    let mut left = Vec::new();
    let mut moved = Moved::default();
    if cut == Cut::Whole {
        return Ok(Some(Piece { number: 0, bytes: left, moved }));
    }
    let mut more = fill(source, &mut left, size)?;
    let Some(length) = header(cut, &left) else { return Ok(Some(Piece { number: 0, bytes: left, moved })) };
    let header: Vec<u8> = left.drain(..length).collect();
    let after_header = |held: Vec<u8>| if header.is_empty() { held } else { [header.as_slice(), &held].concat() };
    for number in 0.. {
        let mut wanted = size;
        let (end, rows) = loop {
            more = more && fill(source, &mut left, wanted)?;
            match end(cut, &left) {
                _ if !more => break (left.len(), 0),
                Some(found) => break found,
                None if left.len() <= limit => wanted = (left.len() * 2).max(size),
                None if matches!(cut, Cut::Lines | Cut::LinedTable) => {
                    // One line, which whoever reads it refuses.
                    source.skip_until(b'\n')?;
                    left.push(b'\n');
                    break (left.len(), 0);
                }
                None => return Ok(Some(Piece { number, bytes: after_header(left), moved })),
            }
        };
        let rest = left.split_off(end);
        let lines = memchr::memchr_iter(b'\n', &left).count() as u64;
        if !hear(Piece { number, bytes: after_header(left), moved }) || (!more && rest.is_empty()) {
            break;
        }
        moved.lines += lines;
        moved.rows += rows;
        left = rest;
    }
    Ok(None)
}

/// Reads on until so many bytes are held; whether there may be more.
fn fill(source: &mut dyn BufRead, held: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let missing = wanted.saturating_sub(held.len()) as u64;
    let read = source.take(missing).read_to_end(held)? as u64;
    Ok(read == missing)
}

/// Where what belongs to each piece ends; none where the file has it not within what is held.
fn header(cut: Cut, held: &[u8]) -> Option<usize> {
    match cut {
        Cut::Whole => None,
        Cut::Lines | Cut::JsonLines => Some(0),
        Cut::Chunks => (held.len() >= EVTX_HEADER).then_some(EVTX_HEADER),
        Cut::Table(delimiter) => Rows::of(held, delimiter).find(|row| row.is_counted).and_then(|row| row.end),
        Cut::LinedTable => {
            let ends = memchr::memchr_iter(b'\n', held);
            let mut start = 0;
            for end in ends {
                if !held[start..end].trim_ascii().is_empty() {
                    return Some(end + 1);
                }
                start = end + 1;
            }
            None
        }
    }
}

/// The last place at which what is held can be cut, and how many rows stand before it.
fn end(cut: Cut, held: &[u8]) -> Option<(usize, u64)> {
    match cut {
        Cut::Whole => None,
        Cut::Lines | Cut::LinedTable => memchr::memrchr(b'\n', held).map(|end| (end + 1, 0)),
        Cut::JsonLines => {
            memchr::memrchr_iter(b'\n', held).find(|end| is_object(&held[end + 1..])).map(|end| (end + 1, 0))
        }
        Cut::Chunks => Some((held.len() / EVTX_CHUNK * EVTX_CHUNK, 0)).filter(|(end, _)| *end > 0),
        Cut::Table(delimiter) => {
            let (mut found, mut rows) = (None, 0);
            for row in Rows::of(held, delimiter) {
                rows += u64::from(row.is_counted);
                found = row.end.map(|end| (end, rows)).or(found);
            }
            found
        }
    }
}

/// Whether a line begins with an object.
fn is_object(line: &[u8]) -> bool {
    line.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'{')
}

/// The ends of the rows of a table, as the `csv` crate sees them: a quote counts at the beginning of a cell, and twice inside one
/// in quotes; blank lines are no rows.
struct Rows<'h> {
    held: &'h [u8],
    delimiter: u8,
    at: usize,
}

struct RowEnd {
    is_counted: bool,
    /// Where the next row begins, where that is known.
    end: Option<usize>,
}

impl<'h> Rows<'h> {
    fn of(held: &'h [u8], delimiter: u8) -> Self {
        let at = if held.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { held, delimiter, at }
    }

    /// Behind the quote that ends a cell.
    fn closed(&self, mut at: usize) -> Option<usize> {
        loop {
            at += memchr::memchr(b'"', self.held.get(at..)?)? + 1;
            match self.held.get(at) {
                Some(b'"') => at += 1,
                _ => return Some(at),
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = RowEnd;

    fn next(&mut self) -> Option<RowEnd> {
        let start = self.at;
        let mut at = start;
        loop {
            if self.held.get(at) == Some(&b'"') {
                at = self.closed(at + 1)?;
            }
            at += memchr::memchr3(self.delimiter, b'\r', b'\n', self.held.get(at..)?)?;
            if self.held[at] != self.delimiter {
                break;
            }
            at += 1;
        }
        let end = match (self.held[at], self.held.get(at + 1)) {
            (b'\r', Some(b'\n')) => Some(at + 2),
            // A line feed may follow.
            (b'\r', None) => None,
            _ => Some(at + 1),
        };
        self.at = end.unwrap_or(at + 1);
        Some(RowEnd { is_counted: at > start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pieces that are heard, and the one from which on nothing is cut, with how far it is moved.
    fn pieces(mut text: &[u8], cut: Cut, size: usize) -> (Vec<String>, Option<(String, u64, u64)>) {
        let mut heard = Vec::new();
        let left = each_below(&mut text, cut, size, 64, &mut |piece| {
            heard.push(String::from_utf8(piece.bytes).unwrap());
            true
        });
        let whole = left.unwrap().map(|piece| {
            (String::from_utf8([&piece.bytes, text].concat()).unwrap(), piece.moved.lines, piece.moved.rows)
        });
        (heard, whole)
    }

    #[test]
    fn json_is_cut_before_an_object_with_blanks_before_it() {
        let text = " {\"a\": 1}\n\t {\"a\": 2}\n [3]\n".repeat(9);
        let (heard, whole) = pieces(text.as_bytes(), Cut::JsonLines, 12);
        assert_eq!((heard.concat(), whole), (text, None));
        assert!(heard.len() > 9 && heard.iter().all(|piece| is_object(piece.as_bytes()) && piece.ends_with('\n')));
    }

    #[test]
    fn what_has_no_place_to_be_cut_is_left_whole() {
        let rest = "[1]\n".repeat(99);
        let (heard, whole) = pieces(format!("{{}}\n{{}}\n{rest}").as_bytes(), Cut::JsonLines, 8);
        assert_eq!(heard, ["{}\n"]);
        assert_eq!(whole, Some((format!("{{}}\n{rest}"), 1, 0)));

        let quoted = format!("2,\"{}", "x\n".repeat(99));
        let (heard, whole) = pieces(format!("a,b\n1,one\n{quoted}").as_bytes(), Cut::Table(b','), 16);
        assert_eq!(heard, ["a,b\n1,one\n"]);
        assert_eq!(whole, Some((format!("a,b\n{quoted}"), 1, 1)));

        let line = "x".repeat(999);
        let (heard, whole) = pieces(format!("{line}\none\n").as_bytes(), Cut::Lines, 16);
        assert_eq!((heard.len(), heard[1].as_str(), whole), (2, "one\n", None));
    }

    proptest! {
        #[test]
        fn rows_end_where_the_csv_crate_ends_them(text in "[a,\"\r\n]{0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let wanted: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            if let Some((end, rows)) = end(Cut::Table(b','), text.as_bytes()) {
                let read = |text: &str| -> Vec<csv::StringRecord> {
                    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
                    reader.records().map(Result::unwrap).collect()
                };
                let (before, behind) = (read(&text[..end]), read(&text[end..]));
                prop_assert_eq!(before.len() as u64, rows);
                prop_assert_eq!([before, behind].concat(), wanted);
            }
        }
    }
}
