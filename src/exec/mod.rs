//! Other programs: the only module that uses `std::process`. No shell, a clean environment.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

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

/// Runs a program to its end in a folder, with `input` on its standard input, without Git's hook variables.
pub fn run(program: &OsStr, arguments: &[&OsStr], folder: &Path, input: &[u8]) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    for variable in GIT_VARIABLES {
        command.env_remove(variable);
    }
    finish(command, input)
}

/// Runs Git for the hook that is running: it keeps the hook's variables, so that it sees the same repository and index,
/// but those in `set` replace them. Replacement objects are not followed.
pub fn git(arguments: &[&str], folder: &Path, set: &[(&str, &OsStr)]) -> io::Result<Output> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).env("GIT_NO_REPLACE_OBJECTS", "1");
    for (name, value) in set {
        command.env(name, value);
    }
    finish(command, b"")
}

fn finish(mut command: Command, input: &[u8]) -> io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut pipe = child.stdin.take().expect("standard input was piped");
    let output = std::thread::scope(|scope| {
        // A program need not read its input; a closed pipe is no error of ours.
        scope.spawn(move || pipe.write_all(input));
        child.wait_with_output()
    })?;
    Ok(Output {
        status: output.status,
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a program to its end in a folder, with variables of its own and without Git's hook variables.
pub fn run_with(program: &OsStr, arguments: &[&OsStr], folder: &Path, set: &[(&str, &OsStr)]) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    for variable in GIT_VARIABLES {
        command.env_remove(variable);
    }
    for (name, value) in set {
        command.env(name, value);
    }
    finish(command, b"")
}

/// Runs a program to its end at the user's terminal, without Git's hook variables: an editor, or `git commit`.
pub fn attached(program: &OsStr, arguments: &[&OsStr], folder: &Path) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    for variable in GIT_VARIABLES {
        command.env_remove(variable);
    }
    command.status()
}
