//! The formats of other programs that a case is exported to. Each is a function of the case as it may be told, of the commit
//! and of options, so the same arguments give the same bytes.

use super::source::Source;
use super::{aurora, blocklist, case_graph, iris, kanvas, misp, navigator, openioc, stix, table, timesketch, veris};
use crate::values::{EntryId, Malformed, nearest};

/// A format that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Stix,
    Misp,
    Navigator,
    Csv,
    Timesketch,
    IrisCsv,
    Iris,
    Kanvas,
    Aurora,
    Veris,
    CaseUco,
    Blocklist,
    OpenIoc,
}

/// A file of an export, by its path in the folder that it is written into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub content: Vec<u8>,
}

impl File {
    pub fn new(name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: content.into() }
    }
}

/// What a case came to in a format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    pub files: Vec<File>,
    /// Entries of a kind that has a place, for which there is none all the same, and why.
    pub refused: Vec<(EntryId, String)>,
}

impl From<File> for Export {
    fn from(file: File) -> Self {
        Self { files: vec![file], refused: Vec::new() }
    }
}

impl Format {
    pub const ALL: &'static [Format] = &[
        Format::Stix,
        Format::Misp,
        Format::Navigator,
        Format::Csv,
        Format::Timesketch,
        Format::IrisCsv,
        Format::Iris,
        Format::Kanvas,
        Format::Aurora,
        Format::Veris,
        Format::CaseUco,
        Format::Blocklist,
        Format::OpenIoc,
    ];

    /// What it is called on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Format::Stix => "stix",
            Format::Misp => "misp",
            Format::Navigator => "navigator",
            Format::Csv => "csv",
            Format::Timesketch => "timesketch",
            Format::IrisCsv => "iris-csv",
            Format::Iris => "iris",
            Format::Kanvas => "kanvas",
            Format::Aurora => "aurora",
            Format::Veris => "veris",
            Format::CaseUco => "case-uco",
            Format::Blocklist => "blocklist",
            Format::OpenIoc => "openioc",
        }
    }

    /// What it is, and who reads it.
    pub fn what(self) -> &'static str {
        match self {
            Format::Stix => "a bundle of STIX 2.1",
            Format::Misp => "an event of MISP",
            Format::Navigator => "a layer of the ATT&CK Navigator, version 4.5",
            Format::Csv => "CSV, a table for each kind of entry (RFC 4180)",
            Format::Timesketch => "JSON lines for a timeline of Timesketch",
            Format::IrisCsv => "tables that DFIR-IRIS imports: assets, indicators, timeline",
            Format::Iris => "the JSON of a case as DFIR-IRIS exports it",
            Format::Kanvas => "the workbook of Kanvas",
            Format::Aurora => "a .fox file of Aurora Incident Response",
            Format::Veris => "an incident in the vocabulary of VERIS 1.3.4",
            Format::CaseUco => "a graph of CASE/UCO, as JSON-LD",
            Format::Blocklist => "plain lists of values to block, one for each type and marking",
            Format::OpenIoc => "an indicator of OpenIOC 1.0",
        }
    }

    /// Whether it is a folder of files.
    pub fn is_folder(self) -> bool {
        matches!(self, Format::Csv | Format::IrisCsv | Format::Blocklist)
    }

    /// Where each field goes: a line for each, its route and its place, or `-` where it has none.
    pub fn places(self) -> &'static str {
        match self {
            Format::Stix => include_str!("places/stix.txt"),
            Format::Misp => include_str!("places/misp.txt"),
            Format::Navigator => include_str!("places/navigator.txt"),
            Format::Csv => "*  a column of the same name\n",
            Format::Timesketch => include_str!("places/timesketch.txt"),
            Format::IrisCsv => include_str!("places/iris-csv.txt"),
            Format::Iris => include_str!("places/iris.txt"),
            Format::Kanvas => include_str!("places/kanvas.txt"),
            Format::Aurora => include_str!("places/aurora.txt"),
            Format::Veris => include_str!("places/veris.txt"),
            Format::CaseUco => include_str!("places/case-uco.txt"),
            Format::Blocklist => include_str!("places/blocklist.txt"),
            Format::OpenIoc => include_str!("places/openioc.txt"),
        }
    }

    pub fn export(self, source: &Source<'_>) -> Export {
        match self {
            Format::Stix => stix::export(source),
            Format::Misp => misp::export(source),
            Format::Navigator => navigator::export(source),
            Format::Csv => table::export(source),
            Format::Timesketch => timesketch::export(source),
            Format::IrisCsv => iris::tables(source),
            Format::Iris => iris::case_json(source),
            Format::Kanvas => kanvas::export(source),
            Format::Aurora => aurora::export(source),
            Format::Veris => veris::export(source),
            Format::CaseUco => case_graph::export(source),
            Format::Blocklist => blocklist::export(source),
            Format::OpenIoc => openioc::export(source),
        }
    }
}

impl std::str::FromStr for Format {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        named(text, "a format of exports", Format::ALL, |format| format.word())
    }
}

/// The one of these that a text names.
pub fn named<T: Copy>(text: &str, what: &str, all: &[T], word: impl Fn(T) -> &'static str) -> Result<T, Malformed> {
    let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
    if let Some(at) = words.iter().position(|word| *word == text) {
        return Ok(all[at]);
    }
    let error = Malformed::new(format!("`{text}` is not {what}"));
    Err(match nearest(&text.to_lowercase(), words.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`? there are {}", words.join(", "))),
        None => error.help(format!("there are {}", words.join(", "))),
    })
}
