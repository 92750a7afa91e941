//! What is seen of an item on this machine now: its registered bytes, something else, or nothing.

use super::super::super::open::Open;
use super::super::super::{Failure, Surroundings};
use super::super::homes::Here;
use super::super::progress;
use crate::check;
use crate::diagnostic::{Diagnostic, Sources};
use crate::evidence::examine::ItemExamined;
use crate::evidence::{Homes, NoDigests, Scope, checkout, examine};
use crate::load::{self, NoMemory};
use crate::model::Evidence;
use crate::tree::Tree;
use crate::values::EntryId;
use crate::values::digest::NamedDigest;
use crate::values::wording::counted;
use std::collections::BTreeSet;

/// What was seen.
pub enum Sight {
    /// Every file with its registered bytes, and so the digest of the list.
    Seen { digest: NamedDigest, files: u64, bytes: u64 },
    /// Nothing, for this reason.
    Nothing(String),
    /// Something that is not what was registered.
    Wrong(Vec<Diagnostic>, Sources),
}

/// Verifies an item where it is on this machine: in the commit of HEAD, if that has it, and in the work tree.
pub fn look(id: EntryId, item: &Evidence, open: &Open, surroundings: &Surroundings) -> Result<Sight, Failure> {
    let Some(list) = item.list else { return Ok(Sight::Nothing("it is a physical exhibit".to_owned())) };
    let here = Here::of(None, false, open, surroundings)?;
    let homes = Homes { lfs: Some(here.lfs()), store: here.store() };
    let disk = open.tree();
    let head = open.repository.head()?.map(|head| open.repository.tree(head.tree));
    let head = head.filter(|tree| tree.node(&id.path()).is_some());
    let bar = progress(0);
    let examine = |tree: &dyn Tree| -> Result<_, Failure> {
        let (case, _) = load::load(tree, &mut NoMemory)?;
        let scope = Scope::Items(BTreeSet::from([id]));
        Ok(examine(tree, &homes, &case, &mut NoDigests, &scope, &|bytes| bar.inc(bytes))?)
    };
    let mut checked_out = examine(&disk)?;
    let mut found = Vec::new();
    let mut parts = Vec::new();
    if let Some(head) = &head {
        let mut committed = examine(head)?;
        checkout::tell_apart(head, &mut committed, &mut checked_out);
        found.append(&mut committed.diagnostics);
        parts.push(committed);
    }
    found.append(&mut checked_out.diagnostics);
    parts.push(checked_out);
    bar.finish_and_clear();
    found.retain(Diagnostic::is_error);
    if !found.is_empty() {
        crate::diagnostic::sort(&mut found);
        found.dedup();
        let sources = check::sources(&disk, &found);
        return Ok(Sight::Wrong(found, sources));
    }
    let seen: Vec<&ItemExamined> = parts.iter().filter_map(|part| part.items.get(&id)).collect();
    if let Some(whole) = seen.iter().find(|seen| seen.files == item.files) {
        return Ok(Sight::Seen { digest: NamedDigest(list), files: whole.files, bytes: whole.bytes });
    }
    let missing = seen.iter().map(|seen| item.files.saturating_sub(seen.files)).min().unwrap_or(item.files);
    Ok(Sight::Nothing(format!(
        "{} of it {} not on this machine",
        counted(missing, "file"),
        if missing == 1 { "is" } else { "are" }
    )))
}
