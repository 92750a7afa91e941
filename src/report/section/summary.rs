//! The summary: what happened, in the words of the case, and how much the report holds.

use super::View;
use crate::report::outline::{Block, Section, Span, join, text};
use crate::values::Kind;
use crate::values::vocabulary::{FindingStatus, Wording};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = view.case.record.as_ref().map(|record| &record.value);
    let mut blocks = Vec::new();
    match record.and_then(|record| record.summary.as_ref()) {
        Some(summary) => blocks.push(Block::Prose(summary.as_str())),
        None => blocks.push(Block::Text(vec![text("This case has no summary yet.")])),
    }
    if view.profile.wording == Wording::Technical {
        blocks.push(Block::Text(join(counts(view), " · ")));
    }
    if let Some(outcome) = record.and_then(|record| record.outcome) {
        blocks.push(Block::Label("Outcome"));
        blocks.push(Block::Text(vec![Span::Strong(outcome.word().replace('-', " ").into())]));
    }
    if let Some(lessons) = record.and_then(|record| record.lessons.as_ref()) {
        blocks.push(Block::Label("Lessons"));
        blocks.push(Block::Prose(lessons.as_str()));
    }
    Some(Section { anchor: "summary", title: "Summary", count: None, blocks })
}

/// How many entries there are, of the kinds that a reader asks for first.
fn counts<'c>(view: &View<'_, 'c>) -> Vec<Span<'c>> {
    let confirmed = view.case.findings().filter(|(_, finding)| finding.status == FindingStatus::Confirmed).count();
    let open = |kind: Kind| view.live(kind).iter().filter(|entry| entry.is_open()).count();
    [
        (confirmed, "confirmed finding", "confirmed findings"),
        (open(Kind::Finding), "finding in work", "findings in work"),
        (view.live(Kind::Event).len(), "event", "events"),
        (view.live(Kind::Indicator).len(), "indicator", "indicators"),
        (open(Kind::Action), "open action", "open actions"),
        (open(Kind::Decision), "open decision", "open decisions"),
        (view.live(Kind::Evidence).len(), "exhibit", "exhibits"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| text(format!("{number} {}", if number == 1 { one } else { many })))
    .collect()
}
