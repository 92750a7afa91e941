//! The command: what it writes, what it leaves out, and what it says.

use crate::support::{Desk, NOW};
use crate::{FORMATS, every_key};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A case with a red finding, a draft, and indicators of every verdict.
fn marked() -> Desk {
    Desk::with(|desk| {
        desk.write(
            "findings/f-zzzzzzz1.toml",
            "id = \"f-zzzzzzz1\"\ntitle = \"The red secret\"\nstatus = \"confirmed\"\ntype = \"observation\"\ntlp = \"red\"\nsummary = \"s\"\ntechniques = [\"T1003\"]\nobserved = 2026-03-01T00:00:00Z\n",
        );
        desk.write(
            "findings/f-zzzzzzz2.toml",
            "id = \"f-zzzzzzz2\"\ntitle = \"The draft secret\"\nstatus = \"draft\"\ntype = \"observation\"\nsummary = \"s\"\n",
        );
        for (number, (value, more)) in [
            ("203.0.113.1", "verdict = \"malicious\"\ntlp = \"green\""),
            ("203.0.113.2", "verdict = \"suspicious\""),
            ("203.0.113.3", "verdict = \"benign\""),
            ("203.0.113.4", "verdict = \"malicious\"\nnever_defang = true"),
            ("203.0.113.5", "verdict = \"malicious\"\ntlp = \"red\""),
            ("203.0.113.6", "verdict = \"malicious\"\nstatus = \"withdrawn\""),
            ("203.0.113.7", "verdict = \"unknown\""),
        ]
        .iter()
        .enumerate()
        {
            let id = format!("i-zzzzzzz{number}");
            desk.write(
                &format!("indicators/{id}.toml"),
                format!("id = \"{id}\"\ntype = \"ip-dst\"\nvalue = \"{value}\"\n{more}\n"),
            );
        }
    })
}

/// Everything that an export writes, as text.
fn written(desk: &Desk, format: &str, name: &str, more: &[&str]) -> String {
    let target = desk.sandbox.path(name);
    desk.casebook(&[&["export", format, "--output", target.to_str().unwrap()], more].concat()).ok();
    read(desk, &target)
}

/// Every file of a folder, or the file, as text.
fn read(desk: &Desk, target: &Path) -> String {
    let mut text = String::new();
    for entry in walkdir::WalkDir::new(target).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let content = fs::read(entry.path()).unwrap();
            text.push_str(&format!("== {}\n", entry.path().strip_prefix(target).unwrap().display()));
            match content.starts_with(b"PK") {
                true => text.push_str(&unpacked(desk, entry.path())),
                false => text.push_str(&String::from_utf8_lossy(&content)),
            }
        }
    }
    text
}

/// The texts in a workbook, which are packed, and its bytes by their digest.
fn unpacked(desk: &Desk, workbook: &Path) -> String {
    let script = "import sys, zipfile\npacked = zipfile.ZipFile(sys.argv[1])\nfor name in packed.namelist(): print(name, packed.read(name).decode())";
    let text = desk.sandbox.run("python3", &desk.top, &["-c", script, workbook.to_str().unwrap()]).ok().stdout;
    format!("{}\n{text}", casebook::values::Sha256::of(&fs::read(workbook).unwrap()))
}

#[test]
fn what_may_not_be_told_is_in_no_export() {
    let desk = marked();
    let title = "tlp = \"amber\"";
    assert!(desk.read("case.toml").contains(title));
    for format in FORMATS {
        let text = written(&desk, format, &format!("{format}-own"), &[]);
        for secret in ["The red secret", "The draft secret", "f-zzzzzzz1", "203.0.113.5", "203.0.113.6", "T1003"] {
            assert!(!text.contains(secret), "{format} tells `{secret}`");
        }
        let green = written(&desk, format, &format!("{format}-green"), &["--tlp", "green"]);
        let record: toml::Table = desk.read("case.toml").parse().unwrap();
        for secret in ["Bob Example", record["title"].as_str().unwrap(), "203.0.113.2"] {
            assert!(!green.contains(secret), "{format} tells `{secret}` up to green");
        }
        let red = written(&desk, format, &format!("{format}-red"), &["--tlp", "red"]);
        if !matches!(*format, "blocklist" | "openioc" | "veris") {
            assert!(red.contains("The red secret"), "{format} leaves out what it may tell");
        }
        assert!(!red.contains("The draft secret") && !red.contains("203.0.113.6"), "{format}");
    }
}

#[test]
fn an_export_is_a_function_of_the_commit() {
    let desk = every_key();
    for format in FORMATS {
        let one = written(&desk, format, &format!("{format}-one"), &[]);
        fs::write(desk.path("case.toml"), "not committed").unwrap();
        let mut later = desk.sandbox.command(crate::support::CASEBOOK, &desk.top);
        let two = desk.sandbox.path(&format!("{format}-two"));
        later.env("CASEBOOK_NOW", NOW.replace("2026", "2027"));
        later.args(["export", format, "--output", two.to_str().unwrap()]);
        crate::support::ran(later.output().unwrap()).ok();
        desk.git(&["checkout", "-q", "case.toml"]).ok();
        let text = read(&desk, &two);
        assert_eq!(one, text, "{format}");
    }
}

