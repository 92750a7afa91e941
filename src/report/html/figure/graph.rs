//! Boxes and arrows: the arrows lie under the boxes, their numbers over both.

use super::Writer;
use crate::report::figure::graph::{Arrow, Graph};
use std::fmt::Write;

impl Writer<'_, '_> {
    pub(super) fn graph(&mut self, graph: &Graph<'_>) {
        for arrow in &graph.arrows {
            self.arrow(arrow);
        }
        for node in &graph.nodes {
            self.node(node);
        }
        for (number, (x, y)) in graph.arrows.iter().filter_map(|arrow| arrow.number) {
            let _ = writeln!(
                self.out,
                "<g class=\"step\"><circle cx=\"{x}\" cy=\"{y}\" r=\"9\"/><text x=\"{x}\" y=\"{}\">{number}</text></g>",
                y + 4,
            );
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        let [(x, y), (ax, ay), (bx, by), (end_x, end_y)] = arrow.curve;
        let _ = write!(self.out, "<g class=\"arrow\"><path d=\"M{x} {y}C{ax} {ay} {bx} {by} {end_x} {end_y}\"/>");
        if arrow.has_head {
            // It arrives level, from where the curve is drawn.
            let back = if bx < end_x { -8 } else { 8 };
            let _ = write!(self.out, "<path class=\"head\" d=\"M{end_x} {end_y}l{back} -4v8z\"/>");
        }
        self.within("<title>", &arrow.title, "</title></g>\n");
    }
}
