//! What every export is made of: the case as it may be told, its commit, and what names follow from them.

use super::blocklist::BlockType;
use crate::model::{Case, Citation, Datum, Entry, Told};
use crate::values::vocabulary::{AssetKind, Marking};
use crate::values::{EntryId, Handle, When, attack};
use jiff::Timestamp;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The namespace of the ids that casebook gives to what it exports, drawn once at random.
const NAMESPACE: Uuid = Uuid::from_u128(0xfdc1233c_9ec8_457f_b902_43217f070eb4);

/// What an export is made of.
pub struct Source<'c> {
    pub told: &'c Told,
    /// The case as it may be told an earlier time, where only what is new since then is asked for.
    pub before: Option<&'c Told>,
    /// The id of the commit.
    pub commit: &'c str,
    /// When it was made.
    pub at: Timestamp,
    /// When the first commit of its history was made.
    pub began: Timestamp,
    pub options: &'c Options,
}

/// What is asked for of a format beside the case.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Block lists: whether what is only suspicious is on them, too.
    pub suspicious: bool,
    /// Block lists: the types of value; all of them where none is named.
    pub types: BTreeSet<BlockType>,
}

impl<'c> Source<'c> {
    pub fn case(&self) -> &'c Case {
        &self.told.case
    }

    /// The title of the case, or its number where the title may not be told.
    pub fn title(&self) -> &'c str {
        self.case().record.as_ref().map_or(&self.told.case_id, |record| record.value.title.as_str())
    }

    /// The id of what `name` stands for in this case: the same in every export of the case (UUID version 5, RFC 9562).
    pub fn uuid(&self, name: impl std::fmt::Display) -> String {
        Uuid::new_v5(&NAMESPACE, format!("{}\n{name}", self.told.case_id).as_bytes()).to_string()
    }

    /// The id of what has the same name in every case.
    pub fn common_uuid(name: &str) -> String {
        Uuid::new_v5(&NAMESPACE, format!("\n{name}").as_bytes()).to_string()
    }

    /// The full name of a person or team, or the handle where the roster has none.
    pub fn name(&self, handle: &'c Handle) -> &'c str {
        self.case().name_of(handle)
    }

    pub fn names(&self, handles: &'c [Handle]) -> Vec<&'c str> {
        handles.iter().map(|handle| self.name(handle)).collect()
    }

    /// The title of an entry that may be told.
    pub fn titled(&self, id: EntryId) -> String {
        self.case().get(id).map(|entry| entry.title()).unwrap_or_default()
    }

    pub fn titles(&self, ids: impl IntoIterator<Item = EntryId>) -> Vec<String> {
        ids.into_iter().map(|id| self.titled(id)).collect()
    }

    /// The marking of an entry.
    pub fn marking(&self, id: EntryId) -> Marking {
        self.case().get(id).map_or(self.told.marking, |entry| self.case().marking(entry))
    }

    /// The marking of a text that tells an entry with the names of those that it refers to: the highest of theirs.
    pub fn line_marking(&self, id: EntryId) -> Marking {
        let mut highest = self.marking(id);
        if let Some(entry) = self.case().get(id) {
            entry.visit(&mut |_, datum| {
                if let Datum::Reference(other) = datum
                    && entry.superseded_by() != Some(other)
                {
                    highest = highest.max(self.marking(other));
                }
            });
        }
        highest
    }

    /// What says where an export comes from, one fact a line.
    pub fn origin(&self) -> [(&'static str, String); 4] {
        [
            ("case", self.told.case_id.clone()),
            ("commit", self.commit.to_owned()),
            ("committed", seconds(self.at)),
            ("marking", tlp(self.told.marking)),
        ]
    }
}

/// A marking as FIRST writes it: `TLP:AMBER+STRICT`.
pub fn tlp(marking: Marking) -> String {
    format!("TLP:{}", marking.word().to_uppercase())
}

/// A moment in UTC with the fraction that it needs: `2026-03-01T10:00:00Z`.
pub fn exact(at: Timestamp) -> String {
    at.to_string()
}

/// The same to the second.
pub fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment with microseconds and an offset: `2026-03-01T10:00:00.000000+00:00`.
pub fn microseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}

/// A time with what is known of it beside its earliest moment, where there is more to say.
pub fn remark(when: &When) -> Option<String> {
    let original = when.original.as_ref().map(|text| format!("the source gave `{text}`"));
    let skew = when.skew.map(|skew| format!("its clock was {skew} off true time"));
    let range = (when.earliest() != when.latest()).then(|| when.to_string());
    let said: Vec<String> = [range, original, skew].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// A time with everything that is known of it.
pub fn told_time(when: &When) -> String {
    match remark(when) {
        Some(remark) => format!("{} ({remark})", exact(when.earliest())),
        None => exact(when.earliest()),
    }
}

/// A technique with its name: `T1078 Valid Accounts`.
pub fn technique(id: &str) -> String {
    attack::technique(id).map_or(id.to_owned(), |known| format!("{id} {}", known.name))
}

/// A citation in one line: `x-7q2k9dm4 auth.log record:17: "…"`.
pub fn citation(citation: &Citation) -> String {
    let mut line = citation.item.0.to_string();
    for part in [citation.path.as_ref().map(ToString::to_string), citation.at.as_ref().map(ToString::to_string)]
        .into_iter()
        .flatten()
    {
        line.push(' ');
        line.push_str(&part);
    }
    if let Some(quote) = &citation.quote {
        line.push_str(&format!(": \"{}\"", quote.as_str().trim()));
    }
    line
}

pub fn citations(all: &[Citation]) -> Vec<String> {
    all.iter().map(citation).collect()
}

/// What is said of an entry in a column of notes.
pub fn remarks(source: &Source<'_>, entry: &Entry, more: Vec<String>) -> String {
    let tags: Vec<&str> = entry.tags().iter().map(|tag| tag.as_str()).collect();
    let mut lines = more;
    if !tags.is_empty() {
        lines.push(format!("tags: {}", tags.join(", ")));
    }
    lines.push(format!("{}, {}", entry.id(), tlp(source.line_marking(entry.id()))));
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether an asset is somebody's account rather than a system.
pub fn is_account(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::Account | AssetKind::Mailbox)
}

/// A document of JSON, as text.
pub fn json_text(value: &serde_json::Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text.into_bytes()
}

/// The object without what is null or empty.
pub fn without_empty(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(_, value)| match value {
                    Value::Null => false,
                    Value::String(text) => !text.is_empty(),
                    Value::Array(items) => !items.is_empty(),
                    _ => true,
                })
                .collect(),
        ),
        other => other,
    }
}
