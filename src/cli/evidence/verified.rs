//! The verification of whole trees, and what it says: for people, one line a tree with the problems above it; for scripts,
//! JSON.

use super::super::{Failure, terminal};
use super::progress;
use crate::cache::{Cache, Stamps};
use crate::check;
use crate::diagnostic::{Diagnostic, render};
use crate::evidence::citation::{self, Judged};
use crate::evidence::examine::{ItemExamined, Reading, unreadable};
use crate::evidence::homes::Unchecked;
use crate::evidence::{DigestMemory, Examined, Homes, NoDigests, Scope, Shard, examine, root};
use crate::model::Case;
use crate::tree::Tree;
use crate::values::vocabulary::Storage;
use crate::values::wording::counted;
use crate::values::{EntryId, Sha256};
use indicatif::ProgressBar;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One tree that is to be examined.
pub struct Job<'t> {
    /// Its name in JSON.
    pub name: &'static str,
    /// What people call it.
    pub title: String,
    pub tree: &'t dyn Tree,
    pub case: Case,
    /// What was found in loading it.
    pub loading: Vec<Diagnostic>,
    pub scope: Scope,
    /// Whether the citations are checked, too.
    pub with_citations: bool,
    pub remembered: Remembered,
}

/// What is known of files from before, and kept for the next time.
pub enum Remembered {
    Nothing,
    /// What was found of files of a work tree, by their time stamps.
    Stamps(Box<Stamps>),
    /// What was found of Git's objects, by their ids.
    Objects(Box<Cache>),
}

impl Job<'_> {
    /// The items that were asked for by name.
    pub fn ids(&self) -> Vec<EntryId> {
        match &self.scope {
            Scope::Items(items) => items.iter().copied().collect(),
            _ => Vec::new(),
        }
    }

    /// How many bytes are to be hashed, as the records have it.
    fn expected(&self, homes: &Homes<'_>) -> u64 {
        let holdings = self.case.holdings();
        let chosen = |id: EntryId| match &self.scope {
            Scope::Items(items) => items.contains(&id),
            _ => true,
        };
        let is_here = |id: EntryId| {
            let holding = holdings.get(&id).filter(|holding| holding.disposed.is_none());
            holding.is_some_and(|it| it.storage == Storage::Git || homes.of(it.storage).is_some())
        };
        let items = self.case.evidence().filter(|(entry, _)| chosen(entry.id()) && is_here(entry.id()));
        let all = items.fold(0, |sum: u64, (_, item)| sum.saturating_add(item.bytes));
        match &self.scope {
            Scope::Shard(shard) => all / u64::from(shard.of),
            _ => all,
        }
    }
}

/// Examines trees one after the other, with one bar over all of them.
pub fn examine_all<'t>(homes: &Homes<'_>, jobs: Vec<Job<'t>>) -> Result<Vec<Part<'t>>, Failure> {
    let bar = progress(jobs.iter().fold(0, |sum, job| sum.saturating_add(job.expected(homes))));
    let parts = jobs.into_iter().map(|job| examine_one(homes, job, &bar)).collect();
    bar.finish_and_clear();
    parts
}

fn examine_one<'t>(homes: &Homes<'_>, job: Job<'t>, bar: &ProgressBar) -> Result<Part<'t>, Failure> {
    let Job { name, title, tree, case, loading, scope, with_citations, remembered } = job;
    let examine = |memory: &mut dyn DigestMemory| examine(tree, homes, &case, memory, &scope, &|bytes| bar.inc(bytes));
    let mut examined = match remembered {
        Remembered::Nothing => examine(&mut NoDigests)?,
        Remembered::Stamps(mut stamps) => {
            let examined = examine(&mut *stamps)?;
            stamps.save();
            examined
        }
        Remembered::Objects(mut cache) => {
            let examined = examine(&mut cache.digests)?;
            cache.save();
            examined
        }
    };
    examined.diagnostics.extend(unreadable(&case, loading, &scope));
    let citations = with_citations.then(|| citation::judge(tree, &case, homes, &mut NoDigests));
    examined.diagnostics.extend(citations.iter().flat_map(|judged| judged.diagnostics.iter().cloned()));
    crate::diagnostic::sort(&mut examined.diagnostics);
    // A work tree has the bytes that its settings gave it: two clones of one commit may differ.
    let root = if name == "work_tree" { None } else { root(tree).ok().map(|(root, _)| root) };
    Ok(Part { name, title, tree, shard: scope.shard(), root, examined, citations })
}

/// One tree that was examined.
pub struct Part<'t> {
    /// Its name in JSON.
    pub name: &'static str,
    /// What people call it.
    pub title: String,
    pub tree: &'t dyn Tree,
    pub shard: Shard,
    /// The evidence root, for trees that Git holds.
    pub root: Option<Sha256>,
    pub examined: Examined,
    /// What came of the citations, where they were asked for.
    pub citations: Option<Judged>,
}

