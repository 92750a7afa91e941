//! All that Typst sees: one template, one file of data, and the fonts that are built in. There is no clock, no package and no disk.

use std::fmt::Write;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

const TEMPLATE: &str = include_str!("report.typ");

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect());

pub struct World {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    template: Source,
    data: Bytes,
}

impl World {
    pub fn of(data: &str) -> Self {
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
            template: Source::new(file("report.typ"), TEMPLATE.to_owned()),
            data: Bytes::from_string(data.to_owned()),
        }
    }

    /// The document as PDF that machines can read out (PDF/UA-1, ISO 14289-1).
    pub fn pdf(&self) -> Result<Vec<u8>, String> {
        let document: PagedDocument = typst::compile(self).output.map_err(|errors| said(&errors))?;
        let options = PdfOptions {
            creator: Smart::Custom(Some(format!("casebook {}", super::super::VERSION))),
            standards: PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| error.message().to_string())?,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| said(&errors));
        // What it remembers of one report is of no use for another.
        typst::comemo::evict(0);
        pdf
    }
}

fn said(errors: &[SourceDiagnostic]) -> String {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    messages.join("; ")
}

fn file(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("a name of our own")).intern()
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == file("report.json") { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A text in which every character that no font has a shape for is shown by its code point: it would be an empty box, which no reader
/// of it can tell from another, and which PDF/UA forbids.
pub fn shown_by_code_point(text: &str) -> String {
    let has_shape = |c: char| c == '\n' || FONTS.iter().any(|font| font.info().coverage.contains(u32::from(c)));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() || has_shape(c) {
            out.push(c);
        } else {
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        }
    }
    out
}
