//! The report as Markdown with tables (GitHub's dialect). Texts of the case keep their words and lose their power: nothing
//! in them can begin a heading, a list, a row or a tag. The only raw HTML is the report's own anchors.

use super::escape::{self, Standing};
use super::outline::{Banner, Block, Card, CitationLine, Fact, Outline, Row, Section, Span, Table};
use super::prose::{self, Element, Piece};
use super::section::marking_words;
use crate::values::EntryId;
use pulldown_cmark::Alignment;
use std::fmt::Write;

/// Writes the whole report.
pub fn write(outline: &Outline<'_>) -> String {
    let mut writer = Writer { out: String::with_capacity(64 * 1024), outline };
    writer.banner(&outline.banner);
    writer.contents();
    for section in &outline.sections {
        writer.section(section);
    }
    writer.out.push_str("\n---\n\n");
    writer.facts(&outline.origin);
    writer.out.push_str("\nRebuilt anywhere, this report has the same bytes: ");
    escape::markdown_code(&mut writer.out, &outline.rebuild, false);
    writer.out.push('\n');
    writer.out
}

/// Writes one text of a case, below a heading of the third level.
pub(super) fn prose_alone(outline: &Outline<'_>, text: &str) -> String {
    let mut writer = Writer { out: String::new(), outline };
    writer.prose(text);
    writer.out
}

struct Writer<'o, 'c> {
    out: String,
    outline: &'o Outline<'c>,
}

/// What is special about the place of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Middle,
    Cell,
}

