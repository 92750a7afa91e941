//! Reports: what a case says, for people to read. A report is a function of the case, the commit and a stated time.
//!
//! One walk over the case makes an [`outline`], which is plain data; each dialect ([`html`], [`markdown`], [`docx`], [`json`])
//! writes it down. The first three are written by hand into one string: a template engine would cost more than the whole rest, and
//! the types of the outline already keep every text from being taken for markup. A team's own templates, where there are some, are
//! given the JSON ([`templated`]).

pub mod audience;
pub mod calendar;
pub mod clock;
pub mod defanged;
pub mod docx;
pub mod duty;
pub mod escape;
pub mod figure;
pub mod gate;
pub mod html;
pub mod json;
pub mod markdown;
pub mod naming;
pub mod outline;
mod paper;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod preview;
pub mod prose;
mod said;
mod section;
mod templated;
pub mod verify;

pub use section::marking_words;

use crate::check;
use crate::diagnostic::render::{Count, count};
use crate::git::Commit;
use crate::load::Memory;
use crate::model::{Case, Told};
use crate::review::{self, Item, Ledger, Standing};
use crate::template::{self, Templates};
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, Moment, Sha256, TreePath};
use audience::Profile;
use defanged::Defanged;
use gate::{Examined, Refusal};
use jiff::Timestamp;
use outline::Outline;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The version of casebook that makes reports here.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What stands before the command that makes a report again.
const REBUILT: &str = "Rebuilt anywhere, this report has the same bytes: ";

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

/// What a commit says: all that its reports for all audiences are made from.
pub struct Source {
    pub case: Case,
    /// What `casebook check` finds wrong with it.
    pub problems: Count,
    /// Where entries stand that are signed, or must be.
    pub standings: BTreeMap<EntryId, Standing>,
    /// The digest of the policy by which it is told; none where the commit has no policy that can be read.
    pub policy: Option<Sha256>,
    /// The team's own templates.
    pub templates: Templates,
    /// The indicators that no text shows as they are.
    defanged: Defanged,
}

/// An earlier commit, and what of it the audience could read.
pub struct Since {
    /// The commit, as people write it.
    pub commit: String,
    pub case: Case,
}

/// Everything that a report is a function of.
#[derive(Clone, Copy)]
pub struct Edition<'c> {
    /// Who it is for.
    pub profile: &'c Profile,
    /// What they may be told.
    pub told: &'c Told,
    /// The indicators that no text shows as they are, told or not.
    pub defanged: &'c Defanged,
    /// What they were told before, where the report says what is new.
    pub since: Option<&'c Since>,
    /// The commit that it is of; none for a preview of files that are in no commit yet.
    pub provenance: Option<&'c Provenance>,
    /// The moment for which it says what is overdue and what is not yet reached.
    pub now: Timestamp,
    /// What `casebook check` finds wrong with the case.
    pub problems: Count,
    /// Where entries stand that are signed, or must be.
    pub standings: &'c BTreeMap<EntryId, Standing>,
    /// The digest of the policy.
    pub policy: Option<Sha256>,
    /// The team's own templates.
    pub templates: &'c Templates,
}

/// A file of a report, by its name in the folder of reports.
#[derive(Clone, Debug)]
pub struct RenderedFile {
    pub name: String,
    pub dialect: Dialect,
    /// All that it says, as text: the gate reads this, and the bytes are made of nothing else.
    pub content: String,
    /// Whether a team's own template wrote it.
    pub is_templated: bool,
}

/// A file cannot be made of what it says.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` cannot be made: {message}")]
pub struct PackError {
    pub file: String,
    message: String,
}

impl RenderedFile {
    /// The bytes to write.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, PackError> {
        match self.dialect {
            Dialect::Html | Dialect::Markdown | Dialect::Json => Ok(self.content.as_bytes().into()),
            Dialect::Docx => {
                docx::package::pack(&self.content).map(Cow::Owned).map_err(|error| self.unpackable(&error))
            }
            #[cfg(feature = "pdf")]
            Dialect::Pdf => pdf::typeset(&self.content).map(Cow::Owned).map_err(|error| self.unpackable(&error)),
        }
    }

    fn unpackable(&self, error: &dyn std::fmt::Display) -> PackError {
        PackError { file: self.name.clone(), message: error.to_string() }
    }
}

/// What a report can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Html,
    Markdown,
    /// The outline itself, for programs.
    Json,
    /// A document of word processors.
    Docx,
    #[cfg(feature = "pdf")]
    Pdf,
}

impl Dialect {
    /// Those that hooks write, and that are published.
    pub const ALL: [Dialect; 2] = [Dialect::Html, Dialect::Markdown];

    /// The name of the file in the folder of reports.
    pub fn file_name(self) -> &'static str {
        match self {
            Dialect::Html => "index.html",
            Dialect::Markdown => "report.md",
            Dialect::Json => "report.json",
            Dialect::Docx => "report.docx",
            #[cfg(feature = "pdf")]
            Dialect::Pdf => "report.pdf",
        }
    }
}

