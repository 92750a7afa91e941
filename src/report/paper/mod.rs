//! The outline as a document of pages, as plain data: paragraphs, lists and tables, their texts harmless, their links resolved.
//! The formats of word processors and printers are written from it, so that they need to know nothing of a case.

mod prose;

use super::REBUILT;
use super::escape;
use super::figure::Figure;
use super::outline::{self, Card, CitationLine, Fact, Outline, Span, Tone};
use super::prose::safe_url;
use super::section::marking_words;
use crate::values::EntryId;
use crate::values::vocabulary::Marking;
use std::collections::BTreeSet;

/// With more sections than this, the report has a table of contents.
const OVERSEEN: usize = 8;

pub struct Paper {
    /// The number of the case and its title.
    pub title: String,
    pub case_id: String,
    /// The marking of the whole report, such as `TLP:AMBER`.
    pub marking: &'static str,
    pub blocks: Vec<Block>,
}

pub enum Block {
    Heading {
        level: u8,
        /// What links lead here by.
        anchor: Option<String>,
        runs: Vec<Run>,
    },
    Paragraph(Style, Vec<Run>),
    /// Names and what they are.
    Facts(Vec<(Run, Vec<Run>)>),
    /// A list, numbered from this number on or with bullets.
    List(Option<u64>, Vec<Vec<Block>>),
    Quote(Vec<Block>),
    /// Text in which every character has the same width.
    Code(String),
    Table(Table),
    Picture(Picture),
    Rule,
}

/// A figure: in words, and drawn where the format can hold it.
pub struct Picture {
    pub title: &'static str,
    pub says: String,
    #[cfg(feature = "pdf")]
    pub reading: &'static str,
    #[cfg(feature = "pdf")]
    pub svg: String,
}

/// What a paragraph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Body,
    Title,
    /// What stands above the title: the marking and the number of the case.
    Above,
    /// A heading inside a card.
    Label,
    /// What may be done with the report.
    Meaning,
    Warning,
    /// The last lines of a report, on where it comes from.
    Origin,
}

pub struct Table {
    /// What it shows, for who cannot see it; a table of the case's own has none.
    pub caption: &'static str,
    /// The widths of its columns, in parts of 1000.
    pub widths: Vec<usize>,
    pub head: Vec<Vec<Run>>,
    pub rows: Vec<Row>,
}

pub struct Row {
    pub anchor: Option<String>,
    pub cells: Vec<Vec<Run>>,
}

/// A text that looks the same throughout; a line break is one with `\n` alone.
#[derive(Clone, Default, PartialEq)]
pub struct Run {
    pub text: String,
    pub is_strong: bool,
    pub is_emphasised: bool,
    pub is_struck: bool,
    pub is_code: bool,
    pub is_small: bool,
    pub tone: Option<Tone>,
    pub to: Option<Target>,
}

/// Where a link leads.
#[derive(Clone, PartialEq)]
pub enum Target {
    /// An anchor of this report.
    Here(String),
    Web(String),
}

impl Run {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn line_end() -> Self {
        Self::new("\n")
    }
}

/// Lays a report out.
pub fn of(outline: &Outline<'_>) -> Paper {
    let mut writer = Writer { outline, anchors: BTreeSet::new(), blocks: Vec::new() };
    writer.banner();
    if outline.sections.len() > OVERSEEN {
        writer.contents();
    }
    for section in &outline.sections {
        let title = match section.count {
            Some(count) => format!("{} ({count})", section.title),
            None => section.title.to_owned(),
        };
        let anchor = writer.anchor(section.anchor);
        writer.blocks.push(Block::Heading { level: 1, anchor, runs: vec![Run::new(title)] });
        writer.all(&section.blocks, 1);
    }
    writer.origin();
    let banner = &outline.banner;
    let case_id = writer.text(&banner.case_id);
    let title = writer.text(&banner.title);
    Paper {
        title: if case_id.is_empty() { title } else { format!("{case_id}: {title}") },
        case_id,
        marking: marking_words(banner.marking),
        blocks: writer.blocks,
    }
}

struct Writer<'o, 'c> {
    outline: &'o Outline<'c>,
    /// The anchors so far: each leads to one place.
    anchors: BTreeSet<String>,
    blocks: Vec<Block>,
}

