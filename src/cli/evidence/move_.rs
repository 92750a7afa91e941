//! `casebook evidence move`: gives items another home.

use super::super::{Failure, Format, Outcome, Surroundings, identity};
use super::bar;
use super::carrying::{Carrying, plain, print_problems, problem_json};
use crate::diagnostic::render::printable;
use crate::disk::lock::{self, Lock};
use crate::evidence::damage::evidence_too_large;
use crate::evidence::relocation::{Homes, NotMoved, relocate};
use crate::evidence::transfer::{self, Item, Problem};
use crate::git::Repo;
use crate::model::{Custody, CustodyId, Custom, EvidenceId, Own};
use crate::store::{Store, StoreError};
use crate::values::digest::NamedDigest;
use crate::values::vocabulary::{CustodyAction, Storage};
use crate::values::wording::counted;
use crate::values::{EntryId, Handle, Kind, Line, Moment};
use clap::{Args, ValueEnum};
use jiff::ToSpan;
use serde_json::{Value, json};
use std::time::Duration;

/// Give items another home: Git, Git LFS, or the store.
///
/// The bytes are brought to the new home and read there again. Then a custody event is written that names the new home, and
/// with it the work tree and `.gitattributes` change: all of it, or nothing. The record of an item never changes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence move x-4n8 --to store --reason \"Too large for Git\"
  casebook evidence move x-4n8 --to lfs --by bob
  casebook evidence move x-4n8 x-9pq --to git

Exit codes: 0 moved, 1 something is missing or wrong, 2 could not move.")]
pub struct Arguments {
    /// The items.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    /// The new home.
    #[arg(long, value_name = "HOME")]
    to: Home,

    /// Who moves it; you, where it is not given.
    #[arg(long, value_name = "HANDLE")]
    by: Option<Handle>,

    /// Why.
    #[arg(long)]
    reason: Option<Line>,

    /// The store, if not the one that is configured: a folder, or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "LOCATION")]
    store: Option<String>,

    /// How to print what was done.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A home that bytes can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Home {
    /// In Git's own objects.
    Git,
    /// With Git LFS.
    Lfs,
    /// In the store of the team.
    Store,
}

impl Home {
    pub fn storage(self) -> Storage {
        match self {
            Home::Git => Storage::Git,
            Home::Lfs => Storage::Lfs,
            Home::Store => Storage::Store,
        }
    }
}

/// An item that was moved.
struct Moved<'i, 'c> {
    item: &'i Item<'c>,
    event: EntryId,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    // Of two moves at once the second sees what the first has made: where an item is decides what is moved from where.
    let _turn = turn(&surroundings.repository()?)?;
    let carrying = Carrying::of(arguments.store.as_deref(), surroundings)?;
    let to = arguments.to.storage();
    let by = identity::who(arguments.by.as_ref(), &carrying.case, &carrying.open.repository, "moved it")?;
    let homes = [Storage::Git, Storage::Lfs, Storage::Store];
    let (items, mut problems) = carrying.items(&carrying.named(&arguments.ids)?, &homes)?;
    let (items, there): (Vec<Item<'_>>, Vec<Item<'_>>) = items.into_iter().partition(|item| item.home != to);
    let needs_store = |item: &Item<'_>| to == Storage::Store || !carrying.is_fetched(item);
    let concerns_store = items.iter().filter(|item| to == Storage::Store || item.home == Storage::Store);
    let store = match concerns_store.into_iter().any(needs_store) {
        true => Some(carrying.store()?),
        false => carrying.store().ok(),
    };
    let sources: Vec<&dyn Store> = carrying.sources();
    let limit = evidence_too_large::limit(carrying.case.policy.as_ref().map(|policy| &policy.value));
    let homes = Homes { sources: &sources, store, lfs: &carrying.lfs, spool: &carrying.fetched, limit };
    // Each byte is read where it is, where it goes, and there again.
    let bar = bar("moving", transfer::bytes(&items).saturating_mul(3));
    let mut moved = Vec::new();
    for item in &items {
        let event = event(item, to, by.clone(), arguments, &carrying, surroundings);
        let is_as_before = || carrying.open.case().is_ok_and(|(case, _)| stands_at(&case, item.id, item.home));
        match relocate(carrying.place(), &homes, item, &event, &is_as_before, &|bytes| bar.inc(bytes)) {
            Ok(()) => moved.push(Moved { item, event: event.id.0.0 }),
            Err(why) => match failed(item, why) {
                Ok(found) => problems.extend(found),
                Err(failure) => {
                    bar.finish_and_clear();
                    // What fails here as well is made up for by the next command; the first failure says what is to be done.
                    let _ = carrying.keep_from_git(&[]);
                    print(arguments, &moved, &there, &problems, &carrying);
                    return Err(failure);
                }
            },
        }
    }
    bar.finish_and_clear();
    // What was moved is moved, also where this fails.
    let kept = carrying.keep_from_git(&[]);
    print(arguments, &moved, &there, &problems, &carrying);
    kept?;
    Ok(if problems.is_empty() { Outcome::Sound } else { Outcome::Problems })
}

