//! Full disks: real ones with ever more space on them, and calls that hear of one. What was there stays whole, it is said
//! what to do, and once there is space the same command succeeds.

use super::killed::{prepared_with_points, two_wide};
use super::prepared::{Prepared, difference, ensure, ensure_none};
use super::support::{Desk, Ran, Sandbox, tool};
use super::traced::{self, GROWING, Point};
use super::workshop::{ACTS, Act, Copied};
use rayon::prelude::*;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Points of each command.
const EACH: usize = 6;

/// A small disk in memory, which is gone when the value is dropped.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// `None` where this user may not mount one: the test is skipped with a message, and fails with
    /// CASEBOOK_REQUIRE_TOOLS only where there is no `mount`: a container that may not mount cannot install that right.
    fn mount() -> Option<Self> {
        tool("mount")?;
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let mounted =
            mount.args(["-t", "tmpfs", "-o", "size=8m,nr_inodes=0", "casebook-test"]).arg(folder.path()).output();
        let mounted = super::support::ran(mounted.unwrap());
        if mounted.code == 0 {
            return Some(Self { folder });
        }
        eprintln!("skipped: no disk can be mounted here: {}", mounted.stderr.trim());
        None
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }

    /// Fills the disk, but for some pages of 4096 bytes.
    fn fill(&self, pages: u64) {
        let mut file = fs::File::create(self.ballast()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length - length % 4096 - pages * 4096).unwrap();
    }

    fn make_space(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whatever is still open there is let go of with it.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

/// A failure says that the disk is full, where, and what to type next.
fn says_what_to_do(ran: &Ran, disk: &Path) -> Result<(), String> {
    let text = ran.text();
    ensure(ran.code == 2, || format!("ended with {}: {text}", ran.code))?;
    let says = |word: &str| ensure(text.contains(word), || format!("`{word}` is not said: {text}"));
    says("No space left on device")?;
    says("help: ")?;
    says("space")?;
    says(disk.to_str().unwrap())
}

/// Runs the command on a disk with so many free pages; tells whether it succeeded.
fn on_full_disk(it: &Prepared, disk: &Disk, pages: u64) -> Result<bool, String> {
    let copied = it.workshop.copied_to(Sandbox::inside(disk.folder.path()));
    disk.fill(pages);
    let ran = copied.run(&it.act.arguments());
    let judged = judge(it, &copied, &ran);
    disk.make_space();
    judged?;
    if ran.code != 0 {
        it.once_more(&copied, false)?;
    }
    Ok(ran.code == 0)
}

fn judge(it: &Prepared, copied: &Copied, ran: &Ran) -> Result<(), String> {
    ensure_none(copied.wrong_objects())?;
    if ran.code == 0 {
        let differs = difference(&copied.case(), &it.after);
        return ensure(differs.is_empty(), || format!("{}{differs}", ran.text()));
    }
    says_what_to_do(ran, &copied.desk.sandbox.path(""))?;
    let differs = difference(&copied.case(), &it.before);
    ensure(differs.is_empty(), || format!("{}{differs}", ran.text()))?;
    // The disk is still full, and everything can be read. Some commands change nothing but a home.
    let is_done = it.next_command(copied)? && it.before != it.after;
    ensure(!is_done, || "it is done later, though it failed".to_owned())
}

#[test]
fn a_full_disk_leaves_the_old_state() {
    let Some(_) = Disk::mount() else { return };
    let one = |act: &'static Act| -> Option<Vec<String>> {
        let (it, ()) = Prepared::of(act, |copied| drop(copied.run(&act.arguments()).ok()))?;
        let disk = Disk::mount()?;
        let mut wrong = Vec::new();
        let mut failed = 0;
        for pages in [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 64] {
            match on_full_disk(&it, &disk, pages) {
                Ok(true) => break,
                Ok(false) => failed += 1,
                Err(what) => wrong.push(format!("{}, with {pages} free pages: {what}", act.name)),
            }
        }
        eprintln!("{}: failed {failed} times", act.name);
        Some(wrong)
    };
    let wrong: Vec<String> = two_wide(|| ACTS.par_iter().filter_map(one).flatten().collect());
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

/// Runs the command, which hears at a point that the disk is full; tells whether it failed.
fn hears_of_it(it: &Prepared, strace: &PathBuf, point: &Point, for_good: bool) -> Result<bool, String> {
    let copied = it.workshop.copied();
    let ran = traced::fill(strace, &copied, point, for_good, &it.act.arguments());
    let judged = || {
        let failed = ran.code != 0;
        // What is said may be the write that fails, and then nothing else says whether it is done.
        let is_mute = failed && point.call == "write";
        if is_mute {
            ensure(ran.code == 2, || format!("ended with {}", ran.code))?;
        } else if failed {
            says_what_to_do(&ran, &copied.desk.sandbox.path(""))?;
        }
        let is_new = it.next_command(&copied)?;
        if !failed {
            ensure(is_new, || "it is not done, though it was said to be".to_owned())?;
        } else if is_mute {
            // Old or new, and whole: the next command has seen to it.
        } else if ran.text().contains("not all of it is in its place") {
            ensure(is_new, || "it was to be finished by the next command".to_owned())?;
        } else if !ran.stdout.contains(it.act.done) {
            ensure(!is_new || it.before == it.after, || format!("it is done, though it failed: {}", ran.text()))?;
        }
        it.once_more(&copied, is_new)?;
        Ok(failed)
    };
    let place = if for_good { "from here on" } else { "once" };
    judged().map_err(|what: String| format!("{}, {} {} {place}: {what}", it.act.name, point.call, point.number))
}

#[test]
fn a_call_that_hears_of_a_full_disk_leaves_the_old_state_or_the_new_one() {
    let Some(strace) = traced::strace() else { return };
    let ended = two_wide(|| {
        let prepared = prepared_with_points(&strace, GROWING, EACH);
        let points =
            prepared.par_iter().flat_map(|(it, points)| points.par_iter().enumerate().map(move |point| (it, point)));
        // What is only read can be opened on a full disk.
        let for_good = |at: usize, point: &Point| at % 2 == 1 && point.call != "openat";
        points.map(|(it, (at, point))| hears_of_it(it, &strace, point, for_good(at, point))).collect::<Vec<_>>()
    });
    let wrong: Vec<&String> = ended.iter().filter_map(|ended| ended.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), ended.len());
    let failed = ended.iter().filter(|ended| matches!(ended, Ok(true))).count();
    eprintln!("{failed} of {} commands failed", ended.len());
    assert!(failed * 2 > ended.len(), "{failed} of {}", ended.len());
}

#[test]
fn output_that_cannot_be_written_is_told_and_stops_nothing() {
    let desk = Desk::new();
    let source = desk.source("a.log", b"a log");
    let run = |arguments: &[&str], to: std::process::Stdio| {
        let mut command = desk.sandbox.command(super::support::CASEBOOK, &desk.top);
        super::support::ran(command.args(arguments).stdout(to).output().unwrap())
    };
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap().into();
    let add = ["evidence", "add", &source, "--title", "A", "--by", "bob"];
    for arguments in [&add[..], &["evidence", "list"], &["check"], &["completions", "bash"]] {
        let ran = run(arguments, full()).code(2);
        for word in ["not everything could be printed: No space left", "help: free some space"] {
            assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.stderr);
        }
    }
    assert_eq!(desk.json(&["evidence", "list"]).as_array().unwrap().len(), 2, "it was registered all the same");
    // Whoever reads has seen enough: that is no failure, and the code is that of the command.
    let closed = || std::io::pipe().unwrap().1.into();
    for (arguments, code) in [(&["check"][..], 0), (&["list"], 0), (&["explain", "nothing-like-it"], 2)] {
        let ran = run(arguments, closed()).code(code);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    }
}
