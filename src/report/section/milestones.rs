//! Milestones and objectives: when the case reached each stage, how long that took, and whether it was fast enough.

use super::View;
use crate::model::{Milestones, Objective};
use crate::report::clock::{self, Elapsed, Standing};
use crate::report::figure;
use crate::report::outline::{Block, Line, Row, Section, Span, Table, Tone, badge, small, text};
use crate::values::When;
use crate::values::vocabulary::Measure;
use crate::values::wording::capital;

pub fn section<'c>(view: &View<'_, 'c>) -> Option<Section<'c>> {
    let record = &view.case.record.as_ref()?.value;
    let milestones = record.milestones.as_ref()?;
    let mut blocks = vec![Block::Table(Table {
        caption: "Milestones",
        columns: &["Milestone", "When"],
        rows: milestones.in_order().into_iter().map(|(milestone, at)| reached(milestone.word(), at)).collect(),
    })];
    if let Some(table) = measures(view, milestones, &record.objectives) {
        blocks.push(Block::Heading("Times and objectives"));
        blocks.extend(figure::measures::of(milestones, &record.objectives, view.now).map(Block::Figure));
        blocks.push(table);
    }
    Some(Section { anchor: "milestones", title: "Milestones", count: None, blocks })
}

/// How long it took to each milestone, and whether that was fast enough.
fn measures<'c>(view: &View<'_, 'c>, milestones: &Milestones, objectives: &'c [Objective]) -> Option<Block<'c>> {
    let rows: Vec<Row<'c>> =
        Measure::ALL.iter().flat_map(|measure| measured(milestones, objectives, *measure, view)).collect();
    let columns = &["Measure", "Took", "Objective", "Target", "Standing"];
    (!rows.is_empty()).then_some(Block::Table(Table { caption: "Times and objectives", columns, rows }))
}

/// How an objective is shown that is met, missed or neither.
pub fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Met => Tone::Good,
        Standing::Missed => Tone::Bad,
        Standing::NotYet => Tone::Plain,
        Standing::CannotBeSaid => Tone::Watch,
    }
}

fn reached<'c>(name: &'static str, at: Option<&'c When>) -> Row<'c> {
    let when = match at {
        None => vec![small("not reached or not known")],
        Some(at) => time(at),
    };
    Row { entry: None, cells: vec![vec![text(capital(name))], when] }
}

/// A time, with what its source said where that differs.
pub fn time(when: &When) -> Line<'static> {
    let mut line = vec![text(clock::when(when))];
    if let Some(source) = clock::source_time(when) {
        line.extend([Span::Break, small(source)]);
    }
    line
}

/// The rows of one measure: one for each objective that names it, or one without.
fn measured<'c>(
    milestones: &Milestones,
    objectives: &'c [Objective],
    measure: Measure,
    view: &View<'_, 'c>,
) -> Vec<Row<'c>> {
    let elapsed = clock::elapsed(milestones, measure, view.now);
    let mut own = objectives.iter().filter(|objective| objective.measure == measure).peekable();
    if own.peek().is_none() {
        return match elapsed {
            Elapsed::Took(_) => {
                vec![row(measure, elapsed, vec![Span::Nothing], vec![Span::Nothing], vec![Span::Nothing])]
            }
            _ => Vec::new(),
        };
    }
    own.map(|objective| {
        let standing = clock::standing(objective, elapsed);
        row(
            measure,
            elapsed,
            vec![text(objective.name.as_str())],
            vec![text(clock::length(objective.target.0))],
            vec![badge(tone(standing), standing.words())],
        )
    })
    .collect()
}

fn row<'c>(measure: Measure, elapsed: Elapsed, objective: Line<'c>, target: Line<'c>, standing: Line<'c>) -> Row<'c> {
    let took = match elapsed {
        Elapsed::Took(range) => vec![text(range.to_string())],
        Elapsed::Running(range) => vec![small(format!("{range} so far"))],
        Elapsed::NoStart => vec![small(format!("no time for “{}”", clock::ends(measure).0))],
    };
    let measure = capital(&measure.word().replace('-', " "));
    Row { entry: None, cells: vec![vec![text(measure)], took, objective, target, standing] }
}
