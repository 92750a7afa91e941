//! Changes: what is new, changed, or holds no longer since an earlier commit that the audience was told of.

use super::needs::shortened;
use super::{View, links_of};
use crate::model::{Case, Entry, LeftOut};
use crate::report::naming::{is_retired, title};
use crate::report::outline::{Block, Line, Section, Span, small, text};
use crate::values::{EntryId, Kind};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let since = view.since?;
    let (before, now) = (&since.case, view.case);
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Custody);
    let shown: Vec<&'c Entry> = kinds.flat_map(|kind| view.live(*kind)).copied().collect();
    let new: Vec<EntryId> =
        shown.iter().filter(|entry| live(before, entry.id()).is_none()).map(|entry| entry.id()).collect();
    let changed: Vec<EntryId> = shown
        .iter()
        .filter(|entry| live(before, entry.id()).is_some_and(|old| old.body != entry.body))
        .map(|entry| entry.id())
        .collect();
    let gone: Vec<Line<'c>> = before
        .entries
        .values()
        .filter(|old| old.kind() != Kind::Custody && !is_retired(old) && live(now, old.id()).is_none())
        .map(|old| gone(view, old))
        .collect();
    let mut blocks = vec![Block::Text(vec![text(format!("Since the report of commit {}:", since.commit))])];
    if gone.is_empty() && new.is_empty() && changed.is_empty() {
        blocks.push(Block::Text(vec![text("Nothing that this report tells has changed.")]));
    }
    for (label, lines) in [("Holds no longer", gone), ("New", links_of(&new)), ("Changed", links_of(&changed))] {
        if !lines.is_empty() {
            blocks.push(Block::Label(label));
            blocks.push(Block::List(shortened(view, lines, "further entry")));
        }
    }
    Some(Section { anchor: "changes", title: "What is new", count: None, blocks })
}

fn live(case: &Case, id: EntryId) -> Option<&Entry> {
    case.get(id).filter(|entry| !is_retired(entry))
}

/// What was told before and holds no longer. Its title is said again only if nobody has raised its marking since.
fn gone<'c>(view: &View<'_, 'c>, old: &'c Entry) -> Line<'c> {
    let id = old.id();
    if let Some(now) = view.case.get(id) {
        return vec![Span::Entry(id), small(format!(": {}", now.status()))];
    }
    match view.left_out.get(&id) {
        Some(LeftOut::Retired) => vec![text(title(old)), small(format!(" ({id}): withdrawn, refuted or replaced"))],
        Some(LeftOut::Draft) => vec![text(title(old)), small(format!(" ({id}): a draft again"))],
        _ => vec![text(format!("What was told as {id} is not shared with you any more"))],
    }
}
