//! Objectives: what the incident cost against what the response is measured by.

use super::View;
use super::milestones::tone;
use crate::report::clock::{self, Elapsed};
use crate::report::outline::{Block, Line, Section, Span, badge, text};
use crate::report::said::lasting;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = &view.case.record.as_ref()?.value;
    let milestones = record.milestones.as_ref()?;
    let line = |objective: &'c crate::model::Objective| -> Line<'c> {
        let elapsed = clock::elapsed(milestones, objective.measure, view.now);
        let standing = clock::standing(objective, elapsed);
        let target = clock::length(objective.target.0);
        let took = match elapsed {
            Elapsed::Took(range) => format!(": it took {}, and {target} were allowed ", lasting(range)),
            Elapsed::Running(range) => format!(": {} have passed of {target} ", lasting(range)),
            Elapsed::NoStart => format!(": no time is known for “{}” ", clock::ends(objective.measure).0),
        };
        vec![Span::Strong(objective.name.as_str().into()), text(took), badge(tone(standing), standing.words())]
    };
    let lines: Vec<Line<'c>> = record.objectives.iter().map(line).collect();
    if lines.is_empty() {
        return None;
    }
    Some(Section { anchor: "objectives", title: "Objectives", count: None, blocks: vec![Block::List(lines)] })
}
