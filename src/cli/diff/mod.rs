//! `casebook diff`: what differs between two commits, or a commit and the files, in the words of the case.

pub(super) mod text;

use super::open::{self, Open};
use super::{Failure, Outcome, Surroundings, terminal};
use crate::check::Verdict;
use crate::diff::outline::Outline;
use crate::diff::{self, Difference, Side, json, markdown};
use crate::git::{Commit, Repo};
use crate::hook::is_case;
use crate::model::Case;
use crate::tree::Tree;
use crate::values::{EntryId, Kind, TreePath};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

/// Show what differs between two commits, in the words of the case: entries, fields, evidence, duties, problems.
#[derive(Args)]
#[command(after_help = "\
Examples:
  casebook diff                            the files as they are, against HEAD
  casebook diff main                       the files as they are, against a commit
  casebook diff main..HEAD                 two commits
  casebook diff main...HEAD                what HEAD has changed since it left main
  casebook diff main..HEAD findings/ r-7q  only these folders, files and entries
  casebook diff HEAD^1..HEAD --format md   a comment for a pull request

Both sides are checked, so that what appears to be wrong, or is wrong no longer, is part of the difference. Files that Git \
does not know yet are shown, too.

`--format md` is at most 64,000 bytes long: what is left out is counted. In it, no text of the case is a mention, a link, \
an image or HTML. `--format json` is described in docs/forges.md.

Exit codes: 0 shown, 2 could not show.")]
pub struct Arguments {
    /// `A..B`, `A...B` or `A`, then the files, folders and ids to show; without a commit it is HEAD against the files.
    #[arg(value_name = "COMMITS|PATH|ID")]
    what: Vec<String>,

    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// Markdown for a comment or a summary.
    Md,
    /// For scripts.
    Json,
}

/// The two ends of a difference; without a commit after, it is the files as they are.
struct Ends {
    before: Commit,
    after: Option<Commit>,
}

pub fn run(arguments: &Arguments, surroundings: &Surroundings) -> Result<Outcome, Failure> {
    let repository = surroundings.repository()?;
    let (ends, chosen) = ends(&repository, &arguments.what)?;
    let before = repository.tree(ends.before.tree);
    match &ends.after {
        Some(commit) => {
            show(&repository, &ends, &before, &repository.tree(commit.tree), chosen, arguments, surroundings)
        }
        None => {
            let open = Open::here(surroundings)?;
            show(&repository, &ends, &before, &open.tree(), chosen, arguments, surroundings)
        }
    }
}

/// What was typed: two commits, or one, or none, then what to show.
fn ends<'a>(repository: &Repo, what: &'a [String]) -> Result<(Ends, &'a [String]), Failure> {
    let end = |name: &str| repository.resolve(if name.is_empty() { "HEAD" } else { name });
    let Some((first, rest)) = what.split_first() else {
        return Ok((Ends { before: end("")?, after: None }, what));
    };
    if let Some((from, to)) = first.split_once("...") {
        let (from, to) = (end(from)?, end(to)?);
        let base = repository.merge_base(from.id, to.id)?.and_then(|base| repository.find(base)).ok_or_else(|| {
            Failure::new(format!("the two sides of `{first}` have no commit in common"))
                .help("compare them as they are: write two dots in place of three")
        })?;
        return Ok((Ends { before: base, after: Some(to) }, rest));
    }
    if let Some((from, to)) = first.split_once("..") {
        return Ok((Ends { before: end(from)?, after: Some(end(to)?) }, rest));
    }
    match repository.resolve(first) {
        Ok(before) => Ok((Ends { before, after: None }, rest)),
        Err(_) => Ok((Ends { before: end("")?, after: None }, what)),
    }
}