/// How long a move waits for another one: as long as a large item takes.
const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps other moves in this work tree waiting.
fn turn(repository: &Repo) -> Result<Lock, Failure> {
    let lock = lock::hold(&repository.git_dir().join("casebook").join("moving.lock"), PATIENCE)?;
    lock.ok_or_else(|| {
        Failure::new("another `casebook evidence move` works in this case, and does not end")
            .help("wait for it, or end it, then type this again")
    })
}

fn stands_at(case: &crate::model::Case, item: EntryId, home: Storage) -> bool {
    case.holdings().get(&item).is_some_and(|holding| holding.storage == home && holding.disposed.is_none())
}

fn event(
    item: &Item<'_>,
    to: Storage,
    by: Handle,
    arguments: &Arguments,
    carrying: &Carrying,
    surroundings: &Surroundings,
) -> Custody {
    let now = surroundings.now.round(jiff::Unit::Second).unwrap_or(surroundings.now);
    // The order of a chain is that of its times: of two moves in one second the later one has to count.
    let last =
        carrying.case.chains().get(&item.id).and_then(|chain| chain.last().map(|(_, event)| event.at.timestamp()));
    let after = last.and_then(|last| last.checked_add(1.second()).ok()).map_or(now, |after| after.max(now));
    let now = Moment::utc(now);
    Custody {
        id: Own(CustodyId(EntryId::from_bits(Kind::Custody, surroundings.bits()))),
        item: EvidenceId(item.id),
        at: Moment::utc(after),
        recorded_by: identity::recorder(&by, &carrying.case, &carrying.open.repository),
        by,
        action: CustodyAction::Transferred,
        from: called(item.home, carrying),
        to: called(to, carrying),
        reason: arguments.reason.clone(),
        digest: item.record.list.map(NamedDigest),
        storage: Some(to),
        supersedes: None,
        recorded: Some(now),
        custom: Custom::default(),
    }
}

/// What a home is called in a custody event.
fn called(home: Storage, carrying: &Carrying) -> Option<Line> {
    let name = match home {
        Storage::Git => "Git".to_owned(),
        Storage::Lfs => "Git LFS".to_owned(),
        Storage::Store => match carrying.store() {
            Ok(store) => format!("store {}", plain(&store.name())),
            Err(_) => "store".to_owned(),
        },
        Storage::None => return None,
    };
    name.parse().ok()
}

