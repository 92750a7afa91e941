//! The timeline: what happened when, in true time, with a picture of all of it.

use super::milestones::time;
use super::{View, links, or_nothing, tags, technique};
use crate::model::{Body, Entry, Event};
use crate::report::clock;
use crate::report::figure;
use crate::report::figure::movement::{Hop, Movement};
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, code, small, text};
use crate::values::Kind;
use crate::values::vocabulary::Actor;
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Event);
    if live.is_empty() {
        return None;
    }
    let mut blocks =
        vec![Block::Text(vec![text("All times are UTC, corrected where the clock of the source was wrong.")])];
    blocks.extend(figure::timeline::of(view.case, view.names).map(Block::Figure));
    blocks.extend(figure::movement::of(view.case, view.names).into_iter().flat_map(hops));
    blocks.extend(figure::matrix::of(view.names).map(Block::Figure));
    blocks.push(Block::Table(Table {
        caption: "Timeline of the incident",
        columns: &["No.", "Time", "Who", "What", "Evidence"],
        rows: live.iter().enumerate().filter_map(|(index, entry)| row(view, index + 1, entry)).collect(),
    }));
    Some(Section { anchor: "timeline", title: "Timeline", count: Some(live.len()), blocks })
}

/// The hops that are drawn, each with the event that took it first, and how many are not.
fn hops<'c>(movement: Movement<'c>) -> Vec<Block<'c>> {
    let rows = movement.hops.iter().enumerate().map(|(index, hop)| Row {
        entry: None,
        cells: vec![
            vec![text((index + 1).to_string())],
            vec![text(clock::when(&hop.first.time))],
            or_nothing(hop.first.account.iter().map(|account| code(account.as_str())).collect()),
            vec![Span::Entry(hop.from), text(" → "), Span::Entry(hop.to)],
            taken(hop),
        ],
    });
    let table = Table {
        caption: "How the attacker moved",
        columns: &["Hop", "First time", "Account", "From and to", "Events"],
        rows: rows.collect(),
    };
    let mut blocks = vec![Block::Figure(movement.figure), Block::Table(table)];
    if movement.further > 0 {
        let others = counted(movement.further, "further hop");
        blocks.push(Block::Text(vec![text(format!("And {others}, which the events below tell."))]));
    }
    blocks
}

/// The event that took a hop first, and how many others did.
fn taken<'c>(hop: &Hop<'c>) -> Line<'c> {
    let mut line = vec![Span::Label(hop.first.id.0.0)];
    if hop.events > 1 {
        line.push(small(format!(" and {}", counted(hop.events - 1, "other"))));
    }
    for id in hop.first.techniques.iter() {
        line.extend([Span::Break, technique(id)]);
    }
    line
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
