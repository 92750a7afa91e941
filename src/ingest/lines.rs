//! Texts of which every line is a row.

use super::format::{Hear, MAX_ROW_BYTES};
use super::json::skip_line;
use super::row::{Refused, Row};
use crate::values::Selector;
use std::io::{self, BufRead, Read};

/// Calls `hear` with what `row` makes of each line that is not blank; lines of which it makes nothing are none of its rows.
pub fn each(
    source: &mut dyn BufRead,
    row: &mut dyn FnMut(&str) -> Option<Result<Row, String>>,
    hear: &mut Hear<'_>,
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = (&mut *source).take(MAX_ROW_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        let read = if length > MAX_ROW_BYTES {
            skip_line(source)?;
            Some(Err(format!("the line is longer than {} MiB", MAX_ROW_BYTES >> 20)))
        } else {
            // What is no UTF-8 is shown as such, and the row is kept.
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']).trim_start_matches('\u{feff}');
            if text.trim().is_empty() { None } else { row(text) }
        };
        let Some(read) = read else { continue };
        let read = read.map(|row| Row { place: Some(Selector::Lines(number, number)), ..row });
        if !hear(read.map_err(|why| Refused { line: number, why })) {
            break;
        }
    }
    Ok(())
}
