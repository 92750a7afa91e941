//! Tables for a terminal: columns aligned by the width of what is shown, the widest texts cut to fit.

use crate::diagnostic::render::printable;
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// The space between columns.
const GAP: usize = 2;
/// A text that is cut keeps at least this many columns.
const LEAST: usize = 16;

/// One cell: what stands in it and how it looks.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text from a case: what could steer a terminal is shown by its escape.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref()), style: Style::new() }
    }

    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { style, ..Self::new(text) }
    }
}

/// Rows under headings, the most telling columns first. A column in which every cell is empty is not shown.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<&'static str>,
    /// Which column may be cut.
    flexible: usize,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table whose column `flexible` is cut where a row is too wide.
    pub fn new(headings: &[&'static str], flexible: usize) -> Self {
        Self { headings: headings.to_vec(), flexible, rows: Vec::new() }
    }

    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.headings.len());
        self.rows.push(row);
    }

    /// The table as lines, at most `width` columns wide where cutting and leaving out columns can reach that.
    pub fn render(&self, indent: usize, width: Option<usize>) -> String {
        let mut shown: Vec<usize> = (0..self.headings.len())
            .filter(|column| self.rows.iter().any(|row| !row[*column].text.is_empty()))
            .collect();
        let mut widths: Vec<usize> = shown.iter().map(|column| self.widest(*column)).collect();
        if let Some(width) = width {
            self.fit(&mut shown, &mut widths, width.saturating_sub(indent));
        }
        let mut out = String::new();
        let heading = Style::new().dimmed();
        let headings = shown.iter().map(|column| Cell::styled(self.headings[*column], heading)).collect::<Vec<_>>();
        line(&mut out, indent, headings.iter(), &widths);
        for row in &self.rows {
            line(&mut out, indent, shown.iter().map(|column| &row[*column]), &widths);
        }
        out
    }

    /// Cuts the flexible column, and where that is not enough leaves out columns from the last on.
    fn fit(&self, shown: &mut Vec<usize>, widths: &mut Vec<usize>, width: usize) {
        let excess = |widths: &[usize]| {
            (widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)).saturating_sub(width)
        };
        let Some(at) = shown.iter().position(|column| *column == self.flexible) else { return };
        let least = LEAST.min(widths[at]);
        while excess(widths) > widths[at] - least && shown.len() > at + 2 {
            shown.pop();
            widths.pop();
        }
        widths[at] -= excess(widths).min(widths[at] - least);
    }

    fn widest(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].text.width());
        cells.max().unwrap_or(0).max(self.headings[column].width())
    }
}

fn line<'c>(out: &mut String, indent: usize, cells: impl Iterator<Item = &'c Cell>, widths: &[usize]) {
    let mut text = " ".repeat(indent);
    let last = widths.len().saturating_sub(1);
    for (index, (cell, width)) in cells.zip(widths).enumerate() {
        let cut = cut(&cell.text, *width);
        let padding = if index == last { 0 } else { width.saturating_sub(cut.width()) + GAP };
        let style = cell.style;
        text.push_str(&format!("{style}{cut}{style:#}{}", " ".repeat(padding)));
    }
    out.push_str(text.trim_end());
    out.push('\n');
}

/// A text on one line and harmless: line ends and tabs become spaces.
pub fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text that fits a width, with `…` where something was left out.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if kept.width() + character.to_string().width() + 1 > width {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table, cut};

    #[test]
    fn columns_align_by_what_is_shown() {
        let mut table = Table::new(&["id", "empty", "title"], 2);
        table.push(vec![Cell::new("f-1"), Cell::new(""), Cell::new("日本語のタイトル")]);
        table.push(vec![Cell::new("f-2222"), Cell::new(""), Cell::new("a\u{1b}[31mred\nline")]);
        let text = anstream::adapter::strip_str(&table.render(2, None)).to_string();
        assert_eq!(text, "  id      title\n  f-1     日本語のタイトル\n  f-2222  a\\u{1b}[31mred line\n");
    }

    #[test]
    fn the_flexible_column_is_cut_to_fit() {
        let mut table = Table::new(&["id", "title", "owner"], 1);
        table.push(vec![Cell::new("f-1"), Cell::new("a title that is much too long for this"), Cell::new("bob")]);
        let text = anstream::adapter::strip_str(&table.render(0, Some(30))).to_string();
        assert_eq!(text.lines().nth(1).unwrap(), "f-1  a title that is m…  bob");
    }

    #[test]
    fn the_last_columns_go_where_cutting_is_not_enough() {
        let mut table = Table::new(&["id", "title", "status", "owner"], 1);
        table.push(
            ["f-1", "a title that is much too long for this", "in-progress", "operations"].map(Cell::new).to_vec(),
        );
        let text = anstream::adapter::strip_str(&table.render(0, Some(40))).to_string();
        assert_eq!(text.lines().nth(1).unwrap(), "f-1  a title that is much…   in-progress");
    }

    #[test]
    fn cutting_counts_wide_characters_twice() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("abc", 2), "a…");
    }
}
