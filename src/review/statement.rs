//! The statement that somebody signs: which bytes of which entries they vouch for, as what, and how they vote.

use crate::values::vocabulary::{Role, Vote};
use crate::values::{EntryId, Handle, Lines, Malformed, Sha256};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The first line of a statement.
const HEADING: &str = "casebook-signoff v1";

/// The files beside the entries that can be signed.
pub const FILES: [&str; 3] = ["case.toml", "policy.toml", "team.toml"];

/// As what somebody signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capacity {
    /// As who wrote it and stands for it.
    Author,
    /// In a role of the roster.
    Role(Role),
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capacity::Author => f.write_str("author"),
            Capacity::Role(role) => role.fmt(f),
        }
    }
}

impl FromStr for Capacity {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text == "author" { Ok(Self::Author) } else { text.parse().map(Self::Role) }
    }
}

/// What somebody vouches for. All digests are SHA-256 of the bytes of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The id of the case.
    pub case: String,
    pub role: Capacity,
    pub vote: Vote,
    pub signer: Handle,
    pub at: Timestamp,
    /// Why, in one line.
    pub comment: Option<String>,
    /// The policy under which it was read; `None` where the case had none.
    pub policy: Option<Sha256>,
    /// Files of `FILES`.
    pub files: BTreeMap<String, Sha256>,
    pub entries: BTreeMap<EntryId, Sha256>,
    /// The lists of the evidence that the entries cite; of an item without files its record.
    pub evidence: BTreeMap<EntryId, Sha256>,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, role, vote, signer, at, .. } = self;
        write!(f, "{HEADING}\ncase: {case}\nrole: {role}\ndecision: {vote}\nsigner: {signer}\nsigned-at: {at}\n")?;
        if let Some(comment) = &self.comment {
            writeln!(f, "comment: {comment}")?;
        }
        match self.policy {
            Some(policy) => writeln!(f, "policy: {policy}")?,
            None => writeln!(f, "policy: none")?,
        }
        for (name, digest) in &self.files {
            writeln!(f, "file: {name} {digest}")?;
        }
        for (id, digest) in &self.entries {
            writeln!(f, "entry: {id} {digest}")?;
        }
        for (id, digest) in &self.evidence {
            writeln!(f, "evidence: {id} {digest}")?;
        }
        Ok(())
    }
}

/// Reads a statement exactly as `Display` writes it: there is one text for each.
impl FromStr for Statement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = Lines::below(HEADING, text)?;
        let case = lines.case()?;
        let (role, vote, signer) = (lines.value("role")?, lines.value("decision")?, lines.value("signer")?);
        let at = lines.value("signed-at")?;
        let comment = if lines.is_next("comment") { Some(lines.field("comment")?.to_owned()) } else { None };
        let policy = match lines.field("policy")? {
            "none" => None,
            digest => Some(digest.parse().map_err(|_| "its line `policy: …` cannot be read")?),
        };
        let files = pairs(&mut lines, "file")?;
        let (entries, evidence) = (pairs(&mut lines, "entry")?, pairs(&mut lines, "evidence")?);
        let read = Self { case, role, vote, signer, at, comment, policy, files, entries, evidence };
        if let Some(name) = read.files.keys().find(|name| !FILES.contains(&name.as_str())) {
            return Err(format!("`{}` is no file that can be signed", name.escape_debug()));
        }
        if read.files.is_empty() && read.entries.is_empty() {
            return Err("it names nothing that is signed".to_owned());
        }
        lines.all_of(read)
    }
}

/// Lines of a name and a digest each.
fn pairs<N: FromStr + Ord>(lines: &mut Lines<'_>, field: &str) -> Result<BTreeMap<N, Sha256>, String> {
    let mut pairs = BTreeMap::new();
    while lines.is_next(field) {
        let pair = lines.field(field)?.split_once(' ');
        let pair = pair.and_then(|(name, digest)| Some((name.parse().ok()?, digest.parse().ok()?)));
        let (name, digest) = pair.ok_or_else(|| format!("one of its lines `{field}: …` cannot be read"))?;
        pairs.insert(name, digest);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Kind;

    fn statement() -> Statement {
        Statement {
            case: "2026-0142".to_owned(),
            role: Capacity::Role(Role::Reviewer),
            vote: Vote::Approve,
            signer: "bob".parse().unwrap(),
            at: "2026-03-05T12:00:00Z".parse().unwrap(),
            comment: Some("read with the log beside it".to_owned()),
            policy: Some(Sha256::of(b"policy")),
            files: BTreeMap::from([("team.toml".to_owned(), Sha256::of(b"team"))]),
            entries: BTreeMap::from([
                (EntryId::from_bits(Kind::Finding, 7), Sha256::of(b"one")),
                (EntryId::from_bits(Kind::Event, 9), Sha256::of(b"two")),
            ]),
            evidence: BTreeMap::from([(EntryId::from_bits(Kind::Evidence, 7), Sha256::of(b"list"))]),
        }
    }

    #[test]
    fn a_statement_reads_back_and_has_one_text_only() {
        let text = statement().to_string();
        assert_eq!(text.parse(), Ok(statement()));
        let plain = Statement { comment: None, policy: None, files: BTreeMap::new(), ..statement() };
        assert_eq!(plain.to_string().parse(), Ok(plain));
        let entry = text.lines().find(|line| line.starts_with("entry: ")).unwrap();
        for wrong in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            format!("{text}{entry}\n"),
            text.replace(entry, &format!("{entry}\n{entry}")),
            text.replace("v1", "v2"),
            text.replace("team.toml", "../team.toml"),
            text.replace("decision: approve", "decision: Approve"),
            text.replace("role: reviewer", "role: author\nrole: reviewer"),
            text.replace("12:00:00Z", "12:00:00.0Z"),
            text.replace("12:00:00Z", "13:00:00+01:00"),
            text.replace("read with", "read\u{1b}[2J with"),
            text.lines()
                .filter(|line| !line.starts_with("entry: ") && !line.starts_with("file: "))
                .map(|line| format!("{line}\n"))
                .collect(),
        ] {
            assert!(wrong.parse::<Statement>().is_err(), "{wrong:?}");
        }
    }
}
