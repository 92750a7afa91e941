//! Legal duties: each clock of the policy, when it ends, and what fulfils it.

use super::needs::shortened;
use super::{View, or_nothing};
use crate::report::clock;
use crate::report::duty::{self, Clock, Standing};
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, join, small, text};
use jiff::Timestamp;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let clocks = duty::of(view.case, view.now);
    if clocks.is_empty() {
        return None;
    }
    if view.profile.limit.is_some() {
        let lines = clocks.iter().map(|clock| line(clock, view.now)).collect();
        let blocks = vec![Block::List(shortened(view, lines, "further duty"))];
        return Some(Section { anchor: "duties", title: "Legal duties", count: None, blocks });
    }
    let columns = &["Duty", "Law", "Due", "Standing", "Fulfilled by"];
    let rows = clocks.iter().map(|clock| row(clock, view.now)).collect();
    let blocks = vec![Block::Table(Table { caption: "Legal duties and their clocks", columns, rows })];
    Some(Section { anchor: "duties", title: "Legal duties", count: Some(clocks.len()), blocks })
}

/// A duty in one sentence, for readers of little time.
fn line<'c>(clock: &Clock<'c>, now: Timestamp) -> Line<'c> {
    let duty = clock.duty;
    let mut line = vec![Span::Strong(duty.name.as_str().into())];
    line.extend(duty.law.as_ref().map(|law| text(format!(" ({law})"))));
    line.extend(clock.window.map(|(earliest, _)| text(format!(", by {} UTC", clock::to_the_minute(earliest)))));
    line.extend([text(": "), standing(clock, now)]);
    line
}

fn row<'c>(clock: &Clock<'c>, now: Timestamp) -> Row<'c> {
    let duty = clock.duty;
    let mut name = vec![Span::Strong(duty.name.as_str().into())];
    if let Some(to) = &duty.to {
        name.extend([Span::Break, small("to "), text(to.as_str())]);
    }
    Row {
        entry: None,
        cells: vec![
            name,
            vec![duty.law.as_ref().map_or(Span::Nothing, |law| text(law.as_str()))],
            due(clock),
            vec![standing(clock, now)],
            or_nothing(join(clock.actions.iter().map(|entry| Span::Entry(entry.id())), "\n")),
        ],
    }
}

fn due<'c>(timed: &Clock<'c>) -> Line<'c> {
    let rule = small(format!("{} after {}", timed.duty.within.words(clock::length), duty::trigger(timed.duty)));
    match timed.window {
        None => vec![rule],
        Some((earliest, latest)) if earliest == latest => {
            vec![text(clock::to_the_minute(earliest)), Span::Break, rule]
        }
        Some((earliest, latest)) => vec![
            text(clock::to_the_minute(earliest)),
            small(format!(", or up to {} later", clock::length(latest.duration_since(earliest).as_secs()))),
            Span::Break,
            rule,
        ],
    }
}

fn standing<'c>(timed: &Clock<'c>, now: Timestamp) -> Span<'c> {
    let word = timed.standing.word();
    match (timed.standing, timed.window) {
        (Standing::Overdue, Some((_, latest))) => {
            badge(Tone::Bad, format!("{word}, {} ago", clock::length(now.duration_since(latest).as_secs())))
        }
        (Standing::Running, Some((earliest, _))) => {
            let left = clock::length(earliest.duration_since(now).as_secs());
            match timed.actions.is_empty() {
                true => badge(Tone::Bad, format!("{left} left, no action yet")),
                false => badge(Tone::Watch, format!("{left} left")),
            }
        }
        (Standing::Overdue | Standing::PerhapsOverdue | Standing::Late, _) => badge(Tone::Bad, word),
        (Standing::PerhapsLate | Standing::Undated | Standing::Unclocked, _) => badge(Tone::Watch, word),
        (Standing::Fulfilled, _) => badge(Tone::Good, word),
        (Standing::NotStarted, _) => badge(Tone::Plain, "clock not started"),
        (Standing::Running | Standing::Declined, _) => badge(Tone::Plain, word),
    }
}
