//! Late records: what was committed before is not preceded in silence, and merges are not blamed.

use super::{Desk, FIRST, ITEM, expected, support};
use crate::desk;

/// A desk on which the item was transferred on the fifth, committed.
fn transferred() -> Desk {
    let desk = desk();
    desk.record(support::NOW, &["--action", "transferred", "--to", "Carol Example", "--reason", "examination"]);
    desk.commit("Transferred");
    desk
}

#[test]
fn a_silent_insertion_is_an_error_and_a_late_record_says_so() {
    let desk = transferred();
    let new = "custody/c-00000001.toml";
    for (rest, level) in [
        ("", "error"),
        ("reason = \"examination\"\n", "error"),
        ("recorded = 2026-03-05T12:00:00Z\n", "error"),
        ("reason = \"the form was found later\"\nrecorded = 2026-03-05T12:00:00Z\n", "warning"),
    ] {
        desk.event("c-00000001", "2026-03-04T12:00:00Z", "accessed", rest);
        assert_eq!(desk.check(&[]), expected(&[(level, "custody-backdated", new)]), "{rest}");
        desk.git(&["add", "custody"]).ok();
        assert_eq!(desk.check(&["--staged"]), expected(&[(level, "custody-backdated", new)]), "{rest}");
    }
    desk.commit("Late");
    assert_eq!(desk.check(&["--rev", "HEAD"]), expected(&[("warning", "custody-backdated", new)]));
    assert_eq!(desk.check(&[]), expected(&[]), "once it is committed it is part of the chain");
    // Whoever looks through the history finds it, also after later commits.
    desk.record("2026-03-05T13:00:00Z", &["--action", "accessed", "--reason", "later"]);
    desk.commit("Later");
    let text = desk.casebook(&["evidence", "verify", "--all"]).ok().stdout;
    assert!(text.contains("custody-backdated") && text.contains(new), "{text}");
}

#[test]
fn the_hook_stops_a_silent_insertion_also_when_a_commit_is_amended() {
    let desk = transferred();
    desk.casebook(&["hook", "install"]).ok();
    desk.event("c-00000001", "2026-03-04T12:00:00Z", "accessed", "");
    desk.git(&["add", "-A"]).ok();
    for arguments in [&["commit", "-qm", "x"][..], &["commit", "-q", "--amend", "--no-edit"]] {
        let ran = desk.git(arguments);
        assert!(ran.code != 0 && ran.stderr.contains("error[custody-backdated]"), "{arguments:?}: {}", ran.text());
    }
    // What is committed and not published yet is amended as long as the event stays what it is.
    desk.event("c-00000001", "2026-03-05T13:00:00Z", "accessed", "");
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qm", "x"]).ok();
    desk.git(&["commit", "-q", "--amend", "-m", "y"]).ok();
    desk.event("c-00000001", "2026-03-05T14:00:00Z", "accessed", "");
    desk.git(&["add", "-A"]).ok();
    let ran = desk.git(&["commit", "-q", "--amend", "--no-edit"]);
    assert!(ran.code != 0 && ran.stderr.contains("error[custody-changed]"), "{}", ran.text());
}

#[test]
fn a_correction_of_what_is_new_is_no_way_around() {
    let desk = transferred();
    desk.event("c-00000001", "2026-03-05T13:00:00Z", "accessed", "");
    desk.event("c-00000002", "2026-03-04T12:00:00Z", "accessed", "supersedes = \"c-00000001\"\n");
    assert_eq!(desk.check(&[]), expected(&[("error", "custody-backdated", "custody/c-00000002.toml")]));
    // A correction of what is known may have an earlier time: it says itself that it is one.
    desk.event("c-00000001", "2026-03-01T11:30:00Z", "collected", &format!("supersedes = \"{FIRST}\"\n"));
    std::fs::remove_file(desk.path("custody/c-00000002.toml")).unwrap();
    assert_eq!(desk.check(&[]), expected(&[]));
}

