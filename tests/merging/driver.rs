//! The driver: how it is installed, what it leaves alone, and what Git does where it cannot be run.

use super::{Desk, FINDING, TEXT};
use crate::support::CASEBOOK;
use std::fs;

fn differ(desk: &Desk) {
    desk.branch(
        |desk| desk.replace(FINDING, "\"high\"", "\"low\""),
        |desk| desk.replace(FINDING, "\"high\"", "\"critical\""),
    );
}

#[test]
fn it_comes_and_goes_with_the_hooks() {
    let desk = Desk::plain();
    let set = |desk: &Desk| desk.git(&["config", "--local", "merge.casebook.driver"]);
    set(&desk).code(1);
    let ill = desk.casebook(&["doctor"]).code(1);
    assert!(ill.stdout.contains("the merge driver is not installed"), "{}", ill.stdout);
    let first = desk.casebook(&["hook", "install"]).ok().stdout;
    assert!(first.contains("merge driver       added"), "{first}");
    assert!(set(&desk).ok().stdout.starts_with(&format!("'{CASEBOOK}' merge-driver ")));
    let again = desk.casebook(&["hook", "install"]).ok().stdout;
    assert!(again.contains("merge driver       in place"), "{again}");
    let well = desk.casebook(&["doctor"]).stdout;
    assert!(well.contains("merging       the merge driver calls"), "{well}");
    let gone = desk.casebook(&["hook", "uninstall"]).ok().stdout;
    assert!(gone.contains("merge driver       removed"), "{gone}");
    set(&desk).code(1);
    desk.casebook(&["hook", "uninstall"]).ok();
}

#[test]
fn a_new_case_has_it() {
    let desk = Desk::plain();
    let top = desk.sandbox.path("new case");
    desk.sandbox.casebook(&desk.sandbox.path("home"), &["init", top.to_str().unwrap(), "--id", "1"]).ok();
    desk.sandbox.git(&top, &["config", "--local", "merge.casebook.driver"]).ok();
    for (path, expected) in [
        (FINDING, "casebook"),
        ("team.toml", "casebook"),
        ("evidence/x-7q2k9dm4.toml", "unset"),
        ("custody/c-7q2k9dm4.toml", "unset"),
        ("signoffs/a.stmt", "unset"),
        ("notes/a.md", "unspecified"),
    ] {
        let said = desk.sandbox.git(&top, &["check-attr", "merge", "--", path]).ok().stdout;
        assert!(said.trim_end().ends_with(&format!("merge: {expected}")), "{said}");
    }
}

#[test]
fn the_doctor_sees_what_it_calls() {
    let desk = Desk::ready();
    let doctor = |says: &str| {
        let found = desk.casebook(&["doctor"]).stdout;
        assert!(found.contains(says), "{found}");
    };
    let driver = desk.git(&["config", "merge.casebook.driver"]).ok().stdout.trim_end().to_owned();
    let set = |command: &str| desk.git(&["config", "merge.casebook.driver", command]).ok();
    set("true");
    doctor("the merge driver is another command than that of this version: true");
    set(&driver.replace(CASEBOOK, "/gone/casebook"));
    doctor("the merge driver calls /gone/casebook, which cannot be run");
    let other = desk.sandbox.path("other");
    fs::write(&other, "#!/bin/sh\necho casebook 0.0.1\n").unwrap();
    desk.sandbox.run("chmod", &desk.top, &["+x", other.to_str().unwrap()]).ok();
    set(&driver.replace(CASEBOOK, other.to_str().unwrap()));
    doctor("which is casebook 0.0.1");
    let copy = desk.sandbox.path("copy");
    fs::copy(CASEBOOK, &copy).unwrap();
    set(&driver.replace(CASEBOOK, copy.to_str().unwrap()));
    doctor(&format!("and this is {CASEBOOK}"));
    desk.replace(".gitattributes", " merge=casebook", "");
    desk.git(&["add", ".gitattributes"]).ok();
    doctor("`.gitattributes` does not give them to the merge driver");
}

