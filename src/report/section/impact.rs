//! Impact: what was affected, from the assets.

use super::View;
use crate::model::{Asset, Body, Entry};
use crate::report::outline::{Block, Line, Section, Span, text};
use crate::report::said::before;
use crate::values::Kind;
use crate::values::vocabulary::{Compromise, Containment, Criticality};
use crate::values::wording::counted;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let assets: Vec<(&Entry, &'c Asset)> = view
        .live(Kind::Asset)
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Asset(asset) => Some((*entry, &**asset)),
            _ => None,
        })
        .collect();
    if assets.is_empty() {
        return None;
    }
    let groups = [
        (Compromise::Compromised, "Compromised"),
        (Compromise::Suspected, "Perhaps compromised"),
        (Compromise::Cleared, "Looked at and cleared"),
    ];
    let mut lines: Vec<Line<'c>> = groups
        .into_iter()
        .filter_map(|(state, words)| {
            group(view, words, assets.iter().filter(|(_, asset)| asset.compromise == Some(state)).copied().collect())
        })
        .collect();
    let unknown =
        assets.iter().filter(|(_, asset)| matches!(asset.compromise, None | Some(Compromise::Unknown))).count();
    if unknown > 0 {
        lines.push(vec![text(format!(
            "{} of which it is not known whether they were affected",
            counted(unknown, "further asset")
        ))]);
    }
    Some(Section { anchor: "impact", title: "What was affected", count: None, blocks: vec![Block::List(lines)] })
}

/// `Compromised: CITADEL-DC01 (server, critical criticality, isolated), DESKTOP-SDN1RPT (host) and 3 others`.
fn group<'c>(view: &View<'_, 'c>, words: &'static str, assets: Vec<(&Entry, &'c Asset)>) -> Option<Line<'c>> {
    if assets.is_empty() {
        return None;
    }
    let (told, more) = view.profile.shorten(&assets);
    let length = told.len() + usize::from(more > 0);
    let mut line = vec![Span::Strong(words.into()), text(": ")];
    for (index, (entry, asset)) in told.iter().enumerate() {
        line.extend([text(before(index, length)), name(view, entry, asset), text(format!(" ({})", kind(asset)))]);
    }
    if more > 0 {
        line.extend([text(before(told.len(), length)), text(counted(more, "other"))]);
    }
    Some(line)
}

/// A link where the report shows the asset itself, and its name elsewhere.
fn name<'c>(view: &View<'_, 'c>, entry: &Entry, asset: &'c Asset) -> Span<'c> {
    match view.profile.has(crate::values::vocabulary::ReportSection::Assets) {
        true => Span::Entry(entry.id()),
        false => text(asset.name.as_str()),
    }
}

fn kind(asset: &Asset) -> String {
    let kind = asset.kind.word().replace('-', " ");
    let criticality = asset.criticality.filter(|it| matches!(it, Criticality::High | Criticality::Critical));
    let criticality = criticality.map(|it| format!(", {it} criticality")).unwrap_or_default();
    let containment = asset.containment.filter(|it| *it != Containment::None);
    let containment = containment.map(|it| format!(", {it}")).unwrap_or_default();
    format!("{kind}{criticality}{containment}")
}
