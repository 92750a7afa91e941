//! Merging two versions of a file key by key, with the version that both come from.
//!
//! - A key that one side changed takes that side; what both changed in the same way is taken once.
//! - Sets merge by their items: what either side added is there, what either removed is not.
//! - Rows of tables merge by what they are about (a person by the handle); citations are only what they say.
//! - What both changed differently, or one changed and the other removed, is a conflict of that key alone.
//! - Without a version that both come from, whatever differs is a conflict: nothing says that it is the same thing.
//! - The result is the same whichever side is called ours, and in canonical form.

mod comments;
mod identity;
mod marked;
mod meaning;
mod sequence;
mod three;

pub use marked::{Block, Labels, blocks};

use super::edit::without_placeholders;
use super::entry::show_placeholders;
use super::format::read::{self, Member, Node};
use super::format::{self, FormatError, print};
use crate::model::{TableShape, schema};
use crate::values::{EntryId, Kind, TreePath};
use std::fmt;
use three::Three;
use toml_edit::DocumentMut;

/// Three versions of one file.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'t> {
    /// What both come from; none where both sides added the file.
    pub base: Option<&'t str>,
    pub ours: &'t str,
    pub theirs: &'t str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Ours,
    Theirs,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Ours => "our side",
            Side::Theirs => "their side",
        })
    }
}

/// Why a file is not merged key by key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("it is no record of a case")]
    NoRecord,
    #[error("it is written once, so two versions of it are never made one")]
    WrittenOnce,
    #[error("{side} is the entry `{id}`")]
    Mistaken { side: Side, id: String },
    #[error("{side} cannot be read: {error}")]
    Unreadable { side: Side, error: FormatError },
    #[error("`{0}` is a value on one side and a table on the other")]
    Mixed(String),
    #[error("what came of it cannot be read: {0}")]
    Broken(FormatError),
}

/// A key that somebody must decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The key, such as `severity`, `custom.room`, `people[bob].email`.
    pub key: String,
    /// Its lines in each version; empty where it is not there.
    pub base: String,
    pub ours: String,
    pub theirs: String,
    /// The number that takes the place of both, for the version of a policy that both sides changed.
    pub raised: Option<u64>,
}

impl Conflict {
    /// Whether a key that somebody typed means this one: itself, or what it is in.
    pub fn is_of(&self, typed: &str) -> bool {
        self.key.strip_prefix(typed).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '#']))
    }

    /// The lines that a side has.
    pub fn side(&self, side: Side) -> &str {
        match side {
            Side::Ours => &self.ours,
            Side::Theirs => &self.theirs,
        }
    }
}

/// A merged file, with what is still to be decided.
pub struct Merge {
    /// Canonical text, with a mark in the place of each conflict.
    text: String,
    mark: String,
    /// The numbers of the marks, in the order in which they stand in the text.
    order: Vec<usize>,
    /// In the same order.
    pub conflicts: Vec<Conflict>,
}

/// Merges three versions of the file at a path.
pub fn merge(path: &TreePath, versions: Versions<'_>) -> Result<Merge, MergeError> {
    let table = schema::table_of_path(path).ok_or(MergeError::NoRecord)?;
    let kind = Kind::of_folder(path.top()).filter(|_| !path.parent().is_root());
    if matches!(kind, Some(Kind::Evidence | Kind::Custody)) {
        return Err(MergeError::WrittenOnce);
    }
    let unreadable = |side| move |error| MergeError::Unreadable { side, error };
    let ours = Version::read(versions.ours, &table).map_err(unreadable(Side::Ours))?;
    let theirs = Version::read(versions.theirs, &table).map_err(unreadable(Side::Theirs))?;
    // What Git made of several versions that both come from can have conflicts itself: then it says nothing.
    let base = versions.base.and_then(|text| Version::read(text, &table).ok());
    if kind.is_some() {
        ours.demand_id(path, Side::Ours)?;
        theirs.demand_id(path, Side::Theirs)?;
    }
    let base = base.filter(|base| kind.is_none() || base.demand_id(path, Side::Ours).is_ok());
    combine(path, &table, base.as_ref(), &ours, &theirs)
}

/// A version, taken apart.
struct Version {
    top: Vec<String>,
    members: Vec<Member>,
    trailing: Vec<String>,
    /// The fields whose commented examples it shows.
    shown: Vec<String>,
}

impl Version {
    fn read(text: &str, table: &TableShape) -> Result<Self, FormatError> {
        let canonical = format::format(text, table)?;
        let (text, shown) = without_placeholders(&canonical, table);
        let shown = shown.into_iter().map(str::to_owned).collect();
        let (top, document) = format::parse(&format::format(&text, table)?)?;
        let trailing = read::lines(document.trailing().as_str().unwrap_or(""));
        Ok(Self { top: read::lines(&top), members: read::document(&document, table), trailing, shown })
    }

    /// Nothing at all: what stands for the base where there is none.
    fn empty() -> Self {
        Self { top: Vec::new(), members: Vec::new(), trailing: Vec::new(), shown: Vec::new() }
    }

    fn text_of(&self, key: &str) -> Option<String> {
        self.members.iter().find(|member| member.key == key)?.node.value_text()
    }