#[test]
fn it_works_with_odd_characters_in_every_path() {
    let desk = Desk::plain();
    let binary = desk.sandbox.path("my programs/it's 100%P \"casebook\"");
    fs::create_dir_all(binary.parent().unwrap()).unwrap();
    fs::hard_link(CASEBOOK, &binary).or_else(|_| fs::copy(CASEBOOK, &binary).map(drop)).unwrap();
    let top = desk.sandbox.path("a case of $HOME's");
    fs::rename(&desk.top, &top).unwrap();
    let desk = Desk { top, ..desk };
    desk.sandbox.run(&binary, &desk.top, &["hook", "install"]).ok();
    // A path that would be a command if nobody quoted it, and a branch whose name is a label.
    let odd = "it's $(touch pwned) & 100%P.toml";
    desk.write(odd, "a = 1\nb = 1\nc = 1\nd = 1\n");
    desk.commit_all("An odd name");
    desk.git(&["branch", "a'b$(touch${IFS}pwned)"]).ok();
    differ(&desk);
    desk.replace(odd, "a = 1", "a = 2");
    desk.commit_all("a");
    desk.git(&["switch", "-q", "theirs"]).ok();
    desk.replace(odd, "d = 1", "d = 2");
    desk.commit_all("d");
    desk.git(&["branch", "-f", "a'b$(touch${IFS}pwned)"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    let merged = desk.git(&["merge", "a'b$(touch${IFS}pwned)"]).code(1);
    assert!(desk.read(FINDING).contains(">>>>>>> a'b$(touch${IFS}pwned)\n"), "{}", desk.read(FINDING));
    assert!(merged.stderr.contains("merged line by line: it is no record of a case"), "{}", merged.stderr);
    assert_eq!(desk.read(odd), "a = 2\nb = 1\nc = 1\nd = 2\n");
    assert!(!desk.path("pwned").exists());
}

#[test]
fn where_the_program_is_gone_lines_are_merged_and_both_sides_are_there() {
    let desk = Desk::ready();
    let driver = desk.git(&["config", "merge.casebook.driver"]).ok().stdout.trim_end().to_owned();
    differ(&desk);
    let dying = desk.sandbox.path("dying");
    fs::write(&dying, "#!/bin/sh\nkill -9 $$\n").unwrap();
    desk.sandbox.run("chmod", &desk.top, &["+x", dying.to_str().unwrap()]).ok();
    for program in ["/gone/casebook", dying.to_str().unwrap()] {
        desk.git(&["config", "merge.casebook.driver", &driver.replace(CASEBOOK, program)]).ok();
        let merged = desk.merge().code(1);
        assert!(merged.stderr.contains("the merge driver could not be run"), "{}", merged.stderr);
        let marked = "<<<<<<< ours\nseverity = \"low\"\n=======\nseverity = \"critical\"\n>>>>>>> theirs\n";
        assert!(desk.read(FINDING).contains(marked), "{}", desk.read(FINDING));
        desk.git(&["merge", "--abort"]).ok();
    }
    // Git alone would keep ours without a mark: this is why the command ends with `git merge-file`.
    desk.git(&["config", "merge.casebook.driver", "/gone/casebook %O %A %B"]).ok();
    desk.merge().code(1);
    assert_eq!(desk.read(FINDING), TEXT.replace("\"high\"", "\"low\""));
    let listed = desk.casebook(&["resolve"]).code(1);
    assert!(listed.stdout.contains("theirs  severity = \"critical\""), "{}", listed.stdout);
}

#[test]
fn what_cannot_be_read_is_merged_by_lines() {
    let desk = Desk::ready();
    desk.write(FINDING, TEXT.replace("severity = \"high\"\n", "severity = \n"));
    desk.commit_all("Broken");
    desk.branch(
        |desk| desk.replace(FINDING, "\"proposed\"", "\"draft\""),
        |desk| desk.replace(FINDING, "at night", "at noon"),
    );
    let merged = desk.git(&["merge", "--no-verify", "--no-edit", "theirs"]).ok();
    assert!(merged.stderr.contains("merged line by line: our side cannot be read"), "{}", merged.stderr);
    let text = desk.read(FINDING);
    assert!(text.contains("\"draft\"") && text.contains("at noon"), "{text}");
}

#[test]
fn records_that_are_written_once_are_never_made_one() {
    let desk = Desk::ready();
    // Also where somebody gives them to the driver.
    desk.write(".git/info/attributes", "*.toml merge=casebook\n");
    let custody = "custody/c-7q2k9dm4.toml";
    let text = desk.read(custody);
    desk.branch(
        |desk| desk.write(custody, format!("{text}reason = \"ours\"\n")),
        |desk| desk.write(custody, format!("{text}recorded_by = \"bob\"\n")),
    );
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("not merged: it is written once"), "{}", merged.stderr);
    assert_eq!(desk.read(custody), format!("{text}reason = \"ours\"\n"));
    let listed = desk.casebook(&["resolve"]).code(1);
    assert!(listed.stdout.contains("is written once, and the two sides have different ones"), "{}", listed.stdout);
    desk.casebook(&["resolve", custody, "--ours"]).code(2);
}

#[test]
fn a_policy_of_two_changes_needs_a_number_of_its_own() {
    let desk = Desk::ready();
    desk.branch(
        |desk| desk.write("policy.toml", "version = 2\n\n[rules]\nfuture-time = \"warning\"\n"),
        |desk| desk.write("policy.toml", "version = 2\n\n[[gates]]\nkind = \"finding\"\nrequire = [\"tags\"]\n"),
    );
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("its `version` becomes 3"), "{}", merged.stderr);
    let text = desk.read("policy.toml");
    assert!(text.contains("future-time") && text.contains("[[gates]]"), "{text}");
    desk.casebook(&["resolve", "policy.toml", "--ours"]).ok();
    assert!(desk.read("policy.toml").starts_with("version = 3\n"), "{}", desk.read("policy.toml"));
    // The same change on both sides is one change.
    let desk = Desk::ready();
    let both = "version = 2\n\n[rules]\nfuture-time = \"warning\"\n";
    desk.branch(
        |desk| desk.write("policy.toml", both),
        |desk| desk.write("policy.toml", both.to_owned() + "# Theirs\n"),
    );
    desk.merge().ok();
    assert_eq!(desk.read("policy.toml"), both.to_owned() + "# Theirs\n");
}

#[test]
fn a_merge_of_merges_takes_nothing_from_one_side_alone() {
    let desk = Desk::ready();
    let with = |severity: &str, status: &str| {
        TEXT.replace("\"high\"", &format!("\"{severity}\"")).replace("\"proposed\"", &format!("\"{status}\""))
    };
    differ(&desk);
    // Two branches that each merged the other in their own way: what both come from is itself a conflict.
    desk.git(&["branch", "first"]).ok();
    desk.merge().code(1);
    desk.write(FINDING, with("low", "proposed"));
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qn", "--no-edit"]).ok();
    desk.git(&["switch", "-q", "theirs"]).ok();
    desk.git(&["merge", "first"]).code(1);
    desk.write(FINDING, with("critical", "draft"));
    desk.git(&["add", "-A"]).ok();
    desk.git(&["commit", "-qn", "--no-edit"]).ok();
    desk.git(&["switch", "-q", "main"]).ok();
    let merged = desk.merge().code(1);
    assert!(merged.stderr.contains("`severity`"), "{}", merged.stderr);
    let text = desk.read(FINDING);
    assert!(text.contains("\"low\"") && text.contains("\"critical\"") && text.contains("<<<<<<< "), "{text}");
}