#[test]
fn block_lists_hold_what_is_malicious_and_nothing_else() {
    let desk = marked();
    let lists = |more: &[&str]| {
        let ran = desk.casebook(&[&["export", "blocklist", "--type", "ip", "--output", "-"], more].concat()).ok();
        let mut values: Vec<String> =
            ran.stdout.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        values.retain(|value| value.starts_with("203.0.113."));
        values
    };
    assert_eq!(lists(&[]), ["203.0.113.1"]);
    assert_eq!(lists(&["--suspicious"]), ["203.0.113.1", "203.0.113.2"]);
    assert_eq!(lists(&["--tlp", "red"]), ["203.0.113.1", "203.0.113.5"]);
    desk.write(
        "indicators/i-zzzzzzz8.toml",
        "id = \"i-zzzzzzz8\"\ntype = \"ip-src\"\nvalue = \"203.0.113.8\"\nverdict = \"malicious\"\n",
    );
    // The same value again is not new.
    desk.write(
        "indicators/i-zzzzzzz9.toml",
        "id = \"i-zzzzzzz9\"\ntype = \"ip-src\"\nvalue = \"203.0.113.1\"\nverdict = \"malicious\"\n",
    );
    let before = desk.head();
    desk.commit("More");
    assert_eq!(lists(&["--since", &before]), ["203.0.113.8"]);
    assert_eq!(lists(&["--since", "HEAD"]), [""; 0]);
    // Called benign elsewhere, it is on no list.
    desk.write(
        "indicators/i-zzzzzzza.toml",
        "id = \"i-zzzzzzza\"\ntype = \"ip-dst\"\nvalue = \"203.0.113.1\"\nverdict = \"benign\"\n",
    );
    desk.commit("It was ours");
    assert_eq!(lists(&[]), ["203.0.113.8"]);
    let head = desk.head();
    let ran = desk.casebook(&["export", "blocklist", "--type", "ip"]).ok();
    assert!(ran.stdout.starts_with("# ip to block, TLP:AMBER\n# case: "), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("# commit: {head}\n")), "{}", ran.stdout);
}

#[test]
fn only_what_is_new_is_exported_with_what_it_refers_to() {
    let desk = every_key();
    let before = desk.head();
    let text = desk.read("findings/f-11111111.toml");
    desk.write("findings/f-11111111.toml", text.replacen("title = \"", "title = \"New: ", 1));
    desk.commit("A finding changes");
    let all = json(&desk.casebook(&["export", "stix", "--tlp", "red"]).ok().stdout);
    let new = json(&desk.casebook(&["export", "stix", "--tlp", "red", "--since", &before]).ok().stdout);
    let count = |bundle: &Value| bundle["objects"].as_array().unwrap().len();
    assert!(count(&new) < count(&all));
    let text = new.to_string();
    assert!(text.contains("New: ") && text.contains("mail01") && !text.contains("First logon"), "{text}");
}

#[test]
fn the_loss_is_told() {
    let desk = every_key();
    let ran = desk.casebook(&["export", "misp"]).ok();
    json(&ran.stdout);
    assert!(ran.stderr.contains("everything of: custody "), "{}", ran.stderr);
    let ran = desk.casebook(&["export", "csv", "--output", "../tables", "--loss", "../loss.txt"]).ok();
    assert!(!ran.stderr.contains("Fields without a place"), "{}", ran.stderr);
    let loss = fs::read_to_string(desk.path("../loss.txt")).unwrap();
    assert!(loss.contains("Every field of what is told has its place."), "{loss}");
    assert!(loss.contains("left out: withdrawn, superseded or refuted"), "{loss}");
    let summary = desk.json(&["export", "navigator", "--output", "../layer.json"]);
    assert_eq!(summary["format"], "navigator");
    assert_eq!(summary["marking"], "amber+strict");
    assert!(summary["loss"]["fields"].as_array().unwrap().iter().any(|lost| lost["field"] == "decision.question"));
}

#[test]
fn misuse_says_what_to_type() {
    let desk = Desk::new();
    let says = |arguments: &[&str], text: &str| {
        let ran = desk.casebook(arguments).code(2);
        assert!(ran.stderr.contains(text), "{arguments:?}: {}", ran.stderr);
    };
    says(&["export", "stixx"], "did you mean `stix`?");
    says(&["export", "csv"], "--output FOLDER");
    says(&["export", "csv", "--output", "."], "is there already");
    says(&["export", "misp", "--type", "ip"], "casebook export blocklist");
    says(&["export", "misp", "--format", "json"], "name a file with `--output`");
    says(&["export", "blocklist", "--type", "sha-256"], "did you mean `sha256`?");
    says(&["export", "misp", "--rev", "nowhere"], "nowhere");
    says(&["export", "misp", "--tlp", "white"], "`clear`");
    desk.write("case.toml", "no toml");
    desk.commit("Broken");
    says(&["export", "misp"], "nobody knows its marking");
}

#[test]
fn formulas_are_harmless_in_tables() {
    let desk = Desk::with(|desk| {
        desk.write(
            "indicators/i-zzzzzzz0.toml",
            "id = \"i-zzzzzzz0\"\ntype = \"other\"\nvalue = \"=cmd|' /C calc'!A0\"\nverdict = \"malicious\"\n",
        );
    });
    let text = written(&desk, "csv", "tables", &[]);
    assert!(text.contains("'=cmd|' /C calc'!A0"), "{text}");
    assert!(!text.contains(",=cmd") && !text.contains("\n=cmd"), "{text}");
}
