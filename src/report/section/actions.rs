//! Actions: what the response does, by phase, with owner, due time and what came of it.

use super::{View, links, or_nothing, tags};
use crate::model::{Action, Body, Entry};
use crate::report::clock;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, join, small, text};
use crate::report::prose::safe_url;
use crate::values::Kind;
use crate::values::vocabulary::{ActionStatus, Phase, Priority};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Action);
    if live.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    for phase in Phase::ALL {
        let rows: Vec<Row<'c>> = live
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| match &entry.body {
                Body::Action(action) if action.phase == *phase => Some(row(view, index + 1, entry, action)),
                _ => None,
            })
            .collect();
        if !rows.is_empty() {
            blocks.push(Block::Heading(heading(*phase)));
            let columns = &["No.", "Action", "Who", "Status", "Due"];
            blocks.push(Block::Table(Table { caption: heading(*phase), columns, rows }));
        }
    }
    Some(Section { anchor: "actions", title: "Actions", count: Some(live.len()), blocks })
}

fn heading(phase: Phase) -> &'static str {
    match phase {
        Phase::Investigate => "Investigation",
        Phase::Contain => "Containment",
        Phase::Eradicate => "Eradication",
        Phase::Recover => "Recovery",
        Phase::Duty => "Legal duties",
        Phase::Recommend => "Recommendations",
    }
}

fn row<'c>(view: &View<'_, 'c>, number: usize, entry: &'c Entry, action: &'c Action) -> Row<'c> {
    Row {
        entry: Some(entry.id()),
        cells: vec![
            vec![text(number.to_string())],
            what(view, entry, action),
            who(view, action),
            status(action),
            due(view, action),
        ],
    }
}

fn what<'c>(view: &View<'_, 'c>, entry: &Entry, action: &'c Action) -> Line<'c> {
    let mut line = vec![Span::Strong(action.title.as_str().into())];
    if let Some(marking) = view.own_marking(entry) {
        line.extend([text(" "), marking]);
    }
    if let Some(description) = &action.description {
        line.extend([Span::Break, Span::Prose(description.as_str())]);
    }
    if let Some(outcome) = &action.outcome {
        line.extend([Span::Break, small("Outcome: "), Span::Prose(outcome.as_str())]);
    }
    for (name, links) in [
        ("For ", links(&action.findings, ", ")),
        ("Concerns ", links(&action.assets, ", ")),
        ("Indicators ", links(&action.indicators, ", ")),
        ("Tags ", tags(&action.tags)),
    ] {
        if !links.is_empty() {
            line.extend([Span::Break, small(name)]);
            line.extend(links);
        }
    }
    if let Some(ticket) = &action.ticket {
        let words = format!("{} {}", ticket.system, ticket.key);
        line.extend([Span::Break, small("Ticket ")]);
        line.push(match ticket.url.as_ref().filter(|url| safe_url(url.as_str()).is_some()) {
            Some(url) => Span::Url(url.as_str(), words.into()),
            None => text(words),
        });
    }
    line
}

fn who<'c>(view: &View<'_, 'c>, action: &'c Action) -> Line<'c> {
    let person = action.assignee.as_ref().map(|handle| view.person(handle.as_str()));
    let team = action.owner.as_ref().map(|handle| view.team(handle.as_str()));
    or_nothing(join(person.into_iter().chain(team), "\n"))
}

fn status<'c>(action: &Action) -> Line<'c> {
    let tone = match action.status {
        ActionStatus::Done => Tone::Good,
        ActionStatus::InProgress => Tone::Watch,
        _ => Tone::Plain,
    };
    let mut line = vec![badge(tone, action.status.word().replace('-', " "))];
    if let Some(priority) = action.priority.filter(|priority| *priority >= Priority::High) {
        line.extend([Span::Break, small(format!("{priority} priority"))]);
    }
    line
}

fn due<'c>(view: &View<'_, 'c>, action: &Action) -> Line<'c> {
    let open = matches!(action.status, ActionStatus::Open | ActionStatus::InProgress);
    let mut line = Vec::new();
    if let Some(due) = action.due {
        line.push(text(clock::to_the_minute(due.timestamp())));
        if open {
            line.push(Span::Break);
            let distance = clock::due(due, view.now);
            line.push(if due.timestamp() < view.now {
                badge(Tone::Bad, format!("overdue, {distance}"))
            } else {
                small(distance)
            });
        }
    }
    if let Some(done) = action.done_at {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        line.push(small(format!("done {}", clock::to_the_minute(done.timestamp()))));
        if action.due.is_some_and(|due| done > due) {
            line.extend([text(" "), badge(Tone::Watch, "late")]);
        }
    }
    if line.is_empty() { vec![Span::Nothing] } else { line }
}
