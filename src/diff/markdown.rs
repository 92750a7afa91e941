//! A difference as Markdown for a comment on a pull request.
//!
//! Every text of the case stands in code, inline or in a block whose fence is longer than any run of backticks in it: there
//! nothing is a mention, a link, an image, HTML or a reference to an issue, on any forge. Characters that deceive are
//! shown by their names.

use super::outline::{Item, Line, Mark, Outline, Row, Section, Span};
use super::prose::Hunk;
use crate::report::escape;
use crate::values::wording::{capital, counted};
use std::fmt::Write;

/// The most bytes of a comment: GitHub takes 65,536 characters, and other text may stand around it.
pub const LIMIT: usize = 64_000;

/// What is left out is counted below; this is room for that.
const RESERVED: usize = 600;

/// Writes an outline under a heading, in at most [`LIMIT`] bytes; what does not fit is counted, item by item.
pub fn write(heading: &str, outline: &Outline) -> String {
    let mut out = format!("### {heading}\n\n{}.\n", capital(&outline.summary));
    let mut left_out: Vec<(usize, &str)> = Vec::new();
    for section in &outline.sections {
        let missing = add(&mut out, section);
        if missing > 0 {
            left_out.push((missing, &section.title));
        }
    }
    if !left_out.is_empty() {
        let parts: Vec<String> = left_out.iter().map(|(number, title)| format!("{number} of “{title}”")).collect();
        let _ = write!(out, "\n**Left out, since a comment cannot be longer:** {}.\n", parts.join(", "));
    }
    out
}

/// Writes as much of a section as fits; gives the number of items that do not.
fn add(out: &mut String, section: &Section) -> usize {
    let mut head = format!("\n#### {}\n\n", section.heading());
    if let Some(notice) = section.notice {
        let _ = write!(head, "**{notice}**\n\n");
    }
    for (number, item) in section.items.iter().enumerate() {
        let mut text = self::item(item);
        if out.len() + head.len() + text.len() > LIMIT - RESERVED {
            // The head of an item is short; its rows may not be.
            text = self::item(&Item { rows: Vec::new(), ..item.clone() });
            let _ = writeln!(text, "  - ({} left out)", counted(item.rows.len(), "row"));
        }
        if out.len() + head.len() + text.len() > LIMIT - RESERVED {
            return section.items.len() - number;
        }
        out.push_str(&head);
        head.clear();
        out.push_str(&text);
    }
    0
}

fn item(item: &Item) -> String {
    let mut out = format!("- {}", sign(item.mark));
    line(&mut out, &item.head);
    out.push('\n');
    for row in &item.rows {
        match row {
            Row::Line(spans) => {
                out.push_str("  - ");
                line(&mut out, spans);
                out.push('\n');
            }
            Row::Hunks(name, hunks) => {
                out.push_str("  - ");
                if name.is_empty() {
                    out.push_str("lines");
                } else {
                    code(&mut out, name);
                }
                out.push_str(":\n\n");
                block(&mut out, "diff", &lines(hunks));
            }
            Row::Quote(quoted) => {
                out.push_str("  - there stands:\n\n");
                block(&mut out, "text", quoted);
            }
        }
    }
    out
}

fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "**added** ",
        Mark::Changed => "**changed** ",
        Mark::Removed => "**removed** ",
        Mark::Wrong => "⚠️ ",
        Mark::Mended => "✅ ",
        Mark::Plain => "",
    }
}

/// The lines of hunks, each with its sign.
fn lines(hunks: &[Hunk]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, hunk) in hunks.iter().enumerate() {
        if number > 0 {
            lines.push("  …".to_owned());
        }
        lines.extend(hunk.removed.iter().map(|line| format!("- {line}")));
        lines.extend(hunk.added.iter().map(|line| format!("+ {line}")));
    }
    lines
}

/// A block of code inside an item of a list, with a fence that nothing in it can end.
fn block(out: &mut String, language: &str, lines: &[String]) {
    let runs = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len);
    let fence = "`".repeat((runs.max().unwrap_or(0) + 1).max(3));
    let _ = writeln!(out, "    {fence}{language}");
    for line in lines {
        out.push_str("    ");
        // One of the line is one line: what could end it is shown by its name.
        for piece in line.split(['\n', '\t']) {
            escape::visible(out, piece);
            out.push(' ');
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    let _ = writeln!(out, "    {fence}\n");
}

fn line(out: &mut String, line: &Line) {
    for span in line {
        match span {
            Span::Words(text) => out.push_str(text),
            Span::Strong(text) => {
                let _ = write!(out, "**{}**", text.trim());
                if text.ends_with(' ') {
                    out.push(' ');
                }
            }
            Span::Text(text) | Span::Name(text) | Span::Old(text) | Span::New(text) | Span::Command(text) => {
                let begin = text.len() - text.trim_start().len();
                if begin > 0 {
                    out.push(' ');
                }
                code(out, text.trim());
            }
        }
    }
}

/// Hostile text as code; nothing at all would be no code.
fn code(out: &mut String, text: &str) {
    if text.trim().is_empty() {
        out.push('–');
    } else {
        escape::markdown_code(out, text, false);
    }
}
