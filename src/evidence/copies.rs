//! Copies of items in the work tree, for tools to read: taken from a home, whole or not at all, and taken away again when
//! they are unchanged.

use super::add::Place;
use super::lfs;
use super::list::folder_path;
use super::transfer::{self, Item};
use crate::disk::intake::Intake;
use crate::disk::{DiskTree, Placed};
use crate::store::{Object, Store, StoreError};
use crate::tree::{NodeKind, Told, Tree, TreeError};
use crate::validate::paths::{MAX_DEPTH, depth_of};
use crate::values::{Sha256, TreePath};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// What the folder of an item holds in the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copy {
    Absent,
    /// Every file with its registered bytes, and nothing else.
    Whole,
    /// Nothing but registered files and pointers of Git LFS to them, but not all files.
    Partial,
    /// Something is there that no list has, such as a file that was edited: each in a few words.
    Other(Vec<String>),
}

/// Looks at the folder of an item, and hashes what is in it.
pub fn look(top: &std::path::Path, item: &Item<'_>, told: &Told<'_>) -> Result<Copy, TreeError> {
    let tree = DiskTree::new(top);
    let folder = folder_path(item.id);
    let mut there = BTreeSet::new();
    let mut strange = Vec::new();
    if tree.node(&folder).is_none() {
        return Ok(Copy::Absent);
    }
    walk(&tree, &folder, &mut there, &mut strange)?;
    let listed: BTreeSet<&TreePath> = item.lines.iter().map(|line| &line.path).collect();
    strange.extend(there.iter().filter(|path| !listed.contains(path)).map(|path| format!("`{path}` is in no list")));
    let files: Vec<(&TreePath, Sha256)> =
        item.lines.iter().filter(|line| there.contains(&line.path)).map(|line| (&line.path, line.digest)).collect();
    let paths: Vec<TreePath> = files.iter().map(|(path, _)| (*path).clone()).collect();
    let mut whole = 0;
    for ((path, registered), found) in files.iter().zip(tree.digest(&paths, told)) {
        let found = found?;
        if found.sha256 == *registered {
            whole += 1;
        } else if !is_pointer_to(&tree, path, *registered) {
            strange.push(format!("`{path}` does not have its registered bytes"));
        }
    }
    Ok(match (strange.is_empty(), whole == item.lines.len()) {
        (false, _) => Copy::Other(strange),
        (true, true) => Copy::Whole,
        (true, false) => Copy::Partial,
    })
}

fn is_pointer_to(tree: &DiskTree<'_>, path: &TreePath, registered: Sha256) -> bool {
    let content = tree.read(path, lfs::MAX_POINTER_BYTES).ok();
    content.and_then(|content| lfs::pointer(&content)).is_some_and(|pointer| pointer.sha256 == registered)
}

fn walk(
    tree: &DiskTree<'_>,
    folder: &TreePath,
    there: &mut BTreeSet<TreePath>,
    strange: &mut Vec<String>,
) -> Result<(), TreeError> {
    for node in tree.list(folder)? {
        let path = folder.join(&String::from_utf8_lossy(&node.name));
        match node.kind {
            NodeKind::File { .. } if node.text().is_some() => _ = there.insert(path),
            NodeKind::Folder if depth_of(folder) < MAX_DEPTH => walk(tree, &path, there, strange)?,
            _ => strange.push(format!("`{path}` is no file that could be listed")),
        }
    }
    Ok(())
}

/// Builds the folder of an item from the first of the homes that has the bytes of each file; the caller publishes it.
pub fn build(intake: &Intake, item: &Item<'_>, homes: &[&dyn Store], told: &Told<'_>) -> Result<(), Vec<StoreError>> {
    let one = |object: &Object<'_>| -> Result<(), StoreError> {
        let mut wrong = None;
        for home in homes {
            match intake.receive(object, *home, item.record.bytes, told) {
                Ok(_) => return Ok(()),
                Err(StoreError::Missing { .. }) => {}
                Err(StoreError::Wrong { .. }) if transfer::is_pointer(*home, object) => {}
                // Another home may have the right ones.
                Err(error @ StoreError::Wrong { .. }) => wrong = Some(error),
                Err(error) => return Err(error),
            }
        }
        if let Some(error) = wrong {
            return Err(error);
        }
        let names: Vec<String> = homes.iter().map(|home| home.name()).collect();
        Err(StoreError::missing(names.join(", or in "), object))
    };
    let objects: Vec<Object<'_>> = item.objects().collect();
    let failed: Vec<StoreError> = objects.par_iter().filter_map(|object| one(object).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed) }
}

