//! Prose as blocks and runs.

use super::{Block, Row, Run, Style, Table, Writer, widths};
use crate::report::prose::{self, Element, Piece};

/// Prose as blocks, its headings below the level `above`.
pub(super) fn blocks(writer: &Writer<'_, '_>, text: &str, above: u8) -> Vec<Block> {
    let mut flow = Flow::new(writer);
    // Prose counts the title of a report as its first level.
    flow.pieces(&prose::parse(text, above + 1));
    flow.end_paragraph();
    flow.open.pop().unwrap_or_default()
}

/// Prose on one line.
pub(super) fn line(writer: &Writer<'_, '_>, text: &str) -> Vec<Run> {
    let mut flow = Flow::new(writer);
    flow.pieces(&prose::inline(text));
    flow.runs
}

struct Flow<'w, 'o, 'c> {
    writer: &'w Writer<'o, 'c>,
    /// The blocks of what is open: the prose itself, and each quote and item in it.
    open: Vec<Vec<Block>>,
    /// The items of the open lists.
    lists: Vec<Vec<Vec<Block>>>,
    head: Vec<Vec<Run>>,
    rows: Vec<Row>,
    cells: Vec<Vec<Run>>,
    runs: Vec<Run>,
    /// How text looks at present.
    face: Run,
    code: Option<String>,
}

impl<'w, 'o, 'c> Flow<'w, 'o, 'c> {
    fn new(writer: &'w Writer<'o, 'c>) -> Self {
        Self {
            writer,
            open: vec![Vec::new()],
            lists: Vec::new(),
            head: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            runs: Vec::new(),
            face: Run::default(),
            code: None,
        }
    }

    fn pieces(&mut self, pieces: &[Piece<'_>]) {
        for piece in pieces {
            match piece {
                Piece::Open(element) => self.start(element),
                Piece::Close(element) => self.end(element),
                Piece::Text(text) => match &mut self.code {
                    Some(code) => code.push_str(&self.writer.lines(text)),
                    None => self.runs.push(Run { text: self.writer.text(text), ..self.face.clone() }),
                },
                Piece::Code(text) => {
                    self.runs.push(Run { text: self.writer.text(text), is_code: true, ..self.face.clone() });
                }
                Piece::Mention(id) => {
                    let Run { text, is_code, to, .. } = self.writer.entry(*id, true);
                    self.runs.push(Run { text, is_code, to, ..self.face.clone() });
                }
                Piece::SoftBreak => self.runs.push(Run::new(" ")),
                Piece::HardBreak => self.runs.push(Run::line_end()),
                Piece::Rule => {
                    self.end_paragraph();
                    self.push(Block::Rule);
                }
            }
        }
    }

    fn push(&mut self, block: Block) {
        if let Some(blocks) = self.open.last_mut() {
            blocks.push(block);
        }
    }

    /// Ends the text before a block: in a tight list no paragraph is around it.
    fn end_paragraph(&mut self) {
        if !self.runs.is_empty() {
            let runs = std::mem::take(&mut self.runs);
            self.push(Block::Paragraph(Style::Body, runs));
        }
    }

    fn start(&mut self, element: &Element<'_>) {
        match element {
            Element::Emphasis => self.face.is_emphasised = true,
            Element::Strong => self.face.is_strong = true,
            Element::Strike => self.face.is_struck = true,
            Element::Link(url) => self.face.to = self.writer.web(url),
            Element::Head | Element::Row | Element::Cell => {}
            Element::Paragraph | Element::Heading(_) | Element::Table(_) => self.end_paragraph(),
            Element::CodeBlock(_) => {
                self.end_paragraph();
                self.code = Some(String::new());
            }
            Element::List(_) => {
                self.end_paragraph();
                self.lists.push(Vec::new());
            }
            Element::Quote | Element::Item => {
                self.end_paragraph();
                self.open.push(Vec::new());
            }
        }
    }

    fn end(&mut self, element: &Element<'_>) {
        match element {
            Element::Emphasis => self.face.is_emphasised = false,
            Element::Strong => self.face.is_strong = false,
            Element::Strike => self.face.is_struck = false,
            Element::Link(_) => self.face.to = None,
            Element::Paragraph => self.end_paragraph(),
            Element::Heading(level) => {
                let runs = std::mem::take(&mut self.runs);
                self.push(Block::Heading { level: level - 1, anchor: None, runs });
            }
            Element::CodeBlock(_) => {
                let code = self.code.take().unwrap_or_default();
                self.push(Block::Code(code.trim_end_matches('\n').to_owned()));
            }
            Element::Quote => {
                self.end_paragraph();
                let blocks = self.open.pop().unwrap_or_default();
                self.push(Block::Quote(blocks));
            }
            Element::Item => {
                self.end_paragraph();
                let blocks = self.open.pop().unwrap_or_default();
                if let Some(items) = self.lists.last_mut() {
                    items.push(blocks);
                }
            }
            Element::List(first) => {
                let items = self.lists.pop().unwrap_or_default();
                self.push(Block::List(*first, items));
            }
            Element::Cell => self.cells.push(std::mem::take(&mut self.runs)),
            Element::Head => self.head = std::mem::take(&mut self.cells),
            Element::Row => self.rows.push(Row { anchor: None, cells: std::mem::take(&mut self.cells) }),
            Element::Table(_) => {
                let (head, rows) = (std::mem::take(&mut self.head), std::mem::take(&mut self.rows));
                self.push(Block::Table(Table { caption: "", widths: widths(&head, &rows), head, rows }));
            }
        }
    }
}
