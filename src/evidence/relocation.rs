//! Moving an item to another home. The bytes are in the new home, and were read there, before anything of the old one is
//! given up; then the custody event, the attributes and the work tree change together, or not at all.

use super::add::Place;
use super::copies::{self, Copy};
use super::list::folder_path;
use super::transfer::{self, Carried, Item};
use super::{git_lines, registration};
use crate::disk::ObjectFolder;
use crate::disk::file;
use crate::disk::intake::Intake;
use crate::model::Custody;
use crate::store::{Object, Store, StoreError};
use crate::tree::{Told, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Sha256};
use rayon::prelude::*;
use std::io;

/// The top file that says what Git LFS keeps.
const ATTRIBUTES: &str = ".gitattributes";

/// The homes that take part in a move.
pub struct Homes<'h> {
    /// Where the bytes may be, in the order in which they are asked.
    pub sources: &'h [&'h dyn Store],
    pub store: Option<&'h dyn Store>,
    pub lfs: &'h ObjectFolder,
    /// Takes what is no file of this machine yet.
    pub spool: &'h ObjectFolder,
    /// The largest file in bytes that Git may hold.
    pub limit: u64,
}

/// Why an item was not moved. Nothing of it has changed.
#[derive(Debug)]
pub enum NotMoved {
    /// What is in its folder is not the item.
    Other(Vec<String>),
    /// Not everything could be brought to the new home.
    Carried(Box<Carried>),
    /// These files are larger than Git may hold.
    TooLarge(Vec<String>),
    Failed(Vec<StoreError>),
    /// Somebody has moved it meanwhile.
    Meanwhile,
    Io(io::Error),
}

impl From<io::Error> for NotMoved {
    fn from(error: io::Error) -> Self {
        NotMoved::Io(error)
    }
}

impl From<TreeError> for NotMoved {
    fn from(error: TreeError) -> Self {
        NotMoved::Io(io::Error::other(error.to_string()))
    }
}

/// Moves an item to the home that the event names. `is_as_before` is asked at the last moment, while no other process of
/// this machine moves anything.
pub fn relocate(
    place: Place<'_>,
    homes: &Homes<'_>,
    item: &Item<'_>,
    event: &Custody,
    is_as_before: &dyn Fn() -> bool,
    told: &Told<'_>,
) -> Result<(), NotMoved> {
    let to = event.storage.unwrap_or(item.home);
    let copy = copies::look(place.top, item, told)?;
    if let Copy::Other(strange) = copy {
        return Err(NotMoved::Other(strange));
    }
    match to {
        Storage::Store => bring_to_store(homes, item, told)?,
        Storage::Lfs => bring_to_lfs(homes, item, told)?,
        Storage::Git => refuse_large(homes, item)?,
        Storage::None => {}
    }
    let id = event.id.0.0;
    let (intake, _) = Intake::begin(place.top, place.gate, || id.to_string())?;
    intake.write(id.path().as_str(), registration::custody_text(event).as_bytes())?;
    let is_to_be_there = matches!(to, Storage::Git | Storage::Lfs);
    if is_to_be_there && copy != Copy::Whole {
        copies::build(&intake, item, homes.sources, told).map_err(NotMoved::Failed)?;
    }
    if copy != Copy::Absent && (!is_to_be_there || copy != Copy::Whole) {
        intake.retire(folder_path(item.id).as_str())?;
    }
    intake.publish_after(|intake| {
        if !is_as_before() {
            return Err(NotMoved::Meanwhile);
        }
        set_attributes(place, intake, item.id, to == Storage::Lfs)
    })?;
    if is_to_be_there && copy == Copy::Whole {
        look_unfamiliar(place, item);
    }
    Ok(())
}

/// Has Git read the files again: the filter that their home needs is another one now, and Git runs it on what it takes for
/// changed only. Where this fails, `git add --renormalize` does the same.
fn look_unfamiliar(place: Place<'_>, item: &Item<'_>) {
    for object in item.objects() {
        let path = object.path.as_str().split('/').fold(place.top.to_owned(), |at, name| at.join(name));
        let _ = file::touch(&path);
    }
}

/// Sends the bytes to the store, and reads them there: the old home is given up next.
fn bring_to_store(homes: &Homes<'_>, item: &Item<'_>, told: &Told<'_>) -> Result<(), NotMoved> {
    let Some(store) = homes.store else {
        return Err(NotMoved::Io(io::Error::other("no store is configured")));
    };
    let carried = transfer::send(std::slice::from_ref(item), homes.sources, store, homes.spool, told);
    if !carried.is_whole() {
        return Err(NotMoved::Carried(Box::new(carried)));
    }
    read_back(store, item.objects().collect(), told)
}

/// Puts the bytes among the objects of Git LFS, which has none for a file without content.
fn bring_to_lfs(homes: &Homes<'_>, item: &Item<'_>, told: &Told<'_>) -> Result<(), NotMoved> {
    let empty = Sha256::of(b"");
    let lines = item.lines.iter().filter(|line| line.digest != empty).cloned().collect();
    let full = [Item { id: item.id, record: item.record, home: item.home, lines }];
    let carried = transfer::send(&full, homes.sources, homes.lfs, homes.spool, told);
    if !carried.is_whole() {
        return Err(NotMoved::Carried(Box::new(carried)));
    }
    read_back(homes.lfs, full[0].objects().collect(), told)
}

fn read_back(home: &dyn Store, objects: Vec<Object<'_>>, told: &Told<'_>) -> Result<(), NotMoved> {
    let one = |object: &Object<'_>| -> Result<(), StoreError> {
        let found = home.digest(object, told)?.sha256;
        if found == object.sha256 { Ok(()) } else { Err(StoreError::wrong(home.name(), object, found)) }
    };
    let failed: Vec<StoreError> = objects.par_iter().filter_map(|object| one(object).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(NotMoved::Failed(failed)) }
}

fn refuse_large(homes: &Homes<'_>, item: &Item<'_>) -> Result<(), NotMoved> {
    // The largest: in a work tree without the objects of Git LFS there are pointers to them.
    let size = |object: &Object<'_>| homes.sources.iter().filter_map(|source| source.find(object).ok().flatten()).max();
    let large = |object: &Object<'_>| size(object).filter(|bytes| *bytes > homes.limit);
    let say = |object: Object<'_>| large(&object).map(|bytes| format!("`{}` has {bytes} bytes", object.path));
    let found: Vec<String> = item.objects().filter_map(say).collect();
    if found.is_empty() { Ok(()) } else { Err(NotMoved::TooLarge(found)) }
}

/// Gives an item to Git LFS, or takes it away from there, as the attributes are at this moment.
pub fn set_attributes<E: From<io::Error>>(
    place: Place<'_>,
    intake: &Intake,
    item: EntryId,
    is_lfs: bool,
) -> Result<(), E> {
    let path = place.top.join(ATTRIBUTES);
    if file::is_there(&path) && !file::is_regular(&path) {
        return Err(io::Error::other("`.gitattributes` is not a regular file").into());
    }
    let found = file::find(&path)?.map(|found| found.content).unwrap_or_default();
    let text = String::from_utf8(found).map_err(|_| io::Error::other("`.gitattributes` is not UTF-8 text"))?;
    let changed = git_lines::attributes(&text, item, is_lfs);
    if changed != text {
        intake.replace(ATTRIBUTES, changed.as_bytes())?;
    }
    Ok(())
}
