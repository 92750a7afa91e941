//! Entries that are gone, and what may not change in them and in the record of the case.

use super::{Attack, says};
use crate::campaign::honest::{Play, with_milestone};
use crate::campaign::world::{Key, SIGNED, Word, text};
use casebook::values::Kind;

pub fn look_alike(play: &mut Play<'_>) -> Option<Attack> {
    let (folder, kind, old) =
        *play.random.pick(&[("findings", Kind::Finding, "f-7q2k9dm4"), ("decisions", Kind::Decision, "d-7q2k9dm4")]);
    let id = play.new_id(kind);
    let mut files = play.files();
    let bytes = files.remove(&format!("{folder}/{old}.toml"))?;
    let text = String::from_utf8(bytes).unwrap().replace(old, &id);
    files.insert(format!("{folder}/{id}.toml"), text.into_bytes());
    play.commit(files, "Edit");
    says("error[entry-deleted]")
}

pub fn rename(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.files();
    let mut files = play.files();
    let bytes = files.remove("events/e-7q2k9dm4.toml")?;
    files.insert("events/e-00000000.toml".to_owned(), bytes);
    play.commit(files, "Rename");
    if play.random.below(2) == 0 {
        play.commit(before, "And back");
    }
    says("error[entry-deleted]")
}

const REWRITTEN: &str = "error[milestone-rewritten]";

pub fn move_milestone(play: &mut Play<'_>) -> Option<Attack> {
    let (name, value) = *play.random.pick(&[
        ("detected", "2026-03-02T08:00:00Z"),
        ("reported", "2026-03-01T20:40:00Z"),
        ("occurred", "{ from = 2026-03-01T01:00:00Z, to = 2026-03-01T03:00:00Z }"),
    ]);
    play.change("case.toml", |text| with_milestone(&text, name, value));
    // Somebody who has no say may say so.
    if play.random.below(2) == 0 {
        play.sign(Key::Bob, &Word::new("bob", "author", &["case.toml"]));
    }
    says(REWRITTEN)
}

pub fn remove_milestone(play: &mut Play<'_>) -> Option<Attack> {
    play.change("case.toml", |text| with_milestone(&text, "reported", "x").replace("reported = x\n", ""));
    says(REWRITTEN)
}

pub fn skew_milestone(play: &mut Play<'_>) -> Option<Attack> {
    play.change("case.toml", |text| {
        with_milestone(&text, "detected", "{ at = 2026-03-01T10:15:00Z, skew = \"-10m\" }")
    });
    says(REWRITTEN)
}

pub fn milestone_by_way(play: &mut Play<'_>, way: Option<&str>) -> Option<Attack> {
    let mut files = play.files();
    let record = text(&files, "case.toml");
    match way {
        Some(text) => drop(files.insert("case.toml".to_owned(), text.into())),
        None => drop(files.remove("case.toml")),
    }
    play.commit(files, "A slip");
    let mut files = play.files();
    files.insert("case.toml".to_owned(), with_milestone(&record, "detected", "2026-03-02T08:00:00Z").into_bytes());
    play.commit(files, "Mend it");
    says(if way.is_some() { REWRITTEN } else { "error[missing-file]" })
}

pub fn status_back(play: &mut Play<'_>) -> Option<Attack> {
    play.change(SIGNED, |text| text.replace("\"confirmed\"", "\"proposed\""));
    says("error[status-move]")
}

pub fn status_by_way(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.head.text(SIGNED);
    play.change(SIGNED, |_| "broken".to_owned());
    play.change(SIGNED, |_| before.replace("\"confirmed\"", "\"proposed\""));
    says("error[status-move]")
}

pub fn remove_case(play: &mut Play<'_>) -> Option<Attack> {
    let mut files = play.files();
    if play.random.below(2) == 0 {
        files.retain(|path, _| path.starts_with("notes/"));
        files.insert("README.md".to_owned(), b"Nothing.\n".to_vec());
    }
    files.remove("case.toml");
    play.commit(files, "No case");
    says("there is no `case.toml`")
}
