//! The summary: what happened, in the words of the case, and how much the report holds.

use super::View;
use crate::report::outline::{Block, Section, Span, join, text};
use crate::values::Kind;
use crate::values::vocabulary::{FindingStatus, Outcome, Wording};

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = view.case.record.as_ref().map(|record| &record.value);
    let mut blocks = Vec::new();
    match record.and_then(|record| record.summary.as_ref()) {
        Some(summary) => blocks.push(Block::Prose(summary.as_str().into())),
        None => blocks.push(Block::Text(vec![text("This case has no summary yet.")])),
    }
    if view.profile.wording == Wording::Technical {
        blocks.push(Block::Text(join(counts(view), " · ")));
    }
    if let Some(outcome) = record.and_then(|record| record.outcome) {
        let words = match view.profile.wording {
            Wording::Technical => outcome.word().replace('-', " "),
            Wording::Plain => plainly(outcome).to_owned(),
        };
        blocks.push(Block::Text(vec![text("Outcome: "), Span::Strong(words.into()), text(".")]));
    }
    if let Some(lessons) = record.and_then(|record| record.lessons.as_ref()) {
        blocks.push(Block::Label("Lessons"));
        blocks.push(Block::Prose(lessons.as_str().into()));
    }
    Some(Section { anchor: "summary", title: "Summary", count: None, blocks })
}

/// What a case turned out to be, for who does not count alarms.
fn plainly(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::TruePositive => "a real incident",
        Outcome::TruePositiveNoImpact => "a real attack without effect",
        Outcome::FalsePositive => "a false alarm",
        Outcome::Benign => "harmless",
        Outcome::Duplicate => "known from another case",
        Outcome::Undetermined => "not determined",
    }
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
