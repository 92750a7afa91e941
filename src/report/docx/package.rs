//! The package of a document (ECMA-376 part 2): a ZIP archive whose bytes depend on nothing but the parts.

use crate::report::verify::MAX_REPORT_BYTES;
use std::io::{Cursor, Read, Write};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// A part that says something of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Document,
    Relationships,
    Numbering,
    Header,
    Footer,
    Properties,
}

impl Part {
    /// The links that a document holds are known when it is written: they come after it.
    const ALL: [Part; 6] =
        [Part::Document, Part::Relationships, Part::Numbering, Part::Header, Part::Footer, Part::Properties];

    fn path(self) -> &'static str {
        match self {
            Part::Document => "word/document.xml",
            Part::Relationships => "word/_rels/document.xml.rels",
            Part::Numbering => "word/numbering.xml",
            Part::Header => "word/header.xml",
            Part::Footer => "word/footer.xml",
            Part::Properties => "docProps/core.xml",
        }
    }
}

/// What is the same in every document.
const FIXED: &[(&str, &str)] = &[
    ("[Content_Types].xml", include_str!("content-types.xml")),
    ("_rels/.rels", include_str!("relationships.xml")),
    ("word/styles.xml", include_str!("styles.xml")),
    ("word/settings.xml", include_str!("settings.xml")),
];

/// What every part begins with. It stands nowhere else: in a text, `<` is escaped.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// All parts as one text.
pub fn joined(mut write: impl FnMut(Part) -> String) -> String {
    Part::ALL.map(|part| format!("{DECLARATION}{}\n", write(part))).concat()
}

/// Packs what [`joined`] made.
pub fn pack(text: &str) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, content) in FIXED {
        archive.start_file(*path, options)?;
        archive.write_all(content.as_bytes())?;
    }
    for (part, content) in Part::ALL.iter().zip(text.split(DECLARATION).skip(1)) {
        archive.start_file(part.path(), options)?;
        archive.write_all(DECLARATION.as_bytes())?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The text that a document was packed from; `None` where it is no package of a report. It comes from anybody, and is read only as
/// far as a report can be long.
pub fn unpacked(bytes: &[u8]) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = String::new();
    for part in Part::ALL {
        let mut left = archive.by_name(part.path()).ok()?.take(MAX_REPORT_BYTES.checked_sub(text.len() as u64)?);
        left.read_to_string(&mut text).ok()?;
    }
    Some(text)
}
