//! Prose as Markdown, written anew from its pieces.

use super::{At, Writer};
use crate::report::escape::{self, Standing};
use crate::report::prose::{Element, Piece};
use pulldown_cmark::Alignment;
use std::fmt::Write;

/// What stands between two blocks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Line,
    Blank,
}

/// Writes prose anew, from its pieces.
pub(super) struct Flow<'w, 'o, 'c> {
    writer: &'w mut Writer<'o, 'c>,
    /// What every line of the present block begins with.
    prefix: String,
    gap: Gap,
    starts_line: bool,
    in_table: bool,
    in_heading: bool,
    in_code: bool,
    /// Everything stays on the line that it is on.
    one_line: bool,
    /// The open lists: the next number and the mark of each.
    lists: Vec<(Option<u64>, char)>,
    /// How far the content of each open item is indented.
    items: Vec<usize>,
    fence: String,
    /// The mark of the list that ended just before: the next one takes another, or they would be one list.
    ended: Option<char>,
    columns: Vec<Alignment>,
}

impl<'w, 'o, 'c> Flow<'w, 'o, 'c> {
    pub(super) fn new(writer: &'w mut Writer<'o, 'c>, in_table: bool) -> Self {
        Self {
            writer,
            prefix: String::new(),
            gap: Gap::None,
            starts_line: !in_table,
            in_table,
            in_heading: false,
            in_code: false,
            one_line: false,
            lists: Vec::new(),
            items: Vec::new(),
            fence: String::new(),
            ended: None,
            columns: Vec::new(),
        }
    }

    pub(super) fn on_one_line(writer: &'w mut Writer<'o, 'c>, in_table: bool) -> Self {
        Self { one_line: true, ..Self::new(writer, in_table) }
    }

    pub(super) fn pieces(&mut self, pieces: &[Piece<'_>]) {
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Open(Element::CodeBlock(language)) => self.open_code(language, &pieces[index + 1..]),
                Piece::Open(element) => self.open(element),
                Piece::Close(element) => self.close(element),
                Piece::Text(text) if self.in_code => self.raw_lines(text),
                Piece::Text(text) => {
                    self.begin();
                    let standing = Standing { starts_line: self.starts_line, in_table: self.in_table };
                    let text = self.writer.outline.defanged.text(text);
                    escape::markdown(&mut self.writer.out, &text, standing);
                    // An exclamation mark before a link would make it an image.
                    if self.writer.out.ends_with('!') {
                        self.writer.out.pop();
                        self.writer.out.push_str("\\!");
                    }
                    self.starts_line = false;
                }
                Piece::Code(text) => {
                    self.begin();
                    self.writer.code(text, self.in_table);
                    self.starts_line = false;
                }
                Piece::Mention(id) if self.writer.keeps_mentions => {
                    self.begin();
                    self.push(&format!("[[{id}]]"));
                }
                Piece::Mention(id) => {
                    self.begin();
                    self.writer.entry(*id, true, if self.in_table { At::Cell } else { At::Middle });
                    self.starts_line = false;
                }
                Piece::SoftBreak => self.line_break(false),
                Piece::HardBreak => self.line_break(true),
                Piece::Rule => {
                    self.end_line();
                    self.begin();
                    self.push("***");
                    self.gap = Gap::Blank;
                }
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.writer.out.push_str(text);
        self.starts_line = false;
    }

    /// Writes what is due between blocks.
    fn begin(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if gap == Gap::None {
            return;
        }
        self.writer.out.push('\n');
        if gap == Gap::Blank {
            self.writer.out.push_str(self.prefix.trim_end());
            self.writer.out.push('\n');
        }
        self.writer.out.push_str(&self.prefix);
        self.starts_line = true;
        self.ended = None;
    }

    /// Ends a line of text that a block follows without a paragraph's end between them, as in a tight list.
    fn end_line(&mut self) {
        if self.gap == Gap::None && !self.starts_line && !self.in_table {
            self.gap = Gap::Line;
        }
    }

    fn line_break(&mut self, hard: bool) {
        if self.one_line {
            self.push(if hard { " · " } else { " " });
        } else if self.in_table || self.in_heading {
            self.push(" ");
        } else {
            self.writer.out.push_str(if hard { "\\\n" } else { "\n" });
            self.writer.out.push_str(&self.prefix);
            self.starts_line = true;
        }
    }

    fn raw_lines(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            if self.writer.out.ends_with('\n') {
                self.writer.out.push_str(&self.prefix);
            }
            let line = self.writer.outline.defanged.text(line);
            escape::visible(&mut self.writer.out, &line);
        }
    }

