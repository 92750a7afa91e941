//! `casebook evidence rerun`: runs the command of derived evidence again and compares.

use super::super::{Failure, Format, Outcome, Surroundings, ids, style};
use super::derived::{self, Running};
use super::open;
use crate::diagnostic::render::{printable, printable_line};
use crate::disk::file;
use crate::evidence::derive::compare::{self, Compared, State};
use crate::evidence::derive::{self, Done, Task, Template};
use crate::model::{Body, Case, Derivation, Evidence};
use crate::values::wording::counted;
use crate::values::{EntryId, Line, TreePath};
use clap::Args;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Run the command of an item again that `casebook evidence run` made, and compare what it writes with what was registered.
///
/// A command comes from the analyst's terminal, never from a case alone: the recorded one is shown, and runs once `yes` is
/// typed, or where the same command is typed after `--`. Nothing is registered and nothing of the case changes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence rerun x-9rs
  casebook evidence rerun x-9rs --keep /tmp/again
  casebook evidence rerun x-9rs --format json -- grep -h 'Failed password' {x-4n8}/auth.log

Exit codes: 0 the same, 1 it differs, 2 could not run.")]
pub struct Arguments {
    /// The item; any unambiguous beginning of its id.
    id: String,

    /// Keep what the command writes in this folder, which is made.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,

    /// How to print the result.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// The recorded command, where nobody can be asked.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// What the record of an item says of how it was made, made ready to be done again.
struct Recipe<'c> {
    id: EntryId,
    item: &'c Evidence,
    derivation: &'c Derivation,
    /// The command as it is read back and quoted anew: what is shown is what would run, and can be typed.
    command: Line,
    inputs: Vec<EntryId>,
    template: Template,
    outputs: Vec<TreePath>,
    stdout: Option<TreePath>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let (case, _) = open.case()?;
    let recipe = recipe(&case, ids::resolve(&case, &arguments.id)?)?;
    let keep = arguments.keep.as_ref().map(|folder| surroundings.folder.join(folder));
    if let Some(folder) = keep.as_ref().filter(|folder| file::is_there(folder)) {
        return Err(Failure::new(format!("`{}` is there already", folder.display())).help("name a new folder"));
    }
    let nothing = "nothing was compared";
    let registered = match compare::registered(&open.tree(), recipe.id, recipe.item) {
        Ok(registered) => registered,
        Err(stopped) => return derived::stopped(stopped, &open, &case, nothing),
    };
    demand_same_inputs(&case, &recipe)?;
    consent(arguments, &case, &recipe)?;
    let task = Task {
        template: &recipe.template,
        inputs: &recipe.inputs,
        stdout: recipe.stdout.as_ref(),
        is_quiet: arguments.format == Format::Json,
    };
    let compared = Running::new(&open, &case, surroundings).run(&task).and_then(|done| {
        let compared = compare::compare(&done.workplace, &recipe.outputs, &registered, &|_| {})?;
        if let Some(folder) = &keep {
            done.workplace.copy_to(folder)?;
        }
        Ok((done, compared))
    });
    match compared {
        Ok((done, compared)) => Ok(report(arguments.format, &recipe, &done, &compared)),
        Err(stopped) => derived::stopped(stopped, &open, &case, nothing),
    }
}

fn recipe(case: &Case, id: EntryId) -> Result<Recipe<'_>, Failure> {
    let Some(Body::Evidence(item)) = case.get(id).map(|entry| &entry.body) else {
        return Err(Failure::new(format!("`{id}` is not an evidence item that can be read"))
            .help("`casebook evidence list` shows them"));
    };
    let made = item.derived_from.as_ref().filter(|derivation| !derivation.outputs.0.is_empty());
    let Some((derivation, command)) = made.and_then(|made| Some((made, made.command.as_ref()?))) else {
        return Err(Failure::new(format!(
            "`{id}` was not made by `casebook evidence run`, so it cannot be made again"
        ))
        .help("run its tool by hand; `casebook evidence run` records all that is needed to do it again"));
    };
    let inputs: Vec<EntryId> = derivation.inputs.0.iter().map(|input| input.0).collect();
    let outputs = derivation.outputs.0.iter().map(|path| derive::output(path.as_str())).collect::<Result<_, _>>()?;
    let template = Template::recorded(command, &inputs)?;
    Ok(Recipe {
        id,
        item,
        derivation,
        command: template.line()?,
        template,
        inputs,
        outputs,
        stdout: derivation.stdout.as_ref().map(|path| derive::output(path.as_str())).transpose()?,
    })
}

