//! A difference for a terminal: signs and colours, every text of the case harmless.

use crate::cli::style;
use crate::cli::table::one_line;
use crate::diagnostic::render::printable_line;
use crate::diff::outline::{Item, Line, Mark, Outline, Row, Span};
use crate::diff::prose::Hunk;
use anstyle::Style;

/// Writes an outline down, wrapped at a width.
pub fn render(outline: &Outline, width: usize) -> String {
    let bold = style::BOLD;
    let mut out = format!("{bold}{}{bold:#}\n", outline.summary);
    for section in &outline.sections {
        out.push_str(&format!("\n{bold}{}{bold:#}\n", section.heading()));
        if let Some(notice) = section.notice {
            let warn = style::WARN;
            out.push_str(&wrap(&format!("{warn}{notice}{warn:#}"), "  ", width));
        }
        for item in &section.items {
            write_item(&mut out, item, width);
        }
    }
    out
}

fn write_item(out: &mut String, item: &Item, width: usize) {
    let (sign, style) = sign(item.mark);
    let text = format!("{style}{sign}{style:#} {}", line(&item.head));
    let options = textwrap::Options::new(width).initial_indent("  ").subsequent_indent("      ");
    out.push_str(&textwrap::fill(&text, options));
    out.push('\n');
    for row in &item.rows {
        match row {
            Row::Line(spans) => out.push_str(&wrap(&line(spans), "      ", width)),
            Row::Hunks(name, hunks) => {
                if !name.is_empty() {
                    let dim = style::DIM;
                    out.push_str(&format!("      {dim}{}{dim:#}:\n", one_line(name)));
                }
                write_hunks(out, hunks, width);
            }
            Row::Quote(lines) => {
                let dim = style::DIM;
                for text in lines {
                    out.push_str(&format!("        {dim}|{dim:#} {}\n", printable_line(text)));
                }
            }
        }
    }
}

fn write_hunks(out: &mut String, hunks: &[Hunk], width: usize) {
    for (number, hunk) in hunks.iter().enumerate() {
        if number > 0 {
            out.push_str("        …\n");
        }
        let sides = [(&hunk.removed, '-', style::BAD), (&hunk.added, '+', style::GOOD)];
        for (lines, sign, style) in sides {
            for text in lines {
                let text = format!("{style}{sign} {}{style:#}", printable_line(text));
                let options = textwrap::Options::new(width).initial_indent("        ").subsequent_indent("          ");
                out.push_str(textwrap::fill(&text, options).trim_end());
                out.push('\n');
            }
        }
    }
}

fn wrap(text: &str, indent: &str, width: usize) -> String {
    let hanging = format!("{indent}  ");
    let options = textwrap::Options::new(width).initial_indent(indent).subsequent_indent(&hanging);
    format!("{}\n", textwrap::fill(text, options))
}

fn sign(mark: Mark) -> (&'static str, Style) {
    match mark {
        Mark::Added => ("+", style::GOOD),
        Mark::Changed => ("~", style::WARN),
        Mark::Removed => ("-", style::BAD),
        Mark::Wrong => ("!", style::WORST),
        Mark::Mended => ("✓", style::GOOD),
        Mark::Plain => (" ", style::PLAIN),
    }
}

fn line(spans: &Line) -> String {
    let styled = |style: Style, text: &str| {
        let begin = if text.starts_with(' ') { " " } else { "" };
        format!("{begin}{style}{}{style:#}", one_line(text))
    };
    let one = |span: &Span| match span {
        Span::Words(text) => text.clone(),
        Span::Strong(text) => styled(style::BOLD, text) + if text.ends_with(' ') { " " } else { "" },
        Span::Text(text) => styled(style::PLAIN, text),
        Span::Name(text) => styled(style::NAME, text),
        Span::Old(text) => styled(style::BAD, text),
        Span::New(text) => styled(style::GOOD, text),
        Span::Command(text) => styled(style::BOLD, text),
    };
    spans.iter().map(one).collect()
}