    /// Begins a block of code with a fence that no line of the code can end.
    fn open_code(&mut self, language: &str, rest: &[Piece<'_>]) {
        let content = rest.iter().map_while(|piece| match piece {
            Piece::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        let longest = content.flat_map(|text| text.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
        self.fence = "`".repeat((longest + 1).max(3));
        self.end_line();
        self.begin();
        self.writer.out.push_str(&self.fence);
        self.push(language);
        self.writer.out.push('\n');
        self.in_code = true;
    }

    fn open(&mut self, element: &Element<'_>) {
        if !element.is_inline() && *element != Element::Cell {
            self.end_line();
        }
        match element {
            Element::Paragraph if self.gap == Gap::Line => self.gap = Gap::Blank,
            Element::Paragraph | Element::Row | Element::Head => {}
            Element::Heading(level) => {
                self.begin();
                self.push(&"#".repeat(usize::from(*level)));
                self.push(" ");
                self.in_heading = true;
            }
            Element::Quote => {
                self.begin();
                self.push("> ");
                self.prefix.push_str("> ");
                self.starts_line = true;
            }
            Element::CodeBlock(_) => {}
            Element::List(first) => {
                let plain = if first.is_some() { '.' } else { '-' };
                let other = if first.is_some() { ')' } else { '*' };
                let mark = if self.ended == Some(plain) { other } else { plain };
                self.lists.push((*first, mark));
            }
            Element::Item => self.item(),
            Element::Table(columns) => {
                if self.gap != Gap::None {
                    self.gap = Gap::Blank;
                }
                self.begin();
                self.columns.clone_from(columns);
                self.in_table = true;
            }
            Element::Cell => self.inline("| "),
            Element::Emphasis => self.inline("*"),
            Element::Strong => self.inline("**"),
            Element::Strike => self.inline("~~"),
            Element::Link(_) => self.inline("["),
        }
    }

    fn inline(&mut self, mark: &str) {
        self.begin();
        self.push(mark);
    }

    fn item(&mut self) {
        self.begin();
        let mark = match self.lists.last_mut() {
            Some((Some(number), mark)) => {
                let text = format!("{number}{mark} ");
                *number += 1;
                text
            }
            Some((None, mark)) => format!("{mark} "),
            None => "- ".to_owned(),
        };
        self.push(&mark);
        self.prefix.push_str(&" ".repeat(mark.len()));
        self.items.push(mark.len());
        self.starts_line = true;
    }

    fn close(&mut self, element: &Element<'_>) {
        match element {
            Element::Paragraph => self.gap = Gap::Blank,
            Element::Heading(_) => {
                self.in_heading = false;
                self.gap = Gap::Blank;
            }
            Element::Quote => {
                self.prefix.truncate(self.prefix.len().saturating_sub(2));
                self.gap = Gap::Blank;
            }
            Element::CodeBlock(_) => {
                if !self.writer.out.ends_with('\n') {
                    self.writer.out.push('\n');
                }
                self.writer.out.push_str(&self.prefix);
                self.writer.out.push_str(&self.fence);
                self.in_code = false;
                self.gap = Gap::Blank;
            }
            Element::List(_) => {
                self.ended = self.lists.pop().map(|(_, mark)| mark);
                self.gap = self.gap.max(if self.lists.is_empty() { Gap::Blank } else { Gap::Line });
            }
            Element::Item => {
                let indent = self.items.pop().unwrap_or(0);
                self.prefix.truncate(self.prefix.len().saturating_sub(indent));
                self.gap = self.gap.max(Gap::Line);
            }
            Element::Table(_) => {
                self.in_table = false;
                self.gap = Gap::Blank;
            }
            Element::Head => {
                self.push("|");
                self.gap = Gap::Line;
                self.begin();
                for alignment in std::mem::take(&mut self.columns) {
                    self.push(match alignment {
                        Alignment::None => "| --- ",
                        Alignment::Left => "| :-- ",
                        Alignment::Center => "| :-: ",
                        Alignment::Right => "| --: ",
                    });
                }
                self.push("|");
                self.gap = Gap::Line;
            }
            Element::Row => {
                self.push("|");
                self.gap = Gap::Line;
            }
            Element::Cell => self.push(" "),
            Element::Emphasis => self.push("*"),
            Element::Strong => self.push("**"),
            Element::Strike => self.push("~~"),
            Element::Link(url) => {
                let _ = write!(self.writer.out, "]({url})");
                self.starts_line = false;
            }
        }
    }
}