impl<'c> Writer<'_, 'c> {
    fn banner(&mut self, banner: &Banner<'c>) {
        let _ = write!(self.out, "**{}**\n\n# ", marking_words(banner.marking));
        if !banner.case_id.is_empty() {
            self.text(&banner.case_id, At::Middle);
            self.out.push_str(": ");
        }
        self.text(&banner.title, At::Middle);
        self.out.push_str("\n\n");
        self.facts(&banner.facts);
        for (_, warning) in &banner.warnings {
            self.out.push_str("\n> ");
            self.line(warning, At::Start);
            self.out.push('\n');
        }
    }

    fn contents(&mut self) {
        self.out.push_str("\n## Contents\n\n");
        for section in &self.outline.sections {
            let _ = write!(self.out, "- [{}](#{})", section.title, section.anchor);
            if let Some(count) = section.count {
                let _ = write!(self.out, " ({count})");
            }
            self.out.push('\n');
        }
    }

    fn section(&mut self, section: &Section<'c>) {
        let _ = write!(self.out, "\n## <a id=\"{}\"></a>{}\n", section.anchor, section.title);
        self.blocks(&section.blocks);
    }

    fn blocks(&mut self, blocks: &[Block<'c>]) {
        for block in blocks {
            if !matches!(block, Block::Chart(_)) {
                self.out.push('\n');
            }
            match block {
                Block::Heading(heading) => {
                    let _ = writeln!(self.out, "### {heading}");
                }
                Block::Label(label) => {
                    let _ = writeln!(self.out, "**{label}**");
                }
                Block::Text(line) => {
                    self.line(line, At::Start);
                    self.out.push('\n');
                }
                Block::Prose(text) => self.prose(text),
                Block::Facts(facts) => self.facts(facts),
                Block::List(lines) => {
                    for line in lines {
                        self.out.push_str("- ");
                        self.line(line, At::Start);
                        self.out.push('\n');
                    }
                }
                Block::Table(table) => self.table(table),
                Block::Citations(citations) => self.citations(citations),
                Block::Card(card) => self.card(card),
                Block::Chart(_) => {}
            }
        }
    }

    fn facts(&mut self, facts: &[Fact<'c>]) {
        for fact in facts {
            self.out.push_str("- **");
            self.text(&fact.name, At::Middle);
            self.out.push_str("**: ");
            self.line(&fact.value, At::Middle);
            self.out.push('\n');
        }
    }

    fn card(&mut self, card: &Card<'c>) {
        self.out.push_str("### <a id=\"");
        escape::html(&mut self.out, &card.anchor);
        self.out.push_str("\"></a>");
        self.text(&card.label, At::Middle);
        self.out.push_str(": ");
        self.text(&card.title, At::Middle);
        self.out.push('\n');
        if !card.badges.is_empty() {
            self.out.push('\n');
            for (index, badge) in card.badges.iter().enumerate() {
                if index > 0 {
                    self.out.push_str(" · ");
                }
                self.line(std::slice::from_ref(badge), At::Start);
            }
            let _ = writeln!(self.out, " · `{}`", card.anchor);
        }
        self.blocks(&card.blocks);
    }

    fn table(&mut self, table: &Table<'c>) {
        for column in table.columns {
            let _ = write!(self.out, "| {column} ");
        }
        self.out.push_str("|\n");
        for _ in table.columns {
            self.out.push_str("| --- ");
        }
        self.out.push_str("|\n");
        for row in &table.rows {
            self.row(row);
        }
    }

    fn row(&mut self, row: &Row<'c>) {
        for (index, cell) in row.cells.iter().enumerate() {
            self.out.push_str("| ");
            if let Some(id) = row.entry.filter(|_| index == 0) {
                let _ = write!(self.out, "<a id=\"{id}\"></a>");
            }
            self.line(cell, At::Cell);
            if let Some(id) = row.entry.filter(|_| index == 0) {
                let _ = write!(self.out, " `{id}`");
            }
            self.out.push(' ');
        }
        self.out.push_str("|\n");
    }

    fn citations(&mut self, citations: &[CitationLine<'c>]) {
        for citation in citations {
            self.out.push_str("- ");
            self.line(&citation.place, At::Start);
            self.out.push('\n');
            if let Some(quote) = citation.quote {
                for line in quote.lines() {
                    self.out.push_str("  > ");
                    if !line.trim().is_empty() {
                        escape::markdown_code(&mut self.out, line, false);
                        self.out.push('\\');
                    }
                    self.out.push('\n');
                }
                // The last line of a quote has no break after it.
                if self.out.ends_with("\\\n") {
                    self.out.truncate(self.out.len() - 2);
                    self.out.push('\n');
                }
            }
        }
    }

    fn line(&mut self, line: &[Span<'c>], at: At) {
        for (index, span) in line.iter().enumerate() {
            let at = if at == At::Start && index > 0 { At::Middle } else { at };
            match span {
                Span::Text(text) | Span::Small(text) | Span::Badge(_, text) => self.text(text, at),
                Span::Strong(text) => {
                    self.out.push_str("**");
                    self.text(text.trim(), at);
                    self.out.push_str("**");
                }
                Span::Code(text) => escape::markdown_code(&mut self.out, text, at == At::Cell),
                Span::Entry(id) => self.entry(*id, true, at),
                Span::Label(id) => self.entry(*id, false, at),
                Span::Url(url, words) => match prose::safe_url(url) {
                    Some(url) => {
                        self.out.push('[');
                        self.text(words, at);
                        let _ = write!(self.out, "]({url})");
                    }
                    None => self.text(words, at),
                },
                Span::Prose(text) => {
                    let pieces = prose::inline(text);
                    let mut inline = Flow::new(self, at == At::Cell);
                    inline.one_line = true;
                    inline.pieces(&pieces);
                }
                Span::Nothing => self.out.push('–'),
                Span::Break => self.out.push_str(if at == At::Cell { " · " } else { "; " }),
            }
        }
    }

    fn entry(&mut self, id: EntryId, whole: bool, at: At) {
        match self.outline.names.get(id) {
            None => escape::markdown_code(&mut self.out, &id.to_string(), at == At::Cell),
            Some(name) => {
                self.out.push('[');
                if !(name.speaks && whole) {
                    self.text(&name.label, at);
                }
                if whole {
                    if !name.speaks {
                        self.out.push_str(": ");
                    }
                    self.text(&name.title, at);
                }
                let _ = write!(self.out, "](#{id})");
            }
        }
    }

    fn text(&mut self, text: &str, at: At) {
        let standing = Standing { starts_line: at == At::Start, in_table: at == At::Cell };
        escape::markdown(&mut self.out, text, standing);
    }

    fn prose(&mut self, text: &str) {
        let pieces = prose::parse(text, 3);
        Flow::new(self, false).pieces(&pieces);
        self.out.push('\n');
    }
}

/// What stands between two blocks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Line,
    Blank,
}

/// Writes prose anew, from its pieces.
struct Flow<'w, 'o, 'c> {
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
    fn new(writer: &'w mut Writer<'o, 'c>, in_table: bool) -> Self {
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

    fn pieces(&mut self, pieces: &[Piece<'_>]) {
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Open(Element::CodeBlock(language)) => self.open_code(language, &pieces[index + 1..]),
                Piece::Open(element) => self.open(element),
                Piece::Close(element) => self.close(element),
                Piece::Text(text) if self.in_code => self.raw_lines(text),
                Piece::Text(text) => {
                    self.begin();
                    let standing = Standing { starts_line: self.starts_line, in_table: self.in_table };
                    escape::markdown(&mut self.writer.out, text, standing);
                    // An exclamation mark before a link would make it an image.
                    if self.writer.out.ends_with('!') {
                        self.writer.out.pop();
                        self.writer.out.push_str("\\!");
                    }
                    self.starts_line = false;
                }
                Piece::Code(text) => {
                    self.begin();
                    escape::markdown_code(&mut self.writer.out, text, self.in_table);
                    self.starts_line = false;
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
            escape::visible(&mut self.writer.out, line);
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
