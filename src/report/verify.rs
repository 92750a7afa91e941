//! What a finished report says of how it is made again, and where it differs from what is made. The file comes from anybody.

use super::docx::package;
use super::{Dialect, PackError, REBUILT, RenderedFile, VERSION};
use crate::values::{CommitId, Handle, Sha256};
use jiff::Timestamp;

/// The largest file that is taken for a report: 256 MiB.
pub const MAX_REPORT_BYTES: u64 = 256 << 20;

/// What a report says that it is made of. Nothing of it is proven until the same bytes are made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub dialect: Dialect,
    /// What makes it again.
    pub command: String,
    /// The version of casebook that made it, where it says one.
    pub version: Option<String>,
    pub commit: CommitId,
    /// None for those who work on the case.
    pub audience: Option<Handle>,
    /// The earlier commit since which it says what is new.
    pub since: Option<CommitId>,
    pub now: Option<Timestamp>,
    /// The digest of templates from outside the case that it was made with.
    pub templates: Option<Sha256>,
}

impl Claim {
    /// Reads the last command of a file that makes it again; `None` where there is none of the kind that reports have.
    pub fn read(content: &[u8]) -> Option<Self> {
        if content.starts_with(ARCHIVE) {
            return Self::read_text(&without_tags(&package::unpacked(content)?), Dialect::Docx);
        }
        let text = String::from_utf8_lossy(content);
        if text.starts_with('{')
            && let Ok(said) = serde_json::from_str::<Said>(&text)
        {
            return Self::of(Dialect::Json, &said.rebuild, Some(said.casebook));
        }
        #[cfg(feature = "pdf")]
        if content.starts_with(b"%PDF-") {
            return Self::read_text(&text, Dialect::Pdf);
        }
        let (_, after) = text.rsplit_once(REBUILT)?;
        Self::read_text(&text, if after.starts_with('`') { Dialect::Markdown } else { Dialect::Html })
    }

    fn read_text(text: &str, dialect: Dialect) -> Option<Self> {
        let (before, after) = text.rsplit_once(REBUILT)?;
        let (open, close) = match dialect {
            Dialect::Html => ("<code>", "</code>"),
            Dialect::Markdown => ("`", "`"),
            Dialect::Docx => ("", "\n"),
            Dialect::Json => return None,
            #[cfg(feature = "pdf")]
            Dialect::Pdf => ("", "<"),
        };
        let (command, _) = after.strip_prefix(open)?.split_once(close)?;
        Self::of(dialect, command, version(before))
    }

    fn of(dialect: Dialect, command: &str, version: Option<String>) -> Option<Self> {
        let mut words = command.strip_prefix("casebook report ")?.split(' ');
        let (mut commit, mut audience, mut since, mut now, mut templates) = (None, None, None, None, None);
        while let Some(option) = words.next() {
            let value = words.next()?;
            match option {
                "--rev" => commit = Some(value.parse().ok()?),
                "--audience" => audience = Some(value.parse().ok()?),
                "--since" => since = Some(value.parse().ok()?),
                "--now" => now = Some(value.parse().ok()?),
                "--templates" => templates = Some(value.parse().ok()?),
                _ => return None,
            }
        }
        let command = command.to_owned();
        Some(Self { dialect, command, version, commit: commit?, audience, since, now, templates })
    }

    /// Whether it says that this version of casebook made it.
    pub fn is_of_this_version(&self) -> bool {
        self.version.as_deref() == Some(VERSION)
    }
}

/// What a report in JSON says of itself.
#[derive(serde::Deserialize)]
struct Said {
    casebook: String,
    rebuild: String,
}

/// What a ZIP archive begins with.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// What stands between the tags.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    for piece in text.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    out
}

/// The version that the facts above the command name last.
fn version(text: &str) -> Option<String> {
    let (_, said) = text.rsplit_once("Made by")?;
    let (_, version) = said.split_once("casebook ")?;
    let end = version.find(|c: char| !(c.is_ascii_alphanumeric() || ".+-".contains(c))).unwrap_or(version.len());
    (1..=64).contains(&end).then(|| version[..end].to_owned())
}

/// Where a file differs from what is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the line, counted from 1; 0 where both say the same and only the packing is another.
    pub line: usize,
    /// What the report has there, and what the file has; nothing where it has ended.
    pub report: String,
    pub file: String,
    /// Whether only the line ends are others, as some mail and some editors make them.
    pub is_line_ends_only: bool,
}

/// How much of a line is shown, before and after the first difference.
const SHOWN: (usize, usize) = (20, 60);

