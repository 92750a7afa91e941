//! `casebook export`: the case for other programs.

use super::{Failure, Format as Printed, Outcome, Surroundings, open};
use crate::disk::{file, folder, write};
use crate::export::blocklist::BlockType;
use crate::export::format::{Export, File, Format};
use crate::export::loss::{self, Loss};
use crate::export::source::{Options, Source, tlp};
use crate::git::{Commit, Repo};
use crate::load::{self, NoMemory};
use crate::model::{Telling, Told};
use crate::values::vocabulary::Marking;
use crate::values::wording::counted;
use clap::Args;
use serde_json::json;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Export the case of a commit to a format of another program.
///
/// What is told is what stands: no drafts, nothing that is withdrawn, superseded or refuted, and nothing that is marked higher
/// than `--tlp` allows. Nothing that is told refers to what is left out. It is made from the commit alone, so it has the same
/// bytes wherever it is made. What finds no place in the format is told on standard error, or in the file of `--loss`.
#[derive(Args)]
#[command(after_help = "\
Formats:
  stix        a bundle of STIX 2.1
  misp        an event of MISP
  navigator   a layer of the ATT&CK Navigator, version 4.5
  csv         CSV, a table for each kind of entry (RFC 4180)
  timesketch  JSON lines for a timeline of Timesketch
  iris-csv    tables that DFIR-IRIS imports: assets, indicators, timeline
  iris        the JSON of a case as DFIR-IRIS exports it
  kanvas      the workbook of Kanvas
  aurora      a .fox file of Aurora Incident Response
  veris       an incident in the vocabulary of VERIS 1.3.4
  case-uco    a graph of CASE/UCO, as JSON-LD
  blocklist   plain lists of values to block, one for each type and marking
  openioc     an indicator of OpenIOC 1.0
docs/exports.md says what goes where, and what is lost.

Examples:
  casebook export stix --tlp green --output case.json
  casebook export csv --output tables
  casebook export timesketch > timeline.jsonl
  casebook export navigator --tlp green --output layer.json
  casebook export blocklist --type ip --since v1 --output -
  casebook export csv --output tables --loss loss.txt --format json

Exit codes: 0 it is written, 2 it could not be")]
pub struct Arguments {
    /// The format.
    #[arg(value_name = "FORMAT")]
    what: Format,

    /// The commit; what is not committed is never exported.
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    rev: String,

    /// The file or folder to write, or `-` for standard output, which it is where nothing is said.
    #[arg(short, long, value_name = "FILE|FOLDER")]
    output: Option<PathBuf>,

    /// The highest marking of what is told; the case's own where nothing is said.
    #[arg(long, value_name = "MARKING")]
    tlp: Option<Marking>,

    /// Only what is new or changed since this commit, and what it refers to; of block lists, only values that are new.
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,

    /// Write what finds no place into this file.
    #[arg(long, value_name = "FILE")]
    loss: Option<PathBuf>,

    /// Block lists: with what is suspicious, too.
    #[arg(long)]
    suspicious: bool,

    /// Block lists: only values of this type.
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<BlockType>,

    /// How to say what was written.
    #[arg(long, value_enum, default_value = "text")]
    format: Printed,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    demand_fitting(arguments)?;
    let repository = surroundings.repository()?;
    let commit = repository.resolve(&arguments.rev)?;
    let mut told = told(&repository, &commit, arguments.tlp)?;
    let before = match &arguments.since {
        Some(since) => Some(told_then(&repository, since, arguments.tlp.unwrap_or(ceiling(&told)))?),
        None => None,
    };
    if let Some(before) = before.as_ref().filter(|_| arguments.what != Format::Blocklist) {
        told.keep_new(before);
    }
    let commits = repository.commits(&commit.id.to_string())?;
    let began = commits.iter().map(|commit| commit.at.timestamp()).min();
    let source = Source {
        told: &told,
        before: before.as_ref(),
        commit: &commit.id.to_string(),
        at: commit.at.timestamp(),
        began: began.unwrap_or(commit.at.timestamp()),
        options: &Options { suspicious: arguments.suspicious, types: arguments.types.iter().copied().collect() },
    };
    let export = arguments.what.export(&source);
    let loss = loss::loss(arguments.what, source.case());
    write_all(arguments, &export.files, surroundings)?;
    tell(arguments, &source, &export, &loss, surroundings)?;
    Ok(Outcome::Sound)
}