/// Reads what reports are made from: what can be read of the case of a tree, and how much of it is wrong. Evidence is not read:
/// its records are shown as they are.
pub fn read(tree: &dyn Tree, memory: &mut dyn Memory, now: Timestamp) -> Result<Source, TreeError> {
    let verdict = check::judge_entries(tree, memory, now)?;
    Source::of(tree, verdict.case, count(&verdict.diagnostics))
}

impl Source {
    /// The case of a tree that was judged.
    pub fn of(tree: &dyn Tree, case: Case, problems: Count) -> Result<Self, TreeError> {
        let standings = standings(tree, &case)?;
        let policy = policy(tree, &case)?;
        let (templates, _) = Templates::read(tree, &TreePath::from(template::FOLDER))?;
        let defanged = Defanged::of(&case);
        Ok(Self { case, problems, standings, policy, templates, defanged })
    }

    /// What no text shows to an audience as it is.
    pub fn defanged(&self, profile: &Profile) -> &Defanged {
        const NOTHING: &Defanged = &Defanged::nothing();
        if profile.live { NOTHING } else { &self.defanged }
    }
}

/// The digest of the policy of a case.
fn policy(tree: &dyn Tree, case: &Case) -> Result<Option<Sha256>, TreeError> {
    let item = case.policy.as_ref().map(|policy| Item::File(policy.path.to_string()));
    item.map(|item| review::digest(tree, &item)).transpose()
}

/// A report that went through the gate.
pub struct Report {
    pub files: Vec<RenderedFile>,
    /// Why it must not be given to anybody; it is empty where nothing speaks against it.
    pub refusals: Vec<Refusal>,
}

/// Makes the report for an audience in each of the dialects, in their order. `since` is an earlier commit and its case.
pub fn make(
    source: &Source,
    profile: &Profile,
    since: Option<(&str, &Case)>,
    provenance: &Provenance,
    now: Timestamp,
    dialects: &[Dialect],
) -> Report {
    let told = source.case.told(&profile.telling());
    let since =
        since.map(|(commit, case)| Since { commit: commit.to_owned(), case: case.told(&profile.telling()).case });
    let edition = Edition {
        profile,
        defanged: source.defanged(profile),
        told: &told,
        since: since.as_ref(),
        provenance: Some(provenance),
        now,
        problems: source.problems,
        standings: &source.standings,
        policy: source.policy,
        templates: &source.templates,
    };
    let (files, mut refusals) = render(&edition, dialects);
    let examined = Examined { case: &source.case, told: &told, profile, standings: &source.standings };
    refusals.extend(examined.refusals(&files));
    Report { files, refusals }
}

/// Where the entries of a case stand that are signed, or must be.
fn standings(tree: &dyn Tree, case: &Case) -> Result<BTreeMap<EntryId, Standing>, TreeError> {
    let (ledger, _) = Ledger::read(tree, case)?;
    let mut standings = BTreeMap::new();
    for item in ledger.items() {
        if let Item::Entry(id) = item {
            standings.insert(id, ledger.standing(&item)?);
        }
    }
    Ok(standings)
}

/// Renders a report in each of the dialects, in their order, and says which of the team's templates are broken.
pub fn render(edition: &Edition<'_>, dialects: &[Dialect]) -> (Vec<RenderedFile>, Vec<Refusal>) {
    let mut outline = outline::outline(edition);
    let mut refusals = templated::replace_sections(&mut outline, edition.profile, edition.templates);
    let rendered: Vec<Result<RenderedFile, Refusal>> =
        dialects.par_iter().map(|dialect| write(&outline, *dialect, edition.templates)).collect();
    let mut files = Vec::new();
    for rendered in rendered {
        match rendered {
            Ok(file) => files.push(file),
            Err(refusal) => refusals.push(refusal),
        }
    }
    (files, refusals)
}

fn write(outline: &Outline<'_>, dialect: Dialect, templates: &Templates) -> Result<RenderedFile, Refusal> {
    let written = templated::whole(outline, dialect, templates).transpose()?;
    Ok(RenderedFile {
        name: dialect.file_name().to_owned(),
        dialect,
        is_templated: written.is_some(),
        content: written.unwrap_or_else(|| match dialect {
            Dialect::Html => html::write(outline),
            Dialect::Markdown => markdown::write(outline),
            Dialect::Json => json::write(outline),
            Dialect::Docx => docx::write(outline),
            #[cfg(feature = "pdf")]
            Dialect::Pdf => pdf::write(outline),
        }),
    })
}

/// A text of a case alone, as the report of a case without entries shows it: as Markdown, or as HTML for all other dialects.
pub fn prose(text: &str, dialect: Dialect) -> String {
    let outline = outline::nothing();
    match dialect {
        Dialect::Markdown => markdown::prose_alone(&outline, text),
        Dialect::Json => json::prose(&outline, text).to_string(),
        _ => html::prose_alone(&outline, text),
    }
}
