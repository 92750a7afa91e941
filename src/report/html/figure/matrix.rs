//! The matrix of techniques: a cell for each, with bars and words for how sure it is.

use super::{SMALL, Writer};
use crate::report::figure::matrix::{CELL, Cell, Certainty, Matrix};
use crate::values::wording::{counted, shortened};
use std::fmt::Write;

impl Writer<'_, '_> {
    pub(super) fn matrix(&mut self, matrix: &Matrix<'_>) {
        for heading in &matrix.headings {
            let _ = write!(self.out, "<text class=\"name\" x=\"{}\" y=\"{}\">", heading.x, heading.y);
            self.text(&heading.name);
            self.raw("</text>\n");
            if let Some((count, y)) = heading.further {
                let more = counted(count, "further technique");
                let _ = writeln!(self.out, "<text x=\"{}\" y=\"{y}\">and {more}</text>", heading.x);
            }
        }
        for cell in &matrix.cells {
            self.cell(cell, matrix.width);
        }
    }

    fn cell(&mut self, cell: &Cell<'_>, width: i64) {
        let (x, y) = (cell.x, cell.y);
        let class = match cell.certainty {
            Certainty::Finding(_) => "cell",
            Certainty::NotSaid | Certainty::Events => "cell bare",
        };
        let close = self.open_link(Some(cell.entry));
        let _ = write!(
            self.out,
            "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{CELL}\" rx=\"4\"/><text class=\"technique\" x=\"{}\" y=\"{}\">",
            x + 9,
            y + 16,
        );
        self.text(cell.technique);
        self.raw("</text>");
        for bar in 0..3 {
            let full = if bar < cell.certainty.bars() { "full" } else { "empty" };
            let left = x + width - 30 + bar as i64 * 8;
            let height = 4 + 3 * bar as i64;
            let _ = write!(
                self.out,
                "<rect class=\"{full}\" x=\"{left}\" y=\"{}\" width=\"5\" height=\"{height}\"/>",
                y + 17 - height,
            );
        }
        for (index, line) in lines(cell.name, width - 18).iter().enumerate() {
            let _ = write!(self.out, "<text class=\"what\" x=\"{}\" y=\"{}\">", x + 9, y + 31 + 13 * index as i64);
            self.text(line);
            self.raw("</text>");
        }
        let _ =
            write!(self.out, "<text x=\"{}\" y=\"{}\">{}</text><title>", x + 9, y + CELL - 7, cell.certainty.words());
        self.text(cell.technique);
        let _ = write!(self.out, " {}: {}, {}</title></g>", cell.name, cell.certainty.words(), cell.seen);
        self.raw(close);
    }
}

/// A name in two lines, the second one shortened.
fn lines(name: &str, room: i64) -> Vec<String> {
    let most = usize::try_from(room * 10 / SMALL).unwrap_or(1);
    let mut lines = textwrap::wrap(name, most).into_iter().map(|line| line.into_owned());
    let first = lines.next();
    let rest: Vec<String> = lines.collect();
    let second = (!rest.is_empty()).then(|| shortened(&rest.join(" "), most - 1));
    first.into_iter().chain(second).collect()
}
