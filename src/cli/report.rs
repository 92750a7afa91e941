//! `casebook report`: what the case says, for people to read.

use super::{Failure, Outcome, Surroundings, open};
use crate::disk::{DiskTree, file, write};
use crate::hook::local_reports::{self, FOLDER, Rendering};
use crate::report::{self, Dialect, Provenance, RenderedFile};
use crate::values::TreePath;
use clap::Args;
use jiff::Timestamp;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Write the report of a commit: index.html for people, report.md for forges and tools.
///
/// It is made from the commit alone, so it has the same bytes wherever it is made.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook report                              HEAD, into the folder reports/ of the case
  casebook report --rev v1 --output briefing   another commit, into the folder briefing/
  casebook report --format md --output - | less
  casebook report --now 2026-03-05T12:00:00Z   what was overdue at that time")]
pub struct Arguments {
    /// The commit; what is not committed is never in a report.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    rev: String,

    /// What to write; all of them where nothing is said.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// The folder to write into, or `-` for standard output, where it is HTML unless `--format` says otherwise.
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// The time for which the report says what is overdue; the time of the commit where nothing is said.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Html,
    Md,
}

impl From<Format> for Dialect {
    fn from(format: Format) -> Self {
        match format {
            Format::Html => Dialect::Html,
            Format::Md => Dialect::Markdown,
        }
    }
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    match &arguments.output {
        None if arguments.rev == "HEAD" && arguments.now.is_none() => bring_up_to_date(arguments, surroundings),
        Some(output) if output.as_os_str() == "-" => {
            let (_, files) = render(arguments, surroundings)?;
            let written = files.first().map_or(Ok(()), |first| std::io::stdout().write_all(&first.content));
            match written {
                // Whoever reads has seen enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Sound),
                written => written.map(|()| Outcome::Sound).map_err(Failure::from),
            }
        }
        output => {
            let (commit, files) = render(arguments, surroundings)?;
            for file in files {
                let (path, written) = match output {
                    Some(folder) => {
                        let folder = not_of_head(surroundings.folder.join(folder), surroundings)?;
                        let path = folder.join(file.name);
                        let written = write::whole(&path, &file.content, true);
                        (path, written)
                    }
                    None => {
                        // Beside the reports of HEAD, which its stamp speaks of.
                        let path = TreePath::from(format!("{FOLDER}/{}/{}", &commit[..12], file.name));
                        let case = DiskTree::new(&surroundings.case_folder()?);
                        (case.locate(&path), case.write(&path, &file.content, true))
                    }
                };
                written.map_err(|error| {
                    Failure::new(format!("cannot write `{}`: {error}", path.display()))
                        .help("name a folder: `casebook report --output FOLDER`")
                })?;
                outln!("{}", path.display());
            }
            Ok(Outcome::Sound)
        }
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

/// Brings the reports of HEAD up to date, as the hooks do.
fn bring_up_to_date(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let mut cache = open::cache(&repository);
    let rendering = local_reports::render(&repository, &mut cache.entries)?;
    cache.save();
    let dialect = arguments.format.map_or(Dialect::Html, Dialect::from);
    let file = format!("{FOLDER}/{}", dialect.file_name());
    if let Some(warning) = rendering.warning() {
        errln!("warning: {warning}");
    }
    match rendering {
        Rendering::Nothing if repository.work_tree().is_none() => {
            return Err(Failure::new("this is a bare repository, without a folder of reports")
                .help("name a folder: `casebook report --output FOLDER`"));
        }
        Rendering::Nothing => {
            return Err(Failure::new("there is nothing to report: HEAD has no case")
                .help("commit one first: `git add --all`, then `git commit`"));
        }
        Rendering::Current => outln!("{file} (up to date)"),
        Rendering::Rendered(_) => outln!("{file}"),
    }
    Ok(Outcome::Sound)
}

/// The id of the commit and its rendered files.
fn render(arguments: &Arguments, surroundings: &Surroundings) -> Result<(String, Vec<RenderedFile>), Failure> {
    let repository = surroundings.repository()?;
    let commit = repository.resolve(&arguments.rev)?;
    let tree = repository.tree(commit.tree);
    open::demand_case(&tree)?;
    let now = arguments.now.unwrap_or(commit.at.timestamp());
    let dialects = arguments.format.map_or(Dialect::ALL.to_vec(), |format| vec![format.into()]);
    let mut cache = open::cache(&repository);
    let (files, _) = report::of_tree(&tree, &mut cache.entries, &Provenance::of(&commit), now, &dialects)?;
    cache.save();
    Ok((commit.id.to_string(), files))
}
