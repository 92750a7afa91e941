//! The rows of a timeline as lines for machines: a table, or JSON.

use super::Occurrence;
use crate::diagnostic::render::printable;
use crate::values::characters::deceit;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The columns of the table.
pub const HEADER: [&str; 14] = [
    "time",
    "written",
    "means",
    "zone",
    "host",
    "account",
    "source",
    "destination",
    "severity",
    "techniques",
    "message",
    "item",
    "path",
    "at",
];

/// Calls `hear` with what each column says.
fn cells(occurrence: &Occurrence<'_>, hear: &mut dyn FnMut(&'static str, &str)) {
    let row = occurrence.row;
    let severity = row.detection.as_ref().and_then(|detection| detection.severity);
    hear("time", &occurrence.at.to_string());
    hear("written", &occurrence.instant.raw);
    hear("means", occurrence.means);
    hear("zone", &occurrence.instant.zone.to_string());
    hear("host", row.host.as_deref().unwrap_or_default());
    hear("account", row.account.as_deref().unwrap_or_default());
    hear("source", row.source.as_deref().unwrap_or_default());
    hear("destination", row.destination.as_deref().unwrap_or_default());
    hear("severity", &severity.map(|severity| severity.to_string()).unwrap_or_default());
    hear("techniques", &row.techniques.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" "));
    hear("message", &row.message);
    hear("item", &occurrence.item.to_string());
    hear("path", occurrence.path);
    hear("at", &row.place.as_ref().map(ToString::to_string).unwrap_or_default());
}

/// A row of the table.
pub fn as_csv(occurrence: &Occurrence<'_>, out: &mut Vec<u8>) {
    let mut row = Vec::with_capacity(HEADER.len());
    cells(occurrence, &mut |_, cell| row.push(tame(cell)));
    out.extend(table_row(&row).unwrap_or_default());
}

/// A cell that neither steers a terminal nor, beginning with a quote as in other exports, is taken for a formula by a spreadsheet.
fn tame(cell: &str) -> String {
    let cell = printable(cell);
    if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell }
}

pub fn table_row<C: AsRef<[u8]>>(cells: &[C]) -> io::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new().buffer_capacity(1024).from_writer(Vec::new());
    table.write_record(cells).map_err(io::Error::other)?;
    table.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// The columns of the table, and the fields of the row by the names of its tool.
pub fn as_json(occurrence: &Occurrence<'_>, out: &mut Vec<u8>) {
    let mut object = Object::begin(out);
    cells(occurrence, &mut |name, cell| object.member(name, cell));
    let mut fields = object.inner("fields");
    own_fields(occurrence, &mut |name, value| fields.member(name, value));
    fields.end();
    object.end();
    out.push(b'\n');
}

/// As Timesketch takes it: `message`, `datetime` and `timestamp_desc`, and everything else beside.
pub fn as_timesketch(occurrence: &Occurrence<'_>, case: &str, out: &mut Vec<u8>) {
    let at = occurrence.at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string();
    let means = if occurrence.means.is_empty() { "Event Time" } else { occurrence.means };
    let own = [
        ("message", occurrence.row.message.as_str()),
        ("datetime", &at),
        ("timestamp_desc", means),
        ("data_type", "casebook:evidence"),
        ("case_id", case),
        ("citation", &occurrence.citation()),
    ];
    // Names that Timesketch keeps for itself, and a time that it would take for that of the row.
    let kept = ["_id", "_type", "_index", "_source", "__ts_timeline_id", "timestamp"];
    let mut object = Object::begin(out);
    own.iter().for_each(|(name, value)| object.member(name, value));
    own_fields(occurrence, &mut |name, value| {
        if !kept.contains(&name) && !own.iter().any(|(own, _)| *own == name) {
            object.member(name, value);
        }
    });
    object.end();
    out.push(b'\n');
}

/// Calls `hear` with the fields of a row, and of those with the same name with the last one.
fn own_fields(occurrence: &Occurrence<'_>, hear: &mut dyn FnMut(&str, &str)) {
    /// So few are compared each with each.
    const FEW: usize = 48;
    let fields = &occurrence.row.fields;
    if fields.len() <= FEW {
        for (index, (name, value)) in fields.iter().enumerate() {
            if !fields[index + 1..].iter().any(|(other, _)| other == name) {
                hear(name, value);
            }
        }
        return;
    }
    let mut seen = BTreeSet::new();
    let mut last: Vec<&(String, String)> = fields.iter().rev().filter(|(name, _)| seen.insert(name.as_str())).collect();
    last.reverse();
    last.into_iter().for_each(|(name, value)| hear(name, value));
}

/// An object of JSON that is being written.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_first: bool,
}

impl<'o> Object<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_first: true }
    }

    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(b',');
        }
        string(name, self.out);
        self.out.push(b':');
    }

    fn member(&mut self, name: &str, value: &str) {
        self.name(name);
        string(value, self.out);
    }

    fn inner(&mut self, name: &str) -> Object<'_> {
        self.name(name);
        Object::begin(self.out)
    }

    fn end(self) {
        self.out.push(b'}');
    }
}

/// Whether a byte stands in a string of JSON for itself, or begins a character that may have to be escaped.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        // The last of them are the first bytes, in UTF-8, of characters that deceive.
        let special =
            matches!(byte as u8, 0..0x20 | b'"' | b'\\' | 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf3);
        plain[byte] = !special;
        byte += 1;
    }
    plain
};

/// A string of JSON in which what would steer a terminal is escaped, which says the same.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    loop {
        let plain = plain_length(rest.as_bytes());
        out.extend_from_slice(&rest.as_bytes()[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { break };
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if deceit(c).is_some() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[c.len_utf8()..];
    }
    out.push(b'"');
}

/// Bytes at the beginning that stand for themselves.
fn plain_length(bytes: &[u8]) -> usize {
    // So many at once are compared in a few instructions, where none of them is special.
    let (chunks, _) = bytes.as_chunks::<16>();
    let is_special = |byte: &u8| (*byte < 0x20) | (*byte >= 0x7f) | (*byte == b'"') | (*byte == b'\\');
    let whole = chunks.iter().take_while(|chunk| !chunk.iter().fold(false, |any, byte| any | is_special(byte))).count();
    let start = whole * 16;
    let rest = &bytes[start..];
    start + rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_that_deceives_is_escaped() {
        for c in '\0'..=char::MAX {
            let mut out = Vec::new();
            string(c.encode_utf8(&mut [0; 4]), &mut out);
            let written = std::str::from_utf8(&out).unwrap();
            assert!(!written.chars().any(|c| deceit(c).is_some()) && !written.contains(['\n', '\t']), "{c:?}");
            assert_eq!(serde_json::from_str::<String>(written).unwrap(), c.to_string());
        }
    }

    proptest! {
        #[test]
        fn a_string_reads_back_as_it_was(text: String) {
            let mut out = Vec::new();
            string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
