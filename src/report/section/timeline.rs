//! The timeline: what happened when, in true time, with a picture of all of it.

use super::milestones::time;
use super::{View, links, or_nothing, tags, technique};
use crate::model::{Body, Entry, Event};
use crate::report::chart::Chart;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, code, small, text};
use crate::values::Kind;
use crate::values::vocabulary::Actor;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Event);
    if live.is_empty() {
        return None;
    }
    let mut blocks =
        vec![Block::Text(vec![text("All times are UTC, corrected where the clock of the source was wrong.")])];
    blocks.extend(Chart::of(view.case, view.names).map(Block::Chart));
    blocks.push(Block::Table(Table {
        caption: "Timeline of the incident",
        columns: &["No.", "Time", "Who", "What", "Evidence"],
        rows: live.iter().enumerate().filter_map(|(index, entry)| row(view, index + 1, entry)).collect(),
    }));
    Some(Section { anchor: "timeline", title: "Timeline", count: Some(live.len()), blocks })
}

fn row<'c>(view: &View<'_, 'c>, number: usize, entry: &'c Entry) -> Option<Row<'c>> {
    let Body::Event(event) = &entry.body else { return None };
    Some(Row {
        entry: Some(entry.id()),
        cells: vec![
            vec![text(number.to_string())],
            time(&event.time),
            vec![actor(event.actor)],
            what(view, entry, event),
            or_nothing(evidence(view, event)),
        ],
    })
}

pub fn actor<'c>(actor: Actor) -> Span<'c> {
    let tone = match actor {
        Actor::Attacker => Tone::Bad,
        Actor::Responder => Tone::Good,
        Actor::User | Actor::System | Actor::Unknown => Tone::Plain,
    };
    badge(tone, actor.word())
}

fn what<'c>(view: &View<'_, 'c>, entry: &Entry, event: &'c Event) -> Line<'c> {
    let mut line = vec![Span::Strong(event.title.as_str().into())];
    if let Some(marking) = view.own_marking(entry) {
        line.extend([text(" "), marking]);
    }
    if let Some(description) = &event.description {
        line.extend([Span::Break, Span::Prose(description.as_str())]);
    }
    let details = details(event);
    if !details.is_empty() {
        line.push(Span::Break);
        line.extend(details);
    }
    line
}

/// From where to where, with which account and technique.
fn details<'c>(event: &'c Event) -> Line<'c> {
    let mut parts: Vec<Line<'c>> = Vec::new();
    match (event.source, event.destination) {
        (Some(from), Some(to)) => parts.push(vec![Span::Entry(from.0), text(" → "), Span::Entry(to.0)]),
        (Some(from), None) => parts.push(vec![small("from "), Span::Entry(from.0)]),
        (None, Some(to)) => parts.push(vec![small("on "), Span::Entry(to.0)]),
        (None, None) => {}
    }
    if let Some(account) = &event.account {
        parts.push(vec![small("as "), code(account.as_str())]);
    }
    if let Some(direction) = event.direction {
        parts.push(vec![small(direction.word())]);
    }
    if let Some(tactic) = event.tactic {
        parts.push(vec![small(tactic.word().replace('-', " "))]);
    }
    parts.extend(event.techniques.iter().map(|id| vec![technique(id)]));
    if !event.indicators.is_empty() {
        parts.push(links(&event.indicators, ", "));
    }
    if !event.tags.is_empty() {
        parts.push(tags(&event.tags));
    }
    let mut line = Vec::new();
    for part in parts {
        if !line.is_empty() {
            line.push(small(" · "));
        }
        line.extend(part);
    }
    line
}

fn evidence<'c>(view: &View<'_, 'c>, event: &'c Event) -> Line<'c> {
    let mut line = Vec::new();
    for citation in &event.evidence {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        line.extend(view.place(citation));
        if let Some(quote) = &citation.quote {
            line.extend([text(": "), Span::Code(quote.as_str().trim_end().into())]);
        }
    }
    line
}
