//! Several attestations joined: every shard of a commit once, each fitting the lists of the commit.

use super::{Attestation, Counts, Cover, Subject, Witness};
use crate::evidence::Shard;
use crate::values::wording::counted;
use crate::values::{EntryId, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The first line of a joined attestation.
const HEADING: &str = "casebook-attestation-combined v1";

/// One attestation that is to be joined.
pub struct Part {
    /// The file that it was read from, as it was named.
    pub name: String,
    /// The digest of its text.
    pub digest: Sha256,
    pub attestation: Attestation,
    /// The fingerprint of the key that signed it; `None` where it is not signed.
    pub signed_with: Option<String>,
}

/// Why attestations do not make a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw {
    /// The file that it is of, where it is of one.
    pub name: Option<String>,
    pub message: String,
}

impl Flaw {
    pub fn of(name: &str, message: impl Into<String>) -> Self {
        Self { name: Some(name.to_owned()), message: message.into() }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// All shards of a commit: every file has the registered bytes, or was disposed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    pub subject: Subject,
    /// Each shard with the digest of its attestation, who stands for it, and with which key.
    pub shards: Vec<(Shard, Sha256, Witness, Option<String>)>,
    /// The digest of all lines of all lists.
    pub lines: Sha256,
    pub counts: Counts,
    pub witness: Witness,
}

impl fmt::Display for Combined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADING}\n{}lines: {}\n", self.subject, self.lines)?;
        for (shard, digest, witness, key) in &self.shards {
            let signed = key.as_deref().map_or("unsigned".to_owned(), |key| format!("signed {key}"));
            writeln!(f, "shard: {shard} sha256:{digest} by {} at {} {signed}", witness.by, witness.at)?;
        }
        let Counts { files, bytes, disposed } = self.counts;
        write!(f, "files: {files}\nbytes: {bytes}\ndisposed: {disposed}\n{}", self.witness)
    }
}

/// What a commit itself says of what attestations must fit.
pub struct Expected<'e> {
    pub subject: &'e Subject,
    /// What each shard covers, and the digest of all lines.
    pub covers: &'e [Cover],
    pub lines: Sha256,
    /// The bytes that each record counts.
    pub bytes: &'e BTreeMap<EntryId, u64>,
}

/// Joins attestations, or tells everything that keeps them from being a whole.
pub fn combine(parts: &[Part], expected: &Expected<'_>, witness: Witness) -> Result<Combined, Vec<Flaw>> {
    let mut flaws: Vec<Flaw> = parts.iter().flat_map(|part| flaws_of(part, expected)).collect();
    flaws.extend(division(parts, expected.covers.len() as u32));
    if flaws.is_empty() {
        flaws.extend(bytes(parts, expected));
    }
    if !flaws.is_empty() {
        flaws.sort();
        return Err(flaws);
    }
    let mut shards: Vec<_> = parts
        .iter()
        .map(|part| {
            let Attestation { shard, witness, .. } = &part.attestation;
            (*shard, part.digest, witness.clone(), part.signed_with.clone())
        })
        .collect();
    shards.sort_by_key(|(shard, ..)| *shard);
    let counts = parts.iter().map(|part| part.attestation.sums()).fold(Counts::default(), |sum, part| Counts {
        files: sum.files.saturating_add(part.files),
        bytes: sum.bytes.saturating_add(part.bytes),
        disposed: sum.disposed.saturating_add(part.disposed),
    });
    Ok(Combined { subject: expected.subject.clone(), shards, lines: expected.lines, counts, witness })
}

