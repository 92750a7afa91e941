//! Times against objectives: a bar for each, as long as its part of the target, so that one line is the target of all.

use super::{Drawing, Figure, MARGIN, WIDTH};
use crate::model::{Milestones, Objective};
use crate::report::clock::{self, Elapsed, Range, Standing};
use crate::values::wording::counted;
use jiff::Timestamp;

/// Where the target is.
pub const TARGET: i64 = MARGIN + 560;
const RIGHT: i64 = WIDTH - MARGIN;
/// The height of a row, and where in it the bar is.
const ROW: i64 = 46;
const TOP: i64 = 22;
/// The shortest bar that can be seen.
const LEAST: i64 = 3;

pub struct Bar<'c> {
    /// Where the row begins from above.
    pub y: i64,
    pub name: &'c str,
    /// What it says, such as `took 3 h of 4 h: met`.
    pub words: String,
    pub standing: Standing,
    /// As far as it surely goes, and as far as it may go; `None` where nothing is known.
    pub ends: Option<(i64, i64)>,
    /// Whether it goes beyond the picture.
    pub is_cut: bool,
    /// Whether it still grows.
    pub is_running: bool,
}

/// The picture of the objectives; `None` where there are none.
pub fn of<'c>(milestones: &Milestones, objectives: &'c [Objective], now: Timestamp) -> Option<Figure<'c>> {
    if objectives.is_empty() {
        return None;
    }
    let bars: Vec<Bar<'c>> =
        objectives.iter().enumerate().map(|(index, objective)| bar(index, objective, milestones, now)).collect();
    let count = |standing| bars.iter().filter(|bar| bar.standing == standing).count();
    let parts = [Standing::Met, Standing::Missed, Standing::NotYet, Standing::CannotBeSaid];
    let parts: Vec<String> = parts
        .into_iter()
        .map(|standing| (count(standing), standing.words()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    Some(Figure {
        title: "Times against objectives",
        says: format!("{}: {}.", counted(bars.len(), "objective"), parts.join(", ")),
        reading: "Each bar is drawn in parts of its own target; the pale part is how much longer it may have been.",
        height: TOP + bars.len() as i64 * ROW + MARGIN,
        drawing: Drawing::Measures(bars),
    })
}

fn bar<'c>(index: usize, objective: &'c Objective, milestones: &Milestones, now: Timestamp) -> Bar<'c> {
    let elapsed = clock::elapsed(milestones, objective.measure, now);
    let standing = clock::standing(objective, elapsed);
    let target = clock::length(objective.target.0);
    let (range, words) = match elapsed {
        Elapsed::Took(range) => (Some(range), format!("took {range} of {target}: {}", standing.words())),
        Elapsed::Running(range) => (Some(range), format!("{range} of {target} so far: {}", standing.words())),
        Elapsed::NoStart => (None, format!("no time for “{}”", clock::ends(objective.measure).0)),
    };
    Bar {
        y: TOP + index as i64 * ROW,
        name: objective.name.as_str(),
        words,
        standing,
        ends: range.map(|Range { min, max }| (x(min, objective), x(max, objective))),
        is_cut: range.is_some_and(|range| beyond(range.max, objective)),
        is_running: matches!(elapsed, Elapsed::Running(_)),
    }
}

fn place(seconds: i64, objective: &Objective) -> i128 {
    i128::from(MARGIN) + i128::from(TARGET - MARGIN) * i128::from(seconds) / i128::from(objective.target.0.max(1))
}

fn beyond(seconds: i64, objective: &Objective) -> bool {
    place(seconds, objective) > i128::from(RIGHT)
}

fn x(seconds: i64, objective: &Objective) -> i64 {
    i64::try_from(place(seconds, objective)).unwrap_or(RIGHT).clamp(MARGIN + LEAST, RIGHT)
}