impl<'c> Writer<'_, 'c> {
    /// A text on one line, as every reader sees it.
    fn text(&self, text: &str) -> String {
        self.lines(text).replace(['\n', '\t'], " ")
    }

    /// A text with its indicators taken apart, and every character that deceives shown by its code point.
    fn lines(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        escape::visible(&mut out, &self.outline.defanged.text(text));
        out
    }

    fn anchor(&mut self, name: &str) -> Option<String> {
        self.anchors.insert(name.to_owned()).then(|| name.to_owned())
    }

    fn paragraph(&mut self, style: Style, runs: Vec<Run>) {
        self.blocks.push(Block::Paragraph(style, runs));
    }

    fn banner(&mut self) {
        let banner = &self.outline.banner;
        let mut above = vec![marking(banner.marking)];
        if !banner.case_id.is_empty() {
            above.extend([Run::new("  "), Run { is_code: true, ..Run::new(self.text(&banner.case_id)) }]);
        }
        self.paragraph(Style::Above, above);
        self.paragraph(Style::Title, vec![Run::new(self.text(&banner.title))]);
        self.facts(&banner.facts);
        self.paragraph(Style::Meaning, vec![Run::new(super::html::meaning(banner.marking))]);
        for (_, warning) in &banner.warnings {
            let runs = self.line(warning);
            self.paragraph(Style::Warning, runs);
        }
    }

    fn contents(&mut self) {
        let mut runs = Vec::new();
        for section in &self.outline.sections {
            runs.extend((!runs.is_empty()).then(|| Run::new(" · ")));
            runs.push(Run { to: Some(Target::Here(section.anchor.to_owned())), ..Run::new(section.title) });
        }
        self.paragraph(Style::Label, vec![Run::new("Contents")]);
        self.paragraph(Style::Body, runs);
    }

    fn origin(&mut self) {
        let outline = self.outline;
        let title = vec![Run::new("Where this report comes from")];
        self.blocks.push(Block::Heading { level: 1, anchor: None, runs: title });
        for fact in &outline.origin {
            let mut runs = vec![Run { is_strong: true, ..Run::new(self.text(&fact.name)) }, Run::new(" ")];
            runs.extend(self.line(&fact.value));
            self.paragraph(Style::Origin, runs);
        }
        if let Some(rebuild) = &outline.rebuild {
            let command = Run { is_code: true, ..Run::new(rebuild) };
            self.paragraph(Style::Origin, vec![Run::new(REBUILT), command]);
        }
    }

    /// Writes blocks that stand under a heading of the level `above`.
    fn all(&mut self, blocks: &[outline::Block<'c>], above: u8) {
        for block in blocks {
            match block {
                outline::Block::Heading(heading) => {
                    self.blocks.push(Block::Heading { level: above + 1, anchor: None, runs: vec![Run::new(*heading)] });
                }
                outline::Block::Label(label) => self.paragraph(Style::Label, vec![Run::new(*label)]),
                outline::Block::Text(line) => {
                    let runs = self.line(line);
                    self.paragraph(Style::Body, runs);
                }
                outline::Block::Prose(text) => {
                    let blocks = prose::blocks(self, text, above);
                    self.blocks.extend(blocks);
                }
                outline::Block::Facts(facts) => self.facts(facts),
                outline::Block::List(lines) => {
                    let items = lines.iter().map(|line| vec![Block::Paragraph(Style::Body, self.line(line))]).collect();
                    self.blocks.push(Block::List(None, items));
                }
                outline::Block::Table(table) => self.table(table),
                outline::Block::Citations(citations) => self.citations(citations),
                outline::Block::Card(card) => self.card(card),
                outline::Block::Figure(figure) => self.figure(figure),
            }
        }
    }

    fn facts(&mut self, facts: &[Fact<'c>]) {
        if facts.is_empty() {
            return;
        }
        let said = |fact: &Fact<'c>| {
            let name = Run { is_strong: true, ..Run::new(self.text(&fact.name)) };
            (name, self.line(&fact.value))
        };
        self.blocks.push(Block::Facts(facts.iter().map(said).collect()));
    }

    fn card(&mut self, card: &Card<'c>) {
        let anchor = self.anchor(&card.anchor);
        let title = format!("{}: {}", self.text(&card.label), self.text(&card.title));
        self.blocks.push(Block::Heading { level: 2, anchor, runs: vec![Run::new(title)] });
        if !card.badges.is_empty() {
            let mut runs = Vec::new();
            for badge in &card.badges {
                runs.extend(self.line(std::slice::from_ref(badge)));
                runs.push(Run::new(" · "));
            }
            runs.push(id(&card.anchor));
            self.paragraph(Style::Body, runs);
        }
        self.all(&card.blocks, 2);
    }

    fn table(&mut self, table: &outline::Table<'c>) {
        let head: Vec<Vec<Run>> = table.columns.iter().map(|column| vec![Run::new(*column)]).collect();
        let mut rows = Vec::new();
        for row in &table.rows {
            let anchor = row.entry.and_then(|id| self.anchor(&id.to_string()));
            let mut cells: Vec<Vec<Run>> = row.cells.iter().map(|cell| self.line(cell)).collect();
            if let (Some(entry), Some(first)) = (row.entry, cells.first_mut()) {
                first.extend([Run::line_end(), id(&entry.to_string())]);
            }
            rows.push(Row { anchor, cells });
        }
        self.blocks.push(Block::Table(Table { caption: table.caption, widths: widths(&head, &rows), head, rows }));
    }

    fn citations(&mut self, citations: &[CitationLine<'c>]) {
        let item = |citation: &CitationLine<'c>| {
            let place = Block::Paragraph(Style::Body, self.line(&citation.place));
            let quote = citation.quote.map(|quote| Block::Code(self.lines(quote)));
            [place].into_iter().chain(quote).collect()
        };
        let items = citations.iter().map(item).collect();
        self.blocks.push(Block::List(None, items));
    }

    fn figure(&mut self, figure: &Figure<'c>) {
        let picture = Picture {
            title: figure.title,
            says: self.text(&figure.says),
            #[cfg(feature = "pdf")]
            reading: figure.reading,
            #[cfg(feature = "pdf")]
            svg: super::html::figure::alone(self.outline, figure),
        };
        self.blocks.push(Block::Picture(picture));
    }

    fn line(&self, line: &[Span<'c>]) -> Vec<Run> {
        let mut runs = Vec::new();
        for (index, span) in line.iter().enumerate() {
            let plain = |text: &str| Run::new(self.text(text));
            match span {
                Span::Text(text) => runs.push(plain(text)),
                Span::Strong(text) => runs.push(Run { is_strong: true, ..plain(text) }),
                Span::Code(text) => runs.push(Run { is_code: true, ..plain(text) }),
                Span::Small(text) => runs.push(Run { is_small: true, ..plain(text) }),
                Span::Badge(tone, text) => {
                    if index > 0 && matches!(line[index - 1], Span::Badge(..)) {
                        runs.push(Run::new(" "));
                    }
                    runs.push(Run { tone: Some(*tone), ..plain(text) });
                }
                Span::Entry(id) => runs.push(self.entry(*id, true)),
                Span::Label(id) => runs.push(self.entry(*id, false)),
                Span::Url(url, words) => {
                    runs.push(Run { to: safe_url(url).and_then(|url| self.web(&url)), ..plain(words) });
                }
                Span::Prose(text) => runs.extend(prose::line(self, text)),
                Span::Break => runs.push(Run::line_end()),
                Span::Nothing => runs.push(Run { is_small: true, ..Run::new("–") }),
            }
        }
        runs
    }

    /// A link to the web, unless an indicator is in it, which nobody should follow.
    fn web(&self, url: &str) -> Option<Target> {
        (self.text(url) == url).then(|| Target::Web(url.to_owned()))
    }

    /// A link to an entry, its name where the report does not show it, or its id where it is none.
    fn entry(&self, id: EntryId, whole: bool) -> Run {
        let Some(name) = self.outline.names.get(id) else {
            return Run { is_code: true, ..Run::new(id.to_string()) };
        };
        let is_shown = self.outline.shown.contains(&id);
        let text = match whole {
            true if is_shown && !name.speaks => format!("{}: {}", name.label, name.title),
            true => name.title.to_string(),
            false => name.label.clone(),
        };
        Run { to: is_shown.then(|| Target::Here(id.to_string())), ..Run::new(self.text(&text)) }
    }
}

fn marking(marking: Marking) -> Run {
    Run { tone: Some(Tone::Marking(marking)), ..Run::new(marking_words(marking)) }
}

/// The id of an entry, for who looks it up.
fn id(id: &str) -> Run {
    Run { is_code: true, is_small: true, ..Run::new(id) }
}

/// How many letters stand in a line of a table, and how many of a word are kept together at most.
const LINE: usize = 120;
const WORD: usize = 22;
/// What a column asks for at most, in letters.
const MOST: usize = 60;

/// How wide columns are: each has room for its words, and the rest is given to those whose cells are long.
fn widths(head: &[Vec<Run>], rows: &[Row]) -> Vec<usize> {
    let letters = |cell: &[Run]| cell.iter().map(|run| run.text.chars().count()).sum::<usize>();
    let longest = |cell: &[Run]| {
        let words = cell.iter().flat_map(|run| run.text.split_whitespace());
        words.map(|word| word.chars().count() + 2).max().unwrap_or(0)
    };
    let asked = |(index, head): (usize, &Vec<Run>)| {
        let cells: Vec<&[Run]> = rows.iter().filter_map(|row| Some(row.cells.get(index)?.as_slice())).collect();
        let average = cells.iter().map(|cell| letters(cell)).sum::<usize>() / rows.len().max(1);
        let word = cells.iter().copied().chain([head.as_slice()]).map(longest).max().unwrap_or(0).clamp(1, WORD);
        (word, average.min(MOST).saturating_sub(word))
    };
    let asked: Vec<(usize, usize)> = head.iter().enumerate().map(asked).collect();
    let (words, rest) = asked.iter().fold((0, 0), |(words, rest), (word, more)| (words + word, rest + more));
    let left = LINE.saturating_sub(words);
    let width = |(word, more): (usize, usize)| word * rest.max(1) + left * more;
    let sum: usize = asked.iter().copied().map(width).sum();
    asked.into_iter().map(|asked| width(asked) * 1000 / sum.max(1)).collect()
}
