//! What is taken from evidence, custody and time stamps, or put in their place.

use super::{Attack, says};
use crate::campaign::honest::{Play, items};
use crate::campaign::world::{Files, SIGNED, sha256, text};
use casebook::values::Kind;

fn some_item(play: &mut Play<'_>) -> String {
    let items = items(play);
    play.random.pick(&items).clone()
}

pub fn drop_evidence(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let mut files = play.files();
    files.retain(|path, bytes| {
        !(path.starts_with(&format!("evidence/{item}"))
            || path.starts_with("custody/") && String::from_utf8_lossy(bytes).contains(&item))
    });
    play.commit(files, "Tidy up");
    says("error[evidence-changed]")
}

pub fn drop_and_add(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.files();
    drop_evidence(play)?;
    let count = play.random.below(2);
    for _ in 0..count {
        play.change(SIGNED, |text| text);
    }
    play.commit(before, "Put it back");
    says("error[evidence-changed]")
}

pub fn change_bytes(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let path = play.head.files.keys().find(|path| path.starts_with(&format!("evidence/{item}/")))?.clone();
    let mut files = play.files();
    let bytes = files.get_mut(&path)?;
    let at = play.random.below(bytes.len());
    bytes[at] ^= 1;
    play.commit(files, "Edit");
    says("error[evidence-altered]")
}

/// Gives an item other bytes, with all that says so.
fn register(files: &mut Files, item: &str) {
    let path = files.keys().find(|path| path.starts_with(&format!("evidence/{item}/"))).unwrap().clone();
    let (list, record) = (format!("evidence/{item}.sha256"), format!("evidence/{item}.toml"));
    let mut bytes = files[&path].clone();
    let old = sha256(&bytes);
    bytes[0] ^= 1;
    let new_list = text(files, &list).replace(&old, &sha256(&bytes));
    let new_record = text(files, &record).replace(&sha256(&files[&list]), &sha256(new_list.as_bytes()));
    files.extend([(path, bytes), (list, new_list.into_bytes()), (record, new_record.into_bytes())]);
}

pub fn register_anew(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let mut files = play.files();
    register(&mut files, &item);
    play.commit(files, "The right log");
    says("error[evidence-changed]")
}

/// Any custody event, with what it says.
fn some_custody(play: &mut Play<'_>) -> (String, String) {
    let paths: Vec<&String> = play.head.files.keys().filter(|path| path.starts_with("custody/")).collect();
    let path = (*play.random.pick(&paths)).clone();
    let text = play.head.text(&path);
    (path, text)
}

pub fn redate(play: &mut Play<'_>) -> Option<Attack> {
    let (path, text) = some_custody(play);
    let redated = text.replacen("at = 2026-03-0", "at = 2026-02-0", 1);
    play.change(&path, |_| redated);
    says("error[custody-changed]")
}

pub fn backdate(play: &mut Play<'_>) -> Option<Attack> {
    let item = some_item(play);
    let event = play.new_id(Kind::Custody);
    let mut files = play.files();
    let text = format!(
        "id = \"{event}\"\nitem = \"{item}\"\nat = 2026-03-01T10:00:00Z\nby = \"bob\"\naction = \"accessed\"\nreason = \"none\"\n"
    );
    files.insert(format!("custody/{event}.toml"), text.into_bytes());
    play.commit(files, "Custody");
    says("error[custody-backdated]")
}

pub fn remove_custody(play: &mut Play<'_>) -> Option<Attack> {
    let (path, _) = some_custody(play);
    let mut files = play.files();
    files.remove(&path);
    play.commit(files, "Custody");
    says("error[custody-changed]")
}

pub fn remove_stamp(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    let extension = *play.random.pick(&[".tsr", "."]);
    files.retain(|path, _| !(path.starts_with("timestamps/") && path.contains(extension)));
    play.commit(files, "Tidy up");
    says("error[timestamp-changed]")
}
