//! Recording an event: what is seen, what is written, and when nothing is.

use super::{FIRST, ITEM, LIST, expected, json, support};
use crate::desk;
use std::fs;

#[test]
fn a_hand_over_is_one_file_with_the_digest_that_was_seen() {
    let desk = desk();
    desk.record(
        "2026-03-05T12:00:00Z",
        &["--action", "received", "--from", "bob", "--by", "alice", "--reason", "custody"],
    );
    desk.commit("Received");
    let before = desk.custody();
    let ran = desk.at(
        "2026-03-05T12:30:00.4Z",
        &[
            "evidence",
            "custody",
            "x-7q2",
            "add",
            "--action",
            "transferred",
            "--to",
            "State laboratory \"4\"",
            "--reason",
            "examination",
        ],
    );
    assert!(ran.ok().stdout.contains("the registered one, verified now: 2 files, 457 bytes"));
    let after = desk.custody();
    let new: Vec<_> = after.difference(&before).collect();
    let [(name, text)] = new.as_slice() else { panic!("{new:?}") };
    let id = name.strip_suffix(".toml").unwrap();
    let written = format!(
        "#:schema ../schemas/custody.json\nid = \"{id}\"\nitem = \"{ITEM}\"\nat = 2026-03-05T12:30:00Z\nby = \"bob\"\n\
         action = \"transferred\"\nfrom = \"alice\"\nto = \"State laboratory \\\"4\\\"\"\nreason = \"examination\"\n\
         digest = \"sha256:{LIST}\"\nrecorded = 2026-03-05T12:30:00Z\n"
    );
    assert_eq!(*text, written);
    assert_eq!(before.difference(&after).count(), 0, "nothing that was there is touched");
    // What is printed can be typed as it stands, and the case is sound in the commit.
    let next = json(&desk.casebook(&["evidence", "custody", ITEM, "--format", "json"]));
    assert_eq!(next["held_by"], "State laboratory \"4\"");
    desk.sandbox.run("sh", &desk.top, &["-c", &format!("git add custody/{name} && git commit -qm x")]).ok();
    assert_eq!(desk.check(&["--rev", "HEAD"]), expected(&[]));
}

#[test]
fn a_first_hand_over_is_from_whoever_collected_it() {
    let desk = desk();
    desk.record(support::NOW, &["--action", "transferred", "--to", "Carol Example", "--reason", "x", "--by", "alice"]);
    assert_eq!(desk.shown()["events"][1]["from"], "bob");
}

