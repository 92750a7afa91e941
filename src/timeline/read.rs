//! Reading files on all cores: one thread cuts them into pieces, which the others read. What cannot be cut, it reads itself.

use super::evidence::Reading;
use super::opened::{Opened, broken, is_damage, opened};
use super::{Account, Occurrence, Source, Timeline, Write};
use crate::ingest::cut::{self, Moved, PIECE, Piece};
use crate::ingest::format::{self, Format, HEAD_BYTES, Head};
use crate::ingest::formats::any_table;
use crate::ingest::instant::NoInstant;
use crate::ingest::row::{Refused, Row};
use crate::ingest::sorted::Sorter;
use crate::values::{EntryId, Skew};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

impl Timeline<'_> {
    /// Reads files. The format of one is told by its beginning unless it is given.
    pub(super) fn read<'s>(
        &mut self,
        mut sources: impl Iterator<Item = Source<'s>>,
        reading: &Reading,
    ) -> io::Result<()> {
        let Self { write, sorters, accounts, misfits, .. } = self;
        let (own, others) = sorters.split_first_mut().ok_or_else(|| io::Error::other("no sorter"))?;
        let tallies = thread::scope(|scope| {
            let (send, receive) = sync_channel(1);
            // Only who reads pieces holds it, so that nobody sends to nobody.
            let receive = Arc::new(Mutex::new(receive));
            let mut idle: Vec<_> = others.iter_mut().map(|sorter| (sorter, receive.clone())).collect();
            drop(receive);
            let mut workers = Vec::new();
            let mut give = |job| {
                // A thread is started when there is a piece for it.
                workers.extend(idle.pop().map(|(sorter, receive)| scope.spawn(move || work(&receive, sorter))));
                send.send(job).is_ok()
            };
            let mut tallies = Tallies::new();
            let fed = sources.try_for_each(|Source { item, path, skew, content }| {
                let place = format!("{item} {path}");
                let opened = opened(content).map_err(|error| unread(&place, &error))?;
                let beginning = Head { name: name(&path), bytes: &opened.head };
                if let Some(columns) = &reading.told.columns {
                    let header = any_table::header(&beginning);
                    if !columns.missing(&header).is_empty() {
                        misfits.push((place, header));
                        return Ok(());
                    }
                }
                let format = reading.format.or_else(|| format::detect(&beginning));
                let number = accounts.len();
                accounts.push(Account::of(item, &path, format));
                let Some(format) = format else { return Ok(()) };
                let file = Arc::new(File { number, item, path, skew, format, reading, write: *write });
                let tally = file.cut(opened, &mut give, own).map_err(|error| unread(&place, &error))?;
                tallies.entry(number).or_default().add(tally);
                Ok(())
            });
            drop(idle);
            drop(send);
            let mut read = fed;
            for worker in workers {
                let (part, result) = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                part.into_iter().for_each(|(number, tally)| tallies.entry(number).or_default().add(tally));
                read = read.and(result);
            }
            read.map(|()| tallies)
        })?;
        tallies.into_iter().for_each(|(number, tally)| tally.tell(&mut accounts[number]));
        Ok(())
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn unread(place: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot read {place}: {error}"))
}

impl Account {
    /// That of a file of which nothing was read yet.
    fn of(item: EntryId, path: &str, format: Option<&'static Format>) -> Self {
        let (path, format) = (path.to_owned(), format.map(|format| format.name));
        let (rows, timeless, unplaced, why, refused, first) = Default::default();
        Self { item, path, format, rows, timeless, unplaced, why, refused, first }
    }
}

/// A piece of a file that is to be read.
struct Job<'r> {
    file: Arc<File<'r>>,
    piece: Piece,
}

/// What came of files, by their numbers.
type Tallies = BTreeMap<usize, Tally>;

