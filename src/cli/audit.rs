//! `casebook audit`: what the commits of a history did that they may not.

use super::{Failure, Format, Outcome, Surroundings, style, terminal};
use crate::check;
use crate::diagnostic::{Diagnostic, render};
use crate::git::{Commit, Repo};
use crate::history::{self, Found, Pin, Signed};
use crate::values::Sha256;
use crate::values::wording::counted;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

/// Audit the history: evidence, custody, sign-offs and time stamps are only added to, entries are not removed, statuses and milestones
/// move as they may, merges change nothing of their own, and each change of roster and policy was agreed to by those before it.
///
/// Every commit is compared with each of its parents. `casebook evidence verify --all` hashes the evidence of each, too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook audit                    the whole history of HEAD
  casebook audit main..HEAD         what a branch adds
  casebook audit --trust 96c789abc207c034f09cf6cf11faae2017d6c08fc497c9614f9635a6c275d3b7

`casebook check --range main..HEAD` does the same, and checks what the branch ends with.

The first roster with a lead has nobody before it who could agree to it: compare its digest with what the lead tells you, and keep it: \
`git config casebook.trust DIGEST`.

Exit codes: 0 nothing found, 1 something was, 2 could not audit.")]
pub struct Arguments {
    /// A range of commits such as `main..HEAD`, or a commit and everything before it.
    #[arg(value_name = "RANGE", default_value = "HEAD")]
    range: String,

    /// The SHA-256 digest of the first roster, in place of `git config casebook.trust`.
    #[arg(long, value_name = "DIGEST")]
    trust: Option<Sha256>,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let pin = match arguments.trust {
        Some(trust) => Pin::Digest(trust),
        None => pin(&repository)?,
    };
    let audited = audit(&repository, &arguments.range, &pin)?;
    match arguments.format {
        Format::Text => print(&repository, &audited, &pin),
        Format::Json => outln!("{:#}", as_json(&repository, &audited)),
    }
    Ok(audited.outcome())
}

/// What Git's configuration says of the first roster.
pub fn pin(repository: &Repo) -> Result<Pin, Failure> {
    let Some(text) = repository.config("casebook.trust") else { return Ok(Pin::Unknown) };
    let digest = text.trim().parse().map_err(|_| {
        Failure::new(format!("casebook.trust is `{}`, which is no SHA-256 digest", render::printable_line(&text)))
            .help("set it to the 64 digits that the lead tells you: `git config casebook.trust DIGEST`")
    })?;
    Ok(Pin::Digest(digest))
}

/// A history that was audited.
pub struct Audited {
    pub range: String,
    pub commits: Vec<Commit>,
    pub found: Vec<Found>,
}

impl Audited {
    pub fn outcome(&self) -> Outcome {
        match self.found.iter().any(|found| found.diagnostic.is_error()) {
            true => Outcome::Problems,
            false => Outcome::Sound,
        }
    }
}

/// Audits a range.
pub fn audit(repository: &Repo, range: &str, pin: &Pin) -> Result<Audited, Failure> {
    let (from, _) = repository.ends(range)?;
    let commits = repository.commits(range)?;
    let last = commits.last().ok_or_else(|| {
        Failure::new(format!("`{range}` has no commits"))
            .help("write `A..B`: the commits of B that A does not have; `git log --oneline A..B` shows them")
    })?;
    let signed = Signed::of(&repository.tree(last.tree))?;
    // What a range begins with is believed: a history that is merged into it must begin with the same roster.
    let pin = match (*pin, &from) {
        (Pin::Unknown, Some(from)) => Pin::Of(from.id),
        (pin, _) => pin,
    };
    let bar = progress(commits.len() as u64);
    let found = history::judge(repository, &commits, &signed, &pin, &|| bar.inc(1));
    bar.finish_and_clear();
    let found = found.map_err(crate::hook::HookError::from)?;
    Ok(Audited { range: range.to_owned(), commits, found })
}

fn progress(commits: u64) -> ProgressBar {
    if !terminal::shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(commits);
    let look = "auditing {bar:30} {pos} of {len} commits ({eta} left)";
    bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn print(repository: &Repo, audited: &Audited, pin: &Pin) {
    print_found(repository, &audited.found);
    let all: Vec<Diagnostic> = audited.found.iter().map(|found| found.diagnostic.clone()).collect();
    let (bold, range) = (style::BOLD, render::printable_line(&audited.range));
    outln!("{bold}{range}{bold:#}: {}: {}", counted(audited.commits.len(), "commit"), render::count(&all));
    if repository.is_shallow() {
        outln!("this clone is shallow: what is before its first commits was not audited");
    }
    if *pin == Pin::Unknown
        && let Some(first) = first_roster(repository, &audited.commits)
    {
        outln!(
            "nothing here says which roster the case began with: if the lead confirms {first}, type `git config casebook.trust {first}`"
        );
    }
}

/// The digest of the first roster of the commits that is in force, where their history is here from its beginning.
fn first_roster(repository: &Repo, commits: &[Commit]) -> Option<Sha256> {
    if commits.first().is_none_or(|first| !first.parents.is_empty()) {
        return None;
    }
    let of = |commit: &Commit| history::first_roster(&repository.tree(commit.tree)).ok().flatten();
    commits.iter().find_map(of)
}

/// Prints what was found, by commit.
pub fn print_found(repository: &Repo, found: &[Found]) {
    for of_commit in found.chunk_by(|a, b| a.commit.id == b.commit.id) {
        let commit = &of_commit[0].commit;
        let heading = format!("commit {} of {} by {}: {}", commit.short(), commit.at, commit.author, commit.summary);
        outln!("{}", render::printable_line(&heading));
        let diagnostics: Vec<Diagnostic> = of_commit.iter().map(|found| found.diagnostic.clone()).collect();
        let sources = check::sources(&repository.tree(commit.tree), &diagnostics);
        out!("{}", render::text::render(&sources, &diagnostics, terminal::colour(), terminal::width()));
    }
}

fn as_json(repository: &Repo, audited: &Audited) -> Value {
    let of_commit = |found: &[Found]| {
        let commit = &found[0].commit;
        let diagnostics: Vec<Diagnostic> = found.iter().map(|found| found.diagnostic.clone()).collect();
        let sources = check::sources(&repository.tree(commit.tree), &diagnostics);
        json!({
            "commit": commit.id.to_string(), "at": commit.at.to_string(), "author": commit.author, "summary": commit.summary,
            "diagnostics": render::json::render(&sources, &diagnostics)["diagnostics"],
        })
    };
    let commits: Vec<Value> = audited.found.chunk_by(|a, b| a.commit.id == b.commit.id).map(of_commit).collect();
    json!({ "range": audited.range, "commits": audited.commits.len(), "found": commits })
}
