//! What a format is: how it is known, and how its rows are read.

use super::cut::Cut;
use super::formats;
use super::instant::Told;
use super::row::{Refused, Row};
use std::io::{self, BufRead};

/// Bytes of a file that are looked at to tell its format: 64 KiB.
pub const HEAD_BYTES: usize = 64 * 1024;

/// The longest row that is read: 16 MiB. A longer one is refused.
pub const MAX_ROW_BYTES: usize = 16 * 1024 * 1024;

/// The beginning of a file.
pub struct Head<'h> {
    /// Its name, without folders.
    pub name: &'h str,
    /// Its first bytes, up to [`HEAD_BYTES`].
    pub bytes: &'h [u8],
}

impl Head<'_> {
    /// The first bytes as text, without a byte order mark.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.bytes);
        String::from_utf8_lossy(bytes)
    }

    /// The first line that is not blank.
    pub fn first_line(&self) -> String {
        self.text().lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
    }
}

/// What is heard of a file: its rows and what cannot be read, in their order; `false` ends the reading.
pub type Hear<'r> = dyn FnMut(Result<Row, Refused>) -> bool + 'r;

/// A format of a tool's output.
pub struct Format {
    /// What it is called: `chainsaw`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// Whether a file has it, by its beginning.
    pub detect: fn(&Head<'_>) -> bool,
    /// Where a file may be cut, so that its pieces are read on all cores.
    pub cut: fn(&Head<'_>) -> Cut,
    /// Reads the rows one after the other, without holding more than one. The source gives at least 64 bytes at once where it has them.
    pub read: fn(&mut dyn BufRead, &Told, &mut Hear<'_>) -> io::Result<()>,
}

/// All formats; one that is told by more comes before one that is told by less.
pub const ALL: &[Format] = &[
    formats::evtx::FORMAT,
    formats::dfxml::FORMAT,
    formats::hashdeep::FORMAT,
    formats::volatility::FORMAT,
    formats::tshark::JSON,
    formats::tshark::FIELDS,
    formats::chainsaw::FORMAT,
    formats::hayabusa::FORMAT,
    formats::cloudtrail::FORMAT,
    formats::suricata::FORMAT,
    formats::zeek::TSV,
    formats::zeek::JSON,
    formats::plaso::DYNAMIC,
    formats::plaso::L2TCSV,
    formats::plaso::TLN,
    formats::plaso::JSON_LINE,
    formats::sleuthkit::BODYFILE,
    formats::sleuthkit::MACTIME,
    formats::zimmerman::FORMAT,
    formats::timesketch::FORMAT,
    formats::osquery::FORMAT,
    formats::velociraptor::FORMAT,
    formats::syslog::FORMAT,
    formats::weblog::FORMAT,
    formats::sums::FORMAT,
    formats::yara::FORMAT,
    formats::any_table::FORMAT,
];

/// The format of a file: the first that takes it for its own.
pub fn detect(head: &Head<'_>) -> Option<&'static Format> {
    ALL.iter().find(|format| (format.detect)(head))
}

/// The format with a name.
pub fn named(name: &str) -> Option<&'static Format> {
    ALL.iter().find(|format| format.name == name)
}
