//! `casebook evidence run`: runs a tool on evidence and registers what it writes.

use super::super::{Failure, Outcome, Surroundings, identity, open::Open};
use super::add::{self, Choice};
use super::derived::{self, Running};
use super::move_::Home;
use super::open;
use crate::evidence::add::{self as adding, Details, Refused};
use crate::evidence::derive::{self, Done, Task, Template};
use crate::exec;
use crate::model::{Acquired, Case, Derivation, EvidenceId, Set};
use crate::values::vocabulary::{EvidenceKind, Marking};
use crate::values::{EntryId, Handle, Kind, Line, Markdown, TreePath, When};
use clap::Args;
use std::path::{Path, PathBuf};

/// Run a tool on evidence, and register what it writes as an item that says what it was made from.
///
/// The command runs without a shell in an empty folder of its own. In its arguments {x-4n8tbw2z} stands for the folder of that
/// input, {input} for that of the only one, and {./input} for the relative path to it, which is the same in every clone. Inputs
/// are verified before the command runs and after it has ended. The record keeps the command, the digests of the inputs, the
/// tool and its version, when it ran and how it ended: `casebook evidence rerun` does it again and compares.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence run --input x-4n8 --output hits -- chainsaw hunt {input} --csv --output hits
  casebook evidence run --input x-4n8 --stdout failed.txt -- grep -h 'Failed password' {input}/auth.log
  casebook evidence run --input x-4n8 --input x-7q2 --output both.csv --tool-version 1.2 -- /opt/join {x-4n8}/a.csv {x-7q2}/b.csv both.csv

Exit codes: 0 registered; 1 nothing was registered: an input is not as registered, or the command failed; 2 could not run.")]
pub struct Arguments {
    /// An evidence item that the command reads; any unambiguous beginning of its id.
    #[arg(long = "input", value_name = "ID", required = true)]
    inputs: Vec<String>,

    /// A file or folder that the command writes: a path in the folder that it runs in; `.` is all that it writes there.
    #[arg(long = "output", value_name = "PATH", required_unless_present = "stdout", value_parser = derive::output)]
    outputs: Vec<TreePath>,

    /// Keep what the command prints in this file, as an output.
    #[arg(long, value_name = "PATH", value_parser = derive::output)]
    stdout: Option<TreePath>,

    /// What the output is, in one line; made of the tool's and the input's names where it is not given.
    #[arg(long)]
    title: Option<Line>,

    /// The name of the tool; that of the program's file where it is not given.
    #[arg(long)]
    tool: Option<Line>,

    /// The version of the tool.
    #[arg(long, value_name = "VERSION")]
    tool_version: Option<Line>,

    /// Ask the tool for its version, with `--version`; the first line of its answer counts.
    #[arg(long, conflicts_with = "tool_version")]
    version_command: bool,

    /// Register the output also when the command fails: some tools say with their exit status that they found something.
    #[arg(long)]
    any_exit_status: bool,

    /// What kind of thing the output is; tool-output, where it is not given.
    #[arg(long)]
    kind: Option<EvidenceKind>,

    /// Its marking, where it is not the case's: clear, green, amber, amber+strict or red.
    #[arg(long, value_name = "MARKING")]
    tlp: Option<Marking>,

    /// What it holds, in Markdown.
    #[arg(long)]
    description: Option<Markdown>,

    /// Who runs it; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// Why it was made.
    #[arg(long)]
    reason: Option<Line>,

    /// Where its bytes are to live: in Git, with Git LFS, or in the team's store.
    #[arg(long, value_name = "HOME", default_value = "git")]
    storage: Home,

    /// The store, if not the one that is configured: a folder, or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "LOCATION")]
    store: Option<String>,

    /// Register it although its bytes are registered already.
    #[arg(long)]
    again: bool,

