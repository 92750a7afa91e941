//! The rows of a timeline for whoever looks at them again in the order of time, and does not only show them.

use super::{Occurrence, Timeline};
use crate::ingest::instant::Instant;
use crate::ingest::row::Row;
use crate::values::EntryId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io;

/// All that an occurrence says.
#[derive(Serialize, Deserialize)]
struct Kept {
    at: (i64, i32),
    item: EntryId,
    path: String,
    instant: Instant,
    means: String,
    row: Row,
}

/// Keeps all of an occurrence.
pub fn keep(occurrence: &Occurrence<'_>, out: &mut Vec<u8>) {
    let kept = Kept {
        at: (occurrence.at.as_second(), occurrence.at.subsec_nanosecond()),
        item: occurrence.item,
        path: occurrence.path.to_owned(),
        instant: occurrence.instant.clone(),
        means: occurrence.means.to_owned(),
        row: occurrence.row.clone(),
    };
    out.extend(postcard::to_allocvec(&kept).unwrap_or_default());
}

/// Tells what was kept of all rows, in the order of time, until `hear` says no.
pub fn each(timeline: Timeline<'_>, hear: &mut dyn FnMut(&Occurrence<'_>) -> bool) -> io::Result<()> {
    let mut broken = Ok(());
    timeline.each(&mut |bytes| match postcard::from_bytes::<Kept>(bytes) {
        Ok(Kept { at, item, path, instant, means, row }) => {
            let at = Timestamp::new(at.0, at.1).unwrap_or(Timestamp::UNIX_EPOCH);
            hear(&Occurrence { at, item, path: &path, instant: &instant, means: &means, row: &row })
        }
        Err(error) => {
            broken = Err(io::Error::other(error));
            false
        }
    })?;
    broken
}
