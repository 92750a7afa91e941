//! The evidence timeline: what the registered outputs of tools say, merged in the order of true time, row by row, without a
//! row in the case. Each row names its place, so that it can be cited.
//!
//! Rows are written as they are to be shown when they are read, and then sorted: nothing is taken apart again. A large file is cut
//! into pieces that are read, written and sorted on all cores.

pub mod evidence;
pub mod filter;
pub mod kept;
pub mod opened;
pub mod shelf;
pub mod written;

use crate::ingest::cut::{self, Cut, Moved, Piece};
use crate::ingest::format::{self, Format, HEAD_BYTES, Head};
use crate::ingest::formats::any_table;
use crate::ingest::instant::{Instant, NoInstant, Told};
use crate::ingest::row::{Refused, Row};
use crate::ingest::sorted::{self, Sorter};
use crate::ingest::table::Header;
use crate::values::{EntryId, Skew};
use filter::Filter;
use jiff::{SignedDuration, Timestamp};
use opened::{Opened, is_damage, opened};
use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

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
    /// One for each core.
    sorters: Vec<Sorter>,
    /// Pieces of files that were read so far.
    pieces: u64,
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

/// The most cores that are used, and the least that each of them holds: 2 MiB.
const MOST_CORES: usize = 16;

impl<'w> Timeline<'w> {
    /// One whose rows are written by `write` on so many cores.
    pub fn new(write: &'w Write<'w>, cores: usize) -> Self {
        let cores = cores.clamp(1, MOST_CORES);
        let sorters = (0..cores).map(|_| Sorter::holding(HELD / cores)).collect();
        let (accounts, absent, misfits, unread) = Default::default();
        Self { write, sorters, pieces: 0, accounts, absent, misfits, unread }
    }

    /// Reads a file. Its format is told by its beginning unless it is given.
    pub fn read(
        &mut self,
        source: Source<'_>,
        format: Option<&'static Format>,
        told: &Told,
        filter: &Filter,
    ) -> io::Result<()> {
        let Source { item, path, skew, content } = source;
        let Opened { head, content, is_packed } = opened(content)?;
        let beginning = Head { name: path.rsplit('/').next().unwrap_or_default(), bytes: &head };
        if let Some(columns) = &told.columns {
            let header = any_table::header(&beginning);
            if !columns.missing(&header).is_empty() {
                self.misfits.push((format!("{item} {path}"), header));
                return Ok(());
            }
        }
        let Some(format) = format.or_else(|| format::detect(&beginning)) else {
            self.accounts.push(Tally::default().account(item, path, None));
            return Ok(());
        };
        // A small file is not worth a thread.
        let cut = if head.len() < HEAD_BYTES { Cut::Whole } else { (format.cut)(&beginning) };
        let reader = Reader { item, path: &path, skew, format, told, filter, write: self.write };
        let mut all = io::Cursor::new(head).chain(content);
        let (tally, read) = reader.read(&mut all, cut, &mut self.sorters, &mut self.pieces);
        let mut account = tally.account(item, path, Some(format.name));
        match read {
            Err(error) if is_packed && is_damage(&error) => {
                let why = format!("what is packed is damaged: {error}");
                account.refused += 1;
                account.first.get_or_insert(Refused { line: 0, why });
            }
            read => read?,
        }
        self.accounts.push(account);
        Ok(())
    }

    /// Tells what was written of all rows, in the order of time, until `hear` says no.
    pub fn each(self, hear: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<()> {
        sorted::each(self.sorters, hear)
    }
}

/// What came of the rows of a file, or of pieces of it.
#[derive(Default)]
struct Tally {
    rows: u64,
    timeless: u64,
    unplaced: u64,
    /// The first reason, with its piece.
    why: Option<(u64, NoInstant)>,
    refused: u64,
    /// The first of them, with its piece.
    first: Option<(u64, Refused)>,
}

impl Tally {
    fn account(self, item: EntryId, path: String, format: Option<&'static str>) -> Account {
        let Tally { rows, timeless, unplaced, why, refused, first } = self;
        let (why, first) = (why.map(|(_, why)| why), first.map(|(_, first)| first));
        Account { item, path, format, rows, timeless, unplaced, why, refused, first }
    }

    fn refuse(&mut self, piece: u64, refused: Refused) {
        self.refused += 1;
        self.first.get_or_insert((piece, refused));
    }

    fn add(&mut self, other: Tally) {
        fn earlier<T>(one: Option<(u64, T)>, other: Option<(u64, T)>) -> Option<(u64, T)> {
            one.into_iter().chain(other).min_by_key(|(piece, _)| *piece)
        }
        self.rows += other.rows;
        self.timeless += other.timeless;
        self.unplaced += other.unplaced;
        self.refused += other.refused;
        self.why = earlier(self.why.take(), other.why);
        self.first = earlier(self.first.take(), other.first);
    }
}

/// How a file is read.
struct Reader<'r> {
    item: EntryId,
    path: &'r str,
    skew: Option<Skew>,
    format: &'static Format,
    told: &'r Told,
    filter: &'r Filter,
    write: &'r Write<'r>,
}

