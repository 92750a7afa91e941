//! The outline of a report: its sections, facts, tables and cards as plain data, before any dialect writes them.

use super::defanged::Defanged;
use super::figure::Figure;
use super::naming::Names;
use super::preview::Remarks;
use super::{Edition, section};
use crate::values::EntryId;
use crate::values::vocabulary::{Marking, ReportSection};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A report, ready to be written down.
pub struct Outline<'c> {
    /// The handle of the audience that it is for.
    pub audience: &'c str,
    pub banner: Banner<'c>,
    pub sections: Vec<Section<'c>>,
    /// Where the report comes from.
    pub origin: Vec<Fact<'c>>,
    /// How to make it again; what cannot be made again is no report.
    pub rebuild: Option<String>,
    /// What the entries are called in it.
    pub names: Names<'c>,
    /// The entries that it shows: links lead to them, and to no others.
    pub shown: BTreeSet<EntryId>,
    /// The indicators that no text shows as they are.
    pub defanged: Cow<'c, Defanged>,
    /// What a preview says beside it.
    pub remarks: Option<Remarks>,
}

impl Outline<'_> {
    /// What it calls entries and takes apart, without what it says: all that writing a text needs.
    pub fn voice(&self) -> Outline<'static> {
        Outline {
            names: self.names.of_entries(),
            shown: self.shown.clone(),
            defanged: Cow::Owned(self.defanged.clone().into_owned()),
            ..nothing()
        }
    }
}

/// What stands above everything.
pub struct Banner<'c> {
    /// The highest marking of anything in the report.
    pub marking: Marking,
    pub case_id: Cow<'c, str>,
    pub title: Cow<'c, str>,
    pub facts: Vec<Fact<'c>>,
    /// What the reader must know before relying on the report.
    pub warnings: Vec<(Tone, Line<'c>)>,
}

/// A part of the report with its own heading and anchor.
pub struct Section<'c> {
    pub anchor: &'static str,
    pub title: &'static str,
    /// How many entries it shows.
    pub count: Option<usize>,
    pub blocks: Vec<Block<'c>>,
}

/// A piece of text with its spans one after the other.
pub type Line<'c> = Vec<Span<'c>>;

/// A piece of a section or card.
pub enum Block<'c> {
    /// A heading inside a section.
    Heading(&'static str),
    /// A heading inside a card.
    Label(&'static str),
    /// A paragraph in the report's own words.
    Text(Line<'c>),
    /// Markdown that people of the case wrote.
    Prose(Cow<'c, str>),
    Facts(Vec<Fact<'c>>),
    List(Vec<Line<'c>>),
    Table(Table<'c>),
    Citations(Vec<CitationLine<'c>>),
    Card(Card<'c>),
    Figure(Figure<'c>),
}

/// A name and what it is.
pub struct Fact<'c> {
    pub name: Cow<'c, str>,
    pub value: Line<'c>,
}

/// A table; every row has as many cells as there are columns.
pub struct Table<'c> {
    /// What it shows, for who cannot see it.
    pub caption: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Row<'c>>,
}

pub struct Row<'c> {
    /// The entry that the row shows: links to the entry lead here.
    pub entry: Option<EntryId>,
    pub cells: Vec<Line<'c>>,
}

/// One entry, or one note, shown whole.
pub struct Card<'c> {
    pub anchor: Cow<'c, str>,
    /// What it is called in this report, such as `Finding 3`.
    pub label: Cow<'c, str>,
    pub title: Cow<'c, str>,
    pub badges: Vec<Span<'c>>,
    pub blocks: Vec<Block<'c>>,
}

/// A place in the evidence, with what stands there.
pub struct CitationLine<'c> {
    pub place: Line<'c>,
    pub quote: Option<&'c str>,
}

/// How a badge looks; the word in it always says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Watch,
    Bad,
    Marking(Marking),
}

/// A piece of a line. Texts are as the case has them: each dialect makes them harmless.
#[derive(Clone)]
pub enum Span<'c> {
    Text(Cow<'c, str>),
    Strong(Cow<'c, str>),
    /// Something that people copy: a value, a digest, a command.
    Code(Cow<'c, str>),
    /// Something that matters less than the rest.
    Small(Cow<'c, str>),
    Badge(Tone, Cow<'c, str>),
    /// A link to an entry, by its label and title.
    Entry(EntryId),
    /// A link to an entry, by its label alone.
    Label(EntryId),
    /// A link to another place on the web.
    Url(&'c str, Cow<'c, str>),
    /// Markdown that people of the case wrote, on one line.
    Prose(&'c str),
    Break,
    /// What stands in a cell that says nothing.
    Nothing,
}

/// A span of text.
pub fn text<'c>(text: impl Into<Cow<'c, str>>) -> Span<'c> {
    Span::Text(text.into())
}

/// A span of text that matters less.
pub fn small<'c>(text: impl Into<Cow<'c, str>>) -> Span<'c> {
    Span::Small(text.into())
}

/// A span that people copy.
pub fn code<'c>(text: impl Into<Cow<'c, str>>) -> Span<'c> {
    Span::Code(text.into())
}

/// A badge.
pub fn badge<'c>(tone: Tone, word: impl Into<Cow<'c, str>>) -> Span<'c> {
    Span::Badge(tone, word.into())
}