/// Fails where an input is not the one that the tool saw.
fn demand_same_inputs(case: &Case, recipe: &Recipe<'_>) -> Result<(), Failure> {
    for seen in &recipe.derivation.seen {
        let now = case.evidence().find(|(entry, _)| entry.id() == seen.item.0).and_then(|(_, item)| item.list);
        if now != Some(seen.digest.0) {
            return Err(Failure::new(format!("`{}` is not the input that the tool saw: nothing was run", seen.item.0))
                .help("`casebook check` says what differs"));
        }
    }
    Ok(())
}

/// Shows the command and asks for it, or compares it with the one that was typed.
fn consent(arguments: &Arguments, case: &Case, recipe: &Recipe<'_>) -> Result<(), Failure> {
    if !arguments.command.is_empty() {
        if Template::read(&arguments.command, &recipe.inputs)? == recipe.template {
            return Ok(());
        }
        return Err(Failure::new(format!("this is not the recorded command: {}", recipe.command))
            .help("type the recorded one after `--`, if it is harmless"));
    }
    show(case, recipe);
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Failure::new("there is no terminal to ask whether this command may run").help(format!(
            "read it; if it is harmless, type it: `casebook evidence rerun {} -- {}`",
            recipe.id, recipe.command
        )));
    }
    err!("type `yes` to run it: ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim() {
        "yes" => Ok(()),
        _ => Err(Failure::new("nothing was run").help("type `yes` where the command may run")),
    }
}

fn show(case: &Case, recipe: &Recipe<'_>) {
    let bold = style::BOLD;
    let line = |text: String| errln!("  {}", printable_line(&text));
    errln!("{bold}{}{bold:#} “{}” was made by", recipe.id, printable(recipe.item.title.as_str()));
    errln!("  {bold}{}{bold:#}", printable_line(recipe.command.as_str()));
    let version = recipe.derivation.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    line(format!("with {}{version}", recipe.derivation.tool));
    for input in &recipe.inputs {
        let seen = recipe.derivation.seen.iter().find(|seen| seen.item.0 == *input);
        let digest = seen.map(|seen| seen.digest.to_string()).unwrap_or_default();
        line(format!("from {input} “{}” {digest}", case.get(*input).map(|entry| entry.title()).unwrap_or_default()));
    }
    for output in &recipe.derivation.outputs.0 {
        line(format!("into {output}"));
    }
}

fn report(format: Format, recipe: &Recipe<'_>, done: &Done, compared: &[Compared]) -> Outcome {
    let count = |state| compared.iter().filter(|file| file.state() == state).count();
    let has_same_status = recipe.derivation.exit_status.is_none_or(|status| status == done.exit_status);
    let is_same = has_same_status && count(State::Same) == compared.len();
    match format {
        Format::Json => outln!("{:#}", as_json(recipe, done, compared, is_same)),
        Format::Text => {
            for file in compared.iter().filter(|file| file.state() != State::Same) {
                let bad = style::BAD;
                outln!("{bad}{:8}{bad:#} {}", file.state().word(), printable_line(&file.path));
            }
            if let Some(status) = recipe.derivation.exit_status.filter(|_| !has_same_status) {
                outln!("the exit status was {status}, and is {} now", done.exit_status);
            }
            let rest = [State::Differs, State::Missing, State::New].map(|state| (count(state), state.word()));
            let rest = rest.iter().filter(|(files, _)| *files > 0).map(|(files, word)| format!(", {files} {word}"));
            let same = counted(count(State::Same), "file");
            outln!("{}: {same} the same{}", recipe.id, rest.collect::<String>());
        }
    }
    if is_same { Outcome::Sound } else { Outcome::Problems }
}

fn as_json(recipe: &Recipe<'_>, done: &Done, compared: &[Compared], is_same: bool) -> Value {
    let files: Vec<Value> = compared
        .iter()
        .map(|file| {
            json!({
                "path": file.path, "state": file.state().word(),
                "registered": file.registered.map(|digest| digest.to_string()), "now": file.now.map(|digest| digest.to_string()),
            })
        })
        .collect();
    let inputs: Vec<Value> = done
        .seen
        .iter()
        .map(|seen| json!({ "item": seen.item.0.to_string(), "digest": seen.digest.to_string() }))
        .collect();
    json!({
        "item": recipe.id.to_string(), "command": recipe.command.as_str(), "inputs": inputs, "is_same": is_same,
        "registered_exit_status": recipe.derivation.exit_status, "exit_status": done.exit_status,
        "started": done.started.to_toml(), "ended": done.ended.to_toml(), "files": files,
    })
}
