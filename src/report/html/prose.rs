//! Prose as HTML.

use super::Writer;
use crate::report::prose::{self, Element, Piece};
use pulldown_cmark::Alignment;
use std::fmt::Write;

impl Writer<'_, '_> {
    /// Writes prose as blocks, its headings below a heading of the level `above`.
    pub(super) fn prose(&mut self, text: &str, above: u8) {
        self.pieces(&prose::parse(text, above));
    }

    /// Writes prose on one line.
    pub(super) fn inline_prose(&mut self, text: &str) {
        self.pieces(&prose::inline(text));
    }

    fn pieces(&mut self, pieces: &[Piece<'_>]) {
        let mut columns: Vec<Alignment> = Vec::new();
        let mut column = 0;
        let mut in_head = false;
        for piece in pieces {
            match piece {
                Piece::Open(Element::Table(alignments)) => {
                    columns.clone_from(alignments);
                    self.raw("<table>\n");
                }
                Piece::Open(Element::Head) => {
                    in_head = true;
                    column = 0;
                    self.raw("<thead><tr>");
                }
                Piece::Close(Element::Head) => {
                    in_head = false;
                    self.raw("</tr></thead>\n<tbody>\n");
                }
                Piece::Open(Element::Row) => {
                    column = 0;
                    self.raw("<tr>");
                }
                Piece::Open(Element::Cell) => {
                    let alignment = columns.get(column).copied().unwrap_or(Alignment::None);
                    column += 1;
                    self.raw(if in_head { "<th scope=\"col\"" } else { "<td" });
                    self.raw(align(alignment));
                    self.raw("><div>");
                }
                Piece::Close(Element::Cell) => self.raw(if in_head { "</div></th>" } else { "</div></td>" }),
                Piece::Open(element) => self.open(element),
                Piece::Close(element) => self.close(element),
                Piece::Text(text) => self.text(text),
                Piece::Code(code) => self.within("<code>", code, "</code>"),
                Piece::Mention(id) => self.entry(*id, true),
                Piece::SoftBreak => self.raw("\n"),
                Piece::HardBreak => self.raw("<br>\n"),
                Piece::Rule => self.raw("<hr>\n"),
            }
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element {
            Element::Paragraph => self.raw("<p>"),
            Element::Heading(level) => {
                let _ = write!(self.out, "<h{level}>");
            }
            Element::Quote => self.raw("<blockquote>\n"),
            Element::CodeBlock(_) => self.raw("<pre><code>"),
            Element::List(None) => self.raw("<ul>\n"),
            Element::List(Some(1)) => self.raw("<ol>\n"),
            Element::List(Some(first)) => {
                // What a signed 32-bit number cannot hold, no browser counts.
                let _ = writeln!(self.out, "<ol start=\"{}\">", first.min(&999_999_999));
            }
            Element::Item => self.raw("<li>"),
            Element::Emphasis => self.raw("<em>"),
            Element::Strong => self.raw("<strong>"),
            Element::Strike => self.raw("<del>"),
            Element::Link(url) => {
                self.raw("<a rel=\"noopener noreferrer nofollow\" href=\"");
                self.text(url);
                self.raw("\">");
            }
            Element::Table(_) | Element::Head | Element::Row | Element::Cell => {}
        }
    }

    fn close(&mut self, element: &Element<'_>) {
        match element {
            Element::Paragraph => self.raw("</p>\n"),
            Element::Heading(level) => {
                let _ = writeln!(self.out, "</h{level}>");
            }
            Element::Quote => self.raw("</blockquote>\n"),
            Element::CodeBlock(_) => self.raw("</code></pre>\n"),
            Element::List(None) => self.raw("</ul>\n"),
            Element::List(Some(_)) => self.raw("</ol>\n"),
            Element::Item => self.raw("</li>\n"),
            Element::Row => self.raw("</tr>\n"),
            Element::Table(_) => self.raw("</tbody>\n</table>\n"),
            Element::Emphasis => self.raw("</em>"),
            Element::Strong => self.raw("</strong>"),
            Element::Strike => self.raw("</del>"),
            Element::Link(_) => self.raw("</a>"),
            Element::Head | Element::Cell => {}
        }
    }
}

fn align(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::None | Alignment::Left => "",
        Alignment::Center => " class=\"centre\"",
        Alignment::Right => " class=\"right\"",
    }
}
