//! The examination: every byte of every evidence item against what was registered. It goes on after the first problem.

use super::damage::evidence_altered::Cause;
use super::damage::{
    evidence_altered, evidence_count, evidence_ignored, evidence_missing, evidence_too_large, evidence_unlisted,
    evidence_unregistered,
};
use super::list::{ListLine, folder_path, list_path};
use super::plan::{Plan, Shelf, plan};
use super::{DigestMemory, Totals, lfs, line_endings};
use crate::diagnostic::Diagnostic;
use crate::model::{Case, Evidence};
use crate::tree::{NodeKind, Told, Tree, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{Digested, EntryId, Kind, Sha256, TreePath};
use std::collections::{BTreeMap, BTreeSet};

/// Which items are examined.
pub enum Scope {
    All,
    Items(BTreeSet<EntryId>),
}

impl Scope {
    fn holds(&self, item: EntryId) -> bool {
        match self {
            Scope::All => true,
            Scope::Items(items) => items.contains(&item),
        }
    }
}

/// What an examination saw, and everything that is wrong.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    pub diagnostics: Vec<Diagnostic>,
    pub items: u64,
    /// Files whose bytes are the registered ones.
    pub files: u64,
    /// The bytes of these files together.
    pub bytes: u64,
    /// Files whose bytes are kept elsewhere, so that nothing was said of them here, by item.
    pub elsewhere: BTreeMap<EntryId, u64>,
}

type Digests = BTreeMap<TreePath, Result<Digested, TreeError>>;

/// Examines the evidence of a case on the bytes of its tree. `told` hears of the bytes as they are hashed.
pub fn examine(
    tree: &dyn Tree,
    case: &Case,
    memory: &mut dyn DigestMemory,
    scope: &Scope,
    told: &Told<'_>,
) -> Result<Examined, TreeError> {
    let mut examined = Examined::default();
    let mut shelves = shelves(tree, scope, &mut examined.diagnostics)?;
    let limit = evidence_too_large::limit(case.policy.as_ref().map(|policy| &policy.value));
    let mut plans = Vec::new();
    for (item, record) in records(case) {
        let shelf = shelves.remove(&item).unwrap_or_default();
        if scope.holds(item) {
            plans.push(plan(tree, item, record, shelf, memory, limit));
        }
    }
    for (item, shelf) in shelves.into_iter().filter(|(item, _)| scope.holds(*item)) {
        let paths = [shelf.list.map(|_| list_path(item)), shelf.folder.map(|_| folder_path(item))];
        let report = |path: TreePath| evidence_unregistered::found(&path, Some(item));
        examined.diagnostics.extend(paths.into_iter().flatten().map(report));
    }
    let digests = hash(tree, &plans, memory, told);
    for plan in plans {
        judge(tree, plan, &digests, limit, memory, &mut examined);
    }
    Ok(examined)
}

/// Every item that has a record, readable or not.
fn records(case: &Case) -> BTreeMap<EntryId, Option<(&TreePath, &Evidence)>> {
    let unreadable = case.unreadable.keys().filter(|id| id.kind() == Kind::Evidence).map(|id| (*id, None));
    let readable = case.evidence().map(|(entry, record)| (entry.id(), Some((&entry.path, record))));
    unreadable.chain(readable).collect()
}