/// Options that mean nothing for the format would be taken for granted.
fn demand_fitting(arguments: &Arguments) -> Result<(), Failure> {
    let word = arguments.what.word();
    if arguments.what != Format::Blocklist && (arguments.suspicious || !arguments.types.is_empty()) {
        return Err(Failure::new(format!("`--suspicious` and `--type` are of block lists, not of `{word}`"))
            .help("leave them out, or type `casebook export blocklist`"));
    }
    let prints = output(arguments).is_none();
    if prints && arguments.what.is_folder() && arguments.types.len() != 1 {
        return Err(Failure::new(format!("`{word}` is a folder of files"))
            .help(format!("name one that is not there yet: `casebook export {word} --output FOLDER`")));
    }
    if prints && arguments.format == Printed::Json {
        return Err(Failure::new("the export and what is said of it cannot both go to standard output")
            .help("name a file with `--output`, or leave `--format json` out"));
    }
    Ok(())
}

/// The path to write to; `None` for standard output.
fn output(arguments: &Arguments) -> Option<&Path> {
    arguments.output.as_deref().filter(|path| path.as_os_str() != "-")
}

/// The case of a commit as it may be told; up to its own marking, where no other is asked for.
fn told(repository: &Repo, commit: &Commit, ceiling: Option<Marking>) -> Result<Told, Failure> {
    let tree = repository.tree(commit.tree);
    open::demand_case(&tree)?;
    let (case, _) = load::load(&tree, &mut NoMemory)?;
    if case.record.is_none() {
        return Err(Failure::new(format!(
            "`case.toml` of commit {} cannot be read, so nobody knows its marking",
            commit.id
        ))
        .help(format!("`casebook check --rev {}` says why", commit.id)));
    }
    Ok(case.told(&Telling::standing(ceiling.unwrap_or(case.own_marking()))))
}

/// The marking up to which a case is told where none is asked for.
fn ceiling(told: &Told) -> Marking {
    told.case.own_marking()
}

/// The case of an earlier commit; nothing where there was none yet.
fn told_then(repository: &Repo, since: &str, ceiling: Marking) -> Result<Told, Failure> {
    let commit = repository.resolve(since)?;
    let (case, _) = load::load(&repository.tree(commit.tree), &mut NoMemory)?;
    Ok(case.told(&Telling::standing(ceiling)))
}

fn write_all(arguments: &Arguments, files: &[File], surroundings: &Surroundings) -> Result<(), Failure> {
    let Some(path) = output(arguments) else {
        for file in files {
            print(&file.content)?;
        }
        return Ok(());
    };
    let target = surroundings.folder.join(path);
    let failed = |error: std::io::Error| {
        Failure::new(format!("cannot write `{}`: {error}", path.display())).help("name another place with `--output`")
    };
    if !arguments.what.is_folder() {
        let content = files.first().map(|file| file.content.as_slice()).unwrap_or_default();
        return write::whole(&target, content, true).map_err(failed);
    }
    if file::is_there(&target) {
        return Err(Failure::new(format!("`{}` is there already", path.display()))
            .help("name a folder that is not there yet, so that nothing old is left beside what is written"));
    }
    folder::whole(&target, |folder| {
        files.iter().try_for_each(|file| write::whole(&folder.join(&file.name), &file.content, true))
    })
    .map_err(failed)
}

/// Prints bytes. Whoever reads may have seen enough.
fn print(content: &[u8]) -> Result<(), Failure> {
    match std::io::stdout().write_all(content) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::from),
    }
}

/// Says what was written, and what was left out.
fn tell(
    arguments: &Arguments,
    source: &Source<'_>,
    export: &Export,
    loss: &Loss,
    surroundings: &Surroundings,
) -> Result<(), Failure> {
    if let Some(path) = &arguments.loss {
        let text = loss::text(arguments.what, source, export, loss, usize::MAX);
        write::whole(&surroundings.folder.join(path), text.as_bytes(), true).map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", path.display())).help("name another file with `--loss`")
        })?;
    }
    if arguments.format == Printed::Json {
        let value = json!({
            "format": arguments.what.word(),
            "case": source.told.case_id,
            "commit": source.commit,
            "marking": source.told.marking.word(),
            "files": export.files.iter().map(|file| json!({ "name": file.name, "bytes": file.content.len() })).collect::<Vec<_>>(),
            "entries": source.case().entries.len(),
            "loss": loss::json(source, export, loss),
        });
        outln!("{}", serde_json::to_string_pretty(&value).unwrap_or_default());
        return Ok(());
    }
    if let Some(path) = output(arguments) {
        let entries = counted(source.case().entries.len(), "entry");
        outln!("{}  {} of {entries}, {}", path.display(), arguments.what.word(), tlp(source.told.marking));
    }
    match &arguments.loss {
        Some(path) => errln!("what finds no place is told in {}", path.display()),
        None => err!("{}", loss::text(arguments.what, source, export, loss, SHOWN)),
    }
    Ok(())
}

/// How many entries without a place are named on standard error.
const SHOWN: usize = 5;
