//! `casebook report verify`: which commit a finished report is from, and whether anybody has altered it.

use super::super::{Failure, Format, Outcome, Surroundings, style};
use super::{Reading, TECHNICAL};
use crate::diagnostic::render::printable_line;
use crate::disk::file;
use crate::git::{Commit, Repo};
use crate::load;
use crate::report::verify::{Claim, Difference, MAX_REPORT_BYTES, altered};
use crate::report::{self, Dialect, Provenance, VERSION, audience};
use crate::template::Templates;
use crate::values::CommitId;
use crate::values::wording::shell_word;
use clap::Args;
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Say which commit a finished report is from, and whether its bytes are unaltered, by making it again.
///
/// The commit must be in this repository. What the file says of itself is believed only where the same bytes come of it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook report verify ~/Downloads/report.html
  casebook report verify reports/legal/report.md --format json

Exit codes: 0 unaltered, 1 altered, 2 cannot say.")]
pub struct Arguments {
    /// The report: HTML, Markdown, DOCX or JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The folder of the templates that it was made with, where they are not those of the case.
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What making it again showed.
enum Found {
    Unaltered,
    Differs(Difference),
    /// The commit has no such audience, so no report could have been made for it.
    NoAudience,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let content = content(&surroundings.folder.join(&arguments.file))?;
    let claim = Claim::read(&content).ok_or_else(|| {
        Failure::new(format!(
            "`{}` does not say how it is made again, as every report does at its end",
            shown(arguments)
        ))
        .help("name a whole report, such as `index.html`, as `casebook report` wrote it; a PDF that a browser printed says nothing of it")
    })?;
    let repository = surroundings.repository()?;
    let commit = find(&repository, &claim.commit)?;
    if !load::is_case(&repository.tree(commit.tree)) {
        return Err(Failure::new(format!("commit {} is here, and holds no case", commit.short()))
            .help("go into the repository of the case that the report is of"));
    }
    let templates = templates(&claim, arguments, surroundings)?;
    let found = found(&claim, &content, &commit, templates, surroundings)?;
    if matches!(found, Found::Differs(_)) && !claim.is_of_this_version() {
        return Err(made_by_another(&claim));
    }
    let is_in_head = match repository.head()? {
        Some(head) => repository.contains(head.id, commit.id)?,
        None => false,
    };
    match arguments.format {
        Format::Text => print(arguments, &claim, &found, &commit, is_in_head),
        Format::Json => outln!("{:#}", as_json(&claim, &found, is_in_head)),
    }
    Ok(if matches!(found, Found::Unaltered) { Outcome::Sound } else { Outcome::Problems })
}

/// The bytes of the file, as far as a report can be long.
fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot =
        |error| Failure::new(format!("cannot read `{}`: {error}", path.display())).help("name a report that is there");
    let (file, bytes) = file::open_regular(path).map_err(cannot)?;
    let mut content = Vec::new();
    file.take(MAX_REPORT_BYTES + 1).read_to_end(&mut content).map_err(cannot)?;
    if bytes > MAX_REPORT_BYTES || content.len() as u64 > MAX_REPORT_BYTES {
        return Err(Failure::new(format!("`{}` is larger than any report", path.display()))
            .help("name `index.html` or another file, as `casebook report` wrote it"));
    }
    Ok(content)
}

fn find(repository: &Repo, id: &CommitId) -> Result<Commit, Failure> {
    repository.resolve(id.as_str()).map_err(|_| {
        Failure::new(format!("the report says that it is from commit {id}, which is not in this repository"))
            .help("bring it here with `git fetch`, or go into the repository of its case")
    })
}

fn made_by_another(claim: &Claim) -> Failure {
    let by = claim.version.as_deref().unwrap_or("of an unknown version");
    Failure::new(format!("the report says that casebook {by} made it, and this is {VERSION}, which makes other bytes"))
        .help("verify it with the version that made it")
}

/// The templates from outside the case that it says that it was made with.
fn templates(claim: &Claim, arguments: &Arguments, surroundings: &Surroundings) -> Result<Option<Templates>, Failure> {
    let Some(digest) = &claim.templates else { return Ok(None) };
    let Some(folder) = &arguments.templates else {
        return Err(Failure::new(format!(
            "the report says that it was made with templates from outside of the case, whose digest is {digest}"
        ))
        .help(format!(
            "name their folder: `casebook report verify {} --templates FOLDER`",
            shell_word(&shown(arguments))
        )));
    };
    let templates = super::templates(folder, surroundings)?;
    if templates.digest() != *digest {
        let folder = printable_line(&folder.display().to_string());
        return Err(Failure::new(format!("the report was made with templates whose digest is {digest}"))
            .help(format!("those in `{folder}` have {}: bring back the version that made it", templates.digest())));
    }
    Ok(Some(templates))
}

