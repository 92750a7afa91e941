//! Is this tree a sound case? Loads it, judges it by the rules and the policy, verifies its evidence.

pub mod many_problems;
pub mod names;
pub mod policy_levels;
mod range;

use crate::diagnostic::{Diagnostic, Page, Sources, sort};
use crate::evidence::examine::ItemExamined;
use crate::evidence::{self, DigestMemory, citation};
use crate::history;
use crate::load::{self, Memory};
use crate::model::{Case, MAX_TEXT_BYTES, Policy, reading};
use crate::review;
use crate::template;
use crate::tree::{Tree, TreeError};
pub use crate::validate::paths::{NoPaths, PathMemory};
use crate::validate::{self, Context};
use crate::values::EntryId;
use jiff::Timestamp;
pub use range::last;
use std::collections::BTreeMap;

/// A case and everything that is wrong with it.
pub struct Verdict {
    pub case: Case,
    pub diagnostics: Vec<Diagnostic>,
    /// What was seen of each evidence item in the tree.
    pub evidence: BTreeMap<EntryId, ItemExamined>,
    /// Citations that were checked against the evidence.
    pub citations: u64,
    /// Citations of which nothing is said, since the bytes are not in this tree.
    pub unchecked_citations: Vec<citation::Unchecked>,
}

impl Verdict {
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What was learned before about content, by its key: entries that were read, digests that were computed, folders whose
/// names are safe.
pub struct Memories<'m> {
    pub entries: &'m mut dyn Memory,
    pub digests: &'m mut dyn DigestMemory,
    pub paths: &'m mut dyn PathMemory,
}

/// Judges a whole tree at a moment, by the policy in it. What must never change is compared with each of the `bases`: the
/// commits that the tree is to follow, which are several for a merge and none for a first commit, with what Git calls them.
pub fn check(
    tree: &dyn Tree,
    bases: &[(String, &dyn Tree)],
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Verdict, TreeError> {
    let trees: Vec<&dyn Tree> = bases.iter().map(|(_, base)| *base).collect();
    judge(tree, bases, &trees, memories, now)
}

/// The same of a tree whose history is compared commit by commit: of the `known` ones it is only asked which sign-offs are new.
fn judge(
    tree: &dyn Tree,
    bases: &[(String, &dyn Tree)],
    known: &[&dyn Tree],
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Verdict, TreeError> {
    let (case, mut diagnostics) = load::load(tree, memories.entries)?;
    let policy = case.policy_or_none();
    diagnostics.extend(validate::validate(&Context { case: &case, policy: &policy, now, pages: &pages() }));
    diagnostics.extend(names::check(tree, memories.paths)?);
    let verified = evidence::verify(tree, &case, memories.digests)?;
    diagnostics.extend(verified.diagnostics);
    for (name, base) in bases {
        diagnostics.extend(evidence::compare(*base, name, tree)?);
    }
    if !bases.is_empty() {
        diagnostics.extend(evidence::backdated(known, &case)?);
    }
    diagnostics.extend(review::judge(tree, known, &case, now)?);
    diagnostics.extend(template::judge(tree, &case)?);
    let verdict = settle(case, diagnostics, &policy);
    Ok(Verdict {
        evidence: verified.items,
        citations: verified.citations,
        unchecked_citations: verified.unchecked_citations,
        ..verdict
    })
}

/// Judges the entries of a tree alone, neither its evidence nor the names of its files: as much as a report needs.
pub fn judge_entries(tree: &dyn Tree, memory: &mut dyn Memory, now: Timestamp) -> Result<Verdict, TreeError> {
    let (case, mut diagnostics) = load::load(tree, memory)?;
    let policy = case.policy_or_none();
    diagnostics.extend(validate::validate(&Context { case: &case, policy: &policy, now, pages: &pages() }));
    Ok(settle(case, diagnostics, &policy))
}

/// Gives every diagnostic the level that the policy says, and its place among the others.
fn settle(case: Case, diagnostics: Vec<Diagnostic>, policy: &Policy) -> Verdict {
    let policy_path = case.policy.as_ref().map(|policy| &policy.path);
    let mut diagnostics = policy_levels::apply(diagnostics, policy, policy_path, &pages());
    sort(&mut diagnostics);
    // Both parents of a merge may say the same.
    diagnostics.dedup();
    let mut diagnostics = many_problems::bound(diagnostics);
    sort(&mut diagnostics);
    Verdict { case, diagnostics, evidence: BTreeMap::new(), citations: 0, unchecked_citations: Vec::new() }
}

/// The manual pages of every code that `check` can report, by family and code.
pub fn families() -> Vec<(&'static str, Vec<Page>)> {
    let rules = validate::FAMILIES.iter().map(|(name, rules)| (*name, rules.iter().map(|rule| rule.page).collect()));
    let mut families: Vec<(&'static str, Vec<Page>)> = vec![
        ("reading", reading::PAGES.to_vec()),
        ("files", load::PAGES.to_vec()),
        ("evidence", evidence::PAGES.to_vec()),
        ("sign-offs", review::PAGES.to_vec()),
        ("history", history::PAGES.to_vec()),
        ("templates", template::PAGES.to_vec()),
    ];
    families.extend(rules);
    families.push(("check", vec![many_problems::PAGE]));
    families.push(("paths", validate::paths::pages().collect()));
    families.retain(|(_, pages)| !pages.is_empty());
    for (_, pages) in &mut families {
        pages.sort_by_key(|page| page.code);
    }
    families
}

/// The manual pages of every code that `check` can report, by code.
pub fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = families().into_iter().flat_map(|(_, pages)| pages).collect();
    pages.sort_by_key(|page| page.code);
    pages
}

/// The texts of the files that diagnostics point into.
pub fn sources(tree: &dyn Tree, diagnostics: &[Diagnostic]) -> Sources {
    let mut sources = Sources::default();
    for diagnostic in diagnostics {
        for place in std::iter::once(&diagnostic.place).chain(diagnostic.related.iter().map(|related| &related.place)) {
            if sources.text(&place.path).is_some() || !is_text(place.path.name()) {
                continue;
            }
            if let Ok(content) = tree.read(&place.path, MAX_TEXT_BYTES)
                && let Ok(text) = String::from_utf8(content)
            {
                sources.insert(place.path.clone(), text);
            }
        }
    }
    sources
}

fn is_text(name: &str) -> bool {
    name.ends_with(".toml")
        || name.ends_with(".md")
        || name.ends_with(".jinja")
        || name.ends_with(".sha256")
        || name.starts_with(".git")
}
