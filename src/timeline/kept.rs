//! The rows of a timeline for whoever looks at them again in the order of time, and does not only show them.

use super::{Occurrence, Timeline};
use crate::ingest::instant::Instant;
use crate::ingest::row::Row;
use crate::values::EntryId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;

/// All that an occurrence says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    at: (i64, i32),
    item: EntryId,
    path: String,
    instant: Instant,
    means: String,
    row: Row,
}

impl Kept {
    pub fn of(occurrence: &Occurrence<'_>) -> Self {
        Self {
            at: (occurrence.at.as_second(), occurrence.at.subsec_nanosecond()),
            item: occurrence.item,
            path: occurrence.path.to_owned(),
            instant: occurrence.instant.clone(),
            means: occurrence.means.to_owned(),
            row: occurrence.row.clone(),
        }
    }

    /// What was kept, read back.
    pub fn read(bytes: &[u8]) -> io::Result<Self> {
        postcard::from_bytes(bytes).map_err(io::Error::other)
    }

    pub fn occurrence(&self) -> Occurrence<'_> {
        let at = Timestamp::new(self.at.0, self.at.1).unwrap_or(Timestamp::UNIX_EPOCH);
        Occurrence { at, item: self.item, path: &self.path, instant: &self.instant, means: &self.means, row: &self.row }
    }
}

/// Keeps all of an occurrence.
pub fn keep(occurrence: &Occurrence<'_>, out: &mut Vec<u8>) {
    out.extend(postcard::to_allocvec(&Kept::of(occurrence)).unwrap_or_default());
}

/// Tells what was kept of all rows, in the order of time, until `hear` says no.
pub fn each(timeline: Timeline<'_>, hear: &mut dyn FnMut(&Occurrence<'_>) -> bool) -> io::Result<()> {
    let mut broken = Ok(());
    timeline.each(&mut |bytes| match Kept::read(bytes) {
        Ok(kept) => hear(&kept.occurrence()),
        Err(error) => {
            broken = Err(error);
            false
        }
    })?;
    broken
}