    /// The program and its arguments, after `--`.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    let inputs = inputs(arguments, &case)?;
    let template = Template::read(&arguments.command, &inputs)?;
    let command = template.line()?;
    let by = identity::who(arguments.by.as_ref(), &case, &open.repository, "ran it")?;
    let version = version(arguments, &template, &open)?;
    let running = Running::new(&open, &case, surroundings);
    let task = Task { template: &template, inputs: &inputs, stdout: arguments.stdout.as_ref(), is_quiet: false };
    let done = match running.run(&task) {
        Ok(done) => done,
        Err(stopped) => return derived::stopped(stopped, &open, &case, "nothing was registered"),
    };
    if done.exit_status != 0 && !arguments.any_exit_status {
        derived::tell(&format!(
            "`{}` ended with the exit status {}: nothing was registered; `--any-exit-status` registers its output nevertheless",
            template.program(),
            done.exit_status
        ));
        return Ok(Outcome::Problems);
    }
    let outputs: Vec<TreePath> = arguments.outputs.iter().chain(&arguments.stdout).cloned().collect();
    let derivation = Derivation {
        inputs: Set(inputs.iter().copied().map(EvidenceId).collect()),
        tool: tool(arguments, &template)?,
        version,
        command: Some(command),
        outputs: Set(outputs.iter().map(derive::recorded).collect::<Result<_, _>>()?),
        stdout: arguments.stdout.as_ref().map(derive::recorded).transpose()?,
        exit_status: Some(done.exit_status),
        started: Some(done.started),
        ended: Some(done.ended),
        seen: done.seen.clone(),
    };
    let title = match &arguments.title {
        Some(title) => title.clone(),
        None => title(&derivation.tool, &inputs, &case)?,
    };
    let details = Details {
        title,
        kind: arguments.kind,
        tlp: arguments.tlp,
        description: arguments.description.clone(),
        source: None,
        acquired: Acquired {
            at: When::at(done.ended),
            by: by.clone(),
            method: Some("casebook evidence run".parse()?),
            tool: None,
            version: None,
            command: None,
            authority: None,
        },
        at: done.ended,
        recorded: done.ended,
        recorded_by: identity::recorder(&by, &case, &open.repository),
        reason: arguments.reason.clone(),
        derived_from: Some(derivation),
    };
    register(arguments, done, &outputs, details, &open, &case, surroundings)
}

/// The items that are named, each once.
fn inputs(arguments: &Arguments, case: &Case) -> Result<Vec<EntryId>, Failure> {
    let mut inputs = Vec::new();
    for typed in &arguments.inputs {
        let id = add::of_kind(case, typed, Kind::Evidence)?;
        if !inputs.contains(&id) {
            inputs.push(id);
        }
    }
    Ok(inputs)
}

fn tool(arguments: &Arguments, template: &Template) -> Result<Line, Failure> {
    match &arguments.tool {
        Some(tool) => Ok(tool.clone()),
        None => Ok(template.tool().parse()?),
    }
}

fn title(tool: &Line, inputs: &[EntryId], case: &Case) -> Result<Line, Failure> {
    let first = inputs.first().and_then(|id| case.get(*id)).map(|entry| entry.title()).unwrap_or_default();
    let more = if inputs.len() > 1 { format!(" and {} more", inputs.len() - 1) } else { String::new() };
    Ok(format!("Output of {tool} on “{first}”{more}").parse()?)
}

/// The version that was given, or the first line of what the tool says when it is asked.
fn version(arguments: &Arguments, template: &Template, open: &Open) -> Result<Option<Line>, Failure> {
    if !arguments.version_command {
        return Ok(arguments.tool_version.clone());
    }
    let program = template.program();
    let output = exec::run(program.as_ref(), &["--version".as_ref()], &open.top, &[])
        .map_err(|error| derived::not_started(program, &error))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + "\n" + &output.stderr;
    let first = printed.lines().map(str::trim).find(|line| !line.is_empty() && !line.contains(char::is_control));
    match first.filter(|_| output.status.success()) {
        Some(line) => Ok(Some(line.parse()?)),
        None => Err(Failure::new(format!("`{program} --version` does not tell its version"))
            .help("give it yourself: `--tool-version VERSION`")),
    }
}

fn register(
    arguments: &Arguments,
    done: Done,
    outputs: &[TreePath],
    details: Details,
    open: &Open,
    case: &Case,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let folder = done.workplace.path();
    let unwritten: Vec<&str> = outputs
        .iter()
        .filter(|path| !crate::disk::file::is_there(&folder.join(path.as_str())))
        .map(TreePath::as_str)
        .collect();
    if !unwritten.is_empty() {
        derived::tell(&format!(
            "nothing was registered, since the command has not written `{}`; a path of `--output` starts in the folder that \
             the command runs in",
            unwritten.join("`, `")
        ));
        return Ok(Outcome::Problems);
    }
    let refused = |refused| match refused {
        Refused::Problems(problems) => add::failure(Refused::Problems(derive::from_inside(&folder, problems)), open),
        Refused::Registered(known) => {
            let inside = |path: PathBuf| path.strip_prefix(&folder).map(Path::to_owned).unwrap_or(path);
            add::failure(Refused::Registered(known.into_iter().map(|(path, at)| (inside(path), at)).collect()), open)
        }
        other => add::failure(other, open),
    };
    let choice = Choice { home: arguments.storage, store: arguments.store.as_deref(), again: arguments.again };
    let prepare = |limit| adding::prepare_outputs(&folder, outputs, limit);
    let title = details.title.clone();
    let added = add::register(choice, prepare, details, case, open, surroundings)?.map_err(refused)?;
    add::print(&added, &title, arguments.storage, open, &[]);
    Ok(Outcome::Sound)
}
