//! A timeline that can be read at any row, without being held: its rows are in a private file, in the order of time.

use super::Timeline;
use super::kept::Kept;
use crate::disk::scratch::Spool;
use std::io::{self, Read};

/// Rows in the order of time.
pub struct Shelf {
    rows: Spool,
    /// Where each row begins, and where the last ends: 8 bytes a row are held.
    places: Vec<u64>,
}

impl Shelf {
    /// Puts all rows on the shelf of a timeline that keeps them.
    pub fn of(timeline: Timeline<'_>) -> io::Result<Self> {
        let (mut rows, mut places, mut written) = (Spool::new()?, vec![0], Ok(()));
        timeline.each(&mut |bytes| {
            written = rows.write(bytes);
            places.push(rows.length());
            written.is_ok()
        })?;
        written?;
        rows.flush()?;
        Ok(Self { rows, places })
    }

    pub fn len(&self) -> usize {
        self.places.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row of a number, from 0.
    pub fn row(&self, number: usize) -> io::Result<Kept> {
        let (Some(start), Some(end)) = (self.places.get(number), self.places.get(number + 1)) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "there is no such row"));
        };
        let mut bytes = Vec::new();
        self.rows.part(*start..*end).read_to_end(&mut bytes)?;
        Kept::read(&bytes)
    }
}
