//! Open ends: what is not known, not decided and not done yet.

use super::View;
use super::needs::shortened;
use crate::model::{Action, Body, Entry};
use crate::report::clock;
use crate::report::outline::{Block, Line, Section, Span, Tone, badge, small, text};
use crate::values::Kind;
use crate::values::vocabulary::Wording;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let open = |kind: Kind| view.live(kind).iter().filter(|entry| entry.is_open()).copied();
    let findings: Vec<Line<'c>> = open(Kind::Finding).filter_map(|entry| question(view, entry)).collect();
    let decisions: Vec<Line<'c>> = open(Kind::Decision).filter_map(|entry| decision(view, entry)).collect();
    let actions: Vec<Line<'c>> = open(Kind::Action)
        .filter_map(|entry| match &entry.body {
            Body::Action(found) => Some(action(view, entry, found)),
            _ => None,
        })
        .collect();
    let count = findings.len() + decisions.len() + actions.len();
    let mut blocks = Vec::new();
    for (label, noun, lines) in [
        ("Not yet settled", "further finding", findings),
        ("Not yet decided", "further decision", decisions),
        ("Not yet done", "further action", actions),
    ] {
        if lines.is_empty() {
            continue;
        }
        blocks.push(Block::Label(label));
        blocks.push(Block::List(shortened(view, lines, noun)));
    }
    if blocks.is_empty() {
        return None;
    }
    Some(Section { anchor: "open", title: "What is open", count: Some(count), blocks })
}

/// A finding that is neither confirmed nor refuted.
fn question<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Line<'c>> {
    let Body::Finding(finding) = &entry.body else { return None };
    Some(vec![named(view, entry, finding.title.as_str()), small(" – "), super::findings::status(finding.status)])
}

/// A decision that somebody must take.
pub fn decision<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Line<'c>> {
    let Body::Decision(decision) = &entry.body else { return None };
    let mut line = vec![named(view, entry, decision.question.as_str())];
    line.extend(due(view, decision.due));
    Some(line)
}

/// An action that somebody must do.
pub fn action<'c>(view: &View<'_, 'c>, entry: &'c Entry, action: &'c Action) -> Line<'c> {
    let mut line = vec![named(view, entry, action.title.as_str())];
    if let Some(owner) = &action.owner {
        line.extend([small(", "), view.team(owner.as_str())]);
    }
    line.extend(due(view, action.due));
    line
}

/// A link where the report speaks to those who look things up, and the title alone elsewhere.
fn named<'c>(view: &View<'_, 'c>, entry: &Entry, title: &'c str) -> Span<'c> {
    match view.profile.wording {
        Wording::Technical => Span::Entry(entry.id()),
        Wording::Plain => text(title),
    }
}

fn due<'c>(view: &View<'_, 'c>, due: Option<crate::values::Moment>) -> Line<'c> {
    let Some(due) = due else { return Vec::new() };
    let distance = clock::due(due, view.now);
    if due.timestamp() < view.now {
        return vec![small(" – "), badge(Tone::Bad, format!("overdue, {distance}"))];
    }
    vec![small(format!(", due {} UTC ({distance})", clock::to_the_minute(due.timestamp())))]
}
