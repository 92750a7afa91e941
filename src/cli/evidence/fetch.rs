//! `casebook evidence fetch`: brings what a store keeps to this machine.

use super::super::{Failure, Format, Outcome, Surroundings};
use super::bar;
use super::carrying::{Carrying, Chosen, Report};
use crate::evidence::transfer::{self, Item, Problem};
use crate::store::Store;
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Sha256};
use clap::Args;

/// Bring to this machine what the store keeps.
///
/// The bytes go to `.git/casebook/objects`, where commands that read evidence find them; each file is hashed as it arrives,
/// and an interrupted transfer goes on. `casebook evidence materialise` puts them into the work tree. What Git LFS keeps is
/// brought by Git LFS: what is missing of it is named, with the command.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence fetch
  casebook evidence fetch x-4n8
  casebook evidence fetch x-4n8 --store s3://other-team/evidence

Exit codes: 0 everything is here, 1 something is missing or wrong, 2 could not fetch.")]
pub struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let carrying = Carrying::of(arguments.chosen.store.as_deref(), surroundings)?;
    let (items, mut problems) =
        carrying.items(&carrying.named(&arguments.chosen.ids)?, &[Storage::Store, Storage::Lfs])?;
    let (of_lfs, of_store): (Vec<Item<'_>>, Vec<Item<'_>>) =
        items.into_iter().partition(|item| item.home == Storage::Lfs);
    for item in &of_lfs {
        problems.extend(lacking(item, &carrying.lfs)?);
    }
    let mut ids: Vec<EntryId> = of_lfs.iter().chain(&of_store).map(|item| item.id).collect();
    ids.sort();
    // Without an item in the store it need not be said where that is.
    let (name, mut carried) = if of_store.is_empty() {
        (carrying.lfs.name(), transfer::Carried::default())
    } else {
        let store = carrying.store()?;
        let bar = bar("fetching", transfer::bytes(&of_store));
        let carried = transfer::fetch(&of_store, store, &carrying.fetched, &|bytes| bar.inc(bytes));
        bar.finish_and_clear();
        (store.name(), carried)
    };
    carried.problems.extend(problems);
    Report { did: "fetched", store: name, items: &ids, carried }.print(arguments.chosen.format == Format::Json)
}

/// What of an item Git LFS does not have on this machine. An empty file has no object there.
fn lacking(item: &Item<'_>, lfs: &dyn Store) -> Result<Option<Problem>, Failure> {
    let empty = Sha256::of(b"");
    let mut missing = 0;
    let mut first = None;
    for object in item.objects().filter(|object| object.sha256 != empty) {
        if lfs.find(&object)?.is_none() {
            missing += 1;
            first.get_or_insert_with(|| object.path.clone());
        }
    }
    Ok(first.map(|first| {
        let others = if missing > 1 { format!(" and {} more", missing - 1) } else { String::new() };
        let says = format!("`{first}`{others}: Git LFS does not have the object on this machine");
        // Not run from here: a case can bring a `.lfsconfig` that names another server.
        let help = format!("`git lfs pull --include 'evidence/{}/**'` brings it", item.id);
        Problem { item: item.id, path: Some(first), says, help: Some(help) }
    }))
}