/// Fails where an item that was asked for is in none of the trees, so that nobody reads silence as soundness.
pub fn demand_items(parts: &[Part<'_>], ids: &[EntryId]) -> Result<(), Failure> {
    let is_there = |id: &EntryId| parts.iter().any(|part| part.examined.items.contains_key(id));
    match ids.iter().find(|id| !is_there(id)) {
        None => Ok(()),
        Some(id) => {
            let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
            Err(Failure::new(format!("`{id}` is not in {}", titles.join(" or ")))
                .help("`casebook evidence list` shows the items of the work tree"))
        }
    }
}

pub fn print(parts: &[Part<'_>]) {
    for part in parts {
        let examined = &part.examined;
        let sources = check::sources(part.tree, &examined.diagnostics);
        let text = render::text::render(&sources, &examined.diagnostics, terminal::colour(), terminal::width());
        out!("{text}");
        let shard = if part.shard == Shard::WHOLE { String::new() } else { format!(", shard {}", part.shard) };
        let unchecked = match examined.unchecked_files() {
            0 => String::new(),
            files => format!(", {} not checked here", counted(files, "file")),
        };
        outln!(
            "{}{shard}: {}, {} with {} as registered{unchecked}: {}",
            part.title,
            counted(examined.items.len(), "item"),
            counted(examined.files(), "file"),
            counted(examined.bytes(), "byte"),
            render::count(&examined.diagnostics)
        );
        let Reading { hashed, believed } = examined.reading;
        if believed > 0 {
            outln!("  {} hashed now, {believed} believed as they were found before", counted(hashed, "file"));
        }
    }
    for (part, judged) in parts.iter().filter_map(|part| Some((part, part.citations.as_ref()?))) {
        outln!("{}: {} found in the evidence", part.title, counted(judged.checked, "citation"));
        super::cited::print_unchecked(&judged.unchecked);
    }
    print_gaps(parts.iter().map(|part| &part.examined));
    for part in parts {
        if let Some(root) = part.root {
            outln!("evidence root {root}");
        }
    }
}

/// What was not checked here and what was disposed of, once for each item.
pub fn print_gaps<'e>(examined: impl Iterator<Item = &'e Examined> + Clone) {
    let mut disposed: BTreeMap<EntryId, u64> = BTreeMap::new();
    let mut unchecked: BTreeMap<(EntryId, Storage, &Unchecked), u64> = BTreeMap::new();
    for (item, seen) in examined.flat_map(|examined| &examined.items) {
        let files = disposed.entry(*item).or_default();
        *files = (*files).max(seen.disposed);
        for (why, files) in &seen.unchecked {
            let most = unchecked.entry((*item, seen.home.unwrap_or(Storage::None), why)).or_default();
            *most = (*most).max(files.len() as u64);
        }
    }
    for (item, files) in disposed.into_iter().filter(|(_, files)| *files > 0) {
        let are = if files == 1 { "is" } else { "are" };
        outln!("disposed of: {item}, {} of it {are} gone, as custody says", counted(files, "file"));
    }
    for ((item, home, why), files) in unchecked {
        let text = format!("not checked here: {item}, {}: {}", counted(files, "file"), reason(item, home, why));
        outln!("{}", render::printable_line(&text));
    }
}

/// Why files were not checked, and what to type.
fn reason(item: EntryId, home: Storage, why: &Unchecked) -> String {
    match (why, home) {
        (Unchecked::NoHome, Storage::Store) => {
            "no store is configured, `git config casebook.store PLACE` says where it is".to_owned()
        }
        (Unchecked::NoHome, _) => "there is nowhere to look for them".to_owned(),
        // What Git LFS keeps is brought by Git LFS.
        (Unchecked::NotThere { home }, Storage::Lfs) => {
            format!("{home} does not have them, `git lfs fetch --include evidence/{item}` brings them")
        }
        (Unchecked::NotThere { home }, _) if home.contains("fetched to this machine") => {
            format!(
                "{home} does not have them, `casebook evidence fetch {item}` brings them, `--remote` reads the store"
            )
        }
        (Unchecked::NotThere { home }, _) => format!(
            "{home} does not have them: name another store with `--store`, or type `casebook evidence push {item}` where they are"
        ),
        (Unchecked::NoAnswer { reason }, _) => format!("{reason}; then verify again"),
    }
}

/// One part in JSON, as docs/evidence.md describes it.
pub fn json(part: &Part<'_>) -> Value {
    let examined = &part.examined;
    let mut value = render::json::render(&check::sources(part.tree, &examined.diagnostics), &examined.diagnostics);
    value["tree"] = json!(part.title);
    value["shard"] = json!(part.shard.to_string());
    value["evidence_root"] = json!(part.root);
    value["items"] = json!(examined.items.len());
    value["files"] = json!(examined.files());
    value["bytes"] = json!(examined.bytes());
    if let Some(judged) = &part.citations {
        let missing = super::cited::unchecked_json(&judged.unchecked);
        value["citations"] = json!({ "checked": judged.checked, "not_checked_here": missing });
    }
    value["hashed"] = json!(examined.reading.hashed);
    value["believed"] = json!(examined.reading.believed);
    value["disposed"] = disposed_json(&examined.items);
    value["not_checked_here"] = unchecked_json(&examined.items);
    value
}

pub fn disposed_json(items: &BTreeMap<EntryId, ItemExamined>) -> Value {
    let gone = items.iter().filter(|(_, seen)| seen.disposed > 0);
    Value::Object(gone.map(|(item, seen)| (item.to_string(), json!(seen.disposed))).collect())
}

pub fn unchecked_json(items: &BTreeMap<EntryId, ItemExamined>) -> Value {
    let missing = items.iter().filter(|(_, seen)| !seen.unchecked.is_empty());
    let one = |seen: &ItemExamined| {
        let reasons = seen.unchecked.iter().map(|(why, files)| {
            let (reason, detail) = match why {
                Unchecked::NoHome => ("no-home", None),
                Unchecked::NotThere { home } => ("not-there", Some(home)),
                Unchecked::NoAnswer { reason } => ("no-answer", Some(reason)),
            };
            let paths: Vec<&str> = files.iter().map(|path| path.as_str()).collect();
            json!({ "reason": reason, "detail": detail, "paths": paths })
        });
        json!({ "home": seen.home, "files": seen.unchecked_files(), "reasons": reasons.collect::<Vec<_>>() })
    };
    let items: Map<String, Value> = missing.map(|(item, seen)| (item.to_string(), one(seen))).collect();
    Value::Object(items)
}