/// A fact with one span.
pub fn fact<'c>(name: &'c str, value: Span<'c>) -> Fact<'c> {
    facts(name, vec![value])
}

/// A fact with several spans.
pub fn facts<'c>(name: &'c str, value: Line<'c>) -> Fact<'c> {
    Fact { name: Cow::Borrowed(name), value }
}

/// Lines one after the other on one line, with a text between them.
pub fn join<'c>(spans: impl IntoIterator<Item = Span<'c>>, between: &'static str) -> Line<'c> {
    let mut line = Vec::new();
    for span in spans {
        if !line.is_empty() {
            line.push(if between == "\n" { Span::Break } else { text(between) });
        }
        line.push(span);
    }
    line
}

/// Walks the case once and makes the outline of its report.
pub fn outline<'c>(edition: &Edition<'c>) -> Outline<'c> {
    let case = &edition.told.case;
    let names = Names::of(case, edition.profile.people);
    let view = section::View {
        case,
        left_out: &edition.told.left_out,
        names: &names,
        now: edition.now,
        standings: edition.standings,
        profile: edition.profile,
        since: edition.since,
    };
    let sections: Vec<Section<'c>> = edition.profile.sections.iter().filter_map(|name| section(&view, *name)).collect();
    Outline {
        audience: &edition.profile.handle,
        banner: section::banner::banner(edition, &names),
        shown: shown_in(&sections),
        sections,
        origin: section::banner::origin(edition),
        rebuild: section::banner::rebuild(edition),
        names,
        defanged: Cow::Borrowed(edition.defanged),
        remarks: None,
    }
}

/// The entries that sections have a place of their own for.
pub fn shown_in<'s, 'c: 's>(sections: impl IntoIterator<Item = &'s Section<'c>>) -> BTreeSet<EntryId> {
    sections.into_iter().flat_map(|section| shown(&section.blocks)).collect()
}

/// The entries that blocks have a place of their own for.
fn shown<'b>(blocks: &'b [Block<'_>]) -> impl Iterator<Item = EntryId> + 'b {
    blocks.iter().flat_map(|block| -> Vec<EntryId> {
        match block {
            Block::Card(card) => {
                let inside = card.blocks.iter().filter_map(|block| match block {
                    Block::Table(table) => Some(table),
                    _ => None,
                });
                let rows = inside.flat_map(|table| &table.rows).filter_map(|row| row.entry);
                card.anchor.parse().ok().into_iter().chain(rows).collect()
            }
            Block::Table(table) => table.rows.iter().filter_map(|row| row.entry).collect(),
            _ => Vec::new(),
        }
    })
}

fn section<'c>(view: &section::View<'_, 'c>, name: ReportSection) -> Option<Section<'c>> {
    match name {
        ReportSection::Summary => section::summary::section(view),
        ReportSection::Changes => section::changes::section(view),
        ReportSection::Conditions => section::conditions::section(view),
        ReportSection::Course => section::course::section(view),
        ReportSection::Story => section::story::section(view),
        ReportSection::Certainty => section::certainty::section(view),
        ReportSection::Impact => section::impact::section(view),
        ReportSection::Response => section::response::section(view),
        ReportSection::Needs => section::needs::section(view),
        ReportSection::Open => section::open::section(view),
        ReportSection::Objectives => section::objectives::section(view),
        ReportSection::Recommendations => section::recommendations::section(view),
        ReportSection::Lessons => section::lessons::section(view),
        ReportSection::Milestones => section::milestones::section(view),
        ReportSection::Findings => section::findings::section(view),
        ReportSection::Timeline => section::timeline::section(view),
        ReportSection::Assets => section::assets::section(view),
        ReportSection::Indicators => section::indicators::section(view),
        ReportSection::Actions => section::actions::section(view),
        ReportSection::Decisions => section::decisions::section(view),
        ReportSection::Duties => section::duties::section(view),
        ReportSection::Evidence => section::exhibits::section(view),
        ReportSection::Classification => section::classification::section(view),
        ReportSection::Releases => section::releases::section(view),
        ReportSection::Notes => section::notes::section(view),
        ReportSection::Retired => section::retired::section(view),
    }
}

/// The outline of a report that says nothing.
pub fn nothing<'c>() -> Outline<'c> {
    let banner =
        Banner { marking: Marking::Red, case_id: "".into(), title: "".into(), facts: Vec::new(), warnings: Vec::new() };
    Outline {
        audience: "",
        banner,
        sections: Vec::new(),
        origin: Vec::new(),
        rebuild: None,
        names: Names::none(),
        shown: BTreeSet::new(),
        defanged: Cow::Owned(Defanged::nothing()),
        remarks: None,
    }
}
