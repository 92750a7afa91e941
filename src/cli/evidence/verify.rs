//! `casebook evidence verify`: hashes every byte of the evidence again.

use super::super::{Failure, Format, Outcome, Surroundings, ids, open::Open, terminal};
use super::{open, progress};
use crate::check;
use crate::diagnostic::render;
use crate::evidence::{Examined, Homes, NoDigests, Scope, checkout, examine};
use crate::load::{self, NoMemory};
use crate::tree::Tree;
use crate::values::Kind;
use crate::values::wording::counted;
use clap::Args;
use serde_json::{Value, json};

/// Hash every byte of the evidence again, and compare it with what was registered.
///
/// The bytes that count are those in Git: by default those of HEAD are verified, then the work tree beside them. Nothing
/// that was computed before is trusted.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence verify              HEAD, then the work tree
  casebook evidence verify x-4n8        one item
  casebook evidence verify --rev v1.2   a commit
  casebook evidence verify --staged     what `git commit` would commit

Exit codes: 0 all as registered, 1 problems, 2 could not verify.")]
pub struct Arguments {
    /// The items; all where none is named.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Verify a commit only.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["staged", "worktree"])]
    rev: Option<String>,

    /// Verify what is staged only.
    #[arg(long, conflicts_with = "worktree")]
    staged: bool,

    /// Verify the work tree only.
    #[arg(long)]
    worktree: bool,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// One tree that was examined: what it is called, and what was found.
struct Part<'t> {
    name: &'static str,
    title: String,
    tree: &'t dyn Tree,
    examined: Examined,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let repository = &open.repository;
    let disk = open.tree();
    if let Some(revision) = &arguments.rev {
        let commit = repository.resolve(revision)?;
        let tree = repository.tree(commit.tree);
        let title = format!("commit {}", commit.id);
        return report(arguments, &[part("commit", title, &tree, arguments, &open)?]);
    }
    if arguments.staged {
        let tree = repository.tree(repository.candidate(surroundings.index.as_deref())?);
        return report(arguments, &[part("staged", "what is staged".to_owned(), &tree, arguments, &open)?]);
    }
    let head = if arguments.worktree { None } else { repository.head()? };
    let Some(head) = head else {
        return report(arguments, &[part("work_tree", "work tree".to_owned(), &disk, arguments, &open)?]);
    };
    let tree = repository.tree(head.tree);
    let mut committed = part("commit", format!("HEAD {}", head.id), &tree, arguments, &open)?;
    let mut checked_out = part("work_tree", "work tree".to_owned(), &disk, arguments, &open)?;
    checkout::tell_apart(&tree, &mut committed.examined, &mut checked_out.examined);
    report(arguments, &[committed, checked_out])
}

fn part<'t>(
    name: &'static str,
    title: String,
    tree: &'t dyn Tree,
    arguments: &Arguments,
    open: &Open,
) -> Result<Part<'t>, Failure> {
    let (case, _) = load::load(tree, &mut NoMemory)?;
    let scope = if arguments.ids.is_empty() {
        Scope::All
    } else {
        // The items are those of the work tree, which has what is not committed yet.
        let ids = ids::resolve_all(&open.case()?.0, &arguments.ids)?;
        if let Some(id) = ids.iter().find(|id| id.kind() != Kind::Evidence) {
            return Err(Failure::new(format!("`{id}` is no evidence item")).help("`casebook evidence list` shows them"));
        }
        Scope::Items(ids.into_iter().collect())
    };
    let bar = progress(0);
    let examined = examine(tree, &Homes::none(), &case, &mut NoDigests, &scope, &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    let mut examined = examined?;
    crate::diagnostic::sort(&mut examined.diagnostics);
    Ok(Part { name, title, tree, examined })
}

fn report(arguments: &Arguments, parts: &[Part<'_>]) -> Result<Outcome, Failure> {
    match arguments.format {
        Format::Text => parts.iter().for_each(print),
        Format::Json => {
            let parts: serde_json::Map<String, Value> =
                parts.iter().map(|part| (part.name.to_owned(), part_json(part))).collect();
            anstream::println!("{:#}", Value::Object(parts));
        }
    }
    let is_sound = parts.iter().all(|part| part.examined.is_sound());
    Ok(if is_sound { Outcome::Sound } else { Outcome::Problems })
}

fn print(part: &Part<'_>) {
    let examined = &part.examined;
    let sources = check::sources(part.tree, &examined.diagnostics);
    let text = render::text::render(&sources, &examined.diagnostics, terminal::colour(), terminal::width());
    anstream::print!("{text}");
    let problems = render::count(&examined.diagnostics);
    anstream::println!(
        "{}: {}, {} with {} as registered: {problems}",
        part.title,
        counted(examined.items.len(), "item"),
        counted(examined.files(), "file"),
        counted(examined.bytes(), "byte")
    );
    for (item, seen) in examined.items.iter().filter(|(_, seen)| seen.unchecked_files() > 0) {
        let files = seen.unchecked_files();
        let kept = if files == 1 { "is" } else { "are" };
        anstream::println!("  {item}: {} {kept} kept elsewhere and not checked here", counted(files, "file"));
    }
}

fn part_json(part: &Part<'_>) -> Value {
    let examined = &part.examined;
    let mut value = render::json::render(&check::sources(part.tree, &examined.diagnostics), &examined.diagnostics);
    value["tree"] = json!(part.title);
    value["items"] = json!(examined.items.len());
    value["files"] = json!(examined.files());
    value["bytes"] = json!(examined.bytes());
    value["not_checked_here"] = examined
        .items
        .iter()
        .filter(|(_, seen)| seen.unchecked_files() > 0)
        .map(|(item, seen)| (item.to_string(), json!(seen.unchecked_files())))
        .collect();
    value
}
