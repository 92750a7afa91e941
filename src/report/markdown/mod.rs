//! The report as Markdown with tables (GitHub's dialect). Texts of the case keep their words and lose their power: nothing
//! in them can begin a heading, a list, a row or a tag. The only raw HTML is the report's own anchors.

mod prose;

use super::escape::{self, Standing};
use super::outline::{Banner, Block, Card, CitationLine, Fact, Outline, Row, Section, Span, Table};
use super::prose as pieces;
use super::section::marking_words;
use crate::report::REBUILT;
use crate::values::EntryId;
use crate::values::vocabulary::Marking;
use prose::Flow;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Writes the whole report.
pub fn write(outline: &Outline<'_>) -> String {
    let mut writer = Writer { out: String::with_capacity(64 * 1024), outline, keeps_mentions: false };
    writer.banner(&outline.banner);
    writer.contents();
    for section in &outline.sections {
        writer.section(section);
    }
    writer.out.push_str("\n---\n\n");
    writer.provenance();
    writer.out
}

/// Writes each section, by its anchor.
pub(super) fn sections(outline: &Outline<'_>) -> BTreeMap<&'static str, String> {
    let write = |section| {
        let mut writer = Writer { out: String::new(), outline, keeps_mentions: false };
        writer.section(section);
        writer.out
    };
    outline.sections.iter().map(|section| (section.anchor, write(section))).collect()
}

/// Writes where the report comes from, and how it is made again.
pub(super) fn provenance(outline: &Outline<'_>) -> String {
    let mut writer = Writer { out: String::new(), outline, keeps_mentions: false };
    writer.provenance();
    writer.out
}

/// Writes a marking.
pub(super) fn marking(marking: Marking) -> String {
    format!("**{}**", marking_words(marking))
}

/// Writes one text of a case, below a heading of the third level.
pub(super) fn prose_alone(outline: &Outline<'_>, text: &str) -> String {
    let mut writer = Writer { out: String::new(), outline, keeps_mentions: false };
    writer.prose(text);
    writer.out
}

/// Writes pieces of prose as they are written in a case: with mentions of entries by their ids.
pub(super) fn source(outline: &Outline<'_>, pieces: &[pieces::Piece<'_>]) -> String {
    let mut writer = Writer { out: String::new(), outline, keeps_mentions: true };
    Flow::new(&mut writer, false).pieces(pieces);
    writer.out
}

struct Writer<'o, 'c> {
    out: String,
    outline: &'o Outline<'c>,
    /// Whether `[[f-7q2k9dm4]]` stays as it is.
    keeps_mentions: bool,
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

    fn provenance(&mut self) {
        self.facts(&self.outline.origin);
        self.out.push('\n');
        if let Some(rebuild) = &self.outline.rebuild {
            self.out.push_str(REBUILT);
            escape::markdown_code(&mut self.out, rebuild, false);
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
            self.out.push('\n');
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
                Block::Figure(figure) => {
                    let _ = write!(self.out, "**{}**: ", figure.title);
                    self.text(&figure.says, At::Middle);
                    self.out.push('\n');
                }
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
                        self.code(line, false);
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
                Span::Text(text) | Span::Small(text) => self.text(text, at),
                Span::Badge(_, text) => {
                    if index > 0 && matches!(line[index - 1], Span::Badge(..)) {
                        self.out.push_str(", ");
                    }
                    self.text(text, at);
                }
                Span::Strong(text) => {
                    self.out.push_str("**");
                    self.text(text.trim(), at);
                    self.out.push_str("**");
                }
                Span::Code(text) => self.code(text, at == At::Cell),
                Span::Entry(id) => self.entry(*id, true, at),
                Span::Label(id) => self.entry(*id, false, at),
                Span::Url(url, words) => match pieces::safe_url(url) {
                    Some(url) => {
                        self.out.push('[');
                        self.text(words, at);
                        let _ = write!(self.out, "]({url})");
                    }
                    None => self.text(words, at),
                },
                Span::Prose(text) => {
                    let said = pieces::inline(text);
                    let mut inline = Flow::on_one_line(self, at == At::Cell);
                    inline.pieces(&said);
                }
                Span::Nothing => self.out.push('–'),
                Span::Break => self.out.push_str(if at == At::Cell { " · " } else { "; " }),
            }
        }
    }

    fn entry(&mut self, id: EntryId, whole: bool, at: At) {
        match self.outline.names.get(id) {
            None => escape::markdown_code(&mut self.out, &id.to_string(), at == At::Cell),
            Some(name) if !self.outline.shown.contains(&id) => {
                self.text(if whole { &name.title } else { &name.label }, at);
            }
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
        escape::markdown(&mut self.out, &self.outline.defanged.text(text), standing);
    }

    fn code(&mut self, text: &str, in_table: bool) {
        escape::markdown_code(&mut self.out, &self.outline.defanged.text(text), in_table);
    }

    fn prose(&mut self, text: &str) {
        let said = pieces::parse(text, 3);
        Flow::new(self, false).pieces(&said);
        self.out.push('\n');
    }
}
