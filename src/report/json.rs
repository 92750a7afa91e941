//! The report as JSON: the outline itself, for programs and for templates. Every text in it is as harmless as in the other
//! dialects: taken apart where it is an indicator, and with hidden characters shown.

use super::VERSION;
use super::escape;
use super::figure::Figure;
use super::outline::{Block, Card, CitationLine, Fact, Line, Outline, Row, Section, Span, Table, Tone};
use super::prose::{self, Element, Piece, safe_url};
use super::section::marking_words;
use crate::values::EntryId;
use serde_json::{Value, json};

/// Writes the whole report.
pub fn write(outline: &Outline<'_>) -> String {
    format!("{:#}\n", value(outline))
}

/// The report as one object.
pub fn value(outline: &Outline<'_>) -> Value {
    let writer = Writer { outline };
    let banner = &outline.banner;
    let warning = |(tone, line): &(Tone, Line<'_>)| json!({ "tone": tone_word(*tone), "value": writer.line(line) });
    json!({
        "casebook": VERSION,
        "audience": outline.audience,
        "marking": marking_words(banner.marking),
        "case": writer.text(&banner.case_id),
        "title": writer.text(&banner.title),
        "facts": writer.facts(&banner.facts),
        "warnings": banner.warnings.iter().map(warning).collect::<Value>(),
        "sections": outline.sections.iter().map(|section| writer.section(section)).collect::<Value>(),
        "origin": writer.facts(&outline.origin),
        "rebuild": outline.rebuild,
    })
}

/// One text of a case.
pub fn prose(outline: &Outline<'_>, text: &str) -> Value {
    Writer { outline }.prose(text)
}

/// All texts of a report in JSON, each on a line of its own.
pub fn texts(report: &str) -> String {
    fn collect(value: &Value, out: &mut String) {
        match value {
            Value::String(text) => {
                out.push_str(text);
                out.push('\n');
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Value::Object(fields) => fields.values().for_each(|field| collect(field, out)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let Ok(value) = serde_json::from_str(report) else { return report.to_owned() };
    let mut out = String::with_capacity(report.len());
    collect(&value, &mut out);
    out
}

struct Writer<'o, 'c> {
    outline: &'o Outline<'c>,
}

impl Writer<'_, '_> {
    fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        escape::visible(&mut out, &self.outline.defanged.text(text));
        out
    }

    fn section(&self, section: &Section<'_>) -> Value {
        json!({
            "anchor": section.anchor,
            "title": section.title,
            "count": section.count,
            "blocks": self.blocks(&section.blocks),
        })
    }

    fn blocks(&self, blocks: &[Block<'_>]) -> Value {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&self, block: &Block<'_>) -> Value {
        match block {
            Block::Heading(text) => json!({ "type": "heading", "text": text }),
            Block::Label(text) => json!({ "type": "label", "text": text }),
            Block::Text(line) => json!({ "type": "text", "line": self.line(line) }),
            Block::Prose(text) => self.prose(text),
            Block::Facts(facts) => json!({ "type": "facts", "facts": self.facts(facts) }),
            Block::List(lines) => json!({ "type": "list", "items": self.lines(lines) }),
            Block::Table(table) => self.table(table),
            Block::Citations(citations) => {
                let citations = citations.iter().map(|citation| self.citation(citation));
                json!({ "type": "citations", "citations": citations.collect::<Value>() })
            }
            Block::Card(card) => self.card(card),
            Block::Figure(figure) => self.figure(figure),
        }
    }

    fn facts(&self, facts: &[Fact<'_>]) -> Value {
        facts.iter().map(|fact| json!({ "name": self.text(&fact.name), "value": self.line(&fact.value) })).collect()
    }

    fn table(&self, table: &Table<'_>) -> Value {
        let row = |row: &Row<'_>| json!({ "entry": id(row.entry), "cells": self.lines(&row.cells) });
        json!({
            "type": "table",
            "caption": table.caption,
            "columns": table.columns,
            "rows": table.rows.iter().map(row).collect::<Value>(),
        })
    }

    fn citation(&self, citation: &CitationLine<'_>) -> Value {
        json!({ "place": self.line(&citation.place), "quote": citation.quote.map(|quote| self.text(quote)) })
    }

    fn card(&self, card: &Card<'_>) -> Value {
        json!({
            "type": "card",
            "anchor": self.text(&card.anchor),
            "entry": id(card.anchor.parse().ok()),
            "label": self.text(&card.label),
            "title": self.text(&card.title),
            "badges": self.spans(&card.badges),
            "blocks": self.blocks(&card.blocks),
        })
    }

    fn figure(&self, figure: &Figure<'_>) -> Value {
        let content = figure.rows();
        let cells = |cells: &[String]| cells.iter().map(|cell| self.text(cell)).collect::<Value>();
        let rows = content.rows.iter().map(|row| json!({ "entry": id(row.entry), "cells": cells(&row.cells) }));
        json!({
            "type": "figure",
            "title": figure.title,
            "description": self.text(&figure.says),
            "reading": figure.reading,
            "columns": content.columns,
            "rows": rows.collect::<Value>(),
        })
    }

    fn lines(&self, lines: &[Line<'_>]) -> Value {
        lines.iter().map(|line| self.line(line)).collect()
    }

    /// A line as one text and span by span.
    fn line(&self, line: &[Span<'_>]) -> Value {
        let spans = self.spans(line);
        let texts = spans.as_array().into_iter().flatten().filter_map(|span| span["text"].as_str());
        json!({ "text": texts.collect::<String>(), "spans": spans })
    }

    fn spans(&self, spans: &[Span<'_>]) -> Value {
        spans.iter().map(|span| self.span(span)).collect()
    }

    fn span(&self, span: &Span<'_>) -> Value {
        match span {
            Span::Text(text) => json!({ "type": "text", "text": self.text(text) }),
            Span::Strong(text) => json!({ "type": "strong", "text": self.text(text) }),
            Span::Code(text) => json!({ "type": "code", "text": self.text(text) }),
            Span::Small(text) => json!({ "type": "small", "text": self.text(text) }),
            Span::Badge(tone, text) => json!({ "type": "badge", "tone": tone_word(*tone), "text": self.text(text) }),
            Span::Entry(id) => self.entry(*id, true),
            Span::Label(id) => self.entry(*id, false),
            Span::Url(url, words) => {
                let url = safe_url(url).map(|url| self.text(&url));
                json!({ "type": "link", "url": url, "text": self.text(words) })
            }
            Span::Prose(text) => self.prose(text),
            Span::Break => json!({ "type": "break", "text": "\n" }),
            Span::Nothing => json!({ "type": "nothing", "text": "" }),
        }
    }

    fn entry(&self, id: EntryId, whole: bool) -> Value {
        json!({
            "type": "entry",
            "entry": id.to_string(),
            "shown": self.outline.shown.contains(&id),
            "text": self.text(&self.called(id, whole)),
        })
    }

    /// What an entry is called, as in the other dialects.
    fn called(&self, id: EntryId, whole: bool) -> String {
        let Some(name) = self.outline.names.get(id) else { return id.to_string() };
        match whole {
            false => name.label.clone(),
            true if name.speaks || !self.outline.shown.contains(&id) => name.title.to_string(),
            true => format!("{}: {}", name.label, name.title),
        }
    }

    /// Prose as Markdown, written anew so that what is HTML in it is text, and as plain text.
    fn prose(&self, text: &str) -> Value {
        let pieces = prose::parse(text, 0);
        json!({
            "type": "prose",
            "markdown": super::markdown::source(self.outline, &pieces),
            "text": self.plain(&pieces),
        })
    }

    /// The words of prose, each block on a line of its own.
    fn plain(&self, pieces: &[Piece<'_>]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) | Piece::Code(text) => out.push_str(&self.text(text)),
                Piece::Mention(id) => out.push_str(&self.text(&self.called(*id, true))),
                Piece::SoftBreak => out.push(' '),
                Piece::HardBreak => out.push('\n'),
                Piece::Close(Element::Cell) => out.push('\t'),
                Piece::Close(element) if !element.is_inline() => {
                    out.truncate(out.trim_end().len());
                    out.push('\n');
                }
                Piece::Open(_) | Piece::Close(_) | Piece::Rule => {}
            }
        }
        out.truncate(out.trim_end().len());
        out
    }
}

fn id(entry: Option<EntryId>) -> Option<String> {
    entry.map(|id| id.to_string())
}

fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Watch => "watch",
        Tone::Bad => "bad",
        Tone::Marking(_) => "marking",
    }
}