/// Reads pieces as long as there are any.
fn work(receive: &Mutex<Receiver<Job<'_>>>, sorter: &mut Sorter) -> (Tallies, io::Result<()>) {
    let mut tallies = Tallies::new();
    let next = || receive.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    let mut read = Ok(());
    // Where one fails, the others are still taken, so that whoever cuts the files does not wait for ever.
    while let Some(Job { file, piece: Piece { number, bytes, moved } }) = next() {
        let tally = tallies.entry(file.number).or_default();
        let place = format!("{} {}", file.item, file.path);
        read = read.and_then(|()| {
            file.read(&mut bytes.as_slice(), number, moved, tally, sorter).map_err(|error| unread(&place, &error))
        });
    }
    (tallies, read)
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
    /// Says it in the account of its file.
    fn tell(self, account: &mut Account) {
        let Tally { rows, timeless, unplaced, why, refused, first } = self;
        account.rows = rows;
        account.timeless = timeless;
        account.unplaced = unplaced;
        account.why = why.map(|(_, why)| why);
        account.refused = refused;
        account.first = first.map(|(_, first)| first);
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

/// A file, and how it is read.
struct File<'r> {
    /// Of those that are read, from 0: its account has it, too.
    number: usize,
    item: EntryId,
    path: String,
    skew: Option<Skew>,
    format: &'static Format,
    reading: &'r Reading,
    write: &'r Write<'r>,
}

impl<'r> File<'r> {
    /// Gives its pieces to others, and reads what cannot be cut.
    fn cut(
        self: &Arc<Self>,
        opened: Opened<'_>,
        give: &mut dyn FnMut(Job<'r>) -> bool,
        sorter: &mut Sorter,
    ) -> io::Result<Tally> {
        let mut tally = Tally::default();
        let is_packed = opened.is_packed;
        match self.cut_whole(opened, give, &mut tally, sorter) {
            Err(error) if is_packed && is_damage(&error) => {
                tally.refuse(u64::MAX, Refused { line: 0, why: format!("what is packed is damaged: {error}") });
            }
            read => read?,
        }
        Ok(tally)
    }

    fn cut_whole(
        self: &Arc<Self>,
        Opened { head, mut content, .. }: Opened<'_>,
        give: &mut dyn FnMut(Job<'r>) -> bool,
        tally: &mut Tally,
        sorter: &mut Sorter,
    ) -> io::Result<()> {
        let mut hear = |piece| give(Job { file: self.clone(), piece });
        if head.len() < HEAD_BYTES {
            if let Err(error) = content.fill_buf() {
                // The last row before the damage is none.
                let mut all = io::Cursor::new(head).chain(broken(error));
                return self.read(&mut all, 0, Moved::default(), tally, sorter);
            }
            hear(Piece { number: 0, bytes: head, moved: Moved::default() });
            return Ok(());
        }
        let cut = (self.format.cut)(&Head { name: name(&self.path), bytes: &head });
        let mut all = io::Cursor::new(head).chain(content);
        match cut::each(&mut all, cut, PIECE, &mut hear)? {
            None => Ok(()),
            Some(Piece { number, bytes, moved }) => {
                self.read(&mut io::Cursor::new(bytes).chain(all), number, moved, tally, sorter)
            }
        }
    }

    /// Reads a piece, or what is left from a piece on.
    fn read(
        &self,
        source: &mut dyn BufRead,
        piece: u64,
        moved: Moved,
        tally: &mut Tally,
        sorter: &mut Sorter,
    ) -> io::Result<()> {
        let piece = (self.number as u64) << 32 | piece;
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
        (self.format.read)(source, &self.reading.told, &mut hear)?;
        failed
    }

    /// Puts a row where each of its times belongs; or says why it cannot be taken.
    fn place(&self, row: &Row, piece: u64, number: &mut u32, sorter: &mut Sorter) -> io::Result<Option<Refused>> {
        let ahead = SignedDuration::from_secs(self.skew.map_or(0, |skew| skew.0));
        for (instant, means) in row.instants() {
            let at = instant.earliest().checked_sub(ahead).unwrap_or(instant.earliest());
            if !self.reading.filter.lets(at, row) {
                continue;
            }
            let key = ((at.as_second(), at.subsec_nanosecond()), (piece, *number));
            *number = number.saturating_add(1);
            let occurrence = Occurrence { at, item: self.item, path: &self.path, instant, means: &means, row };
            if !sorter.push(key, &mut |out| (self.write)(&occurrence, out))? {
                let place = row.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
                return Ok(Some(Refused { line: 0, why: format!("{place}is too long to be sorted") }));
            }
        }
        Ok(None)
    }
}
