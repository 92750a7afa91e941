//! What `evidence run` and `evidence rerun` share: running a command on this machine, and saying why there is nothing of it.

use super::super::open::Open;
use super::super::{Failure, Outcome, Surroundings, terminal};
use super::progress;
use crate::check;
use crate::diagnostic::render::{self, printable};
use crate::evidence::derive::{self, Done, Site, Stopped, Task, Watch};
use crate::model::Case;
use crate::values::Moment;
use crate::values::wording::counted;
use std::path::PathBuf;
use std::sync::Arc;

/// A place to run commands at, which Ctrl-C leaves clean.
pub struct Running<'b> {
    open: &'b Open,
    case: &'b Case,
    surroundings: &'b Surroundings,
    watch: Arc<Watch>,
}

impl<'b> Running<'b> {
    pub fn new(open: &'b Open, case: &'b Case, surroundings: &'b Surroundings) -> Self {
        let watch = Arc::new(Watch::default());
        let seen = Arc::clone(&watch);
        // Without a handler, Ctrl-C leaves a folder behind that the next command of this kind removes.
        let _ = ctrlc::set_handler(move || {
            if seen.interrupt() {
                std::process::exit(130);
            }
        });
        Self { open, case, surroundings, watch }
    }

    pub fn run(&self, task: &Task<'_>) -> Result<Done, Stopped> {
        // The inputs are hashed twice; while the command runs, the terminal is its own.
        let bar = progress(0);
        let runs: PathBuf = self.open.repository.git_dir().join("casebook").join("runs");
        // Nobody starts a tool at a nanosecond.
        let clock = || {
            let now = self.surroundings.clock();
            Moment::utc(now.round(jiff::Unit::Second).unwrap_or(now))
        };
        let site = Site {
            top: &self.open.top,
            case: self.case,
            runs: &runs,
            clock: &clock,
            watch: &self.watch,
            told: &|bytes| bar.inc(bytes),
        };
        let done = derive::run(&site, task);
        bar.finish_and_clear();
        done
    }
}

/// Says on standard error what became of a command.
pub fn tell(text: &str) {
    errln!("{}", printable(text));
}

/// Says why there is nothing of a command; `so` is what that means for what was asked.
pub fn stopped(stopped: Stopped, open: &Open, case: &Case, so: &str) -> Result<Outcome, Failure> {
    let (found, when) = match stopped {
        Stopped::Unsound(found) => (found, "the inputs are not what was registered, so the command was not run"),
        Stopped::Altered(found) => (found, "the inputs were sound before the command ran, and are not any more"),
        other => return Err(failure(other, case, so)),
    };
    let tree = open.tree();
    let sources = check::sources(&tree, &found);
    err!("{}", render::text::render(&sources, &found, terminal::colour(), terminal::width()));
    tell(&format!("{when}: {so}"));
    Ok(Outcome::Problems)
}

fn failure(stopped: Stopped, case: &Case, so: &str) -> Failure {
    match stopped {
        Stopped::Away(item, files) => {
            let are = if files == 1 { "is" } else { "are" };
            Failure::new(format!("{} of the input `{item}` {are} not in this work tree: {so}", counted(files, "file")))
                .help(format!(
                    "bring them here: `casebook evidence fetch {item}`, then `casebook evidence materialise {item}`"
                ))
        }
        Stopped::NoFiles(item) => {
            let disposed = case.holdings().get(&item).and_then(|holding| holding.disposed);
            match disposed {
                Some(event) => Failure::new(format!("the input `{item}` was disposed of by `{event}`: {so}"))
                    .help("nothing can be made from it any more; what was made from it before stays"),
                None => Failure::new(format!("the input `{item}` has no files: {so}"))
                    .help("`casebook evidence list` shows the items that have some"),
            }
        }
        Stopped::NotStarted(program, error) => {
            let mut failure = not_started(&program, &error);
            failure.message = format!("{}: {so}", failure.message);
            failure
        }
        Stopped::Killed => Failure::new(format!("the command was ended by a signal: {so}"))
            .help("was there memory enough? `dmesg` tells whether the system ended it"),
        Stopped::Interrupted => Failure::new(format!("interrupted: {so}")).help("type it again"),
        Stopped::List(path, why) => Failure::new(format!("cannot use `{path}`: {why}: {so}"))
            .help("`casebook evidence verify --worktree` shows what is wrong, and how to mend it"),
        Stopped::Outputs(problems) => {
            Failure::new(format!("{}: {so}", problems.join("; "))).help("a command is to write plain files")
        }
        Stopped::Tree(error) => error.into(),
        Stopped::Io(error) => Failure::from(error),
        Stopped::Unsound(found) | Stopped::Altered(found) => {
            Failure::new(format!("{}: {so}", counted(found.len(), "problem")))
        }
    }
}

pub fn not_started(program: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot start `{program}`: {error}"))
        .help("is it installed? `command -v` tells where; a program elsewhere is named by its whole path")
}
