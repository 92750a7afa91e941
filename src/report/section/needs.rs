//! Needs: what waits for the reader, which is open decisions and open actions.

use super::View;
use super::open::{action, decision};
use crate::model::{Action, Body, Entry};
use crate::report::clock;
use crate::report::outline::{Block, Line, Section, text};
use crate::values::Kind;
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let decisions: Vec<Line<'c>> = view
        .live(Kind::Decision)
        .iter()
        .filter(|entry| entry.is_open())
        .filter_map(|entry| decision(view, entry))
        .collect();
    let open: Vec<(&'c Entry, &'c Action)> = view
        .live(Kind::Action)
        .iter()
        .filter(|entry| entry.is_open())
        .filter_map(|entry| match &entry.body {
            Body::Action(action) => Some((*entry, &**action)),
            _ => None,
        })
        .collect();
    let (urgent, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, action)| waits(view, action));
    let actions: Vec<Line<'c>> = urgent.into_iter().map(|(entry, found)| action(view, entry, found)).collect();
    let count = decisions.len() + actions.len();
    let more = if actions.is_empty() { "" } else { " more" };
    let mut blocks = Vec::new();
    for (label, noun, lines) in [("To decide", "further decision", decisions), ("To do", "further action", actions)] {
        if lines.is_empty() {
            continue;
        }
        blocks.push(Block::Label(label));
        blocks.push(Block::List(shortened(view, lines, noun)));
    }
    blocks.extend(rest(view, &others, more).map(Block::Text));
    if blocks.is_empty() {
        return None;
    }
    Some(Section { anchor: "needs", title: "What is needed", count: Some(count).filter(|count| *count > 0), blocks })
}

/// Whether an action waits for the reader: it is that of their team, or, where they have none, it is late or nobody's.
fn waits(view: &View<'_, '_>, action: &Action) -> bool {
    match &view.profile.team {
        Some(team) => action.owner.as_ref() == Some(team),
        None => {
            action.due.is_some_and(|due| due.timestamp() < view.now)
                || action.owner.is_none() && action.assignee.is_none()
        }
    }
}

/// `6 more actions are open; the next, “…”, is due in 20 h.`
fn rest<'c>(view: &View<'_, 'c>, others: &[(&'c Entry, &'c Action)], more: &str) -> Option<Line<'c>> {
    let next = others.iter().filter_map(|(_, action)| Some((action.due?, action))).min_by_key(|(due, _)| *due);
    let mut line = vec![text(match others.len() {
        0 => return None,
        1 => format!("1{more} action is open"),
        many => format!("{many}{more} actions are open"),
    })];
    if let Some((due, action)) = next {
        line.extend([
            text("; the next to be done is “"),
            text(action.title.as_str()),
            text(format!("”, {}", clock::due(due, view.now))),
        ]);
    }
    line.push(text("."));
    Some(line)
}

/// The first lines, and how many more there are.
pub fn shortened<'c>(view: &View<'_, 'c>, mut lines: Vec<Line<'c>>, noun: &str) -> Vec<Line<'c>> {
    let more = view.profile.shorten(&lines).1;
    lines.truncate(lines.len() - more);
    if more > 0 {
        lines.push(vec![text(format!("and {}", counted(more, noun)))]);
    }
    lines
}
