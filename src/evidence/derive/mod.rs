//! Derived evidence: a tool runs on items that were verified, in a folder of its own, and what it writes there is registered
//! with all that is needed to run it again.

pub mod compare;
pub mod template;

use super::{Homes, NoDigests, Scope, examine};
use crate::diagnostic::{self, Diagnostic};
use crate::disk::DiskTree;
use crate::disk::workplace::{self, Workplace};
use crate::exec::{self, Printed};
use crate::model::{Case, EvidenceId, Seen};
use crate::tree::{Told, TreeError};
use crate::values::digest::NamedDigest;
use crate::values::{EntryId, Line, Malformed, Moment, TreePath};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
pub use template::Template;

/// What is to be run, and on what.
pub struct Task<'t> {
    pub template: &'t Template,
    pub inputs: &'t [EntryId],
    /// The file that takes the standard output of the command, and is one of its outputs.
    pub stdout: Option<&'t TreePath>,
    /// Whether what the command prints goes to standard error, since standard output is for something else.
    pub is_quiet: bool,
}

/// Where a command is run.
pub struct Site<'s> {
    /// The top folder of the case.
    pub top: &'s Path,
    pub case: &'s Case,
    /// The folder below which commands get folders of their own; it is used for nothing else.
    pub runs: &'s Path,
    /// The time as it is when this is called.
    pub clock: &'s dyn Fn() -> Moment,
    pub watch: &'s Watch,
    /// Hears of the bytes of the inputs as they are hashed.
    pub told: &'s Told<'s>,
}

/// A command that has ended by itself, and whose inputs are as they were.
pub struct Done {
    /// What it wrote.
    pub workplace: Workplace,
    pub exit_status: i64,
    pub started: Moment,
    pub ended: Moment,
    pub seen: Vec<Seen>,
}

/// Why there is nothing of a command.
#[derive(Debug)]
pub enum Stopped {
    /// Its inputs are not what was registered, so it was not run.
    Unsound(Vec<Diagnostic>),
    /// Its inputs are not what was registered since it ran.
    Altered(Vec<Diagnostic>),
    /// These files of an input are not on this machine.
    Away(EntryId, u64),
    /// An input was disposed of, or has no files.
    NoFiles(EntryId),
    NotStarted(String, io::Error),
    /// It was ended by a signal.
    Killed,
    /// Somebody wants no more of it.
    Interrupted,
    /// The list of an item cannot be used, and why.
    List(TreePath, String),
    /// These files of its output cannot be taken, each with its reason.
    Outputs(Vec<String>),
    Tree(TreeError),
    Io(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Stopped::Io(error)
    }
}

impl From<TreeError> for Stopped {
    fn from(error: TreeError) -> Self {
        Stopped::Tree(error)
    }
}

/// What another thread, such as a handler of Ctrl-C, needs to end a command and leave nothing behind.
#[derive(Default)]
pub struct Watch {
    stop: AtomicBool,
    runs: AtomicBool,
    folder: Mutex<Option<PathBuf>>,
}

impl Watch {
    /// Ends the command that runs. Where none runs, it removes what is there of one, and the caller is to end the process:
    /// it gives true.
    pub fn interrupt(&self) -> bool {
        self.stop.store(true, Ordering::SeqCst);
        if self.runs.load(Ordering::SeqCst) {
            return false;
        }
        // A thread that panicked left no path half written.
        if let Some(folder) = self.folder.lock().unwrap_or_else(PoisonError::into_inner).take() {
            workplace::discard(&folder);
        }
        true
    }

    fn begin(&self, workplace: &Workplace) {
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(workplace.own().to_owned());
        self.runs.store(true, Ordering::SeqCst);
    }

    fn end(&self) {
        self.runs.store(false, Ordering::SeqCst);
    }
}

/// Verifies the inputs, runs the command, and verifies them again.
pub fn run(site: &Site<'_>, task: &Task<'_>) -> Result<Done, Stopped> {
    let seen = verify(site, task.inputs)?;
    let workplace = Workplace::begin(site.runs)?;
    site.watch.begin(&workplace);
    let started = (site.clock)();
    let ended = start(site, task, &workplace);
    let now = (site.clock)();
    site.watch.end();
    let status = ended?.ok_or(Stopped::Interrupted)?;
    let exit_status = status.ok_or(Stopped::Killed)?;
    verify(site, task.inputs).map_err(|stopped| match stopped {
        Stopped::Unsound(found) => Stopped::Altered(found),
        other => other,
    })?;
    // A clock may be set back while a tool runs.
    Ok(Done { workplace, exit_status: i64::from(exit_status), started, ended: now.max(started), seen })
}