fn show(
    repository: &Repo,
    ends: &Ends,
    before: &dyn Tree,
    after: &dyn Tree,
    chosen: &[String],
    arguments: &Arguments,
    surroundings: &Surroundings,
) -> Result<Outcome, Failure> {
    let verdicts = judge(repository, (&ends.before.short(), before), after, &[], surroundings.now)?;
    let sides = (Side { tree: before, verdict: &verdicts.0 }, Side { tree: after, verdict: &verdicts.1 });
    let mut difference = diff::between(&sides.0, &sides.1, surroundings.now)?;
    keep(&mut difference, chosen, &sides)?;
    let outline = Outline::of(&difference);
    match arguments.format {
        Format::Text => out!("{}", text::render(&outline, terminal::prose_width())),
        Format::Md => out!("{}", markdown::write(&heading(ends), &outline)),
        Format::Json => {
            let mut value = json::write(&difference);
            value["before"] = json!(ends.before.id.to_string());
            value["after"] = json!(ends.after.as_ref().map(|commit| commit.id.to_string()));
            outln!("{}", json::text(&value));
        }
    }
    Ok(Outcome::Sound)
}

/// Judges both sides: the one before as it stands, the one after as a change of it and of what else it follows.
pub(super) fn judge(
    repository: &Repo,
    (before_name, before): (&str, &dyn Tree),
    after: &dyn Tree,
    also: &[(String, &dyn Tree)],
    now: Timestamp,
) -> Result<(Verdict, Verdict), Failure> {
    if !is_case(before) && !is_case(after) {
        open::demand_case(after)?;
    }
    let mut cache = open::cache(repository);
    let mut one = |tree: &dyn Tree, bases: &[(String, &dyn Tree)]| -> Result<Verdict, Failure> {
        if is_case(tree) { open::judge_by(&mut cache, tree, bases, now) } else { Ok(nothing()) }
    };
    let old = one(before, &[])?;
    let new = one(after, &[also, &[(before_name.to_owned(), before)]].concat())?;
    cache.save();
    Ok((old, new))
}

/// What is said of a tree that is no case yet.
fn nothing() -> Verdict {
    Verdict {
        case: Case::default(),
        diagnostics: Vec::new(),
        evidence: BTreeMap::new(),
        citations: 0,
        unchecked_citations: Vec::new(),
    }
}

/// Keeps what was named: files, folders, and entries by a beginning of their id.
fn keep(difference: &mut Difference, chosen: &[String], sides: &(Side<'_>, Side<'_>)) -> Result<(), Failure> {
    if chosen.is_empty() {
        return Ok(());
    }
    for name in chosen {
        let path = TreePath::from(plain(name));
        let is_there = |side: &Side<'_>| {
            side.tree.node(&path).is_some() || side.case().entries.keys().any(|id| begins(*id, plain(name)))
        };
        let is_folder = Kind::of_folder(path.as_str()).is_some() || path.is_root();
        if !is_folder && !is_there(&sides.0) && !is_there(&sides.1) {
            return Err(Failure::new(format!("`{name}` is no commit, no file and no entry on either side"))
                .help("`git log --oneline` shows commits, `casebook list` shows entries"));
        }
    }
    difference.keep(&|path| chosen.iter().any(|name| is_chosen(plain(name), path)));
    Ok(())
}

/// A path as it was typed, without what a shell completes it with.
fn plain(typed: &str) -> &str {
    let typed = typed.trim_end_matches('/');
    if typed == "." { "" } else { typed.strip_prefix("./").unwrap_or(typed) }
}

fn begins(id: EntryId, typed: &str) -> bool {
    !typed.is_empty() && id.to_string().starts_with(&typed.to_lowercase())
}

fn is_chosen(name: &str, path: &TreePath) -> bool {
    let is_below = path.as_str().strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_entry = Kind::of_folder(path.top()).is_some() && path.stem().parse().is_ok_and(|id| begins(id, name));
    name.is_empty() || is_below || is_entry
}

/// What stands above a comment: the two commits, by the first digits of their ids.
fn heading(ends: &Ends) -> String {
    let short = |commit: &Commit| format!("`{}`", commit.short());
    let after = ends.after.as_ref().map_or_else(|| "the files as they are".to_owned(), short);
    format!("What differs between {} and {after}", short(&ends.before))
}
