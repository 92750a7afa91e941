//! The content of a figure as a table, for where nothing can be drawn.

use super::timeline::{Mark, Shape};
use super::{Drawing, Figure};
use crate::values::EntryId;

/// What a figure shows, in the order in which it is drawn.
pub struct Rows {
    pub columns: &'static [&'static str],
    pub rows: Vec<Row>,
}

pub struct Row {
    /// The entry that it stands for, where that is one.
    pub entry: Option<EntryId>,
    /// As many as there are columns.
    pub cells: Vec<String>,
}

impl Figure<'_> {
    pub fn rows(&self) -> Rows {
        match &self.drawing {
            Drawing::Timeline(timeline) => {
                let milestones = timeline.flags.iter().map(|flag| row(None, ["milestone", "", &flag.name]));
                let rows = timeline.marks.iter().map(mark).chain(milestones).collect();
                Rows { columns: &["What", "Time", "Title"], rows }
            }
            Drawing::Graph(graph) => {
                let boxes = graph.nodes.iter().map(|node| row(node.entry, ["box", &node.name, &node.note]));
                let arrows = graph.arrows.iter().map(|arrow| {
                    let number = arrow.number.map(|(number, _)| number.to_string()).unwrap_or_default();
                    row(None, ["arrow", &number, &arrow.title])
                });
                Rows { columns: &["What", "Name", "Says"], rows: boxes.chain(arrows).collect() }
            }
            Drawing::Matrix(matrix) => {
                let cells = matrix.cells.iter();
                let rows = cells.map(|cell| {
                    row(Some(cell.entry), [cell.technique, cell.name, &cell.certainty.words(), &cell.seen])
                });
                Rows { columns: &["Technique", "Name", "Certainty", "Seen"], rows: rows.collect() }
            }
            Drawing::Measures(bars) => {
                let rows = bars.iter().map(|bar| row(None, [bar.name, &bar.words])).collect();
                Rows { columns: &["Objective", "Says"], rows }
            }
        }
    }
}

fn row<const N: usize>(entry: Option<EntryId>, cells: [&str; N]) -> Row {
    Row { entry, cells: cells.map(str::to_owned).to_vec() }
}

fn mark(mark: &Mark<'_>) -> Row {
    let what = match mark.shape {
        Shape::Event => "event",
        Shape::Several => "events",
        Shape::Action => "action",
    };
    row(mark.entry, [what, &mark.time, &mark.title])
}
