//! What every command needs that carries bytes between homes: the case, its homes on this machine, and the store.

use super::super::open::Open;
use super::super::{Failure, Format, Outcome, Surroundings, ids, style};
use super::{gate, homes, open};
use crate::diagnostic::render::printable;
use crate::disk::{ObjectFolder, Placed, about, file, lock, write};
use crate::evidence::add::Place;
use crate::evidence::transfer::{self, Carried, Item, Problem};
use crate::evidence::{copies, git_lines};
use crate::git::Committed;
use crate::model::Case;
use crate::store::Store;
use crate::values::vocabulary::Storage;
use crate::values::wording::counted;
use crate::values::{EntryId, Kind};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most problems that are listed one by one.
const SHOWN: usize = 50;

/// What is said where there is nothing to carry.
pub const NOTHING: &str = "nothing to do: no item is kept in a store";

/// Which items are carried, from or to where, and how that is printed.
#[derive(Args)]
pub struct Chosen {
    /// The items; all that the store keeps where none is named.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,

    /// The store, if not the one that is configured: a folder, or s3://BUCKET/PREFIX.
    #[arg(long, value_name = "LOCATION")]
    pub store: Option<String>,

    /// How to print what was done.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

pub struct Carrying {
    pub open: Open,
    pub case: Case,
    pub placed: Placed,
    pub fetched: ObjectFolder,
    pub lfs: ObjectFolder,
    pub gate: PathBuf,
    committed: Option<Committed>,
    /// Why there is none is told only to who needs it.
    store: Result<Option<Box<dyn Store>>, Failure>,
}

impl Carrying {
    /// `store` is what the option `--store` says.
    pub fn of(store: Option<&str>, surroundings: &Surroundings) -> Result<Self, Failure> {
        let open = open(surroundings)?;
        let (case, _) = open.case()?;
        let repository = &open.repository;
        let committed = repository.head()?.map(|head| repository.committed(head.tree)).transpose()?;
        let store = homes::store(store, &open, surroundings);
        let (fetched, lfs, gate) = (homes::fetched(&open), homes::lfs(&open), gate(&open));
        let placed = copies::placed(&open.top, repository.git_dir());
        Ok(Self { placed, fetched, lfs, gate, committed, store, case, open })
    }

    /// The store, without which there is nothing to do.
    pub fn store(&self) -> Result<&dyn Store, Failure> {
        match &self.store {
            Ok(Some(store)) => Ok(store.as_ref()),
            Ok(None) => Err(homes::not_said()),
            Err(failure) => Err(failure.clone()),
        }
    }

    /// Whether everything of an item was fetched to this machine.
    pub fn is_fetched(&self, item: &Item<'_>) -> bool {
        item.objects().all(|object| matches!(self.fetched.find(&object), Ok(Some(_))))
    }

    /// The homes on this machine, and the store at last where there is one.
    pub fn sources(&self) -> Vec<&dyn Store> {
        let mut sources: Vec<&dyn Store> = vec![&self.placed, &self.fetched, &self.lfs];
        sources.extend(self.committed.as_ref().map(|committed| committed as &dyn Store));
        sources.extend(self.store());
        sources
    }

    pub fn place(&self) -> Place<'_> {
        Place { top: &self.open.top, gate: &self.gate }
    }

    /// The evidence items that were named; `None` where none was, which means all.
    pub fn named(&self, typed: &[String]) -> Result<Option<BTreeSet<EntryId>>, Failure> {
        if typed.is_empty() {
            return Ok(None);
        }
        let named = ids::resolve_all(&self.case, typed)?;
        for id in &named {
            if id.kind() != Kind::Evidence {
                return Err(
                    Failure::new(format!("`{id}` is no evidence item")).help("`casebook evidence list` shows them")
                );
            }
            if self.case.get(*id).is_none() {
                return Err(
                    Failure::new(format!("the record of `{id}` cannot be read")).help("`casebook check` says why")
                );
            }
        }
        Ok(Some(named.into_iter().collect()))
    }

    /// The named items with one of these homes, or all of them. What was disposed of has no bytes to carry.
    pub fn items(
        &self,
        named: &Option<BTreeSet<EntryId>>,
        of: &[Storage],
    ) -> Result<(Vec<Item<'_>>, Vec<Problem>), Failure> {
        let holdings = self.case.holdings();
        for id in named.iter().flatten() {
            let Some(holding) = holdings.get(id) else { continue };
            if let Some(event) = holding.disposed {
                return Err(Failure::new(format!(
                    "`{id}` was disposed of, as `{event}` says: it has no bytes any more"
                ))
                .help("leave it out"));
            }
            if !of.contains(&holding.storage) {
                return Err(elsewhere(*id, holding.storage));
            }
        }
        let is_named = |id: EntryId| named.as_ref().is_none_or(|named| named.contains(&id));
        let tree = self.open.tree();
        Ok(transfer::items(&tree, &self.case, &|id, holding| {
            is_named(id) && holding.disposed.is_none() && of.contains(&holding.storage)
        }))
    }