/// The lists and folders in `evidence/`, by item; reports what is neither.
fn shelves(tree: &dyn Tree, scope: &Scope, found: &mut Vec<Diagnostic>) -> Result<BTreeMap<EntryId, Shelf>, TreeError> {
    let top = TreePath::from(Kind::Evidence.folder());
    let nodes = tree.list_or_nothing(&top)?;
    let mut shelves: BTreeMap<EntryId, Shelf> = BTreeMap::new();
    let mut stray = Vec::new();
    for node in nodes {
        let name = String::from_utf8_lossy(&node.name).into_owned();
        let path = top.join(&name);
        let stem: Option<EntryId> = name.split('.').next().and_then(|stem| stem.parse().ok());
        let item = stem.filter(|id| id.kind() == Kind::Evidence);
        match item {
            Some(item) if node.is_file() && name == format!("{item}.sha256") => {
                shelves.entry(item).or_default().list = Some(node);
            }
            Some(item) if node.kind == NodeKind::Folder && name == item.to_string() => {
                shelves.entry(item).or_default().folder = Some(node);
            }
            _ if node.is_file() && (name.ends_with(".toml") || name == ".gitkeep") => {}
            // The rules for names report these.
            _ if name.eq_ignore_ascii_case(".gitattributes") => {}
            _ if !node.is_file() && node.kind != NodeKind::Folder => {}
            _ if evidence_ignored::is_one(&name) => stray.push(evidence_ignored::found(&path)),
            _ => stray.push(evidence_unregistered::found(&path, None)),
        }
    }
    if matches!(scope, Scope::All) {
        found.extend(stray);
    }
    Ok(shelves)
}

