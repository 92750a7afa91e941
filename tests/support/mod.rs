//! Hermetic Git repositories and a casebook that sees only what a test gives it.
#![allow(dead_code, clippy::unwrap_used)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that is removed at the end, with a home of its own, and fixed names, dates, time and ids.
pub struct Sandbox {
    folder: tempfile::TempDir,
    seed: AtomicU64,
}

/// What a program printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Fails the test where the program did not end with 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails the test where the program did not end with this code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Both outputs, as a terminal shows them.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

pub const CASEBOOK: &str = env!("CARGO_BIN_EXE_casebook");
pub const NOW: &str = "2026-03-05T12:00:00Z";

impl Sandbox {
    pub fn new() -> Self {
        Self::of(tempfile::tempdir().unwrap())
    }

    /// In memory, where the system has a place for files there: for tests that write many.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        Self::of(if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap())
    }

    /// In a folder that is there.
    pub fn inside(folder: &Path) -> Self {
        Self::of(tempfile::tempdir_in(folder).unwrap())
    }

    fn of(folder: tempfile::TempDir) -> Self {
        fs::create_dir(folder.path().join("home")).unwrap();
        Self { folder, seed: AtomicU64::new(1) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program with nothing of this machine's user in its environment.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let seed = self.seed.fetch_add(1, Ordering::Relaxed);
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_CONFIG_GLOBAL", self.path("home/.gitconfig"))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "true")
            .env("GIT_AUTHOR_NAME", "Bob Example")
            .env("GIT_AUTHOR_EMAIL", "bob@example.org")
            .env("GIT_AUTHOR_DATE", "2026-03-05T11:00:00Z")
            .env("GIT_COMMITTER_NAME", "Bob Example")
            .env("GIT_COMMITTER_EMAIL", "bob@example.org")
            .env("GIT_COMMITTER_DATE", "2026-03-05T11:00:00Z")
            .env("CASEBOOK_NOW", NOW)
            .env("CASEBOOK_SEED", seed.to_string());
        command
    }

    pub fn run(&self, program: impl AsRef<OsStr>, folder: &Path, arguments: &[&str]) -> Ran {
        ran(self.command(program, folder).args(arguments).output().unwrap())
    }

    pub fn git(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.run("git", folder, arguments)
    }

    pub fn casebook(&self, folder: &Path, arguments: &[&str]) -> Ran {
        self.run(CASEBOOK, folder, arguments)
    }
}

/// A repository with a case in a sandbox. Test binaries add what they need with an `impl` of their own.
pub struct Desk {
    pub sandbox: Sandbox,
    pub top: PathBuf,
}

impl Desk {
    /// With the sound case, committed.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With the sound case as `prepare` leaves it, committed.
    pub fn with(prepare: impl FnOnce(&Self)) -> Self {
        let sandbox = Sandbox::new();
        let top = sandbox.path("case");
        copy(&sound_case(), &top);
        sandbox.git(&top, &["init", "-q", "-b", "main"]).ok();
        let desk = Self { sandbox, top };
        prepare(&desk);
        desk.commit("The case begins");
        desk
    }

    pub fn git(&self, arguments: &[&str]) -> Ran {
        self.sandbox.git(&self.top, arguments)
    }

    pub fn casebook(&self, arguments: &[&str]) -> Ran {
        self.sandbox.casebook(&self.top, arguments)
    }

    /// Commits everything, as who does not read what a command says, and gives the id of the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]).ok();
        self.git(&["commit", "-qm", message, "--allow-empty"]).ok();
        self.head()
    }

    /// The id of HEAD.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).ok().stdout.trim().to_owned()
    }

    /// A file of the case.
    pub fn path(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Changes a file of the case by a function of its bytes.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut content = fs::read(self.path(name)).unwrap();
        change(&mut content);
        fs::write(self.path(name), content).unwrap();
    }

    /// Writes a file that is to become evidence, beside the case.
    pub fn source(&self, name: &str, content: &[u8]) -> String {
        let path = self.sandbox.path("sources").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Registers files as one item and gives its id.
    pub fn add(&self, paths: &[&str], options: &[&str]) -> String {
        let arguments = [&["evidence", "add", "--title", "Test", "--by", "bob"], paths, options].concat();
        self.casebook(&arguments).ok().stdout.split_whitespace().nth(1).unwrap().to_owned()
    }

    /// What a command prints with `--format json`.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.casebook(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.text()))
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Copies the files of a folder, such as the sound case `tests/rules/base`.
pub fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The sound case of the rule fixtures.
pub fn sound_case() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/base")
}

/// A program that none of us wrote, for a test that needs it: from the folder in CASEBOOK_TOOLS (a Python environment
/// `venv` and `node_modules`), or else from PATH. Where it is missing the test is skipped with a message; with
/// CASEBOOK_REQUIRE_TOOLS set, as `.ci/run` sets it, it fails instead.
pub fn tool(name: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("CASEBOOK_TOOLS").map(PathBuf::from);
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Some(tools) = &tools {
        candidates.push(tools.join("venv/bin").join(name));
        candidates.push(tools.join("node_modules/.bin").join(name));
        candidates.push(tools.join("node_modules").join(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path).map(|folder| folder.join(name)));
    let found = candidates.into_iter().find(|candidate| candidate.exists());
    if found.is_none() {
        assert!(std::env::var_os("CASEBOOK_REQUIRE_TOOLS").is_none(), "`{name}` is needed and not there");
        eprintln!("skipped: `{name}` is not installed; .ci/run shows how to get it");
    }
    found
}

/// What the validator of the CASE community says of a file.
pub fn case_validate(desk: &Desk, file: &str) -> Option<Ran> {
    let python = tool("case_validate")?.with_file_name("python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/case_validate.py");
    let arguments = [script.to_str().unwrap(), "--built-version", "case-1.4.0", file];
    Some(desk.sandbox.run(&python, &desk.top, &arguments))
}

/// A folder of the real data that tests run on, in the folder that CASEBOOK_SHARED names or in `../shared/data`. Where it is
/// missing the test is skipped with a message.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("CASEBOOK_SHARED").map_or(beside, PathBuf::from);
    let found = data.join(folder);
    if !found.exists() {
        eprintln!("skipped: there is no {}; set CASEBOOK_SHARED", found.display());
        return None;
    }
    Some(found)
}