/// Makes the report again as it says, and compares.
fn found(
    claim: &Claim,
    content: &[u8],
    commit: &Commit,
    templates: Option<Templates>,
    surroundings: &Surroundings,
) -> Result<Found, Failure> {
    let reading = Reading { repository: surroundings.repository()?, commit: commit.clone() };
    let mut source = reading.source(claim.now)?;
    if let Some(templates) = templates {
        source.templates = templates;
    }
    let audience = claim.audience.as_ref().map_or(TECHNICAL, |audience| audience.as_str());
    let Some(profile) = audience::profile(&source.case, audience) else { return Ok(Found::NoAudience) };
    let since = match &claim.since {
        Some(id) => {
            let before = find(&reading.repository, id)?;
            Some((id.as_str(), Reading { repository: surroundings.repository()?, commit: before }.case()?))
        }
        None => None,
    };
    let since = since.as_ref().map(|(id, case)| (*id, case));
    let now = claim.now.unwrap_or(commit.at.timestamp());
    let made = report::make(&source, &profile, since, &Provenance::of(commit), now, &[claim.dialect]);
    let made = made.files.first().ok_or_else(|| Failure::new("the report cannot be made again"))?;
    Ok(altered(made, content)?.map_or(Found::Unaltered, Found::Differs))
}

fn print(arguments: &Arguments, claim: &Claim, found: &Found, commit: &Commit, is_in_head: bool) {
    let (good, bad, warn, dim) = (style::GOOD, style::BAD, style::WARN, style::DIM);
    let audience = claim.audience.as_ref().map_or(TECHNICAL, |audience| audience.as_str());
    let id = &claim.commit;
    let file = shown(arguments);
    match found {
        Found::Unaltered => {
            let at = commit.at.timestamp();
            outln!("{file}: {good}unaltered{good:#}, from commit {id} for audience `{audience}`, committed {at}");
            if !is_in_head {
                outln!("{warn}note{warn:#}: that commit is not in the history of HEAD");
                outln!("  {dim}help:{dim:#} `git branch --all --contains {id}` lists the branches that have it");
            }
        }
        Found::NoAudience => {
            outln!("{file}: {bad}altered{bad:#}: commit {id} has no audience `{audience}`");
            outln!("  {dim}help:{dim:#} `casebook report --list --rev {id}` lists those that it has");
        }
        Found::Differs(difference) if difference.line == 0 => {
            outln!(
                "{file}: {bad}altered{bad:#}: it says the same, but another program has packed it, and may have added to it"
            );
            outln!("  {dim}help:{dim:#} `{} --output FOLDER` writes the report as it was made", again(claim));
        }
        Found::Differs(difference) => {
            outln!("{file}: {bad}altered{bad:#}: first difference at line {}:", difference.line);
            outln!("  the report has {}", quoted(&difference.report));
            outln!("  this file has  {}", quoted(&difference.file));
            if difference.is_line_ends_only {
                outln!("  only the ends of its lines are others, as mail and some editors make them");
            }
            outln!("  {dim}help:{dim:#} `{} --output FOLDER` writes the report as it was made", again(claim));
        }
    }
}

/// The command that makes the file again.
fn again(claim: &Claim) -> String {
    match claim.dialect {
        Dialect::Html | Dialect::Markdown => claim.command.clone(),
        Dialect::Json => format!("{} --format json", claim.command),
        Dialect::Docx => format!("{} --format docx", claim.command),
        #[cfg(feature = "pdf")]
        Dialect::Pdf => format!("{} --format pdf", claim.command),
    }
}

fn shown(arguments: &Arguments) -> String {
    printable_line(&arguments.file.display().to_string())
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing more".to_owned() } else { format!("“{}”", printable_line(text)) }
}

fn as_json(claim: &Claim, found: &Found, is_in_head: bool) -> serde_json::Value {
    let difference = match found {
        Found::Differs(difference) => Some(json!({
            "line": difference.line, "report": difference.report, "file": difference.file,
            "line_ends_only": difference.is_line_ends_only,
        })),
        Found::Unaltered | Found::NoAudience => None,
    };
    json!({
        "unaltered": matches!(found, Found::Unaltered),
        "commit": claim.commit.as_str(),
        "audience": claim.audience.as_ref().map_or(TECHNICAL, |audience| audience.as_str()),
        "since": claim.since.as_ref().map(CommitId::as_str),
        "now": claim.now.map(|now| now.to_string()),
        "version": claim.version,
        "in_history_of_head": is_in_head,
        "known_audience": !matches!(found, Found::NoAudience),
        "difference": difference,
    })
}
