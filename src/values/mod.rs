//! The small values that entries are made of: each parses, compares and prints, and nothing more.

pub mod attack;
pub mod bitcoin;
pub mod characters;
pub mod commit;
pub mod digest;
pub mod duration;
pub mod fang;
pub mod host;
pub mod id;
mod lines;
pub mod observable;
pub mod path;
pub mod period;
pub mod reference;
pub mod route;
pub mod selector;
pub mod text;
pub mod time;
pub mod vocabulary;
pub mod wording;
pub mod zone;

pub use commit::CommitId;
pub use digest::{Digested, Hashing, Sha256};
pub use duration::{Skew, Span};
pub use id::{EntryId, Kind};
pub use lines::Lines;
pub use path::TreePath;
pub use period::Period;
pub use route::{Route, Step, Trail};
pub use selector::Selector;
pub use text::{Cve, Cvss, Handle, Line, Markdown, Tag, TechniqueId};
pub use time::{Moment, Precision, When};
pub use zone::Zone;

/// A text that does not have the form that its type asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong, lower case and without a full stop.
    pub message: String,
    /// What to write instead, when that is known.
    pub help: Option<String>,
}

impl Malformed {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Malformed {}

/// Makes serde write a value as its text and read it back through `FromStr`.
macro_rules! serde_as_text {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use serde_as_text;

/// The candidate nearest to `word` by edit distance, when it is near enough to be a slip of the hand.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
