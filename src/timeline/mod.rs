//! The evidence timeline: what the registered outputs of tools say, merged in the order of true time, row by row, without a
//! row in the case. Each row names its place, so that it can be cited.
//!
//! Rows are written as they are to be shown when they are read, and then sorted: nothing is taken apart again. Files are cut into
//! pieces that are read, written and sorted on all cores.

pub mod evidence;
pub mod filter;
pub mod kept;
pub mod opened;
mod read;
pub mod shelf;
pub mod written;

use crate::ingest::instant::{Instant, NoInstant};
use crate::ingest::row::{Refused, Row};
use crate::ingest::sorted::{self, Sorter};
use crate::ingest::table::Header;
use crate::values::{EntryId, Skew};
use jiff::Timestamp;
use std::io::{self, Read};

/// A row at a true time: one of those that it gives.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'o> {
    /// The true time: that of the row, corrected for the skew of the source's clock.
    pub at: Timestamp,
    pub item: EntryId,
    /// The file inside the item.
    pub path: &'o str,
    /// The time as the row gives it.
    pub instant: &'o Instant,
    /// What it is the time of, in the tool's words.
    pub means: &'o str,
    pub row: &'o Row,
}

impl Occurrence<'_> {
    /// Its item, file and place.
    pub fn citation(&self) -> String {
        let place = self.row.place.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {} {place}", self.item, self.path)
    }
}

/// Appends what is to be shown of a row.
pub type Write<'w> = dyn Fn(&Occurrence<'_>, &mut Vec<u8>) + Sync + 'w;

/// A file of an evidence item.
pub struct Source<'s> {
    pub item: EntryId,
    /// The file inside the item.
    pub path: String,
    /// How far the clock of its source was ahead.
    pub skew: Option<Skew>,
    pub content: Box<dyn Read + 's>,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub item: EntryId,
    pub path: String,
    /// The name of its format; none where it has none that is known.
    pub format: Option<&'static str>,
    pub rows: u64,
    /// Rows that say that they have no time.
    pub timeless: u64,
    /// Rows of which a time cannot be placed, and the first reason.
    pub unplaced: u64,
    pub why: Option<NoInstant>,
    /// Rows that cannot be read, and the first of them.
    pub refused: u64,
    pub first: Option<Refused>,
}

/// Rows of several files.
pub struct Timeline<'w> {
    write: &'w Write<'w>,
    /// One for each core, and one for whoever cuts the files into pieces.
    sorters: Vec<Sorter>,
    pub accounts: Vec<Account>,
    /// Files that are not on this machine.
    pub absent: Vec<String>,
    /// Files without the columns that were named, each with those that it has.
    pub misfits: Vec<(String, Header)>,
    /// Files and lists that cannot be read as they should, and why.
    pub unread: Vec<(String, String)>,
}

/// Bytes of rows that are held before they are written to the disk: 16 MiB, on all cores together.
const HELD: usize = 16 << 20;

/// The most cores that are used, and the least that each of them holds: nearly 1 MiB.
const MOST_CORES: usize = 16;

impl<'w> Timeline<'w> {
    /// One whose rows are written by `write` on so many cores.
    pub fn new(write: &'w Write<'w>, cores: usize) -> Self {
        let sorters = cores.clamp(1, MOST_CORES) + 1;
        let sorters = (0..sorters).map(|_| Sorter::holding(HELD / sorters)).collect();
        let (accounts, absent, misfits, unread) = Default::default();
        Self { write, sorters, accounts, absent, misfits, unread }
    }

    /// Tells what was written of all rows, in the order of time, until `hear` says no.
    pub fn each(self, hear: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<()> {
        sorted::each(self.sorters, hear)
    }
}