fn failed(item: &Item<'_>, why: NotMoved) -> Result<Vec<Problem>, Failure> {
    let id = item.id;
    let problem = |says: String, help: Option<String>| Problem { item: id, path: None, says, help };
    Ok(match why {
        NotMoved::Io(error) => return Err(error.into()),
        NotMoved::Carried(carried) => match carried.stopped {
            Some(error) => return Err(error.into()),
            None => carried.problems,
        },
        NotMoved::Failed(mut errors) => {
            if let Some(at) = errors.iter().position(StoreError::is_full) {
                return Err(errors.swap_remove(at).into());
            }
            let help = |error: &StoreError| match error {
                StoreError::Missing { .. } => transfer::brings(id, item.home),
                error => error.help(),
            };
            errors.into_iter().map(|error| problem(error.to_string(), help(&error))).collect()
        }
        NotMoved::Meanwhile => {
            vec![problem(
                "somebody has moved it meanwhile".to_owned(),
                Some(format!("`casebook evidence custody {id}` shows by whom")),
            )]
        }
        NotMoved::TooLarge(files) => {
            let help = "leave it where it is; or raise `max_git_file_bytes` under `[evidence]` in policy.toml";
            let says = |says: String| problem(format!("{says}, more than Git may hold here"), Some(help.to_owned()));
            files.into_iter().map(says).collect()
        }
        NotMoved::Other(strange) => {
            let help = format!(
                "`casebook evidence verify {id}` says more; a copy that is no evidence is moved out of `evidence/{id}`"
            );
            strange.into_iter().map(|says| problem(says, Some(help.clone()))).collect()
        }
    })
}

fn print(
    arguments: &Arguments,
    moved: &[Moved<'_, '_>],
    there: &[Item<'_>],
    problems: &[Problem],
    carrying: &Carrying,
) {
    if arguments.format == Format::Json {
        let moved: Vec<Value> = moved
            .iter()
            .map(|moved| {
                json!({
                    "item": moved.item.id.to_string(), "custody": moved.event.to_string(),
                    "from": moved.item.home.word(), "to": arguments.to.storage().word(),
                })
            })
            .collect();
        let there: Vec<String> = there.iter().map(|item| item.id.to_string()).collect();
        let problems: Vec<Value> = problems.iter().map(problem_json).collect();
        outln!("{:#}", json!({ "moved": moved, "there_already": there, "problems": problems }));
        return;
    }
    print_problems(problems);
    for item in there {
        outln!("{} is there already", item.id);
    }
    for Moved { item, event } in moved {
        let title = printable(item.record.title.as_str());
        let files = counted(item.record.files, "file");
        outln!("moved {} “{title}” from {} to {}: {files}", item.id, item.home, arguments.to.storage());
        outln!("  custody  {}", event.path());
    }
    if !moved.is_empty() {
        next(arguments, moved, carrying);
    }
}

/// Says what to type where Git does not know Git LFS, and would take the bytes in themselves.
pub fn demand_filter(repository: &Repo) {
    if repository.config("filter.lfs.clean").is_none() {
        outln!("first: git lfs install --local --skip-repo   (Git does not know Git LFS here yet)");
    }
}

/// What to type next, and what a move does not do.
fn next(arguments: &Arguments, moved: &[Moved<'_, '_>], carrying: &Carrying) {
    if arguments.to == Home::Lfs {
        demand_filter(&carrying.open.repository);
    }
    let folders: Vec<String> = moved.iter().map(|moved| format!("evidence/{}", moved.item.id)).collect();
    // Git looks at a file anew only if it changed, or if it is told to.
    let renew = match arguments.to {
        Home::Store => String::new(),
        Home::Git | Home::Lfs => format!(" && git add --renormalize {}", folders.join(" ")),
    };
    outln!("next: git add -A .gitattributes custody evidence{renew} && git commit -m \"Move evidence\"");
    if moved.iter().any(|moved| moved.item.home == Storage::Git) {
        outln!("note: the history of Git still holds the old bytes, in every clone; a move does not take them out");
    }
    if moved.iter().any(|moved| moved.item.home == Storage::Lfs) {
        outln!("note: the server of Git LFS still has the objects; a move does not take them out");
    }
}
