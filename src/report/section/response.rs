//! The response: what was done, from the actions that are done and the events of the responders.

use super::View;
use crate::model::{Action, Body};
use crate::report::outline::{Block, Line, Section, Span, text};
use crate::report::said::Stretch;
use crate::values::Kind;
use crate::values::vocabulary::{ActionStatus, Phase};
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let done: Vec<&'c Action> = view
        .live(Kind::Action)
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Action(action) if action.status == ActionStatus::Done => Some(&**action),
            _ => None,
        })
        .collect();
    let phases = [
        (Phase::Investigate, "To find out what happened"),
        (Phase::Contain, "To stop the attacker"),
        (Phase::Eradicate, "To remove the attacker"),
        (Phase::Recover, "To restore the business"),
        (Phase::Recommend, "To be safer"),
        (Phase::Duty, "To inform those who must be told"),
    ];
    let lines: Vec<Line<'c>> = phases
        .into_iter()
        .filter_map(|(phase, words)| {
            let actions: Vec<&Action> = done.iter().filter(|action| action.phase == phase).copied().collect();
            step(view, words, &actions)
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    Some(Section {
        anchor: "response",
        title: "What was done",
        count: Some(done.len()),
        blocks: vec![Block::List(lines)],
    })
}

fn step<'c>(view: &View<'_, 'c>, words: &'static str, actions: &[&'c Action]) -> Option<Line<'c>> {
    let (told, more) = view.profile.shorten(actions);
    if told.is_empty() {
        return None;
    }
    let mut line = vec![Span::Strong(words.into()), text(": ")];
    for (index, action) in told.iter().enumerate() {
        let done = action.done_at.map(|at| Stretch { from: at.timestamp(), to: at.timestamp() });
        let when = done.map(|done| format!(" ({})", done.said(view.profile.zone.as_ref()))).unwrap_or_default();
        line.extend([
            text(if index > 0 { "; " } else { "" }),
            text(action.title.as_str().trim_end_matches('.')),
            text(when),
        ]);
    }
    if more > 0 {
        line.push(text(format!("; and {}", counted(more, "further action"))));
    }
    line.push(text("."));
    Some(line)
}