    /// An entry is the one that its file is named after: otherwise Git took another one for it.
    fn demand_id(&self, path: &TreePath, side: Side) -> Result<(), MergeError> {
        let id = self.text_of("id").unwrap_or_default();
        let id = id.trim_matches(['"', '\'']);
        let expected: Option<EntryId> = path.stem().parse().ok();
        if expected.is_some() && id.parse().ok() == expected {
            return Ok(());
        }
        Err(MergeError::Mistaken { side, id: id.to_owned() })
    }
}

fn combine(
    path: &TreePath,
    table: &TableShape,
    base: Option<&Version>,
    ours: &Version,
    theirs: &Version,
) -> Result<Merge, MergeError> {
    let nothing = Version::empty();
    let known = base.unwrap_or(&nothing);
    let mark = unused(&[known, ours, theirs]);
    let mut three = Three::new(&mark, base.is_none());
    let fields = format::Fields::Record(&table.fields);
    let mut members = three.members(&known.members, &ours.members, &theirs.members, fields)?;
    if matches!(path.as_str(), "team.toml" | "policy.toml") {
        raise_version(&mut three, &mut members, known, ours, theirs);
    }
    let top = comments::lines(&known.top, &ours.top, &theirs.top);
    let trailing = comments::lines(&known.trailing, &ours.trailing, &theirs.trailing);
    let text = print::file(&top.iter().map(|line| format!("{line}\n")).collect::<String>(), &members, &trailing);
    let text = settle(&text, table, &shown(known, ours, theirs, base.is_none())).map_err(MergeError::Broken)?;
    let order = marked::order(&text, &mark);
    let mut conflicts: Vec<Conflict> = order.iter().filter_map(|index| three.conflicts.get(*index).cloned()).collect();
    number(&mut conflicts);
    Ok(Merge { text, mark, order, conflicts })
}

/// A policy or roster made of two is a third one: nobody has read or signed it under either number.
fn raise_version(three: &mut Three<'_>, members: &mut [Member], base: &Version, ours: &Version, theirs: &Version) {
    let said = meaning::of_members(members);
    let is_one = said == meaning::of_members(&ours.members) || said == meaning::of_members(&theirs.members);
    let Some(version) = members.iter_mut().find(|member| member.key == "version") else { return };
    if is_one {
        return;
    }
    let number =
        |version: &Version| version.text_of("version").and_then(|text| text.replace('_', "").parse::<u64>().ok());
    let raised = number(ours).max(number(theirs)).map(|highest| highest + 1);
    let member = |version: &Version| version.members.iter().find(|member| member.key == "version").cloned();
    let known = three.conflicts.iter().position(|conflict| conflict.key == "version");
    let index = match known {
        Some(index) => index,
        None => {
            *version = three.conflict("version", member(base), member(ours), member(theirs));
            three.conflicts.len() - 1
        }
    };
    three.conflicts[index].raised = raised;
}

/// Gives the conflicts of one key numbers: `evidence`, `evidence#2`.
fn number(conflicts: &mut [Conflict]) {
    for index in 0..conflicts.len() {
        let same =
            conflicts[..index].iter().filter(|before| before.key.split('#').next() == Some(&conflicts[index].key));
        let same = same.count();
        if same > 0 {
            conflicts[index].key = format!("{}#{}", conflicts[index].key, same + 1);
        }
    }
}

/// The examples that stand in the merged file: those that no side has taken out.
fn shown<'v>(base: &'v Version, ours: &'v Version, theirs: &'v Version, baseless: bool) -> Vec<&'v str> {
    let all = ours.shown.iter().chain(&theirs.shown);
    let kept = all.filter(|name| match (ours.shown.contains(name), theirs.shown.contains(name)) {
        (true, true) => true,
        _ => baseless || !base.shown.contains(name),
    });
    kept.map(String::as_str).collect()
}

/// Canonical text, with the examples of fields that have no value yet in their places.
fn settle(text: &str, table: &TableShape, shown: &[&str]) -> Result<String, FormatError> {
    let (top, mut document): (String, DocumentMut) = format::parse(text)?;
    show_placeholders(&mut document, &table.fields, shown);
    format::format(&format::print(&top, &document, table), table)
}

/// A bare key that stands nowhere in the versions.
fn unused(versions: &[&Version]) -> String {
    let mut texts = String::new();
    for version in versions {
        texts.push_str(&version.top.join("\n"));
        texts.push_str(&version.trailing.join("\n"));
        texts.push_str(&meaning::members_in_full(&version.members));
    }
    (0_u64..)
        .map(|number| format!("merge-conflict-{number}-"))
        .find(|mark| !texts.contains(mark.as_str()))
        .unwrap_or_default()
}

impl Merge {
    /// The text, with the conflicts between Git's marks.
    pub fn text(&self, labels: &Labels<'_>) -> String {
        marked::fill(&self.text, &self.mark, |number| {
            let place = self.order.iter().position(|other| *other == number);
            place.map(|place| marked::block(&self.conflicts[place], labels)).unwrap_or_default()
        })
    }
}

/// A whole file as one conflict, for what is not one entry.
pub fn whole(versions: Versions<'_>, labels: &Labels<'_>) -> String {
    let conflict = Conflict {
        key: String::new(),
        base: String::new(),
        ours: marked::ended(versions.ours),
        theirs: marked::ended(versions.theirs),
        raised: None,
    };
    marked::block(&conflict, labels)
}

/// The mark of a conflict as a value, and as the only key of a table.
fn mark_value(mark: &str, index: usize) -> Node {
    Node::Value(format!("\"{mark}{index}\""))
}

#[cfg(test)]
mod tests;
