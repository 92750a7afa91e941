//! `casebook cite`.

use super::{Desk, FINDING, codes};
use serde_json::json;

const LOG: &[u8] = b"one\nAccepted password for root\nthree one\n";

#[test]
fn the_citation_of_the_only_place_is_printed() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    let ran = desk.casebook(&["cite", &item, "--find", "password for"]).ok();
    let expected = format!(
        "# Accepted password for root\n[[evidence]]\nitem = \"{item}\"\nat = \"lines:2\"\nquote = \"password for\"\n"
    );
    assert_eq!(ran.stdout, expected);
    // The printed lines are TOML that an entry takes as they are.
    desk.cite(ran.stdout.split_once("[[evidence]]\n").unwrap().1);
    assert_eq!(codes(&desk.json(&["check"])), [""; 0]);
    let ran = desk.casebook(&["cite", &item, "--find", "password for", "--format", "json"]).ok();
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = json!({
        "item": item, "path": null, "at": "lines:2", "quote": "password for", "text": "Accepted password for root",
    });
    assert_eq!(value, expected);
}

#[test]
fn several_places_are_numbered_and_none_is_told() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    let ran = desk.casebook(&["cite", &item, "--find", "one"]).ok();
    assert!(ran.stdout.contains("  1  lines:1") && ran.stdout.contains("  2  lines:3"), "{}", ran.stdout);
    let ran = desk.casebook(&["cite", &item, "--find", "one", "--nth", "2"]).ok();
    assert!(ran.stdout.contains("at = \"lines:3\""), "{}", ran.stdout);
    desk.casebook(&["cite", &item, "--find", "one", "--nth", "3"]).code(2);
    desk.casebook(&["cite", &item, "--find", "one", "--nth", "0"]).code(2);
    let ran = desk.casebook(&["cite", &item, "--find", "accepted"]).code(1);
    assert!(ran.stdout.contains("stands nowhere"), "{}", ran.stdout);
    // Nothing is written where it is not clear what.
    let before = desk.read(FINDING);
    desk.casebook(&["cite", &item, "--find", "one", "--entry", "f-7q2"]).code(1);
    assert_eq!(desk.read(FINDING), before);
}

#[test]
fn what_stands_at_a_place_is_shown_and_quoted() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    assert_eq!(
        desk.casebook(&["cite", &item, "--at", "lines:2-3"]).ok().stdout,
        "Accepted password for root\nthree one\n"
    );
    let ran = desk.casebook(&["cite", &item, "--at", "lines:2", "--quote", "password"]).ok();
    assert!(ran.stdout.contains("at = \"lines:2\"\nquote = \"password\""), "{}", ran.stdout);
    desk.casebook(&["cite", &item, "--at", "lines:2", "--find", "password"]).ok();
    let ran = desk.casebook(&["cite", &item, "--at", "lines:1", "--quote", "password"]).code(1);
    assert!(ran.stdout.contains("does not stand at `lines:1`"), "{}", ran.stdout);
    let ran = desk.casebook(&["cite", &item, "--at", "lines:4"]).code(2);
    assert!(ran.stderr.contains("the file has 3 lines"), "{}", ran.stderr);
    desk.casebook(&["cite", &item]).code(2);
    let ran = desk.casebook(&["cite", "x-7q2", "--find", "x"]).code(2);
    assert!(ran.stderr.contains("2 files") && ran.stderr.contains("auth.log"), "{}", ran.stderr);
}

#[test]
fn a_citation_is_written_into_an_entry_as_fmt_would_write_it() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    let quote = "one\n\"quoted\" \\ 'x'";
    let other = desk.item("other.log", format!("{quote}\n").as_bytes());
    let with_comment = desk.read(FINDING).replace("summary =", "# Seen twice.\nsummary =");
    std::fs::write(desk.top.join(FINDING), with_comment).unwrap();
    for entry in ["f-7q2", "e-7q2", "i-7q2"] {
        let ran = desk.casebook(&["cite", &item, "--find", "Accepted", "--entry", entry]).ok();
        assert!(ran.stdout.contains("lines:2"), "{}", ran.stdout);
        desk.casebook(&["cite", &other, "--find", quote, "--entry", entry]).ok();
    }
    let finding = desk.read(FINDING);
    assert!(finding.contains("# Seen twice.\nsummary ="), "{finding}");
    let cited = format!("[[evidence]]\nitem = \"{item}\"\nat = \"lines:2\"\nquote = \"Accepted\"\n");
    assert!(finding.contains(&cited), "{finding}");
    desk.casebook(&["fmt", "--check"]).ok();
    let checked = desk.json(&["check"]);
    assert_eq!((codes(&checked), &checked["citations"]["checked"]), (Vec::new(), &json!(6)), "{finding}");
    let ran = desk.casebook(&["cite", &item, "--find", "Accepted", "--entry", "a-7q2"]).code(2);
    assert!(ran.stderr.contains("no citations"), "{}", ran.stderr);
}
