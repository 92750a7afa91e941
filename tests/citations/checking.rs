//! What `check` and `evidence verify --citations` say of citations.

use super::{Desk, codes};
use serde_json::json;
use std::fs;

const LOG: &[u8] = b"one\nAccepted password for root\nthree\n";

#[test]
fn a_sound_citation_passes_in_every_tree() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:2\"\nquote = \"Accepted […] root\""));
    desk.cite(&format!("item = \"{item}\"\npath = \"auth.log\"\nquote = \"one Accepted\""));
    let expected = json!({ "checked": 2, "not_checked_here": [] });
    assert_eq!(desk.json(&["check"])["citations"], expected);
    desk.git(&["add", "-A"]).ok();
    assert_eq!(desk.json(&["check", "--staged"])["citations"], expected);
    desk.commit("It is cited");
    assert_eq!(desk.json(&["check", "--rev", "HEAD"])["citations"], expected);
    let ran = desk.casebook(&["evidence", "verify", "--citations", "--format", "json"]).ok();
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["commit"]["citations"], expected);
    assert_eq!(value["work_tree"]["citations"], expected);
}

#[test]
fn a_wrong_place_and_a_wrong_quote_have_their_codes() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:9\"\nquote = \"three\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:1\"\nquote = \"three\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:1\"\nquote = \"[…]\""));
    desk.cite(&format!("item = \"{item}\"\nquote = \"four\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:3\""));
    let checked = desk.json(&["check"]);
    assert_eq!(codes(&checked), ["citation-place", "citation-quote", "citation-quote", "citation-quote"]);
    assert_eq!(checked["citations"]["checked"], 1);
    let help = |number: usize| checked["diagnostics"][number]["help"].as_str().unwrap();
    assert_eq!(help(0), "the quote stands at `lines:3`: write `at = \"lines:3\"`");
    assert!(help(1).starts_with("it stands at `lines:3`: "), "{}", help(1));
    desk.casebook(&["check"]).code(1);
    desk.commit("A wrong claim");
    let ran = desk.casebook(&["evidence", "verify", "--citations"]).code(1);
    assert!(ran.stdout.contains("citation-quote"), "{}", ran.stdout);
    desk.casebook(&["evidence", "verify"]).ok();
}

#[test]
fn what_stands_twice_needs_a_quote() {
    let desk = Desk::new();
    let item = desk.item("a.json", br#"{"user": "ann", "user": "bob"}"#);
    desk.cite(&format!("item = \"{item}\"\nat = \"json:/user\"\nquote = \"bob\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"json:/user\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"json:/user\"\nquote = \"eve\""));
    let checked = desk.json(&["check"]);
    assert_eq!(codes(&checked), ["citation-place", "citation-quote"]);
    let message = |number: usize| checked["diagnostics"][number]["message"].as_str().unwrap();
    assert_eq!(message(0), "`a.json` has `json:/user` 2 times");
    assert!(message(1).contains("2 times") && message(1).contains("ann"), "{}", message(1));
}

#[test]
fn hostile_evidence_cannot_steer_the_terminal() {
    let desk = Desk::new();
    let item = desk.item("auth.log", b"\x1b[2Jgone \xe2\x80\xaeeman\x07\n");
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:1\"\nquote = \"name\""));
    for arguments in [vec!["check"], vec!["cite", &item, "--at", "lines:1"], vec!["cite", &item, "--find", "gone"]] {
        let text = desk.casebook(&arguments).text();
        assert!(text.contains("gone"), "{text}");
        assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn evidence_that_is_not_here_is_neither_passed_nor_an_error() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:2\"\nquote = \"Accepted\""));
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:1\"\nquote = \"never\""));
    desk.commit("It is cited");
    let store = desk.sandbox.path("store");
    fs::create_dir(&store).unwrap();
    desk.git(&["config", "casebook.store", store.to_str().unwrap()]).ok();
    // While it is here, what was found is remembered.
    assert_eq!(desk.json(&["check"])["citations"]["checked"], 1);
    desk.casebook(&["evidence", "move", "--to", "store", "--by", "bob", "--reason", "It is large", &item]).ok();
    desk.commit("It is in the store");
    let checked = desk.json(&["check", "--rev", "HEAD"]);
    assert_eq!(codes(&checked), [""; 0]);
    let unchecked = json!({ "entry": "f-7q2k9dm4", "item": item, "why": "not on this machine" });
    assert_eq!(checked["citations"], json!({ "checked": 0, "not_checked_here": [unchecked, unchecked] }));
    assert_eq!(desk.json(&["check"])["citations"]["checked"], 0);
    let ran = desk.casebook(&["check"]).ok();
    assert!(ran.stdout.contains("2 citations"), "{}", ran.stdout);
    // The store is looked into by `verify`, and only there.
    let ran = desk.casebook(&["evidence", "verify", "--citations", "--rev", "HEAD", "--format", "json"]).code(1);
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["commit"]["citations"], json!({ "checked": 1, "not_checked_here": [] }));
    assert_eq!(codes(&value["commit"]), ["citation-quote"]);
    fs::remove_dir_all(&store).unwrap();
    fs::create_dir(&store).unwrap();
    let fetched = desk.top.join(".git/casebook/objects");
    if fetched.exists() {
        fs::remove_dir_all(fetched).unwrap();
    }
    desk.casebook(&["evidence", "verify", "--citations", "--rev", "HEAD"]).ok();
    desk.casebook(&["evidence", "verify", "--citations", "--rev", "HEAD", "--complete"]).code(1);
}

#[test]
fn altered_evidence_is_reported_by_the_item_and_not_by_those_that_cite_it() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:2\"\nquote = \"Accepted\""));
    desk.commit("It is cited");
    fs::write(desk.top.join(format!("evidence/{item}/auth.log")), "one\ntwo\n").unwrap();
    let checked = desk.json(&["check"]);
    assert!(codes(&checked).contains(&"evidence-altered".to_owned()), "{checked}");
    assert!(codes(&checked).iter().all(|code| !code.starts_with("citation")), "{checked}");
}

#[test]
fn what_was_found_is_not_read_again() {
    let desk = Desk::new();
    let item = desk.item("auth.log", LOG);
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:2\"\nquote = \"Accepted\""));
    desk.commit("It is cited");
    assert_eq!(desk.json(&["check", "--rev", "HEAD"])["citations"]["checked"], 1);
    // Whoever read the object again would fail: it is not there any more.
    let blob = desk.git(&["rev-parse", &format!("HEAD:evidence/{item}/auth.log")]).ok().stdout;
    let object = desk.top.join(".git/objects").join(&blob[..2]).join(blob[2..].trim());
    let aside = desk.sandbox.path("object");
    fs::rename(&object, &aside).unwrap();
    assert_eq!(desk.json(&["check", "--rev", "HEAD"])["citations"]["checked"], 1);
    // Another quote of it is another claim.
    desk.cite(&format!("item = \"{item}\"\nat = \"lines:2\"\nquote = \"Denied\""));
    fs::rename(&aside, &object).unwrap();
    desk.commit("A wrong claim");
    assert_eq!(codes(&desk.json(&["check", "--rev", "HEAD"])), ["citation-quote"]);
}
