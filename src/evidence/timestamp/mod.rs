//! Time stamps: what an authority that takes no side saw of a case, and when (RFC 3161).
//!
//! A statement names a commit, its tree and its evidence root; the authority signs the digest of the statement with the
//! time. Both are kept in the folder `timestamps`, are named after the statement's digest, and never change.

pub mod token;

use super::damage::timestamp_broken;
use super::statement::Subject;
use crate::diagnostic::Diagnostic;
use crate::tree::{Tree, TreeError};
use crate::values::{Lines, Sha256, TreePath};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The folder that time stamps are kept in.
pub const FOLDER: &str = "timestamps";

/// The largest statement that is read, in bytes; casebook writes fewer than 400.
pub const MAX_STATEMENT_BYTES: u64 = 4096;

/// The largest token that is kept, in bytes; one with its certificates has about 6,000.
pub const MAX_TOKEN_BYTES: u64 = 1 << 20;

/// The first line of a statement.
const HEADING: &str = "casebook-timestamp v1";

/// What an authority is asked to vouch for: that this existed at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement(pub Subject);

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADING}\n{}", self.0)
    }
}

/// Reads a statement exactly as `Display` writes it: there is one text for each.
impl FromStr for Statement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = Lines::below(HEADING, text)?;
        let statement = Self(Subject::read(&mut lines)?);
        lines.all_of(statement)
    }
}

/// The name of the files of a time stamp, without extension: the first 16 digits of the statement's digest.
pub fn name_of(statement: &[u8]) -> String {
    hex::encode(&Sha256::of(statement).0[..8])
}

/// Where the statement of this name is kept.
pub fn statement_path(name: &str) -> TreePath {
    TreePath::from(format!("{FOLDER}/{name}.txt"))
}

/// Where the token of this name is kept.
pub fn token_path(name: &str) -> TreePath {
    TreePath::from(format!("{FOLDER}/{name}.tsr"))
}

/// Whether a name is that of a time stamp.
fn is_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The names of the time stamps of a tree, whole or not, and whether each has a statement and a token.
pub fn names(tree: &dyn Tree) -> Result<BTreeMap<String, (bool, bool)>, TreeError> {
    let mut names: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for node in tree.list_or_nothing(&TreePath::from(FOLDER))?.iter().filter(|node| node.is_file()) {
        let Some((name, extension)) = node.text().and_then(|name| name.rsplit_once('.')) else { continue };
        if is_name(name) && matches!(extension, "txt" | "tsr") {
            let (statement, token) = names.entry(name.to_owned()).or_default();
            *statement |= extension == "txt";
            *token |= extension == "tsr";
        }
    }
    Ok(names)
}

/// Reads the statement of this name: an error says what is wrong with it.
pub fn read(name: &str, content: &[u8]) -> Result<Statement, String> {
    let text = std::str::from_utf8(content).map_err(|_| "it is not text in UTF-8".to_owned())?;
    let statement: Statement = text.parse()?;
    let own = name_of(content);
    if own == name { Ok(statement) } else { Err(format!("its digest begins with {own}, and not with its name")) }
}

/// Reports what in the folder of time stamps is none, or half of one, or was changed. Whether a token is genuine, and a
/// statement true, is for `casebook timestamp verify` to say.
pub fn judge(tree: &dyn Tree) -> Result<Vec<Diagnostic>, TreeError> {
    let folder = TreePath::from(FOLDER);
    let mut found = Vec::new();
    let names = names(tree)?;
    for node in tree.list_or_nothing(&folder)?.iter().filter(|node| node.is_file()) {
        let is_one = node.text().is_some_and(|name| {
            name == ".gitkeep"
                || name.rsplit_once('.').is_some_and(|(name, end)| is_name(name) && matches!(end, "txt" | "tsr"))
        });
        if !is_one {
            found.push(timestamp_broken::stray(&folder.join(&String::from_utf8_lossy(&node.name))));
        }
    }
    for (name, (has_statement, has_token)) in names {
        let (statement, token) = (statement_path(&name), token_path(&name));
        match (has_statement, has_token) {
            (true, false) => found.push(timestamp_broken::half(&statement, &token)),
            (false, true) => found.push(timestamp_broken::half(&token, &statement)),
            _ => {}
        }
        if has_statement {
            let content = tree.read(&statement, MAX_STATEMENT_BYTES).map_err(|error| error.to_string());
            if let Err(why) = content.and_then(|content| read(&name, &content)) {
                found.push(timestamp_broken::statement(&statement, &why));
            }
        }
        if has_token && let Err(error) = tree.read(&token, MAX_TOKEN_BYTES) {
            found.push(timestamp_broken::token(&token, &error.to_string()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MemoryTree;

    fn statement() -> Statement {
        Statement(Subject {
            case: "2026-0142".to_owned(),
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            tree: "89abcdef0123456789abcdef0123456789abcdef".to_owned(),
            root: Sha256::of(b""),
        })
    }

    #[test]
    fn a_statement_reads_back_and_has_one_text_only() {
        let text = statement().to_string();
        assert_eq!(text.parse(), Ok(statement()));
        for wrong in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            format!("{text}more: x\n"),
            text.replace("case: ", "case:"),
            text.replace("commit: 0", "commit: G"),
            text.replace("commit: 0", "commit: "),
            text.replace("v1", "v2"),
            text.replace("2026-0142", "2026\u{1b}[2J"),
            text.replacen("tree", "commit", 1),
        ] {
            assert!(wrong.parse::<Statement>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_no_whole_time_stamp_is_reported() {
        let text = statement().to_string();
        let name = name_of(text.as_bytes());
        let whole = MemoryTree::new()
            .with(&format!("timestamps/{name}.txt"), text.clone())
            .with(&format!("timestamps/{name}.tsr"), "x");
        assert_eq!(judge(&whole).unwrap(), []);
        let count = |tree: MemoryTree| judge(&tree).unwrap().len();
        let mut half = whole.clone();
        half.remove(&format!("timestamps/{name}.tsr"));
        assert_eq!(count(half), 1);
        assert_eq!(count(whole.clone().with("timestamps/readme.md", "")), 1);
        assert_eq!(count(whole.clone().with(&format!("timestamps/{name}.txt"), text.replace("0142", "0143"))), 1);
        assert_eq!(count(whole.with("timestamps/.gitkeep", "")), 0);
    }
}
