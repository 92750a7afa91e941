//! Legal duties: each clock of the policy, when it ends, and what fulfils it.

use super::{View, or_nothing};
use crate::model::{Action, Body, Duty, Entry};
use crate::report::clock;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, join, small, text};
use crate::values::Kind;
use crate::values::vocabulary::ActionStatus;
use jiff::{SignedDuration, Timestamp};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let duties = &view.case.policy.as_ref()?.value.duties;
    if duties.is_empty() {
        return None;
    }
    let columns = &["Duty", "Law", "Due", "Standing", "Fulfilled by"];
    let rows = duties.iter().map(|duty| row(view, duty)).collect();
    let blocks = vec![Block::Table(Table { caption: "Legal duties and their clocks", columns, rows })];
    Some(Section { anchor: "duties", title: "Legal duties", count: Some(duties.len()), blocks })
}

fn row<'c>(view: &View<'_, 'c>, duty: &'c Duty) -> Row<'c> {
    let actions: Vec<(&'c Entry, &'c Action)> = view
        .live(Kind::Action)
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Action(action) if action.duty.as_ref() == Some(&duty.handle) => Some((*entry, action.as_ref())),
            _ => None,
        })
        .collect();
    let window = window(view, duty);
    let mut name = vec![Span::Strong(duty.name.as_str().into())];
    if let Some(to) = &duty.to {
        name.extend([Span::Break, small("to "), text(to.as_str())]);
    }
    Row {
        entry: None,
        cells: vec![
            name,
            vec![duty.law.as_ref().map_or(Span::Nothing, |law| text(law.as_str()))],
            due(duty, window),
            vec![standing(view.now, window, &actions)],
            or_nothing(join(actions.iter().map(|(entry, _)| Span::Entry(entry.id())), "\n")),
        ],
    }
}

/// The earliest and the latest moment at which the time of a duty can end; `None` where its clock has not started.
fn window(view: &View<'_, '_>, duty: &Duty) -> Option<(Timestamp, Timestamp)> {
    let start = view.case.record.as_ref()?.value.milestones.as_ref()?.get(duty.starts)?;
    let within = SignedDuration::from_secs(duty.within.0);
    Some((start.earliest().checked_add(within).ok()?, start.latest().checked_add(within).ok()?))
}

fn due<'c>(duty: &Duty, window: Option<(Timestamp, Timestamp)>) -> Line<'c> {
    let rule = small(format!("{} after “{}”", clock::length(duty.within.0), duty.starts));
    match window {
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

/// Where a duty stands: who is unsure when the clock started is held to the earliest end.
fn standing<'c>(now: Timestamp, window: Option<(Timestamp, Timestamp)>, actions: &[(&Entry, &Action)]) -> Span<'c> {
    let Some((earliest, latest)) = window else { return badge(Tone::Plain, "clock not started") };
    if let Some((_, done)) = actions.iter().find(|(_, action)| action.status == ActionStatus::Done) {
        return match done.done_at.map(|at| at.timestamp()) {
            Some(at) if at <= earliest => badge(Tone::Good, "fulfilled in time"),
            Some(at) if at > latest => badge(Tone::Bad, "fulfilled late"),
            Some(_) => badge(Tone::Watch, "fulfilled, perhaps late"),
            None => badge(Tone::Watch, "fulfilled, time not recorded"),
        };
    }
    if !actions.is_empty() && actions.iter().all(|(_, action)| action.status == ActionStatus::Declined) {
        return badge(Tone::Plain, "declined, see the action");
    }
    let left = earliest.duration_since(now).as_secs();
    if now > latest {
        badge(Tone::Bad, format!("overdue, {} ago", clock::length(-latest.duration_since(now).as_secs())))
    } else if left < 0 {
        badge(Tone::Bad, "perhaps overdue")
    } else if actions.is_empty() {
        badge(Tone::Bad, format!("{} left, no action yet", clock::length(left)))
    } else {
        badge(Tone::Watch, format!("{} left", clock::length(left)))
    }
}
