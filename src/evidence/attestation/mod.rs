//! Attestations: what one machine found when it verified a shard of a commit's evidence, as a text that can be signed; and
//! several of them, joined.

pub mod combine;
pub mod cover;
pub mod signature;

pub use combine::{Combined, Flaw, Part, combine};
pub use cover::{Cover, cover};

use super::Shard;
use super::examine::Examined;
use super::statement::Subject;
use crate::values::{EntryId, Handle, Kind, Lines, Sha256};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The first line of an attestation.
const HEADING: &str = "casebook-attestation v1";

/// The largest attestation that is read, in bytes: 16 MiB, some two hundred thousand items.
pub const MAX_BYTES: u64 = 16 << 20;

/// Which program found it, when, and at whose keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    pub tool: String,
    pub at: Timestamp,
    pub by: Handle,
}

/// Files of one item that were verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that have the registered bytes.
    pub files: u64,
    pub bytes: u64,
    /// Files that are not there, as they need not be.
    pub disposed: u64,
}

/// What was found of one shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    pub subject: Subject,
    pub shard: Shard,
    /// The digest of the lines of the lists that the shard covers.
    pub lines: Sha256,
    /// Every item that has a line in the shard.
    pub items: BTreeMap<EntryId, Counts>,
    /// Files of which nothing could be said.
    pub unchecked: u64,
    /// How many errors there were.
    pub problems: u64,
    pub witness: Witness,
}

impl Attestation {
    /// States what an examination of a shard found.
    pub fn of(subject: Subject, shard: Shard, cover: &Cover, examined: &Examined, witness: Witness) -> Self {
        let counts = |item: &EntryId| {
            let seen = examined.items.get(item);
            seen.map(|seen| Counts { files: seen.files, bytes: seen.bytes, disposed: seen.disposed })
        };
        let items = cover.items.keys().map(|item| (*item, counts(item).unwrap_or_default())).collect();
        let problems = examined.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count() as u64;
        Self { subject, shard, lines: cover.lines, items, unchecked: examined.unchecked_files(), problems, witness }
    }

    /// All files that have the registered bytes, those bytes, and all files that need not be there.
    pub fn sums(&self) -> Counts {
        self.items.values().fold(Counts::default(), |sum, item| Counts {
            files: sum.files.saturating_add(item.files),
            bytes: sum.bytes.saturating_add(item.bytes),
            disposed: sum.disposed.saturating_add(item.disposed),
        })
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, at, by } = self;
        write!(f, "tool: {tool}\nat: {at}\nby: {by}\n")
    }
}

impl fmt::Display for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADING}\n{}shard: {}\nlines: {}\n", self.subject, self.shard, self.lines)?;
        for (item, Counts { files, bytes, disposed }) in &self.items {
            writeln!(f, "item: {item} files {files} bytes {bytes} disposed {disposed}")?;
        }
        let Counts { files, bytes, disposed } = self.sums();
        write!(f, "files: {files}\nbytes: {bytes}\ndisposed: {disposed}\n")?;
        write!(f, "unchecked: {}\nproblems: {}\n{}", self.unchecked, self.problems, self.witness)
    }
}

/// Reads an attestation exactly as `Display` writes it: there is one text for each.
impl FromStr for Attestation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = Lines::below(HEADING, text)?;
        let subject = Subject::read(&mut lines)?;
        let (shard, covered) = (lines.value("shard")?, lines.value("lines")?);
        let mut items = BTreeMap::new();
        while lines.is_next("item") {
            let (item, counts) = item(lines.field("item")?).ok_or("one of its items cannot be read")?;
            items.insert(item, counts);
        }
        // The sums follow from the items: they are compared with the whole text below.
        for sum in ["files", "bytes", "disposed"] {
            lines.field(sum)?;
        }
        let (unchecked, problems) = (lines.value("unchecked")?, lines.value("problems")?);
        let witness = Witness { tool: lines.field("tool")?.to_owned(), at: lines.value("at")?, by: lines.value("by")? };
        let read = Self { subject, shard, lines: covered, items, unchecked, problems, witness };
        lines.all_of(read)
    }
}

fn item(text: &str) -> Option<(EntryId, Counts)> {
    let words: Vec<&str> = text.split(' ').collect();
    let &[item, "files", files, "bytes", bytes, "disposed", disposed] = words.as_slice() else { return None };
    let counts = Counts { files: files.parse().ok()?, bytes: bytes.parse().ok()?, disposed: disposed.parse().ok()? };
    let item: EntryId = item.parse().ok()?;
    (item.kind() == Kind::Evidence).then_some((item, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attestation() -> Attestation {
        let item = |bits| EntryId::from_bits(Kind::Evidence, bits);
        Attestation {
            subject: Subject {
                case: "2026-0142".to_owned(),
                commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
                tree: "89abcdef0123456789abcdef0123456789abcdef".to_owned(),
                root: Sha256::of(b"root"),
            },
            shard: Shard { number: 2, of: 8 },
            lines: Sha256::of(b"lines"),
            items: BTreeMap::from([
                (item(7), Counts { files: 2, bytes: 457, disposed: 0 }),
                (item(9), Counts { files: 0, bytes: 0, disposed: 3 }),
            ]),
            unchecked: 1,
            problems: 4,
            witness: Witness {
                tool: "casebook 0.1.0".to_owned(),
                at: "2026-03-05T12:00:00Z".parse().unwrap(),
                by: "bob".parse().unwrap(),
            },
        }
    }

    #[test]
    fn an_attestation_reads_back_and_has_one_text_only() {
        let text = attestation().to_string();
        assert_eq!(text.parse(), Ok(attestation()));
        for wrong in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            text.replace("v1", "v2"),
            text.replace("\nfiles: 2", "\nfiles: 3"),
            text.replace("problems: 4", "problems: +4"),
            text.replace("problems: 4", "problems: 04"),
            text.replace("shard: 2/8", "shard: 9/8"),
            text.replace("2026-0142", "2026\u{1b}[2J"),
            text.replace("by: bob", "by: b\u{7}ob"),
            text.replace("bytes 457", "bytes  457"),
            text.replacen("item: ", "item: f-7q2k9dm4 files 0 bytes 0 disposed 0\nitem: ", 1),
        ] {
            assert!(wrong.parse::<Attestation>().is_err(), "{wrong:?}");
        }
    }
}
