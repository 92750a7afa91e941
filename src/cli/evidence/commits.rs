//! `casebook evidence verify --range` and `--all`: the evidence of every commit of a history.

use super::super::{Failure, Format, Outcome, terminal};
use super::verified;
use crate::check;
use crate::diagnostic::{Diagnostic, render};
use crate::evidence::examine::ItemExamined;
use crate::evidence::history::Problem;
use crate::evidence::{History, Homes, root};
use crate::git::{Commit, GitTree, Repo};
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{EntryId, Sha256};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What was found in a history.
struct Found<'r> {
    range: String,
    repository: &'r Repo,
    commits: Vec<Commit>,
    history: History<'r>,
    /// The evidence root of the last commit.
    root: Option<Sha256>,
}

/// Verifies every commit of a range.
pub fn verify<'r>(
    range: &str,
    complete: bool,
    format: Format,
    repository: &'r Repo,
    homes: Homes<'r>,
) -> Result<Outcome, Failure> {
    let commits = repository.commits(range)?;
    if commits.is_empty() {
        return Err(Failure::new(format!("`{range}` has no commits"))
            .help("write `A..B`: the commits of B that A does not have; `git log --oneline A..B` shows them"));
    }
    let mut history = History::new(homes);
    let bar = progress(commits.len() as u64);
    for commit in &commits {
        let parents: Vec<Commit> = commit.parents.iter().filter_map(|id| repository.find(*id)).collect();
        let trees: Vec<(String, GitTree<'_>)> =
            parents.iter().map(|parent| (parent.short(), repository.tree(parent.tree))).collect();
        let parents: Vec<(String, &dyn Tree)> =
            trees.iter().map(|(name, tree)| (name.clone(), tree as &dyn Tree)).collect();
        history.examine(&repository.tree(commit.tree), &parents, &|_| {})?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let last = commits.last().map(|commit| repository.tree(commit.tree));
    let root = last.and_then(|tree| root(&tree).ok()).map(|(root, _)| root);
    let found = Found { range: range.to_owned(), repository, commits, history, root };
    match format {
        Format::Text => found.print(),
        Format::Json => outln!("{:#}", json!({ "history": found.json() })),
    }
    let is_sound = !found.history.problems.iter().any(|problem| problem.diagnostic.is_error());
    let is_enough = !complete || found.unchecked().is_empty();
    Ok(if is_sound && is_enough { Outcome::Sound } else { Outcome::Problems })
}

fn progress(commits: u64) -> ProgressBar {
    if !terminal::shows_progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(commits);
    let look = "verifying {bar:30} {pos} of {len} commits ({eta} left)";
    bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

impl Found<'_> {
    fn print(&self) {
        for (number, problems) in self.by_commit() {
            let commit = &self.commits[number];
            let heading =
                format!("commit {} of {} by {}: {}", commit.short(), commit.at, commit.author, commit.summary);
            outln!("{}", render::printable_line(&heading));
            for (until, diagnostics) in problems {
                let diagnostics: Vec<Diagnostic> = diagnostics.into_iter().cloned().collect();
                let tree = self.repository.tree(commit.tree);
                let sources = check::sources(&tree, &diagnostics);
                outln!("{}", self.until(number, until));
                let text = render::text::render(&sources, &diagnostics, terminal::colour(), terminal::width());
                out!("{text}");
            }
        }
        let (files, bytes) = self.sums();
        let all: Vec<Diagnostic> = self.history.problems.iter().map(|problem| problem.diagnostic.clone()).collect();
        outln!(
            "{}: {} with {} of the evidence, {} with {} as registered: {}",
            render::printable_line(&self.range),
            counted(self.commits.len(), "commit"),
            counted(self.history.states(), "state"),
            counted(files, "file"),
            counted(bytes, "byte"),
            render::count(&all)
        );
        verified::print_gaps(self.history.examined.iter().map(|(_, examined)| examined));
        if self.repository.is_shallow() {
            outln!("this clone is shallow: what is before its first commits was not verified");
        }
        if let (Some(root), Some(last)) = (self.root, self.commits.last()) {
            outln!("evidence root {root} of {}", last.short());
        }
    }

    /// How long a problem lasted.
    fn until(&self, first: usize, last: Option<usize>) -> String {
        match last {
            None => "what this commit did:".to_owned(),
            Some(last) if last + 1 == self.commits.len() => {
                "wrong since then, and still in the last commit:".to_owned()
            }
            Some(last) if last == first => "wrong in this commit alone:".to_owned(),
            Some(last) => format!("wrong from then to commit {}:", self.commits[last].short()),
        }
    }

    /// The problems by the first commit that has them, then by the last one; those that a commit did come first.
    fn by_commit(&self) -> BTreeMap<usize, BTreeMap<Option<usize>, Vec<&Diagnostic>>> {
        let mut commits: BTreeMap<usize, BTreeMap<Option<usize>, Vec<&Diagnostic>>> = BTreeMap::new();
        for Problem { diagnostic, first, last, is_act } in &self.history.problems {
            let until = (!is_act).then_some(*last);
            commits.entry(*first).or_default().entry(until).or_default().push(diagnostic);
        }
        commits
    }

    /// The files that were found to be as registered, and their bytes, once for each state of an item.
    fn sums(&self) -> (u64, u64) {
        let examined = self.history.examined.iter().map(|(_, examined)| examined);
        examined
            .fold((0, 0), |(files, bytes), examined| (files + examined.files(), bytes.saturating_add(examined.bytes())))
    }

    /// What was not checked of any state of an item, each with the first commit that has it.
    fn unchecked(&self) -> Vec<(usize, EntryId, &ItemExamined)> {
        let all = self.history.examined.iter();
        let items = all.flat_map(|(commit, examined)| examined.items.iter().map(|(item, seen)| (*commit, *item, seen)));
        items.filter(|(_, _, seen)| !seen.unchecked.is_empty()).collect()
    }

    /// As docs/evidence.md describes it.
    fn json(&self) -> Value {
        let id = |number: usize| self.commits[number].id.to_string();
        let mut list = Vec::new();
        for (number, problems) in self.by_commit() {
            let tree = self.repository.tree(self.commits[number].tree);
            for (until, diagnostics) in problems {
                let diagnostics: Vec<Diagnostic> = diagnostics.into_iter().cloned().collect();
                let mut value = render::json::render(&check::sources(&tree, &diagnostics), &diagnostics);
                for diagnostic in value["diagnostics"].as_array_mut().into_iter().flatten() {
                    diagnostic["first_commit"] = json!(id(number));
                    diagnostic["last_commit"] = json!(until.map(id));
                    list.push(diagnostic.take());
                }
            }
        }
        let (files, bytes) = self.sums();
        let unchecked = self.unchecked().into_iter().map(|(commit, item, seen)| {
            let items = BTreeMap::from([(item, seen.clone())]);
            let mut value = verified::unchecked_json(&items)[item.to_string()].take();
            value["item"] = json!(item);
            value["first_commit"] = json!(id(commit));
            value
        });
        let errors = self.history.problems.iter().filter(|problem| problem.diagnostic.is_error()).count();
        json!({
            "range": self.range,
            "commits": self.commits.len(),
            "first_commit": id(0),
            "last_commit": id(self.commits.len() - 1),
            "states": self.history.states(),
            "shallow": self.repository.is_shallow(),
            "files": files,
            "bytes": bytes,
            "not_checked_here": unchecked.collect::<Vec<_>>(),
            "evidence_root": self.root,
            "diagnostics": list,
            "errors": errors,
            "warnings": self.history.problems.len() - errors,
        })
    }
}
