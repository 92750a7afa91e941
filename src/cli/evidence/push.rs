//! `casebook evidence push`: sends to the store what it lacks.

use super::super::{Failure, Format, Outcome, Surroundings};
use super::bar;
use super::bench::{Bench, Report};
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
    /// The items; all that the store keeps where none is named.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// The store, if not the one that is configured: a folder, or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "LOCATION")]
    store: Option<String>,

    /// How to print what was done.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let bench = Bench::of(arguments.store.as_deref(), surroundings)?;
    let store = bench.store()?;
    let (items, problems) = bench.items(&bench.named(&arguments.ids)?, &[Storage::Store])?;
    let sources: Vec<&dyn Store> = bench.sources().into_iter().filter(|source| source.name() != store.name()).collect();
    let bar = bar("sending", transfer::bytes(&items));
    let mut carried = transfer::send(&items, &sources, store, &bench.fetched, &|bytes| bar.inc(bytes));
    bar.finish_and_clear();
    carried.problems.extend(problems);
    let ids: Vec<EntryId> = items.iter().map(|item| item.id).collect();
    Report { did: "sent", store: store.name(), items: &ids, carried }.print(arguments.format == Format::Json)
}
