//! `casebook evidence add`: what is taken, what is refused, what is written.

use super::{Desk, expected, real_evidence};
use casebook::model::Body;
use casebook::scaffold::format::format;
use casebook::values::Kind;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

#[test]
fn real_evidence_is_registered_and_verified_by_coreutils() {
    let Some(folder) = real_evidence() else { return };
    let desk = Desk::new();
    let item = desk.add(
        &[folder.to_str().unwrap()],
        &["--asset", "a-7q2", "--clock-skew", "+1h", "--tool", "KAPE", "--tool-version", "1.3.0.2"],
    );
    desk.commit("Evidence");
    desk.sha256sum(&item);
    assert_eq!(desk.check_head(), expected(&[]));
    let ran = desk.casebook(&["evidence", "verify"]).ok();
    assert!(ran.stdout.contains("2 items"), "{}", ran.stdout);
    let list = fs::read_to_string(desk.path(&format!("evidence/{item}.sha256"))).unwrap();
    let files = walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    assert_eq!(list.lines().count(), files.count());
    assert!(list.contains("Windows/$Recycle.Bin/"), "{list}");
    let record = fs::read_to_string(desk.path(&format!("evidence/{item}.toml"))).unwrap();
    assert!(record.starts_with("#:schema ../schemas/evidence.json\n"));
    assert!(record.contains("clock_skew = \"+1h\"") && record.contains("tool = \"KAPE\""), "{record}");
    desk.casebook(&["evidence", "custody", &item]).ok();
}

#[test]
fn names_that_no_disk_or_git_would_keep() {
    let names: &[&[u8]] = &[
        b"two words.log",
        b"Microsoft%4Operational.evtx",
        b"$MFT",
        "žluťoučký kůň.txt".as_bytes(),
        b"line\nfeed.log",
        b"tab\tand \"quote\"",
        b"back\\slash",
        b"\xff\xfe invalid",
        b".gitattributes",
        b".gitignore",
        b"sub/.git/config",
        b"CON",
        b"aux.txt",
        b"a:b",
        b"trail.",
        b"space ",
        b"Readme",
        b"README",
        "caf\u{e9}".as_bytes(),
        "cafe\u{301}".as_bytes(),
        b"-rf",
        b"rtl\xe2\x80\xaeexe",
        b"empty",
    ];
    let desk = Desk::new();
    let folder = desk.sandbox.path("sources/strange");
    for name in names {
        let path = folder.join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, if *name == b"empty" { b"" } else { *name }).unwrap();
    }
    let long = "very long name of a folder ".repeat(8);
    fs::create_dir_all(folder.join(&long)).unwrap();
    fs::write(folder.join(&long).join("NTUSER.DAT"), "long").unwrap();
    let item = desk.add(&[folder.to_str().unwrap()], &[]);
    desk.commit("Strange names");
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
    desk.sha256sum(&item);
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    desk.casebook(&["evidence", "verify"]).ok();
    let kept = contents(&desk.path(&format!("evidence/{item}")));
    assert_eq!(kept, contents(&folder));
    let record = fs::read_to_string(desk.path(&format!("evidence/{item}.toml"))).unwrap();
    for original in ["strange/line%0Afeed.log", "strange/%FF%FE invalid", "strange/CON", "strange/.gitattributes"] {
        assert!(record.contains(&format!("original = \"{original}\"")), "{original}: {record}");
    }
    assert!(!record.contains("Microsoft%254Operational"), "a safe name stays as it is");
}

/// The bytes of all files below a folder.
fn contents(folder: &Path) -> BTreeSet<Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(|entry| fs::read(entry.path()).unwrap()).collect()
}

