//! Other programs: the only module that uses `std::process`. No shell, a clean environment.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
pub use std::process::ExitStatus;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a program wrote and how it ended.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

/// The variables that Git sets for its hooks, and those that `git rev-parse --local-env-vars` names. A child that works
/// on another repository, or on another index, must not inherit them: it would write into the index of the commit.
const GIT_VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_EXEC_PATH",
    "GIT_EDITOR",
    "GIT_REFLOG_ACTION",
    "GIT_QUARANTINE_PATH",
];

/// Runs a program to its end in a folder, with variables of its own and without Git's hook variables.
pub fn run(program: &OsStr, arguments: &[&OsStr], folder: &Path, set: &[(&str, &OsStr)]) -> io::Result<Output> {
    finish(without_git_variables(program, arguments, folder), set)
}

/// Runs a program to its end in a folder with `input` on its standard input, without Git's hook variables.
pub fn feed(program: &OsStr, arguments: &[&OsStr], folder: &Path, input: &[u8]) -> io::Result<Output> {
    let mut command = without_git_variables(program, arguments, folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let fed = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input));
    let output = child.wait_with_output()?;
    match fed {
        // A program may end before it has read all: its status tells why.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(output.into()),
    }
}

/// Runs Git for the hook that is running: it keeps the hook's variables, so that it sees the same repository and index,
/// but those in `set` replace them.
pub fn git(arguments: &[&str], folder: &Path, set: &[(&str, &OsStr)]) -> io::Result<Output> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder);
    finish(command, set)
}

/// Runs a program to its end at the user's terminal, without Git's hook variables: an editor, or `git commit`.
pub fn attached(program: &OsStr, arguments: &[&OsStr], folder: &Path) -> io::Result<ExitStatus> {
    without_git_variables(program, arguments, folder).status()
}

/// Starts a program that outlives this one, in a group of its own, with nothing on its standard input and all that it prints in a
/// file: whoever waits until nobody has the outputs of this process open, as Git does, does not wait for it.
pub fn detached(
    program: &OsStr,
    arguments: &[&OsStr],
    folder: &Path,
    set: &[(&str, &OsStr)],
    [printed, complained]: [impl Into<Stdio>; 2],
) -> io::Result<()> {
    let mut command = without_git_variables(program, arguments, folder);
    command.envs(set.iter().copied()).stdin(Stdio::null()).stdout(printed).stderr(complained);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map(drop)
}

/// Where the standard output of a program goes.
pub enum Printed<F> {
    /// To the standard output of this process.
    Here,
    /// To its standard error, where its standard output is for something else.
    OnStderr,
    Into(F),
}

/// How long a program that is to stop may take to end by itself: Ctrl-C of a terminal has reached it, too.
const GRACE: Duration = Duration::from_secs(1);

/// Runs a program to its end, with nothing on its standard input and without Git's hook variables; `None` where `stop` was
/// set before it ended, which ends it.
pub fn watched(
    program: &OsStr,
    arguments: &[&OsStr],
    folder: &Path,
    printed: Printed<impl Into<Stdio>>,
    stop: &AtomicBool,
) -> io::Result<Option<ExitStatus>> {
    let mut command = without_git_variables(program, arguments, folder);
    command.stdin(Stdio::null()).stdout(match printed {
        Printed::Here => Stdio::inherit(),
        Printed::OnStderr => Stdio::from(io::stderr()),
        Printed::Into(file) => file.into(),
    });
    wait(command.spawn()?, || stop.load(Ordering::SeqCst))
}

/// Runs a program to its end in a folder, with variables of its own and a file on its standard input, where there is one, and all that
/// it says in a file; `None` where it takes longer than `limit`, which ends it.
pub fn limited<F: Into<Stdio>>(
    program: &OsStr,
    arguments: &[&OsStr],
    folder: &Path,
    set: &[(&str, &OsStr)],
    input: Option<F>,
    [printed, complained]: [F; 2],
    limit: Duration,
) -> io::Result<Option<ExitStatus>> {
    let mut command = without_git_variables(program, arguments, folder);
    command.envs(set.iter().copied()).stdin(input.map_or_else(Stdio::null, F::into)).stdout(printed).stderr(complained);
    let end = Instant::now() + limit;
    wait(command.spawn()?, || Instant::now() > end)
}

/// Waits until a program ends, or ends it once `is_over`, with `None`.
fn wait(mut child: Child, is_over: impl Fn() -> bool) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((!is_over()).then_some(status));
        }
        if is_over() {
            end(&mut child)?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn end(child: &mut Child) -> io::Result<()> {
    let end = Instant::now() + GRACE;
    while Instant::now() < end {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait().map(|_| ())
}

fn without_git_variables(program: &OsStr, arguments: &[&OsStr], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    for variable in GIT_VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Runs a command with nothing on its standard input. Git does not follow replacement objects in it.
fn finish(mut command: Command, set: &[(&str, &OsStr)]) -> io::Result<Output> {
    command.env("GIT_NO_REPLACE_OBJECTS", "1").envs(set.iter().copied());
    Ok(command.stdin(Stdio::null()).output()?.into())
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { status: output.status, stdout: output.stdout, stderr }
    }
}
