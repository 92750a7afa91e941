//! `casebook report`: what the case says, for people to read.

mod browser;
mod format;
mod template;
mod verify;

use super::{Failure, Outcome, Surroundings, open};
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::{DiskTree, file, write};
use crate::git::Commit;
use crate::hook::local_reports::{self, FOLDER, Rendering};
use crate::model::Case;
use crate::report::audience::{self, Profile, TECHNICAL};
use crate::report::gate::Refusal;
use crate::report::{self, Dialect, Provenance, Report, Source};
use crate::template::Templates;
use crate::values::wording::counted;
use crate::values::{Sha256, TreePath};
use clap::{Args, Subcommand};
pub use format::{Finished, Format, Press};
use jiff::Timestamp;
use rayon::prelude::*;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write the report of a commit: index.html for people, report.md for forges and tools, report.json for programs.
///
/// It is made from the commit alone, so it has the same bytes wherever it is made. Each audience has a report of its own, with
/// its own sections, up to its own marking; `casebook report --list` lists them. A report that would tell an audience what it
/// must not know is not written.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  casebook report                              HEAD, for all audiences, into the folder reports/
  casebook report --audience executive         where that of the management is, or why there is none
  casebook report --list                       the audiences of the case
  casebook report --audience legal --since v1  with what is new since then
  casebook report --all-audiences --since-release  each with what is new since its last release
  casebook report --rev v1 --output briefing   another commit, into the folder briefing/
  casebook report --format md --output - | less
  casebook report --format json --output - | jq .sections[].title
  casebook report --format docx -a customer    as a document of word processors
  casebook report --format pdf -a executive    as PDF
  casebook report --now 2026-03-05T12:00:00Z   what was overdue at that time
  casebook report --all-audiences --templates ../templates --output reports-of-ours
  casebook report template executive           begin a template of the report for the management
  casebook report verify briefing/index.html   which commit it is from, and whether it was altered

Exit codes: 0 written, 1 refused, 2 could not run."
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// The commit; what is not committed is never in a report.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    rev: String,

    /// For whom; those who work on the case where nothing is said.
    #[arg(short, long, value_name = "AUDIENCE")]
    audience: Option<String>,

    /// For all audiences, each into a folder of its own.
    #[arg(long, conflicts_with = "audience")]
    all_audiences: bool,

    /// List the audiences, and write nothing.
    #[arg(long, conflicts_with_all = ["audience", "all_audiences", "output"])]
    list: bool,

    /// Say what is new since this commit.
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,

    /// Say what is new since the commit that was last released to the audience.
    #[arg(long, conflicts_with = "since")]
    since_release: bool,

    /// What to write; HTML and Markdown where nothing is said.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// The folder to write into, or `-` for standard output, where it is HTML unless `--format` says otherwise.
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// Make it with the templates of this folder, in the place of those of the case.
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,

    /// The time for which the report says what is overdue; the time of the commit where nothing is said.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Subcommand)]
enum Command {
    Verify(verify::Arguments),
    Template(template::Arguments),
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.command {
        Some(Command::Verify(arguments)) => return verify::run(arguments, surroundings),
        Some(Command::Template(arguments)) => return template::run(arguments, surroundings),
        None => {}
    }
    let is_of_head = arguments.rev == "HEAD"
        && arguments.now.is_none()
        && arguments.since.is_none()
        && !arguments.since_release
        && arguments.templates.is_none();
    let is_kept = arguments.format.is_none_or(Format::is_kept);
    match &arguments.output {
        _ if arguments.list => list(arguments, surroundings),
        None if is_of_head && is_kept => bring_up_to_date(arguments, surroundings),
        output => {
            let to_stdout = output.as_ref().is_some_and(|output| output.as_os_str() == "-");
            if let Some(format) = arguments.format.filter(|_| to_stdout) {
                format.fits_standard_output()?;
            }
            let rendered = Rendered::of(arguments, surroundings)?;
            if to_stdout {
                rendered.print()?;
            } else {
                rendered.write(output.as_deref(), surroundings)?;
            }
            Ok(rendered.tell_refusals())
        }
    }
}

/// Lists the audiences: who they are, up to which marking they are told, and what.
fn list(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let case = Reading::of(&arguments.rev, surroundings)?.source(arguments.now)?.case;
    for profile in audience::handles(&case).into_iter().filter_map(|handle| audience::profile(&case, handle)) {
        let sections: Vec<&str> = profile.sections.iter().map(|section| section.word()).collect();
        let standing = profile.standing.map(|standing| format!(", {standing} at least")).unwrap_or_default();
        outln!("{:<12} {}: up to {}{standing}", profile.handle, printable(&profile.name), profile.ceiling);
        outln!("{:<12} {}", "", sections.join(", "));
    }
    Ok(Outcome::Sound)
}