/// Why a copy was not made or taken away.
#[derive(Debug)]
pub enum NoCopy {
    /// What is in its place is not the item.
    Other(Vec<String>),
    Failed(Vec<StoreError>),
    /// No other home is known to have this file.
    Only(TreePath),
    Io(std::io::Error),
}

impl From<std::io::Error> for NoCopy {
    fn from(error: std::io::Error) -> Self {
        NoCopy::Io(error)
    }
}

impl From<TreeError> for NoCopy {
    fn from(error: TreeError) -> Self {
        NoCopy::Io(std::io::Error::other(error.to_string()))
    }
}

/// Makes the copy of an item; tells whether it was not there before.
pub fn make(
    place: Place<'_>,
    item: &Item<'_>,
    homes: &[&dyn Store],
    bits: &mut dyn FnMut() -> u64,
    told: &Told<'_>,
) -> Result<bool, NoCopy> {
    let copy = look(place.top, item, &|_| {})?;
    match copy {
        Copy::Whole => return Ok(false),
        Copy::Other(strange) => return Err(NoCopy::Other(strange)),
        Copy::Absent | Copy::Partial => {}
    }
    let (intake, _) = Intake::begin(place.top, place.gate, || format!("copy-{:016x}", bits()))?;
    build(&intake, item, homes, told).map_err(NoCopy::Failed)?;
    // Whoever finishes this after a crash would take the new copy for the one that is to leave, if there was none.
    if copy == Copy::Partial {
        intake.retire(folder_path(item.id).as_str())?;
    }
    match intake.publish::<NoCopy>(|| Ok(())) {
        // Somebody else has made it in the meantime.
        Err(NoCopy::Io(error)) if error.kind() == ErrorKind::AlreadyExists => match look(place.top, item, told)? {
            Copy::Whole => Ok(false),
            _ => Err(error.into()),
        },
        ended => ended.map(|()| true),
    }
}

/// Takes the copy of an item away, if it is unchanged and one of the `others` has every file of it in its size; tells whether
/// there was one.
pub fn remove(
    place: Place<'_>,
    item: &Item<'_>,
    placed: &Placed,
    others: &[&dyn Store],
    bits: &mut dyn FnMut() -> u64,
    told: &Told<'_>,
) -> Result<bool, NoCopy> {
    match look(place.top, item, told)? {
        Copy::Absent => return Ok(false),
        Copy::Other(strange) => return Err(NoCopy::Other(strange)),
        Copy::Whole | Copy::Partial => {}
    }
    if let Some(path) = only_here(item, placed, others) {
        return Err(NoCopy::Only(path));
    }
    let (intake, _) = Intake::begin(place.top, place.gate, || format!("gone-{:016x}", bits()))?;
    intake.retire(folder_path(item.id).as_str())?;
    intake.publish::<NoCopy>(|| Ok(()))?;
    Ok(true)
}

/// The first file whose copy may be the only one.
fn only_here(item: &Item<'_>, placed: &Placed, others: &[&dyn Store]) -> Option<TreePath> {
    let is_only_here = |object: &Object<'_>| {
        let size = placed.find(object).ok().flatten();
        size.is_some() && !others.iter().any(|home| home.find(object).is_ok_and(|found| found == size))
    };
    item.objects().find(is_only_here).map(|object| object.path.clone())
}

/// The files of the work tree as a home, for copies that are there.
pub fn placed(top: &std::path::Path, git: &std::path::Path) -> Placed {
    Placed::new(top, &git.join("casebook").join("incoming"))
}
