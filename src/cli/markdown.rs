//! Markdown for a terminal: headings bold, code indented, lists with their marks, everything wrapped.

use crate::diagnostic::render::printable;
use anstyle::{AnsiColor, Style};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

const BOLD: Style = Style::new().bold();
const ITALIC: Style = Style::new().italic();
const CODE: Style = AnsiColor::Cyan.on_default();
const DIM: Style = Style::new().dimmed();

/// Renders Markdown at most `width` columns wide, with ANSI styles that a plain output strips. Raw HTML is shown as the
/// text that it is.
pub fn render(markdown: &str, width: usize) -> String {
    let clean = printable(markdown);
    let mut page = Page { width, ..Page::default() };
    for event in Parser::new_ext(&clean, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        page.take(event);
    }
    page.flush();
    page.out.trim_end_matches('\n').to_owned() + "\n"
}

/// What stands before the lines of a block: the first line, then the others.
struct Prefix {
    first: Option<String>,
    rest: String,
}

#[derive(Default)]
struct Page {
    out: String,
    /// The text of the block that is being read.
    line: String,
    prefixes: Vec<Prefix>,
    /// The number of the next item of each list that is open; `None` in one without numbers.
    lists: Vec<Option<u64>>,
    /// The code block that is being read.
    code: Option<String>,
    /// The rows of the table that is being read.
    table: Option<Vec<Vec<String>>>,
    /// The targets of the links that are open.
    links: Vec<String>,
    width: usize,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) if self.code.is_some() => self.code.get_or_insert_default().push_str(&text),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.line.push_str(&text),
            Event::Code(text) => self.line.push_str(&format!("{CODE}`{text}`{CODE:#}")),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            Event::Rule => self.block(&"─".repeat(self.width.min(40))),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.flush();
                self.line.push_str(&BOLD.to_string());
            }
            Tag::Paragraph | Tag::HtmlBlock => self.flush(),
            Tag::Strong => self.line.push_str(&BOLD.to_string()),
            Tag::Emphasis => self.line.push_str(&ITALIC.to_string()),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.prefixes.push(Prefix { first: None, rest: "│ ".to_owned() });
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.prefixes.push(Prefix { rest: " ".repeat(mark.len()), first: Some(mark) });
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.links.push(dest_url.to_string()),
            Tag::Table(_) => {
                self.flush();
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(rows) = &mut self.table {
                    rows.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                self.line.push_str(&format!("{BOLD:#}"));
                self.flush();
                if level == HeadingLevel::H1 {
                    self.blank();
                }
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.flush();
                self.blank();
            }
            TagEnd::Strong => self.line.push_str(&format!("{BOLD:#}")),
            TagEnd::Emphasis => self.line.push_str(&format!("{ITALIC:#}")),
            TagEnd::CodeBlock => {
                for line in self.code.take().unwrap_or_default().lines() {
                    self.raw(&format!("    {CODE}{line}{CODE:#}"));
                }
                self.blank();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.prefixes.pop();
                self.blank();
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::Item => {
                self.flush();
                self.prefixes.pop();
            }
            TagEnd::Link | TagEnd::Image => {
                let target = self.links.pop().unwrap_or_default();
                if !target.is_empty() && !self.line.ends_with(&target) {
                    self.line.push_str(&format!(" {DIM}({target}){DIM:#}"));
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(row) = self.table.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                for row in aligned(&self.table.take().unwrap_or_default()) {
                    self.raw(&row);
                }
                self.blank();
            }
            _ => {}
        }
    }

    /// Writes the text gathered so far as one wrapped block.
    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.block(line.trim());
        }
    }

    fn block(&mut self, text: &str) {
        let first = self.prefix(true);
        let rest = self.prefix(false);
        let width = self.width.max(20);
        let options = textwrap::Options::new(width).initial_indent(&first).subsequent_indent(&rest).break_words(false);
        for line in text.lines() {
            self.out.push_str(&textwrap::fill(line, &options));
            self.out.push('\n');
        }
    }

    /// Writes a line as it is, unwrapped.
    fn raw(&mut self, line: &str) {
        let prefix = self.prefix(true);
        self.out.push_str(format!("{prefix}{line}").trim_end());
        self.out.push('\n');
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn prefix(&mut self, first: bool) -> String {
        let marks = self.prefixes.iter_mut().map(|prefix| match prefix.first.take().filter(|_| first) {
            Some(mark) => mark,
            None => prefix.rest.clone(),
        });
        marks.collect()
    }
}

/// The rows of a table with their columns aligned.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |text: &String| textwrap::core::display_width(text);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(width).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> =
            cells.map(|(cell, wide)| format!("{cell}{}", " ".repeat(wide - width(cell)))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::render;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&render(markdown, width)).to_string()
    }

    #[test]
    fn blocks_are_laid_out() {
        let text = "# Title\n\nSome *words* that `wrap` over two lines here.\n\n## Next\n```toml\na = 1\n```\n- one\n- two\n  lines\n\n1. first\n2. second\n\n> said\n";
        let shown = "Title\n\nSome words that `wrap` over\ntwo lines here.\n\nNext\n    a = 1\n\n- one\n- two lines\n\n1. first\n2. second\n\n│ said\n";
        assert_eq!(plain(text, 30), shown);
    }

    #[test]
    fn html_escapes_and_links_are_shown() {
        assert_eq!(
            plain("a <b>x</b> [here](http://e.example) \u{1b}[2J\n", 80),
            "a <b>x</b> here (http://e.example) \\u{1b}[2J\n"
        );
    }

    #[test]
    fn tables_align() {
        assert_eq!(plain("| a | b |\n|---|---|\n| long | x |\n", 80), "a     b\nlong  x\n");
    }
}
