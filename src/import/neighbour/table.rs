//! Tables in text: rows by the names of their columns. Rows that do not fit the header are read leniently where that can be done
//! in one way only, and refused where not.

use super::fields::Fields;
use crate::import::{Making, Outcome};
use crate::values::Selector;
use crate::values::wording::counted;
use csv::{ReaderBuilder, StringRecord};

/// The names of the columns in the first line, in lower case and without blanks around them.
pub fn header(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.as_bytes());
    let mut names = StringRecord::new();
    let _ = reader.read_record(&mut names);
    names.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_lowercase()).collect()
}

/// A table: how its cells are told apart, and what its columns are called.
pub struct Table<'t> {
    text: &'t str,
    delimiter: u8,
    pub columns: Vec<String>,
    has_header: bool,
}

impl<'t> Table<'t> {
    /// A table with a header, or one without where `columns` are the names that its columns have then.
    pub fn of(bytes: &'t [u8], delimiter: u8, columns: Option<&[&str]>) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| format!("it is no UTF-8: {error}"))?;
        let first = text.lines().find(|line| !line.trim().is_empty()).ok_or("it is empty")?;
        let own = header(first, delimiter);
        let without = columns.filter(|names| !own.iter().any(|name| names.contains(&name.as_str())));
        let columns = without.map_or(own, |names| names.iter().map(|name| (*name).to_owned()).collect());
        Ok(Self { text, delimiter, columns, has_header: without.is_none() })
    }

    /// Calls `read` with each row that fits the header; `row:N` counts rows below the header.
    pub fn each(&self, making: &mut Making<'_>, read: &mut dyn FnMut(u64, Fields, &mut Making<'_>)) {
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .has_headers(self.has_header)
            .from_reader(self.text.as_bytes());
        if self.has_header {
            let _ = reader.headers();
        }
        let mut cells = StringRecord::new();
        for number in 1.. {
            let start = reader.position().byte();
            match reader.read_record(&mut cells) {
                Ok(false) => break,
                Ok(true) => {}
                Err(_) => break,
            }
            let line = cells.position().map_or(0, csv::Position::line);
            let at = if self.has_header { Selector::Row(number) } else { Selector::Lines(line, line) };
            let place = format!("line {line}");
            let whole = self.text.get(start as usize..reader.position().byte() as usize).unwrap_or_default();
            match self.fitting(&cells, whole) {
                Some(cells) => {
                    let named = self.columns.iter().map(String::as_str).zip(cells.iter().map(String::as_str));
                    read(number, Fields::of_row(place, Some(at), named), making);
                }
                None => {
                    let why = format!(
                        "it has {} where the header has {}",
                        counted(cells.len() as u64, "cell"),
                        self.columns.len()
                    );
                    making.count(place, Outcome::Refused(why));
                }
            }
        }
    }

    /// The cells of a row, as many as there are columns. Cells that a tool did not quote or quoted without doubling the quotes
    /// inside are told apart by the quotes and the delimiter between them.
    fn fitting(&self, cells: &StringRecord, whole: &str) -> Option<Vec<String>> {
        let wants = self.columns.len();
        if cells.len() == wants {
            return Some(cells.iter().map(str::to_owned).collect());
        }
        let delimiter = char::from(self.delimiter);
        let inside = whole.trim().strip_prefix('"')?.strip_suffix('"')?;
        let split: Vec<&str> = inside.split(&format!("\"{delimiter}\"")).collect();
        (split.len() == wants).then(|| split.into_iter().map(str::to_owned).collect())
    }
}
