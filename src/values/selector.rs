//! Places inside a file of evidence, as citations name them: `lines:120-130`, `record:4211`, `bytes:512+64`.

use super::{Malformed, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// A place inside a file. Lines, rows and records count from 1, bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selector {
    /// Lines of a text, from the first to the last.
    Lines(u64, u64),
    /// A row of a table, the header not counted.
    Row(u64),
    /// An event record of an EVTX file, by its EventRecordID.
    Record(u64),
    /// A value of a JSON document, or of one line of JSON lines, by its pointer (RFC 6901).
    Json { line: Option<u64>, pointer: String },
    /// Bytes, from an offset, of a length.
    Bytes { offset: u64, length: u64 },
}

const FORMS: &str =
    "write `lines:120-130`, `row:17`, `record:4211`, `json:/events/3`, `json:17/user` or `bytes:512+64`";

impl FromStr for Selector {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse(text).ok_or_else(|| Malformed::new(format!("`{text}` is not a place in a file")).help(FORMS))
    }
}

fn parse(text: &str) -> Option<Selector> {
    let (kind, place) = text.split_once(':')?;
    match kind {
        "lines" => {
            let (first, last) = place.split_once('-').unwrap_or((place, place));
            let (first, last) = (counted(first)?, counted(last)?);
            (first <= last).then_some(Selector::Lines(first, last))
        }
        "row" => counted(place).map(Selector::Row),
        "record" => counted(place).map(Selector::Record),
        "json" => {
            let digits = place.bytes().take_while(u8::is_ascii_digit).count();
            let (line, pointer) = place.split_at(digits);
            let line = if line.is_empty() { None } else { Some(counted(line)?) };
            let well_formed = pointer.is_empty() && line.is_some() || pointer.starts_with('/');
            well_formed.then(|| Selector::Json { line, pointer: pointer.to_owned() })
        }
        "bytes" => {
            let (offset, length) = place.split_once('+')?;
            Some(Selector::Bytes { offset: number(offset)?, length: counted(length)? })
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn counted(text: &str) -> Option<u64> {
    number(text).filter(|number| *number > 0)
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::Lines(first, last) if first == last => write!(f, "lines:{first}"),
            Selector::Lines(first, last) => write!(f, "lines:{first}-{last}"),
            Selector::Row(row) => write!(f, "row:{row}"),
            Selector::Record(record) => write!(f, "record:{record}"),
            Selector::Json { line: Some(line), pointer } => write!(f, "json:{line}{pointer}"),
            Selector::Json { line: None, pointer } => write!(f, "json:{pointer}"),
            Selector::Bytes { offset, length } => write!(f, "bytes:{offset}+{length}"),
        }
    }
}
serde_as_text!(Selector);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_print_as_they_are_written() {
        for text in [
            "lines:120-130",
            "lines:7",
            "row:17",
            "record:4211",
            "json:/events/3",
            "json:17/user",
            "json:17",
            "bytes:0+64",
        ] {
            assert_eq!(text.parse::<Selector>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "lines",
            "lines:",
            "lines:0",
            "lines:9-3",
            "row:-1",
            "record:x",
            "json:",
            "json:a",
            "bytes:5",
            "bytes:5+0",
            "page:3",
            "record: 3",
        ] {
            assert!(text.parse::<Selector>().is_err(), "{text}");
        }
    }
}
