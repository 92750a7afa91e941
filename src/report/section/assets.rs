//! Assets: what the incident concerns, the worst hit first.

use super::{View, or_nothing};
use crate::model::{Asset, Body, Entry};
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, code, join, text};
use crate::values::Kind;
use crate::values::vocabulary::Compromise;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let live = view.live(Kind::Asset);
    if live.is_empty() {
        return None;
    }
    let rows = live.iter().filter_map(|entry| row(view, entry)).collect();
    let columns = &["Asset", "Kind", "State", "Owner", "Identifiers"];
    let blocks = vec![Block::Table(Table { caption: "Assets", columns, rows })];
    Some(Section { anchor: "assets", title: "Assets", count: Some(live.len()), blocks })
}

fn row<'c>(view: &View<'_, 'c>, entry: &'c Entry) -> Option<Row<'c>> {
    let Body::Asset(asset) = &entry.body else { return None };
    let mut name = vec![Span::Strong(asset.name.as_str().into())];
    if let Some(marking) = view.own_marking(entry) {
        name.extend([text(" "), marking]);
    }
    if let Some(description) = &asset.description {
        name.extend([Span::Break, Span::Prose(description.as_str())]);
    }
    let mut kind = vec![text(asset.kind.word().replace('-', " "))];
    if let Some(criticality) = asset.criticality {
        kind.extend([Span::Break, Span::Small(format!("{criticality} criticality").into())]);
    }
    Some(Row {
        entry: Some(entry.id()),
        cells: vec![
            name,
            kind,
            state(asset),
            vec![asset.owner.as_ref().map_or(Span::Nothing, |owner| view.team(owner.as_str()))],
            or_nothing(names(asset)),
        ],
    })
}

fn state<'c>(asset: &Asset) -> Line<'c> {
    let compromise = asset.compromise.map(|compromise| {
        let tone = match compromise {
            Compromise::Compromised => Tone::Bad,
            Compromise::Suspected => Tone::Watch,
            Compromise::Cleared => Tone::Good,
            Compromise::Unknown => Tone::Plain,
        };
        badge(tone, compromise.word())
    });
    let containment = asset.containment.map(|containment| {
        badge(
            Tone::Plain,
            match containment.word() {
                "none" => "not contained",
                word => word,
            },
        )
    });
    or_nothing(join(compromise.into_iter().chain(containment), " "))
}

/// The identifiers of an asset, and the names that it had for a time.
fn names<'c>(asset: &'c Asset) -> Line<'c> {
    let mut line = join(asset.identifiers.iter().map(|identifier| code(identifier.as_str())), "\n");
    for known_as in &asset.known_as {
        if !line.is_empty() {
            line.push(Span::Break);
        }
        let from = known_as.from.map(|from| format!(" from {from}")).unwrap_or_default();
        let until = known_as.until.map(|until| format!(" until {until}")).unwrap_or_default();
        line.extend([code(known_as.name.as_str()), Span::Small(format!("{from}{until}").into())]);
    }
    line
}
