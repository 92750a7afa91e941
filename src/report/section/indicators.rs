//! Indicators: what to look for, defanged, so that nobody opens one by accident.

use super::{View, or_nothing, tags};
use crate::model::{Body, Entry, Indicator, Sighting};
use crate::report::clock;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, small, text};
use crate::values::vocabulary::Verdict;
use crate::values::{Kind, fang};
use std::borrow::Cow;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Indicator);
    if live.is_empty() {
        return None;
    }
    let blocks = vec![
        Block::Text(vec![small(
            "Network addresses are defanged: dots as [.], http as hxxp. The entries in the case hold the live values.",
        )]),
        Block::Table(Table {
            caption: "Indicators",
            columns: &["Indicator", "Type", "Verdict", "Seen", "Where"],
            rows: live.iter().filter_map(|entry| row(view, entry)).collect(),
        }),
    ];
    Some(Section { anchor: "indicators", title: "Indicators", count: Some(live.len()), blocks })
}

fn row<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Row<'c>> {
    let Body::Indicator(indicator) = &entry.body else { return None };
    Some(Row {
        entry: Some(entry.id()),
        cells: vec![
            value(view, entry, indicator),
            vec![text(indicator.r#type.word())],
            verdict(indicator),
            seen(indicator),
            places(view, indicator),
        ],
    })
}

fn value<'c>(view: &View<'_, 'c>, entry: &Entry, indicator: &'c Indicator) -> Line<'c> {
    let mut line = vec![Span::Code(shown_value(indicator))];
    if let Some(marking) = view.own_marking(entry) {
        line.extend([text(" "), marking]);
    }
    if let Some(description) = &indicator.description {
        line.extend([Span::Break, Span::Prose(description.as_str())]);
    }
    if !indicator.tags.is_empty() {
        line.push(Span::Break);
        line.extend(tags(&indicator.tags));
    }
    line
}

fn verdict<'c>(indicator: &Indicator) -> Line<'c> {
    let tone = match indicator.verdict {
        Verdict::Malicious => Tone::Bad,
        Verdict::Suspicious => Tone::Watch,
        Verdict::Benign => Tone::Good,
        Verdict::Unknown => Tone::Plain,
    };
    let mut line = vec![badge(tone, indicator.verdict.word())];
    if let Some(confidence) = indicator.confidence {
        line.extend([Span::Break, small(format!("{confidence} confidence"))]);
    }
    line
}

fn seen<'c>(indicator: &Indicator) -> Line<'c> {
    match (&indicator.first_seen, &indicator.last_seen) {
        (None, None) => vec![Span::Nothing],
        (Some(first), None) => vec![small("first "), text(clock::when(first))],
        (None, Some(last)) => vec![small("last "), text(clock::when(last))],
        (Some(first), Some(last)) => {
            vec![small("first "), text(clock::when(first)), Span::Break, small("last "), text(clock::when(last))]
        }
    }
}

fn places<'c>(view: &View<'_, 'c>, indicator: &'c Indicator) -> Line<'c> {
    let mut line = Vec::new();
    for sighting in &indicator.sightings {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        line.extend(sighted(sighting));
    }
    for citation in &indicator.evidence {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        line.extend(view.place(citation));
    }
    or_nothing(line)
}

fn sighted<'c>(sighting: &Sighting) -> Line<'c> {
    let mut line = vec![Span::Entry(sighting.asset.0)];
    if let Some(time) = &sighting.time {
        line.push(small(format!(", {}", clock::when(time))));
    }
    if let Some(count) = sighting.count {
        line.push(small(format!(", {count} ×")));
    }
    line
}

/// The value as a report may show it.
pub fn shown_value(indicator: &Indicator) -> Cow<'_, str> {
    let value = indicator.value.as_str();
    if indicator.never_defang == Some(true) {
        return value.into();
    }
    fang::defang_value(indicator.r#type, value).into()
}
