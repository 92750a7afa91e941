//! casebook under strace: which system calls change something, and what happens where one of them is never made or fails.
//!
//! A point is a call of one name, by its number among those of its thread: the process is killed, or hears of an error,
//! in its place. So no test depends on how fast a machine is.

use super::random::Random;
use super::support::{CASEBOOK, Ran, ran, tool};
use super::workshop::Copied;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;

/// The calls that change something on a disk, or make it last. Of `openat` only those that write count.
pub const CHANGING: &str = "openat,write,pwrite64,copy_file_range,sendfile,mkdir,mkdirat,rmdir,unlink,unlinkat,rename,\
                        renameat,renameat2,link,linkat,symlink,symlinkat,fsync,fdatasync,ftruncate,chmod,fchmod,utimensat,flock";

/// The calls that need space on a disk.
pub const GROWING: &str =
    "openat,write,pwrite64,copy_file_range,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,fsync";

/// A moment of a command: before the call of this name and number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub call: String,
    pub number: usize,
}

/// The program, where it is installed and may do its work here. Where that is not so the test is skipped with a message;
/// with CASEBOOK_REQUIRE_TOOLS it fails where the program is missing, not where the machine forbids tracing.
pub fn strace() -> Option<PathBuf> {
    let strace = tool("strace")?;
    let tried = Command::new(&strace)
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e", "inject=write:signal=KILL:when=1"])
        .args(["echo", "not to be seen"])
        .output()
        .unwrap();
    if tried.status.signal() == Some(9) && tried.stdout.is_empty() {
        return Some(strace);
    }
    eprintln!("skipped: strace may not trace here; a container needs the capability SYS_PTRACE: {:?}", ran(tried));
    None
}

fn traced(strace: &PathBuf, copied: &Copied, options: &[&str], arguments: &[&str]) -> Command {
    let mut command = copied.desk.sandbox.command(strace, &copied.desk.top);
    // What one thread does has an order.
    command.env("RAYON_NUM_THREADS", "1").env("CASEBOOK_SEED", "7");
    command.args(["-f", "-qq"]).args(options).arg(CASEBOOK).args(arguments);
    command
}

/// Every point of a command that runs to its end, in a copy of the case.
pub fn points(strace: &PathBuf, copied: &Copied, calls: &str, arguments: &[&str]) -> Vec<Point> {
    let log = copied.desk.sandbox.path("trace");
    let trace = format!("trace={calls}");
    let options = ["-o", log.to_str().unwrap(), "-e", &trace];
    ran(traced(strace, copied, &options, arguments).output().unwrap()).ok();
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut points, mut others) = (BTreeSet::new(), BTreeSet::new());
    let text = fs::read_to_string(&log).unwrap();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { continue };
        let Some((call, given)) = rest.trim_start().split_once('(') else { continue };
        // The second half of a call that was interrupted by another thread starts with `<...`.
        if !call.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let number = numbers.entry((thread, call)).or_default();
        *number += 1;
        let changes = call != "openat" || given.contains("O_CREAT") || given.contains("O_WRONLY");
        let point = Point { call: call.to_owned(), number: *number };
        if changes && !given.contains("\"/proc") {
            points.insert(point)
        } else {
            others.insert(point)
        };
    }
    // Another thread would come to the number with a call that changes nothing.
    points.difference(&others).cloned().collect()
}

/// Some of the points, by a seed; DAMAGE_POINTS=all takes all of them.
pub fn some(points: Vec<Point>, number: usize, random: &mut Random) -> Vec<Point> {
    if std::env::var_os("DAMAGE_POINTS").is_some() || points.len() <= number {
        return points;
    }
    let mut left = points;
    let mut chosen: Vec<Point> = (0..number).map(|_| left.remove(random.below(left.len()))).collect();
    chosen.sort();
    chosen
}

/// Kills a command at a point; `None` where it ended before it was there.
pub fn kill(strace: &PathBuf, copied: &Copied, point: &Point, arguments: &[&str]) -> Option<Ran> {
    let (trace, inject) =
        (format!("trace={}", point.call), format!("inject={}:signal=KILL:when={}", point.call, point.number));
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
    let output = traced(strace, copied, &options, arguments).output().unwrap();
    (output.status.signal() == Some(9)).then(|| ran(output))
}

/// Runs a command to which the disk is full from a point on, be it for this call alone or for all that follow.
pub fn fill(strace: &PathBuf, copied: &Copied, point: &Point, for_good: bool, arguments: &[&str]) -> Ran {
    let after = if for_good { "+" } else { "" };
    let (trace, inject) =
        (format!("trace={}", point.call), format!("inject={}:error=ENOSPC:when={}{after}", point.call, point.number));
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
    ran(traced(strace, copied, &options, arguments).output().unwrap())
}
