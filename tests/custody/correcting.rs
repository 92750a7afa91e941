//! Corrections: by a new record only, and what they come to.

use super::{FIRST, ITEM, LIST, expected};
use crate::desk;
use serde_json::Value;
use std::fs;

#[test]
fn a_correction_takes_over_what_is_not_said_anew() {
    let desk = desk();
    let wrong = desk.record(
        "2026-03-05T12:00:00Z",
        &[
            "--action",
            "transferred",
            "--from",
            "Bob",
            "--to",
            "Carol Example",
            "--reason",
            "examination",
            "--by",
            "alice",
        ],
    );
    desk.commit("Transferred");
    let before = desk.custody();
    let right =
        desk.record("2026-03-05T18:00:00Z", &["--corrects", &wrong, "--to", "Dave Example", "--reason", "wrong name"]);
    assert_eq!(before.difference(&desk.custody()).count(), 0);
    let shown = desk.shown();
    let events = shown["events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    let event = &events[1];
    for (key, value) in [
        ("id", right.as_str()),
        ("at", "2026-03-05T12:00:00Z"),
        ("by", "alice"),
        ("action", "transferred"),
        ("from", "Bob"),
        ("to", "Dave Example"),
        ("reason", "wrong name"),
        ("digest", &format!("sha256:{LIST}")),
        ("supersedes", &wrong),
        ("recorded", "2026-03-05T18:00:00Z"),
        ("recorded_by", "bob"),
    ] {
        assert_eq!(event[key], value, "{key}");
    }
    assert_eq!(shown["held_by"], "Dave Example");
    assert_eq!(shown["no_longer_counted"][0]["id"], wrong.as_str());
    assert_eq!(shown["no_longer_counted"][0]["replaced_by"][0], right.as_str());
    assert_eq!(desk.check(&[]), expected(&[]));
    desk.commit("Corrected");
    // Correcting what is corrected names the one that counts.
    let ran = desk.add_event(&["--corrects", &wrong, "--reason", "x"]).code(2);
    assert!(ran.stderr.contains(&format!("was corrected already, by `{right}`")), "{}", ran.text());
}

#[test]
fn an_edit_of_a_committed_event_is_refused_with_the_command_that_corrects_it() {
    let desk = desk();
    let id =
        desk.record("2026-03-05T12:00:00Z", &["--action", "transferred", "--to", "Carol Example", "--reason", "x"]);
    desk.commit("Transferred");
    let path = format!("custody/{id}.toml");
    let edited = fs::read_to_string(desk.path(&path)).unwrap().replace("Carol", "Dave");
    fs::write(desk.path(&path), edited).unwrap();
    assert_eq!(desk.check(&[]), expected(&[("error", "custody-changed", &path)]));
    let ran = desk.casebook(&["check"]).code(1);
    // The commands stand in the help, and work as they stand.
    let commands: Vec<&str> = ran
        .stdout
        .split('`')
        .filter(|part| part.starts_with("git checkout") || part.starts_with("casebook evidence"))
        .collect();
    let [restore, correct] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(*correct, format!("casebook evidence custody {ITEM} add --corrects {id} --reason \"…\""));
    desk.sandbox.run("sh", &desk.top, &["-c", restore]).ok();
    let words: Vec<&str> = correct.split(' ').skip(1).map(|word| word.trim_matches('"')).collect();
    desk.casebook(&[&words[..], &["--to", "Dave Example"]].concat()).ok();
    assert_eq!(desk.check(&[]), expected(&[]));
    assert_eq!(desk.shown()["held_by"], "Dave Example");
    // Whoever deletes one is told to retract it.
    desk.commit("Corrected");
    fs::remove_file(desk.path(&path)).unwrap();
    let text = desk.casebook(&["check"]).code(1).stdout;
    assert!(text.contains(&format!("add --action retracted --corrects {id} --reason")), "{text}");
}

#[test]
fn what_never_happened_is_retracted_and_a_retraction_can_be_wrong() {
    let desk = desk();
    let never =
        desk.record("2026-03-05T12:00:00Z", &["--action", "transferred", "--to", "Carol Example", "--reason", "x"]);
    desk.commit("Transferred");
    let retraction = ["--action", "retracted", "--corrects", &never, "--reason", "it was another item"];
    let retracted = desk.record("2026-03-05T13:00:00Z", &retraction);
    let shown = desk.shown();
    assert_eq!(shown["events"].as_array().unwrap().len(), 1);
    assert_eq!(shown["held_by"], Value::Null);
    assert_eq!(desk.check(&[]), expected(&[]));
    desk.commit("Retracted");
    desk.record(
        "2026-03-05T14:00:00Z",
        &["--action", "retracted", "--corrects", &retracted, "--reason", "it was this one"],
    );
    assert_eq!(desk.shown()["held_by"], "Carol Example");
    assert_eq!(desk.check(&[]), expected(&[]));
    let text = desk.casebook(&["evidence", "custody", ITEM]).ok().stdout;
    assert!(text.contains(&format!("retracts {retracted}")), "{text}");
}

#[test]
fn corrections_that_go_in_circles_or_elsewhere_take_nothing_away() {
    let desk = desk();
    // An event of another item does not correct this one.
    let exhibit = "id = \"x-00000001\"\ntitle = \"Laptop\"\nkind = \"device\"\nstorage = \"none\"\nfiles = 0\nbytes = 0\n\n[acquired]\nat = 2026-03-01T11:00:00Z\nby = \"bob\"\n";
    desk.write("evidence/x-00000001.toml", exhibit);
    desk.write(
        "custody/c-00000001.toml",
        format!("id = \"c-00000001\"\nitem = \"x-00000001\"\nat = 2026-03-01T11:00:00Z\nby = \"bob\"\naction = \"collected\"\nsupersedes = \"{FIRST}\"\n"),
    );
    assert_eq!(desk.check(&[]), expected(&[("error", "custody-correction", "custody/c-00000001.toml")]));
    assert_eq!(desk.shown()["events"][0]["id"], FIRST);
    fs::remove_file(desk.path("custody/c-00000001.toml")).unwrap();
    fs::remove_file(desk.path("evidence/x-00000001.toml")).unwrap();
    // One that corrects itself, and two that correct each other.
    desk.event("c-00000002", "2026-03-02T00:00:00Z", "accessed", "supersedes = \"c-00000002\"\n");
    desk.event("c-00000003", "2026-03-02T00:00:00Z", "accessed", "supersedes = \"c-00000004\"\n");
    desk.event("c-00000004", "2026-03-02T00:00:00Z", "accessed", "supersedes = \"c-00000003\"\n");
    let codes: Vec<String> = desk.check(&[]).into_iter().map(|(_, code, _)| code).collect();
    assert_eq!(codes, ["supersession-loop", "supersession-loop"]);
    assert_eq!(desk.shown()["events"].as_array().unwrap().len(), 1);
}
