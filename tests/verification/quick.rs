//! The quick mode believes what looks unchanged, hashes everything else, and never outlives what the full mode finds.

use super::{AUTH, Desk, ITEM, expected, marks};
use serde_json::Value;
use std::fs;

fn reading(part: &Value) -> (u64, u64) {
    (part["hashed"].as_u64().unwrap(), part["believed"].as_u64().unwrap())
}

/// A sound case that was verified in full, and how many files of evidence it has in its work tree.
fn verified() -> (Desk, u64) {
    let desk = Desk::new();
    let full = &desk.verified(&["--worktree"])["work_tree"];
    let files = full["files"].as_u64().unwrap();
    assert!(files >= 2);
    assert_eq!(reading(full), (files, 0));
    (desk, files)
}

#[test]
fn nothing_is_hashed_where_nothing_changed_and_the_full_mode_hashes_all_the_same() {
    let (desk, files) = verified();
    for _ in 0..2 {
        let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
        assert_eq!(reading(quick), (0, files));
        assert_eq!((marks(quick), &quick["files"]), (expected(&[]), &files.into()));
    }
    assert_eq!(reading(&desk.verified(&["--worktree"])["work_tree"]), (files, 0));
    let ran = desk.casebook(&["evidence", "verify", "--worktree", "--quick"]).ok();
    assert!(ran.stdout.contains(&format!("0 files hashed now, {files} believed")), "{}", ran.stdout);
    let one = &desk.verified(&["--worktree", "--quick", ITEM])["work_tree"];
    assert_eq!(reading(one), (0, one["files"].as_u64().unwrap()));
}

#[test]
fn a_file_that_was_written_is_hashed_even_if_its_size_and_time_are_those_of_before() {
    let (desk, files) = verified();
    let modified = fs::metadata(desk.path(AUTH)).unwrap().modified().unwrap();
    desk.change(AUTH, |content| content[7] ^= 1);
    fs::File::options().write(true).open(desk.path(AUTH)).unwrap().set_modified(modified).unwrap();
    for _ in 0..2 {
        let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
        assert_eq!(marks(quick), expected(&[("evidence-altered", AUTH)]));
        let (hashed, believed) = reading(quick);
        assert!(hashed <= 1 && hashed + believed == files, "{quick}");
    }
    // What is put back is another file for the system, with the registered bytes.
    desk.git(&["checkout", "--", AUTH]).ok();
    let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
    assert_eq!((marks(quick), &quick["files"]), (expected(&[]), &files.into()));
}

#[test]
fn what_is_new_or_gone_is_seen() {
    let (desk, _) = verified();
    let stray = format!("evidence/{ITEM}/stray.log");
    desk.write(&stray, "x");
    let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
    assert_eq!(marks(quick), expected(&[("evidence-unlisted", &stray)]));
    fs::remove_file(desk.path(&stray)).unwrap();
    fs::remove_file(desk.path(AUTH)).unwrap();
    let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
    assert_eq!(marks(quick), expected(&[("evidence-missing", AUTH)]));
    // A line less in the list, and the record as it was.
    desk.git(&["checkout", "--", AUTH]).ok();
    let list = format!("evidence/{ITEM}.sha256");
    desk.change(&list, |content| content.truncate(content.iter().position(|byte| *byte == b'\n').unwrap() + 1));
    let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
    assert!(marks(quick).iter().any(|(code, _)| code == "list-digest"), "{quick}");
}

#[test]
fn the_objects_of_git_are_believed_by_their_ids() {
    let (desk, files) = verified();
    let first = desk.verified(&["--quick"]);
    assert_eq!(reading(&first["commit"]), (files, 0), "nobody has hashed them before");
    let second = desk.verified(&["--quick"]);
    assert_eq!((reading(&second["commit"]), reading(&second["work_tree"])), ((0, files), (0, files)));
    assert_eq!(reading(&desk.verified(&[])["commit"]), (files, 0));
}

#[test]
fn where_nothing_can_be_remembered_everything_is_hashed() {
    let (desk, files) = verified();
    for name in ["stamped-digests", "stamped-items"] {
        fs::remove_file(desk.path(&format!(".git/casebook/{name}"))).unwrap();
        fs::create_dir(desk.path(&format!(".git/casebook/{name}"))).unwrap();
    }
    for _ in 0..2 {
        let quick = &desk.verified(&["--worktree", "--quick"])["work_tree"];
        assert_eq!((reading(quick), marks(quick)), ((files, 0), expected(&[])));
    }
}
