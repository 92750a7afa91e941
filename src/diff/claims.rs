//! What the new and changed claims cite, with what stands at each place where the evidence is at hand.

use super::{Act, EntryChange, Side};
use crate::diagnostic::{At, Diagnostic};
use crate::evidence::Homes;
use crate::evidence::citation::place::Source;
use crate::evidence::citation::{Content, Shelves, Unread};
use crate::model::{Body, Citation, Entry};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Step};
use std::collections::BTreeSet;

/// One citation of an entry that differs.
#[derive(Clone, Debug)]
pub struct Claim {
    pub entry: EntryId,
    pub item: EntryId,
    /// What the item is called.
    pub title: String,
    /// The file inside the item, where the citation names one.
    pub file: Option<String>,
    /// The place in the file.
    pub at: Option<String>,
    pub quote: Option<String>,
    pub seen: Seen,
}

/// What the evidence says to a citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The citation is sound; the text that stands at its place, where it names one.
    Sound(Option<String>),
    /// What `check` says against it.
    Wrong(String),
    /// The bytes could not be read here, for this reason.
    Unread(&'static str),
    /// The item is not in the case.
    NoItem,
}

/// The citations of the entries that were added or changed. Evidence is read from the tree alone.
pub fn claims(after: &Side<'_>, entries: &[EntryChange]) -> Vec<Claim> {
    let mut desk = Desk { shelves: Shelves::of(after.tree, Homes::none()), open: None };
    let holdings = after.case().holdings();
    let mut claims = Vec::new();
    for change in entries.iter().filter(|change| change.act != Act::Removed) {
        let Some(entry) = after.case().get(change.id) else { continue };
        for (number, citation) in entry.citations().iter().enumerate() {
            let item = after.case().get(citation.item.0);
            let home = holdings.get(&citation.item.0).map(|holding| holding.storage);
            let seen = match (item, problem(after, entry, number)) {
                (None, _) => Seen::NoItem,
                (_, Some(problem)) => Seen::Wrong(problem.message.clone()),
                (Some(item), None) => desk.look(item, home, citation),
            };
            claims.push(Claim {
                entry: change.id,
                item: citation.item.0,
                title: item.map(Entry::title).unwrap_or_default(),
                file: citation.path.as_ref().map(ToString::to_string),
                at: citation.at.as_ref().map(ToString::to_string),
                quote: citation.quote.as_ref().map(ToString::to_string),
                seen,
            });
        }
    }
    claims
}

/// What is wrong with a citation.
fn problem<'d>(after: &'d Side<'_>, entry: &Entry, number: usize) -> Option<&'d Diagnostic> {
    let concerns = |diagnostic: &&Diagnostic| match &diagnostic.place.at {
        At::Value(route) | At::Key(route) => {
            route.0.starts_with(&[Step::Key("evidence".to_owned()), Step::Index(number)])
        }
        At::File | At::Bytes { .. } => false,
    };
    let of_entry = after.verdict.diagnostics.iter().filter(|diagnostic| diagnostic.place.path == entry.path);
    of_entry.filter(|diagnostic| diagnostic.is_error()).find(concerns)
}

/// The evidence that is looked into, with the file that was opened last: citations of one file mostly follow each other.
struct Desk<'t> {
    shelves: Shelves<'t>,
    open: Option<(EntryId, String, Result<Content, Unread>)>,
}

impl Desk<'_> {
    /// What stands at the place of a citation that nothing is said against.
    fn look(&mut self, item: &Entry, home: Option<Storage>, citation: &Citation) -> Seen {
        let Body::Evidence(record) = &item.body else { return Seen::NoItem };
        let home = home.unwrap_or(record.storage);
        if home == Storage::None {
            return Seen::Unread(Unread::Exhibit.words());
        }
        let listed = self.shelves.listed(item.id());
        let file = citation.path.as_ref().map(ToString::to_string).or_else(|| listed.keys().next().cloned());
        let Some(file) = file else { return Seen::Sound(None) };
        let content = match self.content(item.id(), file.clone(), home) {
            Ok(content) => content,
            Err(why) => return Seen::Unread(why.words()),
        };
        let Some(at) = &citation.at else { return Seen::Sound(None) };
        let mut text: Option<String> = None;
        Source::of(&file, &content.bytes).read(&BTreeSet::from([at]), &mut |_, texts| {
            if text.is_none() {
                text = Some(texts.shown().into_owned());
            }
        });
        Seen::Sound(text)
    }

    fn content(&mut self, item: EntryId, file: String, home: Storage) -> &Result<Content, Unread> {
        let is_open = self.open.as_ref().is_some_and(|(other, name, _)| *other == item && *name == file);
        if !is_open {
            self.open = None;
        }
        let shelves = &mut self.shelves;
        let (_, _, content) = self.open.get_or_insert_with(|| {
            let content = shelves.content(item, &file, home);
            (item, file, content)
        });
        content
    }
}