/// What is wrong with one attestation alone.
fn flaws_of(part: &Part, expected: &Expected<'_>) -> Vec<Flaw> {
    let found = &part.attestation;
    let mut flaws = Vec::new();
    let mut flaw = |message: String| flaws.push(Flaw::of(&part.name, message));
    let (own, whole) = (&found.subject, expected.subject);
    for (what, own, whole) in [
        ("case", own.case.clone(), whole.case.clone()),
        ("commit", own.commit.clone(), whole.commit.clone()),
        ("tree", own.tree.clone(), whole.tree.clone()),
        ("evidence root", own.root.to_string(), whole.root.to_string()),
    ] {
        if own != whole {
            flaw(format!("its {what} is {own}, not {whole}"));
        }
    }
    if found.problems > 0 {
        flaw(format!("shard {} has {}", found.shard, counted(found.problems, "problem")));
    }
    if found.unchecked > 0 {
        flaw(format!("shard {} has {} that nobody checked", found.shard, counted(found.unchecked, "file")));
    }
    // What another commit covers says nothing.
    let cover = expected.covers.get(found.shard.number as usize - 1);
    if let Some(cover) = cover.filter(|_| own == whole && found.shard.of as usize == expected.covers.len()) {
        if found.lines != cover.lines {
            flaw(format!("shard {} covers other lines than the lists of the commit have", found.shard));
        }
        let items: BTreeSet<&EntryId> = cover.items.keys().chain(found.items.keys()).collect();
        for item in items {
            let lines = cover.items.get(item).copied().unwrap_or(0);
            let counts = found.items.get(item).copied().unwrap_or_default();
            let files = counts.files.saturating_add(counts.disposed);
            if files != lines && found.problems == 0 && found.unchecked == 0 {
                flaw(format!(
                    "shard {} counts {} of `{item}`, the list has {lines}",
                    found.shard,
                    counted(files, "file")
                ));
            }
        }
    }
    flaws
}

/// Gaps and overlaps.
fn division(parts: &[Part], of: u32) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut taken: BTreeMap<u32, &str> = BTreeMap::new();
    for part in parts {
        let shard = part.attestation.shard;
        if shard.of != of {
            flaws.push(Flaw::of(&part.name, format!("it is shard {shard}, and not one of {of}")));
        } else if let Some(before) = taken.insert(shard.number, &part.name) {
            flaws.push(Flaw::of(&part.name, format!("shard {shard} is there already, from {before}")));
        }
    }
    let missing: Vec<String> =
        (1..=of).filter(|number| !taken.contains_key(number)).map(|number| format!("{number}/{of}")).collect();
    if !missing.is_empty() {
        let shown = missing.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
        let more = if missing.len() > 20 { format!(" and {} more", missing.len() - 20) } else { String::new() };
        let noun = if missing.len() == 1 { "shard" } else { "shards" };
        flaws.push(Flaw { name: None, message: format!("{noun} {shown}{more} missing") });
    }
    flaws
}

/// Items whose shards have not as many bytes together as the record counts.
fn bytes(parts: &[Part], expected: &Expected<'_>) -> Vec<Flaw> {
    let mut sums: BTreeMap<EntryId, Counts> = BTreeMap::new();
    for (item, counts) in parts.iter().flat_map(|part| &part.attestation.items) {
        let sum = sums.entry(*item).or_default();
        sum.bytes = sum.bytes.saturating_add(counts.bytes);
        sum.disposed = sum.disposed.saturating_add(counts.disposed);
    }
    // An item may have a record and no line, or lines and no record that can be read.
    let items: BTreeSet<&EntryId> = expected.bytes.keys().chain(sums.keys()).collect();
    let wrong = items.into_iter().filter_map(|item| {
        let sum = sums.get(item).copied().unwrap_or_default();
        let message = match expected.bytes.get(item) {
            Some(bytes) if sum.disposed > 0 || sum.bytes == *bytes => return None,
            Some(bytes) => format!(
                "the shards have {} of `{item}` together, its record counts {bytes}",
                counted(sum.bytes, "byte")
            ),
            None => format!("`{item}` has a list, and no record that can be read"),
        };
        Some(Flaw { name: None, message })
    });
    wrong.collect()
}