    /// Keeps Git from taking in copies of what the store keeps, those that are there and those that `coming` names; and
    /// lets it see again what is none any more.
    pub fn keep_from_git(&self, coming: &[EntryId]) -> Result<(), Failure> {
        let holdings = self.open.case()?.0.holdings();
        let has = |top: &Path, id: EntryId| file::is_real_folder(&top.join("evidence").join(id.to_string()));
        let kept = holdings.iter().filter(|(_, holding)| holding.storage == Storage::Store).map(|(id, _)| *id);
        let here: BTreeSet<EntryId> = kept.filter(|id| coming.contains(id) || has(&self.open.top, *id)).collect();
        // The file is that of all work trees, and another one may have its own copies.
        let others: Vec<PathBuf> =
            self.open.repository.work_trees().into_iter().filter(|top| *top != self.open.top).collect();
        exclude(&self.open, |before| {
            let of_others = before.into_iter().filter(|id| others.iter().any(|top| has(top, *id)));
            here.iter().copied().chain(of_others).collect()
        })
    }
}

/// Lets Git see items again that a store does not keep any more. A command that was killed after it moved them leaves them
/// left out, and `git add` would leave them out without a word.
pub fn show_to_git(open: &Open) -> Result<(), Failure> {
    let excluded = git_lines::excluded(&excludes(open)?);
    if excluded.is_empty() {
        return Ok(());
    }
    let holdings = open.case()?.0.holdings();
    let is_kept = |id: &EntryId| holdings.get(id).is_none_or(|holding| holding.storage == Storage::Store);
    if excluded.iter().all(is_kept) {
        return Ok(());
    }
    exclude(open, |before| before.into_iter().filter(is_kept).collect())
}

fn excludes(open: &Open) -> Result<String, Failure> {
    let found = file::find(&open.repository.common_dir().join("info").join("exclude"))?;
    Ok(found.map(|found| String::from_utf8_lossy(&found.content).into_owned()).unwrap_or_default())
}

/// Changes which items Git leaves out.
fn exclude(open: &Open, change: impl FnOnce(BTreeSet<EntryId>) -> BTreeSet<EntryId>) -> Result<(), Failure> {
    let _gate = lock::hold(&gate(open), Duration::from_secs(60))?;
    let text = excludes(open)?;
    let changed = git_lines::exclude(&text, &change(git_lines::excluded(&text)));
    if changed != text {
        let path = open.repository.common_dir().join("info").join("exclude");
        write::whole(&path, changed.as_bytes(), false).map_err(about(&path))?;
    }
    Ok(())
}

fn elsewhere(id: EntryId, home: Storage) -> Failure {
    match home {
        Storage::Git => Failure::new(format!("`{id}` is kept in Git, and comes and goes with its commits"))
            .help(format!("to keep it in the store: `casebook evidence move {id} --to store`")),
        Storage::Lfs => Failure::new(format!("`{id}` is kept with Git LFS, which carries it itself"))
            .help(format!("`git lfs pull --include 'evidence/{id}/**'` brings it, `git push` sends it")),
        Storage::Store => {
            Failure::new(format!("`{id}` is kept in the store")).help("`casebook evidence fetch` brings it")
        }
        Storage::None => Failure::new(format!("`{id}` is a physical exhibit: it has no bytes")).help("leave it out"),
    }
}

/// What was carried where, as text or JSON; how the command ends.
pub struct Report<'r> {
    /// What was done: `sent` or `fetched`.
    pub did: &'static str,
    pub store: String,
    pub items: &'r [EntryId],
    pub carried: Carried,
}

impl Report<'_> {
    pub fn print(self, is_json: bool) -> Result<Outcome, Failure> {
        if is_json {
            outln!("{:#}", self.json());
        } else {
            self.text();
        }
        if let Some(error) = self.carried.stopped {
            return Err(error.into());
        }
        Ok(if self.carried.problems.is_empty() { Outcome::Sound } else { Outcome::Problems })
    }

    fn json(&self) -> Value {
        let carried = &self.carried;
        json!({
            "store": plain(&self.store),
            "items": self.items.iter().map(ToString::to_string).collect::<Vec<_>>(),
            self.did: carried.new, "bytes": carried.bytes, "there_already": carried.already,
            "problems": carried.problems.iter().map(problem_json).collect::<Vec<_>>(),
            "stopped": carried.stopped.as_ref().map(ToString::to_string),
        })
    }

    fn text(&self) {
        let carried = &self.carried;
        print_problems(&carried.problems);
        if self.items.is_empty() && carried.problems.is_empty() {
            outln!("{NOTHING}");
            return;
        }
        let problems = match carried.problems.len() {
            0 => String::new(),
            number => format!("; {}", counted(number as u64, "problem")),
        };
        outln!(
            "{}: {} {} with {}, {} there already, of {}{problems}",
            printable(plain(&self.store)),
            counted(carried.new, "file"),
            self.did,
            counted(carried.bytes, "byte"),
            carried.already,
            counted(self.items.len() as u64, "item"),
        );
    }
}

/// A name without the marks that it has inside of a sentence.
pub fn plain(name: &str) -> &str {
    name.trim_matches('`')
}

pub fn problem_json(problem: &Problem) -> Value {
    json!({
        "item": problem.item.to_string(), "path": problem.path.as_ref().map(|path| path.as_str()),
        "says": problem.says, "help": problem.help,
    })
}

pub fn print_problems(problems: &[Problem]) {
    let bad = style::BAD;
    for problem in problems.iter().take(SHOWN) {
        outln!("{bad}{}{bad:#} {}", problem.item, printable(&problem.says));
        if let Some(help) = &problem.help {
            outln!("  help: {}", printable(help));
        }
    }
    if problems.len() > SHOWN {
        outln!("and {} more: `--format json` has all", problems.len() - SHOWN);
    }
}