#[test]
fn a_merge_of_events_on_both_sides_is_nobodys_insertion() {
    let desk = transferred();
    desk.casebook(&["hook", "install"]).ok();
    desk.git(&["switch", "-qc", "side"]).ok();
    desk.record("2026-03-05T13:00:00Z", &["--action", "accessed", "--reason", "on the side"]);
    desk.commit("Side");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.record("2026-03-05T14:00:00Z", &["--action", "accessed", "--reason", "on main"]);
    desk.commit("Main");
    // Stopped half-way, the work tree and the index are judged as a child of both.
    desk.git(&["merge", "-q", "--no-commit", "side"]).ok();
    assert_eq!(desk.check(&[]), expected(&[]));
    assert_eq!(desk.check(&["--staged"]), expected(&[]));
    desk.git(&["commit", "-qm", "Merge"]).ok();
    assert_eq!(desk.check(&["--rev", "HEAD"]), expected(&[]));
    assert_eq!(desk.shown()["events"].as_array().unwrap().len(), 4);
    let text = desk.casebook(&["evidence", "verify", "--all"]).ok().stdout;
    assert!(!text.contains("custody-backdated"), "{text}");
    // What a merge itself puts in is its own.
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    desk.git(&["merge", "-q", "--no-commit", "side"]).ok();
    desk.event("c-00000001", "2026-03-04T12:00:00Z", "accessed", "");
    assert_eq!(desk.check(&[]), expected(&[("error", "custody-backdated", "custody/c-00000001.toml")]));
}

#[test]
fn after_a_rebase_the_earlier_event_is_told_to_have_come_late() {
    let desk = transferred();
    desk.git(&["switch", "-qc", "side"]).ok();
    let early = desk.record("2026-03-05T13:00:00Z", &["--action", "accessed", "--reason", "on the side"]);
    desk.commit("Side");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.record("2026-03-05T14:00:00Z", &["--action", "accessed", "--reason", "on main"]);
    desk.commit("Main");
    desk.git(&["switch", "-q", "side"]).ok();
    desk.git(&["rebase", "-q", "main"]).ok();
    let path = format!("custody/{early}.toml");
    assert_eq!(desk.check(&["--rev", "HEAD"]), expected(&[("warning", "custody-backdated", &path)]));
}

#[test]
fn corrections_on_two_branches_are_settled_by_a_retraction() {
    let desk = desk();
    let wrong = desk.record(support::NOW, &["--action", "transferred", "--to", "Carol Example", "--reason", "x"]);
    desk.commit("Transferred");
    desk.git(&["switch", "-qc", "side"]).ok();
    let one = desk.record("2026-03-05T13:00:00Z", &["--corrects", &wrong, "--to", "Dave", "--reason", "it was Dave"]);
    desk.commit("Dave");
    desk.git(&["switch", "-q", "main"]).ok();
    let two = desk.record("2026-03-05T14:00:00Z", &["--corrects", &wrong, "--to", "Erin", "--reason", "it was Erin"]);
    desk.commit("Erin");
    desk.git(&["merge", "-q", "--no-edit", "side"]).ok();
    let found = desk.check(&[]);
    let codes: Vec<&str> = found.iter().map(|(_, code, _)| code.as_str()).collect();
    assert_eq!(codes, ["custody-conflict"]);
    assert!(
        desk.casebook(&["check"])
            .code(1)
            .stdout
            .contains(&format!("casebook evidence custody {ITEM} add --action retracted"))
    );
    desk.record("2026-03-05T15:00:00Z", &["--action", "retracted", "--corrects", &two, "--reason", "it was Dave"]);
    assert_eq!(desk.check(&[]), expected(&[]));
    let shown = desk.shown();
    assert_eq!(shown["held_by"], "Dave");
    assert!(shown["events"].as_array().unwrap().iter().any(|event| event["id"] == one.as_str()));
    // The same correction on both sides is one.
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    desk.git(&["clean", "-qfd", "custody"]).ok();
    desk.git(&["switch", "-qc", "other", "side"]).ok();
    desk.git(&["switch", "-qc", "again", "side~1"]).ok();
    desk.record("2026-03-05T16:00:00Z", &["--corrects", &wrong, "--to", "Dave", "--reason", "said Carol"]);
    desk.commit("Dave, too");
    desk.git(&["merge", "-q", "--no-edit", "side"]).ok();
    assert_eq!(desk.check(&[]), expected(&[]));
    assert_eq!(desk.shown()["events"].as_array().unwrap().len(), 2);
}
