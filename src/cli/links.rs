//! Which entries refer to which: by a field, by `[[id]]` in a text, or from a note.

use crate::model::{Case, Datum, Entry};
use crate::values::{EntryId, Route, Step, reference};
use std::collections::BTreeMap;

/// What refers to an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum From {
    Entry(EntryId),
    /// The path of a note.
    Note(String),
}

/// The entries that an entry refers to, each with the fields that name it.
pub fn from(entry: &Entry) -> BTreeMap<EntryId, Vec<String>> {
    let mut links: BTreeMap<EntryId, Vec<String>> = BTreeMap::new();
    entry.visit(&mut |trail, datum| {
        let ids = match datum {
            Datum::Reference(id) => vec![id],
            Datum::Markdown(text) => mentioned(text.as_str()),
            _ => return,
        };
        for id in ids {
            let fields = links.entry(id).or_default();
            let field = field(&trail.to_route());
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    });
    links
}

/// What refers to an entry, each with the fields that name it.
pub fn to(case: &Case, id: EntryId) -> BTreeMap<From, Vec<String>> {
    let mut links = BTreeMap::new();
    for entry in case.entries.values().filter(|entry| entry.id() != id) {
        if let Some(fields) = from(entry).remove(&id) {
            links.insert(From::Entry(entry.id()), fields);
        }
    }
    for note in case.notes.iter().filter(|note| mentioned(&note.text).contains(&id)) {
        links.insert(From::Note(note.path.to_string()), vec![note.title().to_owned()]);
    }
    links
}

fn mentioned(text: &str) -> Vec<EntryId> {
    reference::mentions(text).iter().filter_map(reference::Mention::id).collect()
}

/// A route without the places in its lists: `evidence.item` for `evidence[2].item`.
fn field(route: &Route) -> String {
    let keys = route.0.iter().filter_map(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}