/// Runs the command to its end: its exit code, `None` in the place of one that a signal ended; `None` at all where it was
/// interrupted.
fn start(site: &Site<'_>, task: &Task<'_>, workplace: &Workplace) -> Result<Option<Option<i32>>, Stopped> {
    let printed = match (task.stdout, task.is_quiet) {
        (Some(path), _) => Printed::Into(workplace.create(path.as_str())?),
        (None, true) => Printed::OnStderr,
        (None, false) => Printed::Here,
    };
    let folder = workplace.path();
    let evidence = site.top.join("evidence");
    let words = task.template.expanded(&evidence, &way(&folder, &evidence));
    let arguments: Vec<&OsStr> = words.iter().skip(1).map(AsRef::as_ref).collect();
    let program = task.template.program();
    let status = exec::watched(program.as_ref(), &arguments, &folder, printed, &site.watch.stop)
        .map_err(|error| Stopped::NotStarted(program.to_owned(), error))?;
    Ok(status.map(|status| status.code()))
}

/// The relative path from one folder to another, both absolute.
fn way(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Path::new(".."));
    let down = to.components().skip(shared).map(|name| Path::new(name.as_os_str()));
    up.chain(down).collect()
}

/// Whether every byte of the inputs is on this machine and is the registered one.
fn verify(site: &Site<'_>, inputs: &[EntryId]) -> Result<Vec<Seen>, Stopped> {
    let tree = DiskTree::new(site.top);
    let scope = Scope::Items(inputs.iter().copied().collect());
    let mut examined = examine(&tree, &Homes::none(), site.case, &mut NoDigests, &scope, site.told)?;
    if !examined.is_sound() {
        diagnostic::sort(&mut examined.diagnostics);
        return Err(Stopped::Unsound(examined.diagnostics));
    }
    let mut seen = Vec::new();
    for input in inputs {
        let item = examined.items.get(input);
        if let Some(away) = item.map(|item| item.unchecked_files()).filter(|away| *away > 0) {
            return Err(Stopped::Away(*input, away));
        }
        let list = site.case.evidence().find(|(entry, _)| entry.id() == *input).and_then(|(_, item)| item.list);
        let Some(list) = list.filter(|_| item.is_some_and(|item| item.files > 0)) else {
            return Err(Stopped::NoFiles(*input));
        };
        seen.push(Seen { item: EvidenceId(*input), digest: NamedDigest(list) });
    }
    Ok(seen)
}

/// Where a command is to write, as somebody typed it or a record has it: a path in the folder that it runs in.
pub fn output(typed: &str) -> Result<TreePath, Malformed> {
    let path = typed.strip_suffix('/').unwrap_or(typed);
    if path == "." {
        return Ok(TreePath::root());
    }
    let plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(|c: char| c == '\\' || c.is_control());
    if path.split('/').all(plain) && !Path::new(path).has_root() {
        return Ok(TreePath::from(path));
    }
    Err(Malformed::new(format!("`{typed}` is not a path inside the folder that the command runs in"))
        .help("write it as the command does, without `/` in front and without `..`; `.` is everything that it writes"))
}

/// How a path is recorded.
pub fn recorded(output: &TreePath) -> Result<Line, Malformed> {
    if output.is_root() { ".".parse() } else { output.as_str().parse() }
}

/// What is said of files in a workplace, without the way to it.
pub fn from_inside(folder: &Path, problems: Vec<String>) -> Vec<String> {
    let before = format!("{}/", folder.display());
    problems.into_iter().map(|problem| problem.replace(&before, "")).collect()
}

#[cfg(test)]
mod tests {
    use super::{output, way};
    use std::path::Path;

    #[test]
    fn outputs_lie_inside_the_folder() {
        assert_eq!(output("hits/").unwrap().as_str(), "hits");
        assert!(output(".").unwrap().is_root());
        for path in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a\\b", "a\nb", "./a"] {
            assert!(output(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn one_folder_is_reached_from_another() {
        let way = |from, to| way(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(way("/c/.git/casebook/runs/a/files", "/c/evidence"), "../../../../../evidence");
        assert_eq!(way("/m/.git/worktrees/w", "/w/evidence"), "../../../../w/evidence");
    }
}
