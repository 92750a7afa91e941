//! What is done in a merge, where nobody would look for it.

use super::{ALTERED, Attack, says};
use crate::campaign::honest::{Play, put_evidence};
use crate::campaign::world::{Point, SIGNED, text};

/// A side branch with a new item and an edited entry, and a main branch with a note. The edit is of an entry that nobody signs.
fn two_sides(play: &mut Play<'_>) -> (Point, Point) {
    let root = play.head.clone();
    let mut files = play.files();
    put_evidence(play, &mut files);
    let event = "events/e-7q2k9dm4.toml";
    files.insert(event.to_owned(), play.head.text(event).replacen("title = \"", "title = \"Maybe: ", 1).into_bytes());
    let theirs = play.world.commit(&[&root], files, "The other side");
    let mut files = root.files.clone();
    files.insert(format!("notes/s{}.md", play.random.below(100)), b"A note.\n".to_vec());
    let ours = play.world.commit(&[&root], files, "This side");
    (ours, theirs)
}

pub fn merge_drops_evidence(play: &mut Play<'_>) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let keeps_the_edit = play.random.below(2) == 0;
    let mut files = if keeps_the_edit { play.world.merged(&ours, &theirs)? } else { ours.files.clone() };
    files.retain(|path, _| ours.files.contains_key(path));
    let parents = if play.random.below(2) == 0 { [&ours, &theirs] } else { [&theirs, &ours] };
    play.head = play.world.commit(&parents, files, "Merge");
    says("error[evidence-changed]")
}

pub fn merge_drops_edit(play: &mut Play<'_>) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let mut files = play.world.merged(&ours, &theirs)?;
    let event = "events/e-7q2k9dm4.toml";
    files.insert(event.to_owned(), ours.files[event].clone());
    play.head = play.world.commit(&[&ours, &theirs], files, "Merge");
    says(ALTERED)
}

fn slip(play: &mut Play<'_>, path: &str, change: impl Fn(String) -> String) -> Option<Attack> {
    let (ours, theirs) = two_sides(play);
    let mut files = play.world.merged(&ours, &theirs)?;
    files.insert(path.to_owned(), change(text(&files, path)).into_bytes());
    play.head = play.world.commit(&[&ours, &theirs], files, "Merge");
    says(ALTERED)
}

pub fn slip_into_merge(play: &mut Play<'_>) -> Option<Attack> {
    let path = *play.random.pick(&[SIGNED, "assets/a-7q2k9dm4.toml", "indicators/i-7q2k9dm4.toml"]);
    slip(play, path, |text| format!("# looks harmless\n{text}"))
}

pub fn slip_into_record(play: &mut Play<'_>) -> Option<Attack> {
    slip(play, "case.toml", |text| text.replace("tlp = \"amber\"", "tlp = \"clear\""))
}

pub fn merge_with_ancestor(play: &mut Play<'_>) -> Option<Attack> {
    let ancestor = play.random.pick(&play.world.main).clone();
    let mut files = play.files();
    let path = "assets/a-7q2k9dm4.toml";
    files.insert(path.to_owned(), format!("# harmless\n{}", text(&files, path)).into_bytes());
    play.head = play.world.commit(&[&play.head, &ancestor], files, "Merge");
    says(ALTERED)
}

pub fn octopus_brings_back(play: &mut Play<'_>) -> Option<Attack> {
    let root = play.head.clone();
    let path = "events/e-7q2k9dm4.toml";
    play.change(path, |text| text.replacen("title = \"", "title = \"Surely: ", 1));
    let edited = play.head.clone();
    play.change("assets/a-7q2k9dm4.toml", |text| format!("# one\n{text}"));
    let ours = play.head.clone();
    let mut note = edited.files.clone();
    note.insert("notes/two.md".to_owned(), b"Two.\n".to_vec());
    let theirs = play.world.commit(&[&edited], note, "The other side");
    let old = play.world.commit(&[&root], root.files.clone(), "An old state");
    let mut files = play.world.merged(&ours, &theirs)?;
    files.insert(path.to_owned(), root.files[path].clone());
    play.head = play.world.commit(&[&ours, &theirs, &old], files, "Merge");
    says(ALTERED)
}
