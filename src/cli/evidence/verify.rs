//! `casebook evidence verify`: hashes every byte of the evidence again.

use super::super::open::{Open, cache, memory_folder};
use super::super::{Failure, Format, Outcome, Surroundings, ids};
use super::homes::Here;
use super::verified::{self, Job, Part, Remembered};
use super::{commits, open};
use crate::cache::Stamps;
use crate::evidence::homes::Once;
use crate::evidence::{Homes, Scope, Shard, checkout};
use crate::load::{self, NoMemory};
use crate::store::Store;
use crate::tree::Tree;
use crate::values::{EntryId, Kind};
use clap::Args;
use serde_json::Value;

/// Hash every byte of the evidence again, and compare it with what was registered.
///
/// The bytes that count are those in Git: by default those of HEAD are verified, then the work tree beside them. What is kept with
/// Git LFS or in a store is read there, as far as it is on this machine or in a folder; the rest is told as not checked. Nothing
/// that was computed before is trusted, but with --quick.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook evidence verify                    HEAD, then the work tree
  casebook evidence verify x-4n8              one item
  casebook evidence verify --rev v1.2         a commit
  casebook evidence verify --staged           what `git commit` would commit
  casebook evidence verify --range main..HEAD every commit of a branch
  casebook evidence verify --all              every commit of the history
  casebook evidence verify --citations        and every quote of the evidence
  casebook evidence verify --remote           reads a store of the kind s3:// as well
  casebook evidence verify --quick            hashes only what looks changed since the last full verification
  casebook evidence verify --shard 2/8        one of eight parts, for as many machines

Exit codes: 0 all that was checked is as registered, 1 problems, 2 could not verify. With --complete, what was not checked is a problem.")]
pub struct Arguments {
    /// The items; all where none is named.
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Verify a commit only.
    #[arg(long, value_name = "REVISION", group = "what")]
    rev: Option<String>,

    /// Verify what is staged only.
    #[arg(long, group = "what")]
    staged: bool,

    /// Verify the work tree only.
    #[arg(long, group = "what")]
    worktree: bool,

    /// Verify every commit of a range, such as `main..HEAD`.
    #[arg(long, value_name = "A..B", group = "what", conflicts_with_all = ["ids", "shard"])]
    range: Option<String>,

    /// Verify every commit of HEAD's history.
    #[arg(long, group = "what", conflicts_with_all = ["ids", "shard"])]
    all: bool,

    /// Verify a part of the files: number I of N.
    #[arg(long, value_name = "I/N", conflicts_with = "ids")]
    shard: Option<Shard>,

    /// Believe the time stamps of the work tree, as `git status` does, and what Git's objects were found to be before: files
    /// that look unchanged since they were last hashed are not hashed again.
    #[arg(long, conflicts_with_all = ["range", "all", "shard"])]
    quick: bool,

    /// Where the store is, in place of `git config casebook.store`.
    #[arg(long, value_name = "PLACE")]
    store: Option<String>,

    /// Read the store also where that is another machine.
    #[arg(long)]
    remote: bool,

    /// Check every citation as well: that its place is there, and that its quote stands there.
    #[arg(long, conflicts_with_all = ["ids", "shard", "range", "all"])]
    citations: bool,

    /// Count what is not checked here as a problem.
    #[arg(long)]
    complete: bool,

    /// How to print what is found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let open = open(surroundings)?;
    let here = Here::of(arguments.store.as_deref(), arguments.remote, &open, surroundings)?;
    let (lfs, store) = (Once::new(here.lfs()), here.store().map(Once::new));
    let homes = Homes { lfs: Some(&lfs), store: store.as_ref().map(|store| store as &dyn Store) };
    let range = if arguments.all { Some("HEAD") } else { arguments.range.as_deref() };
    if let Some(range) = range {
        return commits::verify(range, arguments.complete, arguments.format, &open.repository, homes);
    }
    let verification = Verification { arguments, open: &open, homes };
    verification.trees(surroundings)
}

