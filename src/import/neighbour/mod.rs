//! Cases of neighbours: what other tools for incidents keep or hand over, read as entries.

use super::Making;
use crate::ingest::format::Head;

/// The largest file of a neighbour's case that is read, in bytes: 64 MiB.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A format in which a neighbour keeps or hands over a case.
pub struct Neighbour {
    /// What it is called: `iris-json`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// Whether a file has it, by its beginning.
    pub detect: fn(&Head<'_>) -> bool,
    /// Makes entries of a whole file. An error says why nothing of it can be read, lower case and without a full stop; what is wrong
    /// with single rows is told to the account of the making.
    pub read: fn(&[u8], &mut Making<'_>) -> Result<(), String>,
}

/// All of them; one that is told by more comes before one that is told by less.
pub const ALL: &[Neighbour] = &[];

/// The format of a file: the first that takes it for its own.
pub fn detect(head: &Head<'_>) -> Option<&'static Neighbour> {
    ALL.iter().find(|format| (format.detect)(head))
}

/// The format with a name.
pub fn named(name: &str) -> Option<&'static Neighbour> {
    ALL.iter().find(|format| format.name == name)
}
