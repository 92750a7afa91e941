//! `casebook evidence materialise`: copies of what a store keeps, in the work tree, for tools to read.

use super::super::{Failure, Format, Outcome, Surroundings};
use super::bar;
use super::carrying::{Carrying, Chosen, NOTHING, print_problems, problem_json};
use crate::evidence::copies::{self, NoCopy};
use crate::evidence::transfer::{self, Item, Problem};
use crate::store::{Store, StoreError};
use crate::values::EntryId;
use crate::values::vocabulary::Storage;
use crate::values::wording::counted;
use clap::Args;
use serde_json::json;

/// Put what the store keeps into the work tree, at `evidence/x-…`, for tools to read; or take it away again.
///
/// The bytes come from what was fetched, or else from the store, and are hashed on the way. An item is put there whole or
/// not at all. A line in `.git/info/exclude` keeps Git from taking the copies in. They are taken away only if they are
/// unchanged, and if what was fetched, or the store, or the last commit has all of them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence materialise x-4n8
  casebook evidence materialise x-4n8 --remove

Exit codes: 0 done, 1 something is missing or wrong, 2 could not do it.")]
pub struct Arguments {
    #[command(flatten)]
    chosen: Chosen,

    /// Take the copies away, if they are unchanged.
    #[arg(long)]
    remove: bool,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let carrying = Carrying::of(arguments.chosen.store.as_deref(), surroundings)?;
    let (items, mut problems) = carrying.items(&carrying.named(&arguments.chosen.ids)?, &[Storage::Store])?;
    let ids: Vec<EntryId> = items.iter().map(|item| item.id).collect();
    if !arguments.remove {
        carrying.keep_from_git(&ids)?;
    }
    let mut homes: Vec<&dyn Store> = vec![&carrying.placed, &carrying.fetched];
    if !arguments.remove && !items.is_empty() {
        match carrying.store() {
            Ok(store) => homes.push(store),
            // What was fetched is enough for those that it has.
            Err(failure) if !items.iter().all(|item| carrying.is_fetched(item)) => return Err(failure),
            Err(_) => {}
        }
    }
    let others: Vec<&dyn Store> = carrying.sources();
    let others: Vec<&dyn Store> = others.into_iter().filter(|home| home.name() != carrying.placed.name()).collect();
    let bar = bar("copying", transfer::bytes(&items));
    let mut done: Vec<&Item<'_>> = Vec::new();
    for item in &items {
        let mut bits = || surroundings.bits();
        let told = |bytes| bar.inc(bytes);
        let ended = match arguments.remove {
            true => copies::remove(carrying.place(), item, &carrying.placed, &others, &mut bits, &told),
            false => copies::make(carrying.place(), item, &homes, &mut bits, &told),
        };
        match ended {
            Ok(true) => done.push(item),
            Ok(false) => {}
            Err(why) => problems.extend(failed(item, why)?),
        }
    }
    bar.finish_and_clear();
    // What was done is done, also where this fails.
    let kept = carrying.keep_from_git(&[]);
    print(arguments, &done, items.len() as u64, &problems);
    kept?;
    Ok(if problems.is_empty() { Outcome::Sound } else { Outcome::Problems })
}

fn failed(item: &Item<'_>, why: NoCopy) -> Result<Vec<Problem>, Failure> {
    let id = item.id;
    let problem = |says: String, help: Option<String>| Problem { item: id, path: None, says, help };
    Ok(match why {
        NoCopy::Io(error) => return Err(error.into()),
        NoCopy::Only(path) => vec![problem(
            format!("`{path}` is in no other home that can be asked here: this copy may be the only one"),
            Some(format!(
                "`casebook evidence push {id}` sends it to the store, `casebook evidence fetch {id}` asks the store for it; then type this again"
            )),
        )],
        NoCopy::Failed(mut errors) => match errors.iter().position(StoreError::is_full) {
            Some(at) => return Err(errors.swap_remove(at).into()),
            None => errors.into_iter().map(|error| problem(error.to_string(), error.help())).collect(),
        },
        NoCopy::Other(strange) => strange
            .into_iter()
            .map(|says| {
                let help = format!("move it out of `evidence/{id}` if you need it, or remove it; then type this again");
                problem(says, Some(help))
            })
            .collect(),
    })
}

fn print(arguments: &Arguments, done: &[&Item<'_>], all: u64, problems: &[Problem]) {
    let did = if arguments.remove { "removed" } else { "materialised" };
    if arguments.chosen.format == Format::Json {
        let done: Vec<String> = done.iter().map(|item| item.id.to_string()).collect();
        let problems: Vec<_> = problems.iter().map(problem_json).collect();
        outln!("{:#}", json!({ "items": all, did: done, "problems": problems }));
        return;
    }
    print_problems(problems);
    for item in done {
        outln!("{did} evidence/{}: {}", item.id, counted(item.record.files, "file"));
    }
    if all == 0 && problems.is_empty() {
        outln!("{NOTHING}");
    }
    let rest = all - done.len() as u64;
    if problems.is_empty() && rest > 0 {
        let how = if arguments.remove { "without a copy" } else { "whose copy is there already" };
        outln!("{} {how}", counted(rest, "item"));
    }
}
