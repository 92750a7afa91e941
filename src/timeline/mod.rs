//! The evidence timeline: what the registered outputs of tools say, merged in the order of true time, row by row, without a
//! row in the case. Each row names its place, so that it can be cited.

pub mod evidence;
pub mod filter;
pub mod opened;

use crate::ingest::format::{self, Format, Head};
use crate::ingest::formats::any_table;
use crate::ingest::instant::{Instant, NoInstant, Told};
use crate::ingest::row::{Refused, Row};
use crate::ingest::sorted::Sorter;
use crate::ingest::table::Header;
use crate::values::{EntryId, Skew};
use filter::Filter;
use jiff::{SignedDuration, Timestamp};
use opened::{Opened, is_damage, opened};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// A row at a true time: one of those that it gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The true time in nanoseconds since 1970: that of the row, corrected for the skew of the source's clock.
    at: (i64, i32),
    pub item: EntryId,
    /// The file inside the item.
    pub path: String,
    /// The time as the row gives it.
    pub instant: Instant,
    /// What it is the time of, in the tool's words.
    pub means: String,
    pub row: Row,
}

impl Occurrence {
    pub fn at(&self) -> Timestamp {
        Timestamp::new(self.at.0, self.at.1).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

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
#[derive(Default)]
pub struct Timeline {
    sorter: Sorter<(i64, i32)>,
    pub accounts: Vec<Account>,
    /// Files that are not on this machine.
    pub absent: Vec<String>,
    /// Files without the columns that were named, each with those that it has.
    pub misfits: Vec<(String, Header)>,
    /// Files and lists that cannot be read as they should, and why.
    pub unread: Vec<(String, String)>,
}

impl Timeline {
    /// Reads a file. Its format is told by its beginning unless it is given.
    pub fn read(
        &mut self,
        source: Source<'_>,
        format: Option<&'static Format>,
        told: &Told,
        filter: &Filter,
    ) -> io::Result<()> {
        let mut account = Account {
            item: source.item,
            path: source.path.clone(),
            format: None,
            rows: 0,
            timeless: 0,
            unplaced: 0,
            why: None,
            refused: 0,
            first: None,
        };
        let Opened { head, content, is_packed } = opened(source.content)?;
        let name = source.path.rsplit('/').next().unwrap_or_default();
        let beginning = Head { name, bytes: &head };
        if let Some(columns) = &told.columns {
            let header = any_table::header(&beginning);
            if !columns.missing(&header).is_empty() {
                self.misfits.push((format!("{} {}", source.item, source.path), header));
                return Ok(());
            }
        }
        let Some(format) = format.or_else(|| format::detect(&beginning)) else {
            self.accounts.push(account);
            return Ok(());
        };
        account.format = Some(format.name);
        let mut failed = None;
        let mut all = io::Cursor::new(head).chain(content);
        let mut hear = |heard: Result<Row, Refused>| {
            match heard {
                Err(refused) => {
                    account.refused += 1;
                    account.first.get_or_insert(refused);
                }
                Ok(row) => {
                    account.rows += 1;
                    match row.why_not() {
                        None => {}
                        Some(NoInstant::Absent) => account.timeless += 1,
                        Some(why) => {
                            account.unplaced += 1;
                            account.why.get_or_insert_with(|| why.clone());
                        }
                    }
                    match self.place(&source.item, &source.path, source.skew, row, filter) {
                        Ok(None) => {}
                        Ok(Some(refused)) => {
                            account.refused += 1;
                            account.first.get_or_insert(refused);
                        }
                        Err(error) => failed = Some(error),
                    }
                }
            }
            failed.is_none()
        };
        let read = (format.read)(&mut all, told, &mut hear);
        match read {
            Err(error) if is_packed && is_damage(&error) => {
                account.refused += 1;
                account
                    .first
                    .get_or_insert_with(|| Refused { line: 0, why: format!("what is packed is damaged: {error}") });
            }
            read => read?,
        }
        match failed {
            Some(error) => Err(error),
            None => {
                self.accounts.push(account);
                Ok(())
            }
        }
    }

    /// Puts a row where each of its times belongs; or says why it cannot be taken.
    fn place(
        &mut self,
        item: &EntryId,
        path: &str,
        skew: Option<Skew>,
        row: Row,
        filter: &Filter,
    ) -> io::Result<Option<Refused>> {
        let ahead = SignedDuration::from_secs(skew.map_or(0, |skew| skew.0));
        for (instant, means) in row.instants() {
            let at = instant.earliest().checked_sub(ahead).unwrap_or(instant.earliest());
            if !filter.lets(at, &row) {
                continue;
            }
            let at = (at.as_second(), at.subsec_nanosecond());
            let (instant, row) = (instant.clone(), row.clone());
            let occurrence = Occurrence { at, item: *item, path: path.to_owned(), instant, means, row };
            if !self.sorter.push(at, &occurrence)? {
                let place = occurrence.row.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
                return Ok(Some(Refused { line: 0, why: format!("{place}is too long to be sorted") }));
            }
        }
        Ok(None)
    }

    /// Tells all rows in the order of time, until `hear` says no.
    pub fn each(self, hear: &mut dyn FnMut(Occurrence) -> bool) -> io::Result<()> {
        self.sorter.each(hear)
    }
}