/// Brings the reports of HEAD up to date, as the hooks do, and says where they are.
fn bring_up_to_date(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let mut cache = open::cache(&repository);
    let rendering = local_reports::render(&repository, &mut cache.entries)?;
    cache.save();
    let Some(top) = repository.work_tree().map(Path::to_owned) else {
        return Err(Failure::new("this is a bare repository, without a folder of reports")
            .help("name a folder: `casebook report --output FOLDER`"));
    };
    if rendering == Rendering::Nothing {
        return Err(Failure::new("there is nothing to report: HEAD has no case")
            .help("commit one first: `git add --all`, then `git commit`"));
    }
    if arguments.audience.is_none() {
        for warning in rendering.warnings() {
            errln!("warning: {warning}");
        }
    }
    let dialect = if arguments.format == Some(Format::Md) { Dialect::Markdown } else { Dialect::Html };
    let note = if rendering == Rendering::Current { " (up to date)" } else { "" };
    let audiences = arguments.audiences(&Reading::of("HEAD", surroundings)?.source(None)?.case)?;
    let mut outcome = Outcome::Sound;
    for profile in audiences {
        let place = local_reports::place(&profile.handle, dialect.file_name());
        if file::is_regular(&top.join(FOLDER).join(&place)) {
            outln!("{FOLDER}/{place}{note}");
        } else if arguments.audience.is_some() {
            outcome = Rendered::of(arguments, surroundings)?.tell_refusals();
        }
    }
    Ok(outcome)
}

impl Arguments {
    /// The audiences that were asked for.
    fn audiences(&self, case: &Case) -> Result<Vec<Profile>, Failure> {
        let handles = match &self.audience {
            _ if self.all_audiences => audience::handles(case),
            Some(handle) => vec![handle.as_str()],
            None => vec![TECHNICAL],
        };
        handles.into_iter().map(|handle| audience::profile(case, handle).ok_or_else(|| unknown(case, handle))).collect()
    }
}

pub fn unknown(case: &Case, handle: &str) -> Failure {
    let failure = Failure::new(format!("this case has no audience `{handle}`"));
    match audience::nearest_handle(case, handle) {
        Some(near) => failure.help(format!("did you mean `{near}`? `casebook report --list` lists them")),
        None => failure.help("`casebook report --list` lists them; `[[audiences]]` of policy.toml adds one"),
    }
}

/// A commit that is read.
pub struct Reading {
    pub repository: crate::git::Repo,
    pub commit: Commit,
}

impl Reading {
    pub fn of(rev: &str, surroundings: &Surroundings) -> Result<Self, Failure> {
        let repository = surroundings.repository()?;
        let commit = repository.resolve(rev)?;
        Ok(Self { repository, commit })
    }

    /// What the reports of the commit are made from.
    pub fn source(&self, now: Option<Timestamp>) -> Result<Source, Failure> {
        let tree = self.repository.tree(self.commit.tree);
        open::demand_case(&tree)?;
        let mut cache = open::cache(&self.repository);
        let source = report::read(&tree, &mut cache.entries, now.unwrap_or(self.commit.at.timestamp()))?;
        cache.save();
        Ok(source)
    }

    /// The case alone, as it was.
    pub fn case(&self) -> Result<Case, Failure> {
        Ok(self.source(None)?.case)
    }
}

/// The templates of a folder outside of a case; none where one of them cannot be read.
fn templates(folder: &Path, surroundings: &Surroundings) -> Result<Templates, Failure> {
    let shown = printable_line(&folder.display().to_string());
    let path = file::resolved(&surroundings.folder.join(folder));
    if !file::is_real_folder(&path) {
        let failure = Failure::new(format!("there is no folder `{shown}`"));
        return Err(match shown.parse::<Sha256>().is_ok() {
            true => failure.help(
                "that is the digest of the templates that a report was made with: name the folder that they are in",
            ),
            false => failure.help("name the folder that the templates are in"),
        });
    }
    let (templates, found) = Templates::read(&DiskTree::new(&path), &TreePath::root())?;
    for diagnostic in &found {
        errln!("{}", printable(&templates.shown(diagnostic)));
    }
    if !found.is_empty() {
        let files = counted(found.len(), "file");
        return Err(Failure::new(format!("{files} in `{shown}` cannot be used as a template, so no report is made")));
    }
    Ok(templates.from_outside())
}

/// An earlier commit whose report says what is new since, and its case.
pub fn since(rev: Option<&str>, surroundings: &Surroundings) -> Result<Option<(String, Case)>, Failure> {
    let Some(rev) = rev else { return Ok(None) };
    let before = Reading::of(rev, surroundings)?;
    Ok(Some((before.commit.id.to_string(), before.case()?)))
}

/// The commit whose report was last given to an audience, and its case; none, and a word of it, where there was no release.
fn since_release(
    case: &Case,
    profile: &Profile,
    surroundings: &Surroundings,
) -> Result<Option<(String, Case)>, Failure> {
    match crate::release::last_to(case, &profile.handle) {
        Some(release) => since(Some(release.commit.as_str()), surroundings),
        None => {
            errln!("note: nothing was released to {} yet, so its report does not say what is new", profile.handle);
            Ok(None)
        }
    }
}