/// One run over whole trees.
struct Verification<'v> {
    arguments: &'v Arguments,
    open: &'v Open,
    homes: Homes<'v>,
}

impl Verification<'_> {
    fn trees(&self, surroundings: &Surroundings) -> Result<Outcome, Failure> {
        let repository = &self.open.repository;
        let disk = self.open.stamped(self.open.tree().without_modes());
        if let Some(revision) = &self.arguments.rev {
            let commit = repository.resolve(revision)?;
            let tree = repository.tree(commit.tree);
            return self.report(self.examine(vec![self.job("commit", format!("commit {}", commit.id), &tree)?])?);
        }
        if self.arguments.staged {
            let tree = repository.tree(repository.candidate(surroundings.index.as_deref())?);
            return self.report(self.examine(vec![self.job("staged", "what is staged".to_owned(), &tree)?])?);
        }
        let work_tree = self.job("work_tree", "work tree".to_owned(), &disk)?;
        let head = if self.arguments.worktree { None } else { repository.head()? };
        let Some(head) = head else { return self.report(self.examine(vec![work_tree])?) };
        let tree = repository.tree(head.tree);
        let committed = self.job("commit", format!("HEAD {}", head.id), &tree)?;
        let mut parts = self.examine(vec![committed, work_tree])?;
        if let [committed, checked_out] = parts.as_mut_slice() {
            checkout::tell_apart(&tree, &mut committed.examined, &mut checked_out.examined);
        }
        self.report(parts)
    }

    fn job<'t>(&self, name: &'static str, title: String, tree: &'t dyn Tree) -> Result<Job<'t>, Failure> {
        let (case, loading) = load::load(tree, &mut NoMemory)?;
        let typed = &self.arguments.ids;
        // An item may be in the work tree alone, as what is not committed yet, or in an old commit alone.
        let ids = match ids::resolve_all(&case, typed) {
            Ok(ids) => ids,
            Err(_) => ids::resolve_all(&self.open.case()?.0, typed)?,
        };
        if let Some(id) = ids.iter().find(|id| id.kind() != Kind::Evidence) {
            return Err(Failure::new(format!("`{id}` is no evidence item")).help("`casebook evidence list` shows them"));
        }
        let scope = match (self.arguments.shard, ids.is_empty()) {
            (Some(shard), _) => Scope::Shard(shard),
            (None, true) => Scope::All,
            (None, false) => Scope::Items(ids.iter().copied().collect()),
        };
        let remembered = match (tree.is_of_git(), self.arguments.quick) {
            (false, believes) => {
                Remembered::Stamps(Box::new(Stamps::open(&memory_folder(&self.open.repository), believes)))
            }
            (true, true) => Remembered::Objects(Box::new(cache(&self.open.repository))),
            (true, false) => Remembered::Nothing,
        };
        let with_citations = self.arguments.citations;
        Ok(Job { name, title, tree, case, loading, scope, with_citations, remembered })
    }

    fn examine<'t>(&self, jobs: Vec<Job<'t>>) -> Result<Vec<Part<'t>>, Failure> {
        let ids: Vec<EntryId> = jobs.iter().flat_map(|job| job.ids()).collect();
        let parts = verified::examine_all(&self.homes, jobs)?;
        verified::demand_items(&parts, &ids)?;
        Ok(parts)
    }

    fn report(&self, parts: Vec<Part<'_>>) -> Result<Outcome, Failure> {
        match self.arguments.format {
            Format::Text => verified::print(&parts),
            Format::Json => {
                let parts = parts.iter().map(|part| (part.name.to_owned(), verified::json(part)));
                outln!("{:#}", Value::Object(parts.collect()));
            }
        }
        let is_enough = |part: &Part<'_>| {
            let cited = part.citations.as_ref().is_none_or(|judged| judged.unchecked.is_empty());
            !self.arguments.complete || (cited && part.examined.unchecked_files() == 0)
        };
        let is_sound = parts.iter().all(|part| part.examined.is_sound() && is_enough(part));
        Ok(if is_sound { Outcome::Sound } else { Outcome::Problems })
    }
}
