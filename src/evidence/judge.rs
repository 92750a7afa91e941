//! The judgement of one item: every line of its list against what is in the tree and in its home.

use super::damage::disposed_evidence_present::{self, Present};
use super::damage::evidence_altered::{self, Cause};
use super::damage::object_altered::{self, Object};
use super::damage::{
    evidence_count, evidence_missing, evidence_too_large, evidence_unlisted, evidence_unsettled, lfs_plain,
    lfs_pointer, list_line, list_path as list_path_code,
};
use super::examine::{ItemExamined, Seen};
use super::homes::{Look, Unchecked};
use super::list::{ListLine, folder_path, list_path};
use super::plan::Plan;
use super::shard::Shard;
use super::{DigestMemory, Totals, lfs, line_endings};
use crate::diagnostic::Diagnostic;
use crate::tree::{Tree, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{Digested, Sha256, TreePath};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// What became of the file of one line.
enum Fate {
    /// It has the registered bytes, of this number.
    Sound(u64),
    Elsewhere(Unchecked),
    /// It is not there, and need not be.
    Disposed,
    Wrong(Diagnostic),
}

/// Judges one item by what was seen of its files; gives what was examined and everything that is wrong.
pub fn judge(
    tree: &dyn Tree,
    mut plan: Plan<'_>,
    seen: &Seen,
    limit: u64,
    memory: &mut dyn DigestMemory,
) -> (ItemExamined, Vec<Diagnostic>) {
    let mut examined = ItemExamined { home: plan.home(), ..ItemExamined::default() };
    if let Some(totals) = plan.settled {
        (examined.files, examined.bytes) = (totals.files, totals.bytes);
        if plan.list_is_sound && plan.found.is_empty() {
            let known = Known { files: totals.files, bytes: Some(totals.bytes), ..Known::default() };
            plan.found.extend(count(&plan, &known));
        }
        return (examined, plan.found);
    }
    let (Some(list_digest), false) =
        (plan.list_digest, plan.home() == Some(Storage::None) || (plan.lines.is_empty() && !plan.list_is_sound))
    else {
        return (examined, plan.found);
    };
    let was_clean = plan.found.is_empty();
    let bench = Bench::new(tree, &plan, seen, limit);
    let mut known = Known { files: plan.lines.len() as u64, bytes: Some(0), pointers: false };
    let mut found = bench.judge_lines(&mut examined, &mut known);
    found.extend(bench.unlisted_files());
    found.extend(bench.remarks());
    let is_clean = was_clean && plan.is_plain && found.is_empty();
    let is_in_git = plan.home() == Some(Storage::Git) && plan.disposed().is_none() && plan.shard == Shard::WHOLE;
    if let (true, true, Some((folder, list))) = (is_clean, is_in_git, plan.keys) {
        let totals =
            Totals { list: list_digest, files: examined.files, bytes: examined.bytes, largest: bench.largest() };
        memory.remember_verified(plan.item, folder, list, totals);
    }
    if was_clean && plan.list_is_sound && found.iter().all(|diagnostic| !diagnostic.is_error()) {
        found.extend(count(&plan, &known));
    }
    plan.found.append(&mut found);
    (examined, plan.found)
}

/// What is known of the number and the size of an item's files, whether they were checked here or not.
#[derive(Default)]
struct Known {
    files: u64,
    /// `None` where the size of a file is not known here.
    bytes: Option<u64>,
    /// Whether a size is that of a pointer whose object was not seen.
    pointers: bool,
}

/// Compares the counts of the record with what there is.
fn count(plan: &Plan<'_>, known: &Known) -> Vec<Diagnostic> {
    let Some(registered) = plan.registered else { return Vec::new() };
    let record = registered.record;
    let mut found = Vec::new();
    if record.files != known.files {
        found.push(evidence_count::found(registered.path, "files", record.files, known.files));
    }
    match known.bytes {
        Some(bytes) if bytes == record.bytes || plan.shard != Shard::WHOLE => {}
        Some(bytes) if known.pointers => found.push(lfs_pointer::sum(&folder_path(plan.item), bytes, record.bytes)),
        Some(bytes) => found.push(evidence_count::found(registered.path, "bytes", record.bytes, bytes)),
        None => {}
    }
    found
}

/// Everything that is needed to judge the files of one item.
struct Bench<'b, 'c> {
    tree: &'b dyn Tree,
    plan: &'b Plan<'c>,
    seen: &'b Seen,
    limit: u64,
    list: TreePath,
    /// The registered files by what they are; only what is wrong asks for it.
    by_digest: OnceCell<BTreeMap<Sha256, &'b TreePath>>,
    unlisted: Vec<&'b TreePath>,
}

impl<'b, 'c> Bench<'b, 'c> {
    fn new(tree: &'b dyn Tree, plan: &'b Plan<'c>, seen: &'b Seen, limit: u64) -> Self {
        let listed: BTreeSet<&TreePath> = plan.lines.iter().map(|line| &line.path).collect();
        let there = plan.present.keys().chain(plan.others.keys());
        let unlisted = there.filter(|path| !listed.contains(path)).collect();
        Self { tree, plan, seen, limit, list: list_path(plan.item), by_digest: OnceCell::new(), unlisted }
    }

    /// The file that is registered with this digest.
    fn registered_as(&self, digest: Sha256) -> Option<&'b TreePath> {
        let by_digest = || self.plan.lines.iter().map(|line| (line.digest, &line.path)).collect();
        self.by_digest.get_or_init(by_digest).get(&digest).copied()
    }

    fn digest_of(&self, path: &TreePath) -> Option<Digested> {
        self.seen.digests.get(path)?.as_ref().ok().copied()
    }

    /// Compares each file with its line.
    fn judge_lines(&self, examined: &mut ItemExamined, known: &mut Known) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for line in self.plan.covered() {
            let pointer = self.plan.pointers.get(&line.path);
            let size = match self.fate(line) {
                Fate::Sound(bytes) => {
                    examined.files += 1;
                    examined.bytes = examined.bytes.saturating_add(bytes);
                    Some(bytes)
                }
                Fate::Elsewhere(why) => {
                    examined.unchecked.entry(why).or_default().push(line.path.clone());
                    known.pointers |= pointer.is_some();
                    pointer.map(|pointer| pointer.bytes)
                }
                Fate::Disposed => {
                    examined.disposed += 1;
                    None
                }
                Fate::Wrong(diagnostic) => {
                    found.push(diagnostic);
                    None
                }
            };
            known.bytes = known.bytes.zip(size).map(|(sum, bytes)| sum.saturating_add(bytes));
            found.extend(self.too_large(line));
        }
        found
    }

    fn fate(&self, line: &ListLine) -> Fate {
        let place = (&self.list, line.span.clone());
        if let Some(pointer) = self.plan.pointers.get(&line.path) {
            return self.fate_of_pointer(line, *pointer);
        }
        if let Some(why) = self.plan.others.get(&line.path) {
            return Fate::Wrong(evidence_missing::unreadable(&line.path, place, why));
        }
        match self.seen.digests.get(&line.path) {
            None => self.fate_without_file(line),
            Some(Err(TreeError::Changed(_))) => Fate::Wrong(evidence_unsettled::found(&line.path, place)),
            Some(Err(error)) => Fate::Wrong(evidence_missing::unreadable(&line.path, place, &error.to_string())),
            Some(Ok(digest)) if digest.sha256 != line.digest => {
                let cause = self.cause(line, *digest);
                Fate::Wrong(evidence_altered::found(&line.path, place, line.digest, digest.sha256, &cause))
            }
            // The copy in the tree is sound; the one in the home counts as well, where there is one.
            Some(Ok(digest)) => match self.fate_in_home(line) {
                Some(wrong @ Fate::Wrong(_)) => wrong,
                _ => Fate::Sound(digest.bytes),
            },
        }
    }

    fn fate_of_pointer(&self, line: &ListLine, pointer: Digested) -> Fate {
        let place = (&self.list, line.span.clone());
        if pointer.sha256 != line.digest {
            return Fate::Wrong(lfs_pointer::other(&line.path, place, line.digest, pointer.sha256));
        }
        match self.fate_in_home(line) {
            Some(Fate::Sound(bytes)) if bytes != pointer.bytes => {
                Fate::Wrong(lfs_pointer::size(&line.path, place, pointer.bytes, bytes))
            }
            Some(Fate::Elsewhere(why)) => match self.plan.registered.map(|registered| registered.record.bytes) {
                Some(all) if pointer.bytes > all => {
                    Fate::Wrong(lfs_pointer::too_much(&line.path, place, pointer.bytes, all))
                }
                _ => Fate::Elsewhere(why),
            },
            Some(fate) => fate,
            None => Fate::Elsewhere(Unchecked::NoHome),
        }
    }

    /// The tree has nothing at the path.
    fn fate_without_file(&self, line: &ListLine) -> Fate {
        match (self.plan.home(), self.fate_in_home(line)) {
            (Some(Storage::Store), Some(fate)) => return fate,
            (_, Some(Fate::Disposed)) => return Fate::Disposed,
            _ if self.plan.disposed().is_some() => return Fate::Disposed,
            // Nobody can tell where its bytes are to be: its record cannot be read.
            (None, _) => return Fate::Elsewhere(Unchecked::NoHome),
            _ => {}
        }
        let is_it = |path: &&&TreePath| self.digest_of(path).is_some_and(|digest| digest.sha256 == line.digest);
        let moved = self.unlisted.iter().find(is_it).copied();
        Fate::Wrong(evidence_missing::found(&line.path, (&self.list, line.span.clone()), moved))
    }

    /// What the item's home says of a file; `None` where it was not looked for.
    fn fate_in_home(&self, line: &ListLine) -> Option<Fate> {
        let place = (&self.list, line.span.clone());
        let object = |home| Object {
            item: self.plan.item,
            file: &line.path,
            storage: self.plan.home().unwrap_or(Storage::Store),
            home,
        };
        Some(match self.seen.looks.get(&line.path)? {
            Look::Bytes { found, .. } if found.sha256 == line.digest => Fate::Sound(found.bytes),
            Look::Bytes { home, found } => {
                Fate::Wrong(object_altered::found(&object(home), place, line.digest, *found))
            }
            Look::Unreadable { home, reason } => {
                Fate::Wrong(evidence_missing::object_unreadable(&object(home), place, reason))
            }
            // That it is still there is told once for the item.
            Look::There { .. } => Fate::Disposed,
            Look::Unchecked(_) if self.plan.disposed().is_some() => Fate::Disposed,
            Look::Unchecked(why) => Fate::Elsewhere(why.clone()),
        })
    }

    /// Whether Git holds the file itself, so that its history keeps it.
    fn is_in_git(&self, path: &TreePath) -> bool {
        self.tree.is_of_git() && self.plan.present.contains_key(path)
    }

    fn too_large(&self, line: &ListLine) -> Option<Diagnostic> {
        let bytes = self.digest_of(&line.path)?.bytes;
        let counts = match self.plan.home()? {
            Storage::Git => true,
            Storage::Lfs | Storage::Store => self.is_in_git(&line.path),
            Storage::None => false,
        };
        (counts && bytes > self.limit).then(|| evidence_too_large::found(&line.path, bytes, self.limit))
    }

    fn largest(&self) -> u64 {
        let sizes = self.plan.lines.iter().filter_map(|line| self.digest_of(&line.path));
        sizes.map(|digest| digest.bytes).max().unwrap_or(0)
    }

    /// The files that no line names.
    fn unlisted_files(&self) -> Vec<Diagnostic> {
        let is_of_list = |diagnostic: &Diagnostic| [list_line::CODE, list_path_code::CODE].contains(&diagnostic.code);
        // Where lines of the list could not be read, their files are not unlisted.
        if self.plan.found.iter().any(is_of_list) {
            return Vec::new();
        }
        let report = |path: &&TreePath| {
            let same = self.digest_of(path).and_then(|digest| self.registered_as(digest.sha256));
            let moved = same.filter(|old| !self.plan.present.contains_key(old));
            evidence_unlisted::found(path, self.plan.item, moved)
        };
        self.unlisted.iter().map(report).collect()
    }

    /// What is said once for the whole item.
    fn remarks(&self) -> Option<Diagnostic> {
        let Some(event) = self.plan.disposed() else { return self.plain_files() };
        let mut present = Present::default();
        for line in self.plan.covered() {
            present.files += u64::from(self.seen.digests.get(&line.path).is_some());
            if let Some(Look::There { home }) = self.seen.looks.get(&line.path) {
                present.objects += 1;
                present.home.clone_from(home);
            }
        }
        let is_present = present.files + present.objects > 0;
        is_present
            .then(|| disposed_evidence_present::found(self.plan.item, event, &folder_path(self.plan.item), &present))
    }

    /// Files of an item of Git LFS that Git holds themselves.
    fn plain_files(&self) -> Option<Diagnostic> {
        if self.plan.home() != Some(Storage::Lfs) {
            return None;
        }
        let is_plain = |line: &&ListLine| {
            let digest = self.digest_of(&line.path);
            // What differs is reported as that.
            let is_sound = |digest: Digested| digest.sha256 == line.digest && (1..=self.limit).contains(&digest.bytes);
            self.is_in_git(&line.path) && digest.is_some_and(is_sound)
        };
        let mut plain = self.plan.covered().filter(is_plain);
        let first = plain.next()?;
        Some(lfs_plain::found(&first.path, 1 + plain.count() as u64))
    }

    /// How the bytes of a file came to differ, as far as they tell.
    fn cause(&self, line: &ListLine, now: Digested) -> Cause {
        let registered_as = self.registered_as(now.sha256);
        if let Some(other) = registered_as.filter(|path| **path != line.path) {
            return Cause::BytesOf(other.clone());
        }
        if self.plan.home() == Some(Storage::Store) {
            return Cause::Copy(self.plan.item);
        }
        let is_small = now.bytes < lfs::MAX_POINTER_BYTES;
        let content = if is_small { self.tree.read(&line.path, now.bytes).ok() } else { None };
        if content.and_then(|content| lfs::pointer(&content)).is_some_and(|pointer| pointer.sha256 == line.digest) {
            return Cause::Pointer;
        }
        match line_endings::explain(self.tree, &line.path, line.digest) {
            Ok(true) => Cause::LineEndings,
            _ => Cause::Unknown,
        }
    }
}