impl Reader<'_> {
    /// Reads a file on as many cores as there are sorters, as far as it can be cut.
    fn read(
        &self,
        source: &mut dyn BufRead,
        cut: Cut,
        sorters: &mut [Sorter],
        pieces: &mut u64,
    ) -> (Tally, io::Result<()>) {
        let before = *pieces;
        let mut tally = Tally::default();
        let read = thread::scope(|scope| {
            let (send, receive) = sync_channel::<Piece>(1);
            // Only who reads pieces holds it, so that nobody sends to nobody.
            let receive = Arc::new(Mutex::new(receive));
            let start = |(sorter, receive): (_, Arc<Mutex<Receiver<Piece>>>)| {
                scope.spawn(move || self.read_pieces(&receive, before, sorter))
            };
            let (first, others) = sorters.split_first_mut().ok_or_else(|| io::Error::other("no sorter"))?;
            let mut idle: Vec<_> = others.iter_mut().chain([first]).map(|sorter| (sorter, receive.clone())).collect();
            drop(receive);
            let mut workers = Vec::new();
            let whole = cut::each(source, cut, cut.piece(), &mut |piece| {
                *pieces += 1;
                // A thread is started when there is a piece for it.
                workers.extend(idle.pop().map(start));
                send.send(piece).is_ok()
            });
            drop(send);
            let mut read = Ok(());
            for worker in workers {
                let (part, result) = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                tally.add(part);
                read = read.and(result);
            }
            let whole = whole?;
            read.map(|()| whole)
        });
        let read = read.and_then(|whole| match (whole, sorters.first_mut()) {
            (Some(Piece { number, bytes, moved }), Some(sorter)) => {
                *pieces += 1;
                let mut rest = io::Cursor::new(bytes).chain(source);
                self.read_piece(&mut rest, before + number, moved, &mut tally, sorter)
            }
            _ => Ok(()),
        });
        (tally, read)
    }

    /// Reads pieces as long as there are any.
    fn read_pieces(
        &self,
        receive: &Mutex<Receiver<Piece>>,
        before: u64,
        sorter: &mut Sorter,
    ) -> (Tally, io::Result<()>) {
        let mut tally = Tally::default();
        let next = || receive.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
        let mut read = Ok(());
        // Where one fails, the others are still taken, so that whoever cuts the file does not wait for ever.
        while let Some(Piece { number, bytes, moved }) = next() {
            read =
                read.and_then(|()| self.read_piece(&mut bytes.as_slice(), before + number, moved, &mut tally, sorter));
        }
        (tally, read)
    }

    fn read_piece(
        &self,
        source: &mut dyn BufRead,
        piece: u64,
        moved: Moved,
        tally: &mut Tally,
        sorter: &mut Sorter,
    ) -> io::Result<()> {
        let mut failed = Ok(());
        let mut number = 0;
        let mut hear = |heard: Result<Row, Refused>| {
            match moved.heard(heard) {
                Err(refused) => tally.refuse(piece, refused),
                Ok(row) => {
                    tally.rows += 1;
                    match row.why_not() {
                        None => {}
                        Some(NoInstant::Absent) => tally.timeless += 1,
                        Some(why) => {
                            tally.unplaced += 1;
                            tally.why.get_or_insert_with(|| (piece, why.clone()));
                        }
                    }
                    match self.place(&row, piece, &mut number, sorter) {
                        Ok(None) => {}
                        Ok(Some(refused)) => tally.refuse(piece, refused),
                        Err(error) => failed = Err(error),
                    }
                }
            }
            failed.is_ok()
        };
        (self.format.read)(source, self.told, &mut hear)?;
        failed
    }

    /// Puts a row where each of its times belongs; or says why it cannot be taken.
    fn place(&self, row: &Row, piece: u64, number: &mut u32, sorter: &mut Sorter) -> io::Result<Option<Refused>> {
        let ahead = SignedDuration::from_secs(self.skew.map_or(0, |skew| skew.0));
        for (instant, means) in row.instants() {
            let at = instant.earliest().checked_sub(ahead).unwrap_or(instant.earliest());
            if !self.filter.lets(at, row) {
                continue;
            }
            let key = ((at.as_second(), at.subsec_nanosecond()), (piece, *number));
            *number = number.saturating_add(1);
            let occurrence = Occurrence { at, item: self.item, path: self.path, instant, means: &means, row };
            if !sorter.push(key, &mut |out| (self.write)(&occurrence, out))? {
                let place = row.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
                return Ok(Some(Refused { line: 0, why: format!("{place}is too long to be sorted") }));
            }
        }
        Ok(None)
    }
}
