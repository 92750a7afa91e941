//! Evidence items: exhibits, where they came from, and what derived ones were made from.

use super::record::record;
use super::{AssetId, Body, Case, Custom, EvidenceId, Own, Set};
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{EvidenceKind, Marking, Storage};
use crate::values::{EntryId, Handle, Line, Markdown, Moment, Sha256, Skew, Tag, When};
use std::collections::BTreeSet;

record! {
    /// An evidence item: a set of files, or a physical exhibit, and how it was acquired. It is written once.
    Evidence("evidence") {
        /// Its id; the file has the same name.
        id: Own<EvidenceId>,
        /// What it is, in one line.
        title: Line,
        /// What kind of thing it is.
        kind: EvidenceKind,
        /// Where its bytes live.
        storage: Storage,
        /// How many files it has.
        files: u64,
        /// How many bytes they have together.
        bytes: u64,
        /// SHA-256 digest of its list, the `.sha256` file beside this record; there is none for a physical exhibit.
        list: Option<Sha256>,
        /// Its marking, where it is not the case's.
        tlp: Option<Marking>,
        /// The team's tags.
        tags: Set<Tag>,
        /// What it holds.
        description: Option<Markdown>,
        /// Where it came from.
        source: Option<Source>,
        /// How it was acquired.
        acquired: Acquired,
        /// What it was made from, when it is the output of a tool.
        derived_from: Option<Derivation>,
        /// Files whose names could not be kept.
        renamed: Vec<Renamed>,
        /// The team's own fields, as policy.toml declares them.
        custom: Custom,
    }
}

record! {
    /// Where an evidence item came from.
    Source("source") {
        /// The asset.
        asset: Option<AssetId>,
        /// The place: a path, a URL, a room.
        location: Option<Line>,
        /// The serial number of the device.
        serial: Option<Line>,
        /// How far the clock of the source was ahead of true time.
        clock_skew: Option<Skew>,
    }
}

record! {
    /// How an evidence item was acquired.
    Acquired("acquired") {
        /// When.
        at: When,
        /// By whom: a handle of team.toml.
        by: Handle,
        /// By which method: copied, imaged, exported …
        method: Option<Line>,
        /// With which tool.
        tool: Option<Line>,
        /// The version of the tool.
        version: Option<Line>,
        /// The command line, where there was one.
        command: Option<Line>,
        /// On whose authority: a warrant, a contract, a decision.
        authority: Option<Line>,
    }
}

record! {
    /// What a tool's output was made from.
    Derivation("derivation") {
        /// The evidence items that the tool read.
        inputs: Set<EvidenceId>,
        /// The tool.
        tool: Line,
        /// Its version.
        version: Option<Line>,
        /// The command line; `{x-…}` stands in it for the folder of an input.
        command: Option<Line>,
        /// What was kept of what it wrote: paths in the folder that it ran in.
        outputs: Set<Line>,
        /// The one of them that took its standard output.
        stdout: Option<Line>,
        /// Its exit status.
        exit_status: Option<i64>,
        /// When it was started.
        started: Option<Moment>,
        /// When it ended.
        ended: Option<Moment>,
        /// What the tool saw of its inputs.
        seen: Vec<Seen>,
    }
}

record! {
    /// What a tool saw of an evidence item.
    Seen("seen") {
        /// The item.
        item: EvidenceId,
        /// The digest of its list, as it was verified before the tool ran.
        digest: NamedDigest,
    }
}

record! {
    /// A file whose own name is not safe on every disk.
    Renamed("renamed") {
        /// Its name in the case.
        path: Line,
        /// Its own name, with bytes that are not UTF-8 or not printable written as `%` and two digits.
        original: Line,
    }
}

impl Case {
    /// How far the clock behind an item was ahead: what its record says, or else what the records of everything that it was made from
    /// say alike.
    pub fn clock_skew(&self, item: EntryId) -> Option<Skew> {
        let mut said = BTreeSet::new();
        let (mut seen, mut left) = (BTreeSet::new(), vec![item]);
        while let Some(id) = left.pop().filter(|_| said.len() < 2) {
            if !seen.insert(id) {
                continue;
            }
            let Some(Body::Evidence(item)) = self.get(id).map(|entry| &entry.body) else {
                said.insert(None);
                continue;
            };
            let own = item.source.as_ref().and_then(|source| source.clock_skew);
            match &item.derived_from {
                Some(made) if own.is_none() => left.extend(made.inputs.iter().map(|input| input.0)),
                _ => _ = said.insert(own),
            }
        }
        if said.len() == 1 { said.into_iter().next().flatten() } else { None }
    }
}
