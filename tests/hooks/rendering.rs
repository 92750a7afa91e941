//! Reports come from HEAD's own tree, once for each command, and never fail it.

use super::{Desk, renders};
use crate::support::Ran;
use std::fs;

/// Every text in the folder of reports.
fn reports(desk: &Desk) -> String {
    let files = walkdir::WalkDir::new(desk.top.join("reports")).sort_by_file_name().into_iter().flatten();
    let texts =
        files.filter(|entry| entry.file_type().is_file()).map(|entry| fs::read_to_string(entry.path()).unwrap());
    texts.collect()
}

/// Fails where the reports are not those of HEAD, or where a command rendered more than once.
#[track_caller]
fn current(desk: &Desk, ran: Ran) {
    let ran = ran.ok();
    assert_eq!(renders(&ran), 1, "{}", ran.stderr);
    assert!(desk.read("reports/.casebook-stamp").contains(&desk.says(&["rev-parse", "HEAD"])), "{}", ran.stderr);
    assert!(reports(desk).contains(&desk.says(&["rev-parse", "HEAD"])));
    assert!(!desk.says(&["ls-files"]).contains("reports"));
}

/// Two branches of two commits each that touch different files; `main` is checked out.
fn branches() -> Desk {
    let desk = Desk::new();
    desk.git(&["switch", "-qc", "side"]).ok();
    desk.commit_finding("00000001");
    desk.commit_finding("00000002");
    desk.git(&["switch", "-q", "main"]).ok();
    desk.commit_finding("00000003");
    desk.commit_finding("00000004");
    desk
}

#[test]
fn after_a_commit_and_without_what_is_not_in_it() {
    let desk = Desk::new();
    let draft = desk.read("findings/f-7q2k9dm4.toml").replace("logged on", "SECRETDRAFT");
    desk.write("findings/f-7q2k9dm4.toml", &draft);
    desk.write("notes/untracked.md", "SECRETDRAFT");
    desk.finding("00000001", "a-7q2k9dm4");
    desk.git(&["add", "findings/f-00000001.toml"]).ok();
    let draft = desk.read("findings/f-00000001.toml").replace("logged on", "SECRETDRAFT");
    desk.write("findings/f-00000001.toml", &draft);
    current(&desk, desk.git(&["commit", "-qm", "x"]));
    assert!(!reports(&desk).contains("SECRETDRAFT"));
    let staged = desk.says(&["status", "--porcelain"]);
    assert_eq!(staged, "M findings/f-00000001.toml\n M findings/f-7q2k9dm4.toml\n?? notes/");
    current(&desk, desk.git(&["commit", "-qm", "y", "--amend", "--date", "2026-03-05T11:30:00Z", "--", "findings"]));
    assert!(desk.says(&["show", "HEAD"]).contains("SECRETDRAFT"));
}

#[test]
fn after_amending() {
    let desk = Desk::new();
    current(&desk, desk.git(&["commit", "-q", "--amend", "-m", "Another message"]));
}

#[test]
fn after_merges() {
    let desk = branches();
    current(&desk, desk.git(&["merge", "-q", "--no-edit", "side"]));
    desk.git(&["switch", "-qc", "behind", "HEAD~1"]).ok();
    current(&desk, desk.git(&["merge", "-q", "--ff-only", "main"]));
    desk.git(&["switch", "-q", "side"]).ok();
    desk.finding("00000004", "a-7q2k9dm4");
    let other = desk.read("findings/f-00000004.toml").replace("logged on", "broke in");
    desk.write("findings/f-00000004.toml", &other);
    desk.git(&["add", "."]).ok();
    desk.git(&["commit", "-qm", "The same entry"]).ok();
    let stopped = desk.git(&["merge", "-q", "main"]).code(1);
    assert_eq!(renders(&stopped), 0);
    desk.write("findings/f-00000004.toml", &other);
    desk.git(&["add", "."]).ok();
    current(&desk, desk.git(&["commit", "-q", "--no-edit"]));
}

#[test]
fn after_a_rebase_and_not_during_it() {
    let desk = branches();
    current(&desk, desk.git(&["rebase", "-q", "main", "side"]));
    let desk = branches();
    current(&desk, desk.git(&["rebase", "-q", "-i", "--root", "side"]));
    let desk = branches();
    desk.git(&["switch", "-qc", "behind", "HEAD~1"]).ok();
    current(&desk, desk.git(&["rebase", "-q", "main"]));
    let desk = branches();
    current(&desk, desk.git(&["rebase", "-q", "--apply", "main", "side"]));
}

