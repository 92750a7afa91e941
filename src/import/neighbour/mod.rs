//! Cases of neighbours: what other tools for incidents keep or hand over, read as entries.

mod aurora;
mod entries;
mod fields;
mod indicator_table;
mod iris;
mod kanvas;
mod misp;
mod misp_reports;
mod prose;
mod references;
mod remarks;
mod sound;
mod stix;
mod table;
mod thehive;
mod veris;
mod words;

use super::Making;
use crate::ingest::format::Head;
use crate::values::EntryId;
use std::collections::BTreeSet;

/// The largest file of a neighbour's case that is read, in bytes: 64 MiB.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A format in which a neighbour keeps or hands over a case.
pub struct Neighbour {
    /// What it is called: `iris-json`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What of it a case keeps, and what finds no place in one, for the manual.
    pub keeps: &'static str,
    pub loses: &'static str,
    /// Whether a file has it, by its beginning.
    pub detect: fn(&Head<'_>) -> bool,
    /// Makes entries of a whole file. An error says why nothing of it can be read, lower case and without a full stop; what is wrong
    /// with single rows is told to the account of the making.
    pub read: fn(&[u8], &mut Making<'_>) -> Result<(), String>,
}

impl Neighbour {
    /// Makes entries of a whole file, with which a sound case is sound. What its texts mention and does not exist is no mention in the case.
    pub fn make(&self, bytes: &[u8], making: &mut Making<'_>) -> Result<(), String> {
        (self.read)(bytes, making)?;
        making.mend(&sound::decision);
        making.mend(&sound::duty);
        let made: BTreeSet<EntryId> = making.titles().into_iter().map(|(id, _)| id).collect();
        let case = making.case;
        let exists =
            |id: EntryId| made.contains(&id) || case.entries.contains_key(&id) || case.unreadable.contains_key(&id);
        for _ in 0..making.change_markdown(&|text| prose::without_dangling(text, &exists)) {
            making.remark("a text mentions an entry that does not exist here: the mention stands between backticks");
        }
        Ok(())
    }
}

/// All of them; one that is told by more comes before one that is told by less.
pub const ALL: &[Neighbour] = &[
    iris::tables::TIMELINE,
    iris::tables::IOCS,
    iris::tables::ASSETS,
    iris::case::FORMAT,
    aurora::FORMAT,
    stix::FLOW,
    stix::FORMAT,
    misp::FORMAT,
    kanvas::FORMAT,
    thehive::FORMAT,
    veris::FORMAT,
    indicator_table::FORMAT,
];

/// The format of a file: the first that takes it for its own.
pub fn detect(head: &Head<'_>) -> Option<&'static Neighbour> {
    ALL.iter().find(|format| (format.detect)(head))
}

/// The format with a name.
pub fn named(name: &str) -> Option<&'static Neighbour> {
    ALL.iter().find(|format| format.name == name)
}
