//! Recommendations: what should be done so that it does not happen again.

use super::View;
use super::needs::shortened;
use super::open::action;
use crate::model::Body;
use crate::report::outline::{Block, Line, Section};
use crate::values::Kind;
use crate::values::vocabulary::Phase;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let lines: Vec<Line<'c>> = view
        .live(Kind::Action)
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Action(found) if found.phase == Phase::Recommend && entry.is_open() => {
                Some(action(view, entry, found))
            }
            _ => None,
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let count = Some(lines.len());
    let blocks = vec![Block::List(shortened(view, lines, "further recommendation"))];
    Some(Section { anchor: "recommendations", title: "Recommendations", count, blocks })
}