#[test]
fn after_picks_and_reverts() {
    let desk = branches();
    current(&desk, desk.git(&["cherry-pick", "side"]));
    current(&desk, desk.git(&["revert", "--no-edit", "HEAD"]));
    let desk = branches();
    current(&desk, desk.git(&["cherry-pick", "side~1", "side"]));
    current(&desk, desk.git(&["revert", "--no-edit", "HEAD", "HEAD~1"]));
}

#[test]
fn after_patches_by_mail() {
    let desk = branches();
    let patches = desk.sandbox.path("patches");
    desk.git(&["format-patch", "-q", "-2", "side", "-o", patches.to_str().unwrap()]).ok();
    let files: Vec<_> = walkdir::WalkDir::new(&patches).sort_by_file_name().into_iter().flatten().skip(1).collect();
    let mut arguments = vec!["am", "-q"];
    arguments.extend(files.iter().map(|file| file.path().to_str().unwrap()));
    current(&desk, desk.git(&arguments));
}

#[test]
fn after_going_to_another_branch_and_not_after_taking_a_file() {
    let desk = branches();
    current(&desk, desk.git(&["switch", "-q", "side"]));
    current(&desk, desk.git(&["checkout", "-q", "main"]));
    let done = desk.git(&["checkout", "side", "--", "findings"]).ok();
    assert_eq!(renders(&done), 0);
    // Nothing to do: the reports are of this commit already.
    let done = desk.git(&["switch", "-qc", "another"]).ok();
    assert_eq!(renders(&done), 0);
}

#[test]
fn of_a_commit_that_breaks_the_case() {
    let desk = Desk::new();
    desk.finding("00000001", "a-00000000");
    desk.write("findings/f-00000002.toml", "this is = = no TOML");
    desk.git(&["add", "."]).ok();
    let done = desk.git(&["commit", "-qm", "x", "--no-verify"]).ok();
    assert!(done.stderr.contains("warning: there are 2 errors in this commit"), "{}", done.stderr);
    current(&desk, done);
    desk.finding("00000001", "a-7q2k9dm4");
    desk.finding("00000002", "a-7q2k9dm4");
    let mended = desk.git(&["commit", "-qam", "y"]);
    assert!(!mended.stderr.contains("warning:"), "{}", mended.stderr);
    current(&desk, mended);
}

#[test]
fn the_same_on_two_clones() {
    let desk = branches();
    let clone = desk.sandbox.path("clone");
    desk.git(&["clone", "-q", ".", clone.to_str().unwrap()]).ok();
    desk.sandbox.casebook(&clone, &["hook", "install"]).ok();
    desk.sandbox
        .command("git", &clone)
        .env("CASEBOOK_NOW", "2027-01-01T00:00:00Z")
        .args(["switch", "-qc", "x"])
        .output()
        .unwrap();
    let theirs = Desk { top: clone, ..Desk::new() };
    assert_eq!(reports(&theirs), reports(&desk));
    assert_ne!(reports(&desk), "");
}

#[test]
fn and_no_failure_of_theirs_is_a_failure_of_git() {
    let desk = branches();
    let outside = desk.sandbox.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("index.html"), "mine").unwrap();
    let broken = |make: &dyn Fn(&std::path::Path), says: &str| {
        let reports = desk.top.join("reports");
        let _ = fs::remove_dir_all(&reports).or_else(|_| fs::remove_file(&reports));
        make(&reports);
        for arguments in
            [&["switch", "-q", "side"][..], &["switch", "-q", "main"], &["commit", "-q", "--amend", "--no-edit"]]
        {
            let done = desk.git(arguments).ok();
            let warnings = done.stderr.lines().filter(|line| line.starts_with("casebook: warning: "));
            assert!(
                warnings.clone().count() >= 1 && warnings.clone().all(|line| line.contains(says)),
                "{}",
                done.stderr
            );
        }
    };
    broken(&|reports| fs::write(reports, "a file").unwrap(), "`reports` is no folder");
    #[cfg(unix)]
    broken(&|reports| std::os::unix::fs::symlink(&outside, reports).unwrap(), "`reports` is no folder");
    assert_eq!(fs::read_to_string(outside.join("index.html")).unwrap(), "mine");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    broken(&|reports| fs::create_dir_all(reports.join("report.md/folder")).unwrap(), "report.md");
    fs::write(desk.top.join(".git/info/exclude"), "!/reports/\n").unwrap();
    desk.write(".gitignore", "# nothing\n");
    broken(&|_| {}, "does not ignore the folder `reports`");
}

#[test]
fn never_into_a_folder_that_a_branch_brought() {
    let desk = Desk::new();
    desk.write("reports/mine.md", "committed");
    desk.git(&["add", "-f", "reports/mine.md"]).ok();
    let done = desk.git(&["commit", "-qm", "x", "--no-verify"]).ok();
    assert!(done.stderr.contains("`reports` is part of the commit"), "{}", done.stderr);
}
