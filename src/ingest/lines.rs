//! Texts of which every line is a row.

use super::format::{Hear, MAX_ROW_BYTES};
use super::row::{Refused, Row};
use crate::values::Selector;
use std::io::{self, BufRead, Read};

/// Calls `hear` with what `row` makes of each line that is not blank; lines of which it makes nothing are none of its rows.
pub fn each(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&str) -> Option<Result<Row, String>>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    raw(source, &mut |number, line| {
        let read = match line {
            // What is no UTF-8 is shown as such, and the row is kept.
            Ok(line) => {
                row(String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).trim_start_matches('\u{feff}'))
            }
            Err(why) => Some(Err(why)),
        };
        let placed = |row| Row { place: Some(Selector::Lines(number, number)), ..row };
        read.is_none_or(|read| hear(read.map(placed).map_err(|why| Refused { line: number, why })))
    })
}

/// What hears a line: its number and its bytes, or why they are not read; `false` ends the reading.
type HearLine<'h> = dyn FnMut(u64, Result<&[u8], String>) -> bool + 'h;

/// Calls `hear` with each line that is not blank; numbers count from 1.
pub fn raw(source: &mut dyn BufRead, hear: &mut HearLine<'_>) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = (&mut *source).take(MAX_ROW_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        let is_long = length > MAX_ROW_BYTES;
        if is_long && !line.ends_with(b"\n") {
            skip(source)?;
        }
        let read =
            if is_long { Err(format!("the line is longer than {} MiB", MAX_ROW_BYTES >> 20)) } else { Ok(&*line) };
        let is_blank = !is_long && line.trim_ascii().is_empty();
        if !is_blank && !hear(number, read) {
            break;
        }
    }
    Ok(())
}

/// Reads on to the end of a line without keeping it.
fn skip(source: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (length, is_end) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        source.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_takes_no_other_with_it() {
        for longer in [0, 1, 5] {
            let text = format!("one\n{}\n\nfour\n", "x".repeat(MAX_ROW_BYTES + longer));
            let mut heard = Vec::new();
            raw(&mut text.as_bytes(), &mut |number, line| {
                heard.push((number, line.map(<[u8]>::len).ok()));
                true
            })
            .unwrap();
            assert_eq!(heard, [(1, Some(4)), (2, None), (4, Some(5))], "{longer}");
        }
    }
}
