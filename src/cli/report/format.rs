//! The formats of reports that people ask for, and what makes the bytes of each.

use super::super::{Failure, Surroundings};
use super::browser::Browser;
use crate::report::{Dialect, PackError, RenderedFile};
use std::collections::BTreeSet;
use std::io::IsTerminal;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Format {
    /// One page that needs nothing else
    Html,
    /// Markdown
    Md,
    /// All that it says, for programs
    Json,
    /// A document of word processors
    Docx,
    /// For printers; made by a Chromium of this machine, unless casebook was built with the feature `pdf`
    Pdf,
}

impl Format {
    /// Whether it is no text.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Docx | Format::Pdf)
    }

    /// Whether the reports of HEAD are kept up to date in it.
    pub fn is_kept(self) -> bool {
        matches!(self, Format::Html | Format::Md)
    }

    /// Fails where standard output is a terminal, which the bytes of this format would garble.
    pub fn fits_standard_output(self) -> Result<(), Failure> {
        if !self.is_binary() || !std::io::stdout().is_terminal() {
            return Ok(());
        }
        Err(Failure::new("this format is no text, and standard output is a terminal")
            .help("send it to a file, `casebook report --output - … > FILE`, or name a folder: `--output FOLDER`"))
    }
}

/// A file of a report as it is given away.
pub struct Finished {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What makes the files of a report.
pub struct Press {
    /// What each is written as, and the browser that prints it.
    lines: Vec<(Dialect, Option<Browser>)>,
}

impl Press {
    /// For these formats, or for those in which reports are kept up to date.
    pub fn of(formats: &[Format], surroundings: &Surroundings) -> Result<Self, Failure> {
        let line = |format: &Format| {
            Ok(match format {
                Format::Html => (Dialect::Html, None),
                Format::Md => (Dialect::Markdown, None),
                Format::Json => (Dialect::Json, None),
                Format::Docx => (Dialect::Docx, None),
                Format::Pdf => pdf(Browser::set(surroundings)?),
            })
        };
        let lines = match formats {
            [] => Dialect::ALL.map(|dialect| (dialect, None)).into(),
            formats => formats.iter().collect::<BTreeSet<_>>().into_iter().map(line).collect::<Result<_, Failure>>()?,
        };
        Ok(Self { lines })
    }

    pub fn dialects(&self) -> Vec<Dialect> {
        self.lines.iter().map(|(dialect, _)| *dialect).collect()
    }

    /// Finishes the files that the gate let pass, in the order of the formats.
    pub fn finish(&self, files: Vec<RenderedFile>) -> Result<Vec<Finished>, Failure> {
        let finish = |((_, browser), file): (&(Dialect, Option<Browser>), RenderedFile)| match browser {
            Some(browser) => Ok(Finished { name: "report.pdf".to_owned(), bytes: browser.print(&file.content)? }),
            None => {
                let bytes = file.bytes().map_err(Failure::from)?.into_owned();
                Ok(Finished { name: file.name, bytes })
            }
        };
        self.lines.iter().zip(files).map(finish).collect()
    }
}

/// What makes a PDF: the browser that is set, or this program.
#[cfg(feature = "pdf")]
fn pdf(set: Option<Browser>) -> (Dialect, Option<Browser>) {
    match set {
        Some(browser) => (Dialect::Html, Some(browser)),
        None => (Dialect::Pdf, None),
    }
}

/// What makes a PDF: the browser that is set, or whichever is there.
#[cfg(not(feature = "pdf"))]
fn pdf(set: Option<Browser>) -> (Dialect, Option<Browser>) {
    (Dialect::Html, Some(set.unwrap_or_else(Browser::any)))
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        Self::new(error.to_string()).help("`casebook report --format html` has no such limit")
    }
}