/// The reports that were asked for.
struct Rendered {
    commit: String,
    files: Vec<Finished>,
    refused: Vec<(Profile, Vec<Refusal>)>,
}

impl Rendered {
    fn of(arguments: &Arguments, surroundings: &Surroundings) -> Result<Self, Failure> {
        let reading = Reading::of(&arguments.rev, surroundings)?;
        let mut source = reading.source(arguments.now)?;
        if let Some(folder) = &arguments.templates {
            source.templates = templates(folder, surroundings)?;
        }
        let since_all = since(arguments.since.as_deref(), surroundings)?;
        let now = arguments.now.unwrap_or(reading.commit.at.timestamp());
        let press = Press::of(arguments.format.as_slice(), surroundings)?;
        let provenance = Provenance::of(&reading.commit);
        let mut rendered = Self { commit: reading.commit.id.to_string(), files: Vec::new(), refused: Vec::new() };
        let audiences = arguments.audiences(&source.case)?.into_iter().map(|profile| {
            let since_own = match arguments.since_release {
                true => since_release(&source.case, &profile, surroundings)?,
                false => None,
            };
            Ok((profile, since_own))
        });
        let made: Vec<(Profile, Report)> = audiences
            .collect::<Result<Vec<_>, Failure>>()?
            .into_par_iter()
            .map(|(profile, since_own)| {
                let since = since_own.as_ref().or(since_all.as_ref()).map(|(commit, case)| (commit.as_str(), case));
                let report = report::make(&source, &profile, since, &provenance, now, &press.dialects());
                (profile, report)
            })
            .collect();
        for (profile, report) in made {
            if !report.refusals.is_empty() {
                rendered.refused.push((profile, report.refusals));
                continue;
            }
            let in_folder = |file: Finished| Finished {
                name: if arguments.all_audiences || arguments.output.is_none() {
                    local_reports::place(&profile.handle, &file.name)
                } else {
                    file.name
                },
                ..file
            };
            rendered.files.extend(press.finish(report.files)?.into_iter().map(in_folder));
        }
        Ok(rendered)
    }

    /// Prints the first of the files.
    fn print(&self) -> Result<(), Failure> {
        let written = self.files.first().map_or(Ok(()), |first| std::io::stdout().write_all(&first.bytes));
        match written {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }

    /// Writes the files into a folder, or beside the reports of HEAD.
    fn write(&self, output: Option<&Path>, surroundings: &Surroundings) -> Result<(), Failure> {
        let folder = output.map(|folder| not_of_head(surroundings.folder.join(folder), surroundings)).transpose()?;
        match folder {
            Some(folder) => self.write_each(|file| {
                let path = folder.join(&file.name);
                let written = write::whole(&path, &file.bytes, true);
                (path, written)
            }),
            None => {
                let top = surroundings.case_folder()?;
                self.write_each(|file| {
                    // Beside the reports of HEAD, which its stamp speaks of.
                    let path = TreePath::from(format!("{FOLDER}/{}/{}", &self.commit[..12], file.name));
                    let case = DiskTree::new(&top);
                    (case.locate(&path), case.write(&path, &file.bytes, true))
                })
            }
        }
    }

    /// Writes the files in any order, since most of the time a disk is waited for, and says where they are in theirs.
    fn write_each(&self, write: impl Fn(&Finished) -> (PathBuf, io::Result<()>) + Send + Sync) -> Result<(), Failure> {
        let all: Vec<(PathBuf, io::Result<()>)> = self.files.par_iter().map(write).collect();
        for (path, written) in all {
            written.map_err(|error| {
                Failure::new(format!("cannot write `{}`: {error}", path.display()))
                    .help("name a folder: `casebook report --output FOLDER`")
            })?;
            outln!("{}", path.display());
        }
        Ok(())
    }

    /// Says why reports were not written.
    fn tell_refusals(&self) -> Outcome {
        for (profile, refusals) in &self.refused {
            let reasons = counted(refusals.len(), "reason");
            errln!("error: no report for {} is written, for {reasons}:", profile.handle);
            for refusal in refusals {
                errln!("  {}", printable(&refusal.says).replace('\n', "\n  "));
                errln!("    help: {}", printable(&refusal.help));
            }
        }
        if self.refused.is_empty() { Outcome::Sound } else { Outcome::Problems }
    }
}

/// A folder, unless it is the one whose stamp says that the reports in it are those of HEAD.
fn not_of_head(folder: PathBuf, surroundings: &Surroundings) -> Result<PathBuf, Failure> {
    let top = surroundings.repository()?.work_tree().map(Path::to_owned);
    if top.is_some_and(|top| file::resolved(&top.join(FOLDER)) == file::resolved(&folder)) {
        return Err(Failure::new(format!("the folder `{FOLDER}` of a case holds the reports of HEAD"))
            .help("`casebook report` alone writes them; name another folder for these"));
    }
    Ok(folder)
}