#[test]
fn everything_that_cannot_be_taken_is_told_at_once_and_nothing_is_written() {
    let desk = Desk::new();
    let good = desk.source("mixed/good.log", b"good");
    let folder = Path::new(&good).parent().unwrap().to_owned();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
    desk.sandbox.run("mkfifo", &folder, &["pipe"]).ok();
    fs::write(folder.join("large"), vec![0; 3000]).unwrap();
    fs::write(desk.path("policy.toml"), "version = 1\n\n[evidence]\nmax_git_file_bytes = 2000\n").unwrap();
    let before = desk.state();
    let top = desk.top.to_str().unwrap();
    let arguments = ["evidence", "add", folder.to_str().unwrap(), "/nowhere", top, "--title", "Mixed", "--by", "bob"];
    let ran = desk.casebook(&arguments).code(2);
    for said in [
        "link` is a symbolic link",
        "pipe` is a device",
        "large` has 3000 bytes",
        "`/nowhere`",
        "holds the case itself",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(desk.state(), before);
}

#[test]
fn bytes_that_are_registered_already_are_refused() {
    let desk = Desk::new();
    let copy = desk.source("copy.log", &fs::read(desk.path("evidence/x-7q2k9dm4/auth.log")).unwrap());
    let before = desk.state();
    let ran = desk.casebook(&["evidence", "add", &copy, "--title", "Copy", "--by", "bob"]).code(2);
    assert!(ran.stderr.contains("evidence/x-7q2k9dm4/auth.log"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--again"), "{}", ran.stderr);
    assert_eq!(desk.state(), before);
    let item = desk.add(&[&copy], &["--again"]);
    desk.sha256sum(&item);
}

#[test]
fn who_acquired_it_is_who_works_here() {
    let desk = Desk::new();
    let source = desk.source("a", b"a");
    let add = ["evidence", "add", &source, "--title", "A"];
    let ran = desk.casebook(&add).code(2);
    assert!(ran.stderr.contains("alice, bob"), "{}", ran.stderr);
    let ran = desk.casebook(&[&add[..], &["--by", "mallory"]].concat()).code(2);
    assert!(ran.stderr.contains("nobody of team.toml"), "{}", ran.stderr);
    let team = fs::read_to_string(desk.path("team.toml")).unwrap();
    let team = team.replace("name = \"Bob Example\"\n", "name = \"Bob Example\"\nemail = \"Bob@example.org\"\n");
    fs::write(desk.path("team.toml"), team).unwrap();
    desk.git(&["config", "user.email", "bob@example.org"]).ok();
    let ran = desk.casebook(&add).ok();
    let item = ran.stdout.split_whitespace().nth(1).unwrap();
    let record = fs::read_to_string(desk.path(&format!("evidence/{item}.toml"))).unwrap();
    assert!(record.contains("by = \"bob\""), "{record}");
}

#[test]
fn outputs_of_tools_and_physical_exhibits() {
    let desk = Desk::new();
    let hits = desk.source("hits.csv", b"time,rule\n");
    let derived = desk.add(
        &[&hits],
        &[
            "--derived-from",
            "x-7",
            "--tool",
            "chainsaw",
            "--tool-version",
            "2.16.4",
            "--command",
            "chainsaw hunt 'x y'",
        ],
    );
    let exhibit = desk.add(&[], &["--exhibit", "--serial", "PF3K7Q2B", "--location", "room 4"]);
    desk.commit("Two items");
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    let record = fs::read_to_string(desk.path(&format!("evidence/{derived}.toml"))).unwrap();
    assert!(record.contains("kind = \"tool-output\"") && record.contains("inputs = [\"x-7q2k9dm4\"]"), "{record}");
    let record = fs::read_to_string(desk.path(&format!("evidence/{exhibit}.toml"))).unwrap();
    assert!(record.contains("storage = \"none\"") && !record.contains("list ="), "{record}");
    assert!(!desk.path(&format!("evidence/{exhibit}.sha256")).exists());
}

#[test]
fn an_added_record_is_in_the_canonical_form() {
    let desk = Desk::new();
    let item = desk.add(&[&desk.source("a:b", b"x")], &["--description", "two\nlines", "--asset", "a-7"]);
    let text = fs::read_to_string(desk.path(&format!("evidence/{item}.toml"))).unwrap();
    assert_eq!(format(&text, &Body::table(Kind::Evidence)).unwrap(), text);
    for entry in fs::read_dir(desk.path("custody")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert_eq!(format(&text, &Body::table(Kind::Custody)).unwrap(), text);
    }
}

#[test]
fn a_source_inside_the_case_is_named() {
    let desk = Desk::new();
    fs::write(desk.path("dropped.log"), "dropped").unwrap();
    let ran = desk.casebook(&["evidence", "add", "dropped.log", "--title", "D", "--by", "bob"]).ok();
    assert!(ran.stdout.contains("lies in the case too"), "{}", ran.stdout);
}
