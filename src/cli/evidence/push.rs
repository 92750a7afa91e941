//! `casebook evidence push`: sends to the store what it lacks.

use super::super::{Failure, Format, Outcome, Surroundings};
use super::bar;
use super::carrying::{Carrying, Chosen, Report};
use crate::evidence::transfer;
use crate::store::Store;
use crate::values::EntryId;
use crate::values::vocabulary::Storage;
use clap::Args;

/// Send to the store what it lacks of the items that it keeps.
///
/// Each file is compared with the list of its item before it is sent, and once more when it has arrived. What is there
/// already is left as it is; an interrupted transfer goes on. What is on this machine nowhere is named.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence push
  casebook evidence push x-4n8
  casebook evidence push --store /mnt/second-copy

Exit codes: 0 the store has everything, 1 something is missing or wrong, 2 could not send.")]
pub struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let carrying = Carrying::of(arguments.chosen.store.as_deref(), surroundings)?;
    let store = carrying.store()?;
    let (items, problems) = carrying.items(&carrying.named(&arguments.chosen.ids)?, &[Storage::Store])?;
    let sources: Vec<&dyn Store> =
        carrying.sources().into_iter().filter(|source| source.name() != store.name()).collect();
    let bar = bar("sending", transfer::bytes(&items));
    let mut carried = transfer::send(&items, &sources, store, &carrying.fetched, &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    carried.problems.extend(problems);
    let ids: Vec<EntryId> = items.iter().map(|item| item.id).collect();
    Report { did: "sent", store: store.name(), items: &ids, carried }.print(arguments.chosen.format == Format::Json)
}