/// The first place where a file is not the report that is made; `None` where both have the same bytes. What is packed is compared as
/// the text that it holds.
pub fn altered(made: &RenderedFile, file: &[u8]) -> Result<Option<Difference>, PackError> {
    let bytes = made.bytes()?;
    if bytes == file {
        return Ok(None);
    }
    Ok(match made.dialect {
        Dialect::Html | Dialect::Markdown | Dialect::Json => difference(&bytes, file),
        Dialect::Docx => {
            let text = package::unpacked(file).unwrap_or_default();
            let repacked = Difference { line: 0, report: String::new(), file: String::new(), is_line_ends_only: false };
            difference(made.content.as_bytes(), text.as_bytes()).or(Some(repacked))
        }
        #[cfg(feature = "pdf")]
        Dialect::Pdf => difference(&bytes, file),
    })
}

/// The first place where a file is not what is made; `None` where both have the same bytes.
pub fn difference(report: &[u8], file: &[u8]) -> Option<Difference> {
    if report == file {
        return None;
    }
    let at = report.iter().zip(file).take_while(|(made, read)| made == read).count();
    let line = 1 + report[..at].iter().filter(|byte| **byte == b'\n').count();
    let without: Vec<u8> = file.iter().copied().filter(|byte| *byte != b'\r').collect();
    Some(Difference { line, report: around(report, at), file: around(file, at), is_line_ends_only: without == report })
}

/// What stands around a place, on its own line.
fn around(content: &[u8], at: usize) -> String {
    let start = content[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = content[at..].iter().position(|byte| *byte == b'\n').map_or(content.len(), |length| at + length);
    let (from, to) = (start.max(at.saturating_sub(SHOWN.0)), end.min(at + SHOWN.1));
    String::from_utf8_lossy(&content[from..to]).trim_matches('\u{fffd}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "5f0c1d2e3a4b5c6d7e8f90123456789abcdef012";

    fn markdown(command: &str) -> Option<Claim> {
        Claim::read(format!("- **Made by**: casebook 0.1.0\n\n{REBUILT}`{command}`\n").as_bytes())
    }

    #[test]
    fn the_command_of_a_report_is_read() {
        let command = format!("casebook report --rev {ID} --audience legal --since {ID} --now 2026-03-03T20:00:00Z");
        let claim = markdown(&command).unwrap();
        assert_eq!((claim.dialect, claim.version.as_deref()), (Dialect::Markdown, Some("0.1.0")));
        assert_eq!((claim.commit.as_str(), claim.since.as_ref().map(CommitId::as_str)), (ID, Some(ID)));
        assert_eq!(claim.audience.unwrap().as_str(), "legal");
        assert_eq!(claim.now.unwrap().to_string(), "2026-03-03T20:00:00Z");
        let page =
            format!("<dt>Made by</dt><dd>casebook 9.0-rc.1</dd>{REBUILT}<code>casebook report --rev {ID}</code>");
        let claim = Claim::read(page.as_bytes()).unwrap();
        assert_eq!((claim.dialect, claim.version.as_deref()), (Dialect::Html, Some("9.0-rc.1")));
        assert!(!claim.is_of_this_version());
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for command in [
            "casebook report".to_owned(),
            "casebook report --rev HEAD".to_owned(),
            format!("casebook report --rev {}", ID.to_uppercase()),
            format!("casebook report --rev {ID}^"),
            format!("casebook report --rev {ID} --output x"),
            format!("casebook report --rev {ID} --audience ../x"),
            format!("casebook report --rev {ID} --now yesterday"),
            format!("casebook report --rev {ID}  --now"),
            format!("casebook report --audience legal --since {ID}"),
            format!("rm -rf / --rev {ID}"),
        ] {
            assert_eq!(markdown(&command), None, "{command}");
        }
        assert_eq!(Claim::read(b"\xff\xfe a photo"), None);
        assert_eq!(Claim::read(REBUILT.as_bytes()), None);
    }

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(difference(b"a\nb\n", b"a\nb\n"), None);
        let found = difference(b"a\nbcd\ne\n", b"a\nbxd\ne\n").unwrap();
        assert_eq!((found.line, found.report.as_str(), found.file.as_str()), (2, "bcd", "bxd"));
        let found = difference(b"a\nb\n", b"a\n").unwrap();
        assert_eq!((found.line, found.report.as_str(), found.file.as_str()), (2, "b", ""));
        let found = difference(b"a\nb\n", b"a\r\nb\r\n").unwrap();
        assert!(found.line == 1 && found.is_line_ends_only);
        let found = difference("é".as_bytes(), "è".as_bytes()).unwrap();
        assert_eq!(found.line, 1);
    }
}
