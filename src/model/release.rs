//! Releases: which report was given to whom. Whoever was told something that holds no longer can be told so.

use super::record::record;
use crate::values::{CommitId, Handle, Line, Moment, Sha256, TreePath};
use std::fmt::Write;

record! {
    /// A release: a report that was given to somebody. It is written once, by `casebook release`, and named after the first 16
    /// digits of the SHA-256 of its file.
    Release("release") {
        /// The audience whose report it is.
        audience: Handle,
        /// Who received it: people and organisations.
        to: Vec<Line>,
        /// When.
        at: Moment,
        /// Who gave it to them: a handle of team.toml.
        by: Handle,
        /// The commit that the report is from.
        commit: CommitId,
        /// The earlier commit since which the report says what is new.
        since: Option<CommitId>,
        /// Why it was given.
        reason: Option<Line>,
        /// The bytes that were given.
        files: Vec<ReleasedFile>,
    }
}

record! {
    /// A file of a report as it was given.
    ReleasedFile("released file") {
        /// Its name.
        name: Line,
        /// The SHA-256 of its bytes.
        sha256: Sha256,
    }
}

impl Release {
    /// The folder of releases.
    pub const FOLDER: &'static str = "releases";

    /// It as TOML, in the order of its schema.
    pub fn to_text(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let to: Vec<String> = self.to.iter().map(|who| quoted(who.as_str())).collect();
        let mut text = format!(
            "#:schema ../schemas/release.json\naudience = {}\nto = [{}]\nat = {}\nby = {}\ncommit = \"{}\"\n",
            quoted(self.audience.as_str()),
            to.join(", "),
            self.at.to_toml(),
            quoted(self.by.as_str()),
            self.commit
        );
        if let Some(since) = &self.since {
            let _ = writeln!(text, "since = \"{since}\"");
        }
        if let Some(reason) = &self.reason {
            let _ = writeln!(text, "reason = {}", quoted(reason.as_str()));
        }
        for file in &self.files {
            let _ = write!(text, "\n[[files]]\nname = {}\nsha256 = \"{}\"\n", quoted(file.name.as_str()), file.sha256);
        }
        text
    }
}

/// The name of the file that has this content, without its extension.
pub fn name_of(content: &[u8]) -> String {
    hex::encode(&Sha256::of(content).0[..8])
}

/// Where the release of this name is kept.
pub fn path_of(name: &str) -> TreePath {
    TreePath::from(format!("{}/{name}.toml", Release::FOLDER))
}
