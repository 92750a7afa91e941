//! `casebook check`: is the case sound?

use super::open::{self, Open, demand_case};
use super::{Failure, Outcome, Surroundings, terminal};
use crate::check;
use crate::diagnostic::render;
use crate::tree::Tree;
use clap::Args;

/// Check that the case is sound: every entry, reference, time, marking and evidence digest.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook check                     the files as they are now
  casebook check --staged            what `git commit` would commit
  casebook check --rev HEAD~3        a commit
  casebook check --format github     annotations for a pull request

Exit codes: 0 sound (warnings allowed), 1 problems, 2 could not check.")]
pub struct Arguments {
    /// Check what is staged, as the pre-commit hook does.
    #[arg(long, conflicts_with = "rev")]
    staged: bool,

    /// Check a commit.
    #[arg(long, value_name = "REVISION")]
    rev: Option<String>,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    if arguments.staged {
        let repository = surroundings.repository()?;
        let tree = repository.tree(repository.candidate(surroundings.index.as_deref())?);
        judge(&tree, arguments, surroundings)
    } else if let Some(revision) = &arguments.rev {
        let repository = surroundings.repository()?;
        let tree = repository.tree(repository.resolve(revision)?.tree);
        judge(&tree, arguments, surroundings)
    } else {
        let open = Open::here(surroundings)?;
        judge(&open.tree(), arguments, surroundings)
    }
}

fn judge(tree: &dyn Tree, arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    demand_case(tree)?;
    let verdict = open::judge(tree, surroundings.now)?;
    let sources = check::sources(tree, &verdict.diagnostics);
    match arguments.format {
        Format::Text => {
            let text = render::text::render(&sources, &verdict.diagnostics, terminal::colour(), terminal::width());
            anstream::print!("{text}");
            anstream::println!("{}: {}", count(&verdict), render::count(&verdict.diagnostics));
        }
        Format::Json => anstream::println!("{:#}", render::json::render(&sources, &verdict.diagnostics)),
    }
    Ok(if verdict.is_sound() { Outcome::Sound } else { Outcome::Problems })
}

fn count(verdict: &check::Verdict) -> String {
    format!("checked {} entries", verdict.case.entries.len() + verdict.case.unreadable.len())
}