#[test]
fn the_line_that_is_printed_last_commits_the_event() {
    let desk = desk();
    let ran = desk.add_event(&["--action", "accessed", "--reason", "first look"]).ok();
    let next = ran.stdout.lines().last().unwrap().strip_prefix("next: ").unwrap();
    desk.sandbox.run("sh", &desk.top, &["-c", next]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
    assert_eq!(desk.git(&["log", "-1", "--format=%s"]).ok().stdout, format!("Custody of {ITEM}: accessed\n"));
}

#[test]
fn altered_bytes_are_told_and_nothing_is_written() {
    let desk = desk();
    let before = desk.custody();
    fs::write(desk.path("evidence/x-7q2k9dm4/auth.log"), "altered\n").unwrap();
    let ran = desk.add_event(&["--action", "accessed"]).code(1);
    assert!(
        ran.stderr.contains("error[evidence-altered]") && ran.stderr.contains("nothing was written"),
        "{}",
        ran.text()
    );
    let value = json(&desk.add_event(&["--action", "accessed", "--format", "json"]).code(1));
    assert_eq!(value["diagnostics"][0]["path"], "evidence/x-7q2k9dm4/auth.log");
    assert_eq!(desk.custody(), before);
    // Also when Git alone has the damage: those are the bytes that count.
    desk.commit("Damage");
    desk.git(&["checkout", "-q", "HEAD~1", "--", "evidence"]).ok();
    assert!(desk.add_event(&["--action", "accessed"]).code(1).stderr.contains("error[evidence-altered]"));
    assert_eq!(desk.custody(), before);
    // Whoever did not look says so.
    let id = desk.record(support::NOW, &["--action", "accessed", "--no-digest"]);
    assert!(!fs::read_to_string(desk.path(&format!("custody/{id}.toml"))).unwrap().contains("digest"));
}

#[test]
fn what_is_not_here_was_not_seen() {
    let desk = desk();
    let record = fs::read_to_string(desk.path("evidence/x-7q2k9dm4.toml")).unwrap();
    desk.write("evidence/x-7q2k9dm4.toml", record.replace("storage = \"git\"", "storage = \"store\""));
    fs::remove_dir_all(desk.path("evidence/x-7q2k9dm4")).unwrap();
    desk.commit("In a store from the beginning");
    let ran = desk.add_event(&["--action", "accessed"]).ok();
    assert!(ran.stdout.contains("none recorded: 2 files of it are not on this machine"), "{}", ran.stdout);

    let exhibit = desk.casebook(&["evidence", "add", "--exhibit", "--title", "A laptop", "--by", "bob"]).ok();
    let exhibit = exhibit.stdout.split_whitespace().nth(1).unwrap().to_owned();
    let ran = desk.casebook(&["evidence", "custody", &exhibit, "add", "--action", "sealed", "--reason", "bag 7"]).ok();
    assert!(ran.stdout.contains("none recorded: it is a physical exhibit"), "{}", ran.stdout);
    assert_eq!(desk.check(&[]), expected(&[]));
}

#[test]
fn what_was_long_ago_has_no_digest_of_today() {
    let desk = desk();
    let ran = desk.add_event(&[
        "--action",
        "accessed",
        "--at",
        "2026-03-02T08:00:00+01:00",
        "--by",
        "alice",
        "--reason",
        "forgotten",
    ]);
    assert!(ran.ok().stdout.contains("none recorded: what is seen now was not seen then"));
    let event = desk.shown()["events"][1].clone();
    assert_eq!(event["at"], "2026-03-02T07:00:00Z");
    assert_eq!(event["recorded"], support::NOW);
    assert_eq!((event["by"].as_str(), event["recorded_by"].as_str()), (Some("alice"), Some("bob")));
    assert_eq!(event["digest"], serde_json::Value::Null);
    let text = desk.casebook(&["evidence", "custody", ITEM]).ok().stdout;
    assert!(text.contains("written 2026-03-05 12:00:00 UTC, 3d5h later, by Bob Example (bob)"), "{text}");
}

#[test]
fn what_the_rules_refuse_is_not_written() {
    let desk = desk();
    desk.record(
        "2026-03-05T12:00:00Z",
        &["--action", "transferred", "--to", "Carol Example", "--reason", "examination"],
    );
    desk.record("2026-03-05T12:01:00Z", &["--action", "disposed", "--reason", "end of the retention"]);
    desk.commit("Disposed");
    let before = desk.custody();
    for (options, code, help) in [
        (&["--action", "accessed"][..], "custody-order", "correct `--at`"),
        (
            &["--action", "transferred", "--at", "2026-03-05T12:00:30Z", "--reason", "x"],
            "custody-incomplete",
            "`--to WHO`",
        ),
        (&["--action", "sealed", "--at", "2026-02-01T00:00:00Z", "--reason", "x"], "custody-order", "minding the zone"),
        (&["--action", "sealed", "--at", "2026-03-05T11:00:00Z"], "custody-backdated", "say why"),
        (&["--action", "sealed", "--at", "2036-03-05T11:00:00Z"], "future-time", "correct it"),
        (
            &["--action", "received", "--from", "Dave", "--at", "2026-03-05T12:00:30Z", "--reason", "x"],
            "custody-gap",
            "record the hand-over between",
        ),
    ] {
        let ran = desk.at("2026-03-05T12:02:00Z", &[&["evidence", "custody", ITEM, "add"], options].concat()).code(1);
        assert!(
            ran.stderr.contains(&format!("error[{code}]")) && ran.stderr.contains(help),
            "{options:?}: {}",
            ran.text()
        );
        assert_eq!(desk.custody(), before, "{options:?}");
    }
    for (options, help) in [
        (&["--action", "retracted", "--reason", "x"][..], "--corrects c-…"),
        (&["--corrects", FIRST], "--reason"),
        (&["--action", "accessed", "--by", "mallory"], "its people are alice, bob"),
        (&["--corrects", ITEM, "--reason", "x"], "shows those of this item"),
    ] {
        let ran = desk.add_event(options).code(2);
        assert!(ran.stderr.contains(help), "{options:?}: {}", ran.text());
        assert_eq!(desk.custody(), before, "{options:?}");
    }
    assert!(desk.add_event(&["--action", "stolen"]).code(2).stderr.contains("not a custody action"));
    assert!(desk.add_event(&[]).code(2).stderr.contains("--action"));
}

#[test]
fn what_many_record_at_once_is_all_there() {
    let desk = desk();
    let start = |_| {
        let mut command = desk.sandbox.command(support::CASEBOOK, &desk.top);
        command.args(["evidence", "custody", ITEM, "add", "--action", "accessed", "--reason", "at once"]);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..12).map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(desk.custody().len(), 13);
    assert_eq!(desk.check(&[]), expected(&[]));
}

#[test]
fn the_chain_fits_every_terminal() {
    let desk = desk();
    let long = "examined in the laboratory of the State police as the public prosecutor had asked for in writing on the day before";
    let id = desk.record(support::NOW, &["--action", "transferred", "--to", "Carol Example", "--reason", long]);
    desk.record(support::NOW, &["--corrects", &id, "--to", "Carola Example, State laboratory", "--reason", long]);
    for width in ["60", "80", "120"] {
        let mut command = desk.sandbox.command(support::CASEBOOK, &desk.top);
        let ran =
            support::ran(command.env("COLUMNS", width).args(["evidence", "custody", ITEM]).output().unwrap()).ok();
        let wide = |line: &&str| line.chars().count() > width.parse().unwrap() && !line.contains("sha256:");
        assert_eq!(ran.stdout.lines().find(wide), None, "{width}:\n{}", ran.stdout);
        assert!(ran.stdout.contains("held by Carola Example"), "{}", ran.stdout);
        assert!(ran.stdout.contains(&format!("of {id}, which said:")), "{}", ran.stdout);
    }
}

#[test]
fn the_list_and_the_status_tell_who_holds_it_and_what_is_gone() {
    let desk = desk();
    desk.record(support::NOW, &["--action", "transferred", "--to", "Carol Example", "--reason", "examination"]);
    assert!(desk.casebook(&["evidence", "list"]).ok().stdout.contains("Carol Example"));
    desk.record("2026-03-05T12:01:00Z", &["--action", "disposed", "--reason", "end of the retention"]);
    let list = json(&desk.casebook(&["evidence", "list", "--format", "json"]).ok());
    assert_eq!((list[0]["home"].as_str(), list[0]["held_by"].as_str()), (Some("disposed"), Some("Carol Example")));
    assert!(desk.casebook(&["status"]).ok().stdout.contains("evidence 1 disposed of"));
    assert_eq!(json(&desk.casebook(&["status", "--format", "json"]).ok())["evidence"]["disposed"], 1);
}

#[test]
fn bytes_of_what_was_disposed_of_may_go_and_those_of_its_neighbour_may_not() {
    let desk = desk();
    let file = desk.sandbox.path("other.log");
    fs::write(&file, "of the neighbour\n").unwrap();
    let added =
        desk.casebook(&["evidence", "add", file.to_str().unwrap(), "--title", "Neighbour", "--by", "bob"]).ok().stdout;
    let neighbour = added.split_whitespace().nth(1).unwrap();
    desk.record(support::NOW, &["--action", "disposed", "--reason", "end of the retention"]);
    desk.commit("Disposed of one of two");
    let bytes = [format!("evidence/{ITEM}"), format!("evidence/{neighbour}")];
    desk.git(&["rm", "-rq", &bytes[0]]).ok();
    assert_eq!(desk.check(&[]), expected(&[]), "what was disposed of may go");
    desk.git(&["commit", "-qm", "The bytes are destroyed"]).ok();
    assert_eq!(desk.check(&["--rev", "HEAD"]), expected(&[]));
    desk.casebook(&["evidence", "verify"]).ok();
    desk.write(".gitignore", "/reports/\n");
    let report = desk.casebook(&["report"]).ok();
    assert!(fs::read_to_string(desk.path("reports/report.md")).unwrap().contains("disposed of"), "{}", report.text());

    desk.git(&["rm", "-rq", &bytes[1]]).ok();
    let missing = format!("evidence/{neighbour}/other.log");
    assert_eq!(desk.check(&[]), expected(&[("error", "evidence-missing", &missing)]), "its neighbour may not");
    desk.git(&["commit", "-qm", "The wrong bytes are destroyed"]).ok();
    assert!(desk.casebook(&["evidence", "verify"]).code(1).stdout.contains(&missing));
}
