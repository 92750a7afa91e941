//! Reports: what a case says, for people to read. A report is a function of the case, the commit and a stated time.
//!
//! One walk over the case makes an [`outline`], which is plain data; each dialect ([`html`], [`markdown`]) writes it down.
//! Both are written by hand into one string: a template engine would cost more than the whole rest, and the types of the
//! outline already keep every text from being taken for markup.

pub mod chart;
pub mod clock;
pub mod duty;
pub mod escape;
pub mod html;
pub mod markdown;
pub mod naming;
pub mod outline;
pub mod prose;
mod section;

use crate::check;
use crate::diagnostic::render::{Count, count};
use crate::git::Commit;
use crate::load::Memory;
use crate::model::Case;
use crate::review::{Item, Ledger, Standing};
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, Moment};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeMap;

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

impl Provenance {
    pub fn of(commit: &Commit) -> Self {
        Self {
            commit: commit.id.to_string(),
            tree: commit.tree.to_string(),
            author: commit.author.clone(),
            summary: commit.summary.clone(),
            at: commit.at,
        }
    }
}

/// Everything that a report is a function of.
#[derive(Clone, Copy)]
pub struct Edition<'c> {
    pub case: &'c Case,
    pub provenance: &'c Provenance,
    /// The moment for which it says what is overdue and what is not yet reached.
    pub now: Timestamp,
    /// What `casebook check` finds wrong with the case.
    pub problems: Count,
    /// Where entries stand that are signed, or must be.
    pub standings: &'c BTreeMap<EntryId, Standing>,
}

/// A file of a report, by its name in the folder of reports.
#[derive(Clone, Debug)]
pub struct RenderedFile {
    pub name: String,
    pub content: Vec<u8>,
}

/// What a report can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Html,
    Markdown,
}

impl Dialect {
    pub const ALL: [Dialect; 2] = [Dialect::Html, Dialect::Markdown];

    /// The name of the file in the folder of reports.
    pub fn file_name(self) -> &'static str {
        match self {
            Dialect::Html => "index.html",
            Dialect::Markdown => "report.md",
        }
    }
}

/// Renders the report of a commit's tree: what can be read of the case, and how much of it is wrong. Returns that, too.
/// Evidence is not read: its records are shown as they are.
pub fn of_tree(
    tree: &dyn Tree,
    memory: &mut dyn Memory,
    provenance: &Provenance,
    now: Timestamp,
    dialects: &[Dialect],
) -> Result<(Vec<RenderedFile>, Count), TreeError> {
    let verdict = check::judge_entries(tree, memory, now)?;
    let problems = count(&verdict.diagnostics);
    let standings = standings(tree, &verdict.case)?;
    let edition = Edition { case: &verdict.case, provenance, now, problems, standings: &standings };
    Ok((render(&edition, dialects), problems))
}

/// Where the entries of a case stand that are signed, or must be.
pub fn standings(tree: &dyn Tree, case: &Case) -> Result<BTreeMap<EntryId, Standing>, TreeError> {
    let (ledger, _) = Ledger::read(tree, case)?;
    let mut standings = BTreeMap::new();
    for item in ledger.items() {
        if let Item::Entry(id) = item {
            standings.insert(id, ledger.standing(&item)?);
        }
    }
    Ok(standings)
}

/// Renders a report in each of the dialects, in their order.
pub fn render(edition: &Edition<'_>, dialects: &[Dialect]) -> Vec<RenderedFile> {
    let outline = outline::outline(edition);
    let render = |dialect: &Dialect| RenderedFile {
        name: dialect.file_name().to_owned(),
        content: match dialect {
            Dialect::Html => html::write(&outline).into_bytes(),
            Dialect::Markdown => markdown::write(&outline).into_bytes(),
        },
    };
    dialects.par_iter().map(render).collect()
}

/// A text of a case alone, as the report of a case without entries shows it.
pub fn prose(text: &str, dialect: Dialect) -> String {
    let case = Case::default();
    let provenance = Provenance {
        commit: String::new(),
        tree: String::new(),
        author: String::new(),
        summary: String::new(),
        at: Moment::utc(Timestamp::UNIX_EPOCH),
    };
    let edition = Edition {
        case: &case,
        provenance: &provenance,
        now: Timestamp::UNIX_EPOCH,
        problems: Count::default(),
        standings: &BTreeMap::new(),
    };
    let outline = outline::outline(&edition);
    match dialect {
        Dialect::Html => html::prose_alone(&outline, text),
        Dialect::Markdown => markdown::prose_alone(&outline, text),
    }
}