/// The digests of all files that were not verified before, remembered ones first.
fn hash(tree: &dyn Tree, plans: &[Plan<'_>], memory: &mut dyn DigestMemory, told: &Told<'_>) -> Digests {
    let mut digests = Digests::new();
    let mut unknown = Vec::new();
    let mut keys = Vec::new();
    for plan in plans {
        for (path, key) in plan.present.iter().filter(|(path, _)| !plan.pointers.contains_key(*path)) {
            match key.and_then(|key| memory.recall(key)) {
                Some(digest) => {
                    digests.insert(path.clone(), Ok(digest));
                }
                None => {
                    unknown.push(path.clone());
                    keys.push(*key);
                }
            }
        }
    }
    let computed = tree.digest(&unknown, told);
    for ((path, key), digest) in unknown.into_iter().zip(keys).zip(computed) {
        if let (Some(key), Ok(digest)) = (key, &digest) {
            memory.remember(key, *digest);
        }
        digests.insert(path, digest);
    }
    digests
}

/// Judges one item by the digests of its files, and adds it to what was examined.
fn judge(
    tree: &dyn Tree,
    mut plan: Plan<'_>,
    digests: &Digests,
    limit: u64,
    memory: &mut dyn DigestMemory,
    examined: &mut Examined,
) {
    examined.items += 1;
    let was_clean = plan.found.is_empty();
    let totals = plan.settled.or_else(|| judge_files(tree, &mut plan, digests, limit, examined));
    if let Some(totals) = totals {
        examined.files += totals.files;
        examined.bytes += totals.bytes;
    }
    let is_clean = was_clean && plan.is_plain && plan.found.is_empty();
    let is_git = plan.record.is_some_and(|(_, record)| record.storage == Storage::Git);
    if let (true, true, None, Some((folder, list)), Some(totals)) = (is_clean, is_git, plan.settled, plan.keys, totals)
    {
        memory.remember_verified(plan.item, folder, list, totals);
    }
    if let (Some((path, record)), Some(totals)) = (plan.record, totals)
        && plan.list_is_sound
        && plan.found.is_empty()
    {
        let elsewhere = examined.elsewhere.get(&plan.item).copied().unwrap_or(0);
        let pointed = plan.lines.iter().filter_map(|line| plan.pointers.get(&line.path));
        let (pointers, bytes) = pointed
            .fold((0, 0), |(files, bytes): (u64, u64), pointer| (files + 1, bytes.saturating_add(pointer.bytes)));
        let counts = [
            ("files", record.files, totals.files + elsewhere),
            ("bytes", record.bytes, totals.bytes.saturating_add(bytes)),
        ];
        // The sizes of files that are kept elsewhere without a pointer are not known here.
        let known = if elsewhere == pointers { &counts[..] } else { &counts[..1] };
        for (field, written, counted) in known {
            if written != counted {
                plan.found.push(evidence_count::found(path, field, *written, *counted));
            }
        }
    }
    examined.diagnostics.append(&mut plan.found);
}

/// Compares each file with its line; the totals are of the files that hold the registered bytes.
fn judge_files(
    tree: &dyn Tree,
    plan: &mut Plan<'_>,
    digests: &Digests,
    limit: u64,
    examined: &mut Examined,
) -> Option<Totals> {
    let storage = plan.record.map(|(_, record)| record.storage);
    if storage == Some(Storage::None) || (plan.lines.is_empty() && !plan.list_is_sound) {
        return None;
    }
    let list = list_path(plan.item);
    let by_digest: BTreeMap<Sha256, &TreePath> = plan.lines.iter().map(|line| (line.digest, &line.path)).collect();
    let listed: BTreeSet<&TreePath> = plan.lines.iter().map(|line| &line.path).collect();
    let there = plan.present.keys().chain(plan.others.keys());
    let unlisted: Vec<&TreePath> = there.filter(|path| !listed.contains(path)).collect();
    let digest_of = |path: &TreePath| digests.get(path).and_then(|digest| digest.as_ref().ok());
    let mut totals = Totals { list: plan.list_digest?, files: 0, bytes: 0, largest: 0 };
    let mut found = Vec::new();
    let mut elsewhere = 0;
    for line in &plan.lines {
        let place = (&list, line.span.clone());
        if let Some(pointer) = plan.pointers.get(&line.path) {
            elsewhere += 1;
            if pointer.sha256 != line.digest {
                found.push(evidence_altered::found(&line.path, place, line.digest, pointer.sha256, &Cause::Unknown));
            }
            continue;
        }
        match digests.get(&line.path) {
            None if plan.others.contains_key(&line.path) => {
                found.push(evidence_missing::unreadable(&line.path, place, plan.others[&line.path]));
            }
            None if storage == Some(Storage::Store) => elsewhere += 1,
            None => {
                let moved = unlisted.iter().find(|path| digest_of(path).is_some_and(|d| d.sha256 == line.digest));
                found.push(evidence_missing::found(&line.path, place, moved.copied()));
            }
            Some(Err(error)) => found.push(evidence_missing::unreadable(&line.path, place, &error.to_string())),
            Some(Ok(digest)) if digest.sha256 != line.digest => {
                let cause = cause(
                    tree,
                    line,
                    *digest,
                    by_digest.get(&digest.sha256).copied().filter(|path| **path != line.path),
                );
                found.push(evidence_altered::found(&line.path, place, line.digest, digest.sha256, &cause));
            }
            Some(Ok(digest)) => {
                totals.files += 1;
                totals.bytes += digest.bytes;
                totals.largest = totals.largest.max(digest.bytes);
            }
        }
        if let Some(digest) = digest_of(&line.path)
            && storage == Some(Storage::Git)
            && digest.bytes > limit
        {
            found.push(evidence_too_large::found(&line.path, digest.bytes, limit));
        }
    }
    // Where lines of the list could not be read, their files are not unlisted.
    if plan.found.iter().all(|diagnostic| !is_of_list(diagnostic)) {
        for path in unlisted {
            let same = digest_of(path).and_then(|digest| by_digest.get(&digest.sha256).copied());
            let moved = same.filter(|old| !plan.present.contains_key(old));
            found.push(evidence_unlisted::found(path, plan.item, moved));
        }
    }
    plan.found.append(&mut found);
    if elsewhere > 0 {
        examined.elsewhere.insert(plan.item, elsewhere);
    }
    Some(totals)
}

fn is_of_list(diagnostic: &Diagnostic) -> bool {
    [super::damage::list_line::CODE, super::damage::list_path::CODE].contains(&diagnostic.code)
}

/// How the bytes of a file came to differ, as far as they tell.
fn cause(tree: &dyn Tree, line: &ListLine, now: Digested, registered_as: Option<&TreePath>) -> Cause {
    if let Some(other) = registered_as {
        return Cause::BytesOf(other.clone());
    }
    let content = if now.bytes < lfs::MAX_POINTER_BYTES { tree.read(&line.path, now.bytes).ok() } else { None };
    if content.and_then(|content| lfs::pointer(&content)).is_some_and(|pointer| pointer.sha256 == line.digest) {
        return Cause::Pointer;
    }
    match line_endings::explain(tree, &line.path, line.digest) {
        Ok(true) => Cause::LineEndings,
        _ => Cause::Unknown,
    }
}
