//! Figures as inline SVG: colours come from the style sheet, and no colour says anything alone. A figure with links in it is a
//! group to a screen reader, since what is inside an image is not read out.

mod graph;
mod matrix;
mod measures;
mod timeline;

use super::Writer;
use crate::report::figure::{Drawing, Figure, Look, Node, WIDTH};
#[cfg(feature = "pdf")]
use crate::report::outline::Outline;
use crate::values::EntryId;
use crate::values::wording::shortened;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// How what is drawn looks.
pub(super) const STYLE: &str = include_str!("../figure.css");

/// How wide a letter is on the average of a text, in the widest of the usual fonts and in tenths: in names, which are 12 px high,
/// and in what else is written, which is 11.
const LETTER: i64 = 66;
const SMALL: i64 = 62;

fn class_and_role(drawing: &Drawing<'_>) -> (&'static str, &'static str) {
    match drawing {
        Drawing::Timeline(_) => ("timeline", "group"),
        Drawing::Graph(_) => ("graph", "group"),
        Drawing::Matrix(_) => ("matrix", "group"),
        Drawing::Measures(_) => ("measures", "img"),
    }
}

/// A figure as an SVG image that needs no page around it, in the colours of paper.
#[cfg(feature = "pdf")]
pub(in crate::report) fn alone(outline: &Outline<'_>, figure: &Figure<'_>) -> String {
    let mut writer = Writer { out: String::new(), outline, figures: 0 };
    let (height, (class, _)) = (figure.height, class_and_role(&figure.drawing));
    let _ = write!(
        writer.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart {class}\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\">\n<style>\n{}{BUILT_IN}</style>\n",
        PAPER.iter().fold(STYLE.to_owned(), |style, (name, colour)| style.replace(&format!("var(--{name})"), colour)),
    );
    writer.drawing(figure);
    writer.raw("</svg>\n");
    writer.out
}

/// The font that is built in is narrower than those of screens.
#[cfg(feature = "pdf")]
const BUILT_IN: &str =
    "text { font-family: \"Libertinus Serif\"; font-size: 13px; } .chart .name { font-size: 14px; }\n";

/// The colours that a printed page has, too.
#[cfg(feature = "pdf")]
const PAPER: [(&str, &str); 13] = [
    ("ink", "#000"),
    ("soft", "#444"),
    ("faint", "#666"),
    ("line", "#ccc"),
    ("paper", "#fff"),
    ("wash", "#f5f5f5"),
    ("link", "#003a75"),
    ("good", "#14692f"),
    ("watch", "#7a4d00"),
    ("bad", "#a3161f"),
    ("attacker", "#b3261e"),
    ("responder", "#14692f"),
    ("other", "#5b6673"),
];

impl Writer<'_, '_> {
    pub(super) fn figure(&mut self, figure: &Figure<'_>) {
        self.figures += 1;
        let (id, height) = (self.figures, figure.height);
        let (class, role) = class_and_role(&figure.drawing);
        let _ = write!(
            self.out,
            "<figure class=\"chart {class}\">\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"figure-{id}\">\n\
             <svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"{role}\" \
             aria-labelledby=\"figure-{id}\" aria-describedby=\"figure-{id}-text\">\n<title id=\"figure-{id}\">",
        );
        self.text(figure.title);
        let _ = write!(self.out, "</title><desc id=\"figure-{id}-text\">");
        self.within("", &figure.says, "</desc>\n");
        self.drawing(figure);
        self.raw("</svg>\n</div>\n<figcaption><strong>");
        self.within("", figure.title, ".</strong> ");
        self.text(&figure.says);
        self.within(" ", figure.reading, "");
        if matches!(figure.drawing, Drawing::Timeline(_)) {
            self.raw(timeline::KEY);
        }
        self.raw("</figcaption>\n</figure>\n");
    }

    fn drawing(&mut self, figure: &Figure<'_>) {
        match &figure.drawing {
            Drawing::Timeline(timeline) => self.timeline(timeline),
            Drawing::Graph(graph) => self.graph(graph),
            Drawing::Matrix(matrix) => self.matrix(matrix),
            Drawing::Measures(bars) => self.measures(bars, figure.height),
        }
    }

    /// Writes a text that has so much room. It is taken apart before it is shortened: half a value would be recognised by
    /// nobody, and could still be opened.
    fn fitted(&mut self, text: &str, room: i64, letter: i64) {
        let whole = self.outline.defanged.text(text);
        let most = usize::try_from(room * 10 / letter).unwrap_or(0);
        let mut shown = whole.clone().into_owned();
        let mut letters = most;
        while shown.width() > most && letters > 1 {
            letters -= 1;
            shown = shortened(&whole, letters);
        }
        crate::report::escape::html(&mut self.out, &shown);
    }

    /// Opens a link to an entry where the report shows it, and says what closes it.
    fn open_link(&mut self, entry: Option<EntryId>) -> &'static str {
        match entry.filter(|id| self.outline.shown.contains(id)) {
            Some(id) => {
                let _ = write!(self.out, "<a href=\"#{id}\">");
                "</a>\n"
            }
            None => "\n",
        }
    }

    fn node(&mut self, node: &Node<'_>) {
        let (x, y) = (node.x, node.y);
        let close = self.open_link(node.entry);
        let look = match node.look {
            Look::Plain => "",
            Look::Good => " good",
            Look::Watch => " watch",
            Look::Bad => " bad",
        };
        let _ = write!(
            self.out,
            "<g class=\"node{look}\"><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"5\"/><text class=\"name\" x=\"{}\" y=\"{}\">",
            node.width,
            node.height,
            x + 10,
            y + node.height / 2 - 4,
        );
        self.fitted(&node.name, node.width - 20, LETTER);
        let _ = write!(self.out, "</text><text x=\"{}\" y=\"{}\">", x + 10, y + node.height / 2 + 12);
        self.fitted(&node.note, node.width - 20, SMALL);
        self.within("</text><title>", &node.name, "</title></g>");
        self.raw(close);
    }
}
