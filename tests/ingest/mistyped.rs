//! What is typed by mistake: each message says what is wrong and what to type next, and nothing is written.

use super::support::Desk;

const LOG: &[u8] = b"2026-03-01T10:15:00Z web01 sshd[7]: hello\n";

/// Commands that could not run, and what they say.
#[track_caller]
fn refused(desk: &Desk, wrong: &[(&[&str], &[&str])]) {
    for (arguments, told) in wrong {
        let ran = desk.casebook(arguments).code(2);
        assert!(told.iter().all(|told| ran.stderr.contains(told)), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(desk.git(&["status", "--porcelain"]).ok().stdout, "");
}

#[test]
fn what_is_no_file_and_no_item_is_told_with_what_to_type() {
    let desk = Desk::new();
    let file = desk.source("folder/auth.log", LOG);
    let folder = file.strip_suffix("/auth.log").unwrap();
    let link = format!("{folder}.link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    desk.add(&[&desk.source("other.log", b"other")], &[]);
    desk.commit("A second item");
    let as_item: &[&str] = &["is a file, and no evidence item", "casebook import"];
    refused(
        &desk,
        &[
            (&["import", folder], &["is a folder", "casebook evidence add"]),
            (&["import", "/dev/zero"], &["is no regular file", "into a file first"]),
            (&["import", &link], &["is no regular file", "name what it leads to"]),
            (&["import", "-"], &["`-` is neither a file nor an evidence item"]),
            (&["import", "x-"], &["is short for", "type a few more characters"]),
            (&["timeline", &file], as_item),
            (&["promote", &file, "lines:1"], as_item),
            (&["propose", &file, "--author", "bob"], as_item),
            (&["timeline", "f-7q2k9dm4"], &["`f-7q2k9dm4` is no evidence item"]),
            (&["timeline", "--from", "yesterday"], &["such as `2026-03-01T10:15:00Z`"]),
            (&["propose", "--author", "nobody"], &["`nobody` is nobody of team.toml", "bob"]),
        ],
    );
    // What is proposed as a time is one.
    desk.casebook(&["timeline", "--from", "2026-03-01T11:15+01:00"]).code(1);
}

#[test]
fn nobody_and_a_roster_of_nobody_are_told_apart() {
    let desk = Desk::with(|desk| desk.write("team.toml", ""));
    let file = desk.source("auth.log", LOG);
    let add = "casebook set team people+=";
    refused(&desk, &[(&["import", &file, "--by", "bob"], &["it names nobody", add]), (&["propose"], &[add])]);
}

#[test]
fn where_nothing_comes_of_it_it_says_what_to_type() {
    let desk = Desk::new();
    let file = desk.source("auth.log", LOG);
    let item = desk.add(&[&file], &[]);
    let ran = desk.casebook(&["import", &file, "--as", "evtx"]).ok();
    assert!(ran.stdout.contains("there is no row in it that can be read as evtx; `--as NAME`"), "{}", ran.stdout);
    let ran = desk.casebook(&["promote", &item, "lines:9"]).code(1);
    assert!(ran.stderr.contains(&format!("help: `casebook timeline {item}` shows the place")), "{}", ran.stderr);
    let ran = desk.casebook(&["promote", &item, "9"]).code(2);
    assert!(ran.stderr.contains("such as `lines:7`; its files are auth.log"), "{}", ran.stderr);
    let ran = desk.casebook(&["propose", &item, "--author", "bob"]).code(1);
    assert!(ran.stderr.contains("`casebook import FILE` registers what Chainsaw"), "{}", ran.stderr);
    std::fs::remove_file(desk.path(&format!("evidence/{item}/auth.log"))).unwrap();
    let ran = desk.casebook(&["timeline", &item]).code(1);
    assert!(ran.stderr.contains("no file of the evidence could be read"), "{}", ran.stderr);
}

#[test]
fn a_broken_entry_is_told_before_anything_is_made_beside_it() {
    let desk = Desk::new();
    let asset = desk.casebook(&["new", "asset", "pc9", "--set", "kind=server"]).ok().stdout;
    let id = asset.trim();
    desk.change(&format!("assets/{id}.toml"), |content| content.extend(b"kind = ["));
    let file = desk.source("auth.log", LOG);
    let note = "note: 1 file of the case cannot be read, and nothing that stands there is known; `casebook check`";
    for arguments in [&["import", &file, "--dry-run"], &["propose", "--author", "bob"]] {
        assert!(desk.casebook(arguments).stderr.contains(note), "{arguments:?}");
    }
    let ran = desk.casebook(&["timeline", "--asset", id]).code(2);
    assert!(ran.stderr.contains(&format!("the file of `{id}` cannot be read")), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_written_is_told_with_where_to_look() {
    let desk = Desk::new();
    let item = desk.add(&[&desk.source("auth.log", LOG)], &[]);
    let lock = desk.path(".git/casebook/adding.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let ran = desk.casebook(&["promote", &item, "lines:1"]).code(2);
    let help = format!("is there space left, and may you write to `{}", desk.top.display());
    assert!(ran.stderr.contains("no entry was written") && ran.stderr.contains(&help), "{}", ran.stderr);
}
