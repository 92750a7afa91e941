//! The demos: complete cases of real incidents, built step by step with the commands that a team would type.
//!
//! Every step runs the real program: this casebook, and git with its hooks. Names, dates, ids and the time are fixed, so
//! that a demo gives the same commits everywhere.

mod domain_controller;
mod pypi_phishing;
pub mod step;

use crate::disk::write;
use crate::exec::{self, Output};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use step::{Expect, Person, Program, Step};

/// What the demo tells while it runs.
pub enum Told<'a> {
    /// What is done next, and why.
    Said(&'a str),
    /// Files were written, as an analyst's editor would.
    Wrote { files: usize, what: &'a str },
    /// A command is about to run, as one would type it.
    Runs { by: &'a Person, command: String },
    /// What the command printed.
    Printed(String),
}

/// Why the demo stopped.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("cannot write the demo: {0}")]
    Disk(#[from] io::Error),
    #[error("`{command}` ended otherwise than it should:\n{printed}")]
    Unexpected { command: String, printed: String },
}

/// What a step of the demo works with.
struct Stage<'a> {
    /// The folder that holds the evidence as it was handed over, and the case.
    folder: PathBuf,
    /// This program.
    casebook: &'a Path,
    /// Ids that stand in the files for items that are only made on the way, with the ids that they got.
    ids: Vec<(&'static str, String)>,
    /// What the random ids of the next command start from.
    seed: u64,
}

/// A case that can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    DomainController,
    PypiPhishing,
}

impl Case {
    fn steps(self) -> Vec<Step> {
        match self {
            Case::DomainController => domain_controller::steps(),
            Case::PypiPhishing => pypi_phishing::steps(),
        }
    }

    /// What the ids that the first command draws start from; each command has its own.
    fn seed(self) -> u64 {
        match self {
            Case::DomainController => 20_200_919,
            Case::PypiPhishing => 20_250_726,
        }
    }
}

/// The folder of the case inside the demo's folder.
pub const FOLDER: &str = "case";

/// Builds a case below an existing, empty folder.
pub fn play(case: Case, folder: &Path, casebook: &Path, tell: &mut dyn FnMut(Told<'_>)) -> Result<(), DemoError> {
    let mut stage = Stage { folder: folder.to_owned(), casebook, ids: Vec::new(), seed: case.seed() };
    for step in case.steps() {
        stage.perform(step, tell)?;
    }
    Ok(())
}

impl Stage<'_> {
    fn perform(&mut self, step: Step, tell: &mut dyn FnMut(Told<'_>)) -> Result<(), DemoError> {
        match step {
            Step::Say(text) => tell(Told::Said(text)),
            Step::Write { what, files } => {
                let files_written = files.len();
                for (path, content) in files {
                    let content = match String::from_utf8(content) {
                        Ok(text) => self.with_ids(&text).into_bytes(),
                        Err(bytes) => bytes.into_bytes(),
                    };
                    write::whole(&self.folder.join(path), &content, false)?;
                }
                tell(Told::Wrote { files: files_written, what });
            }
            Step::Run { by, at, program, arguments, expect, remember } => {
                let arguments: Vec<String> = arguments.iter().map(|argument| self.with_ids(argument)).collect();
                let command = shown(program, &arguments);
                self.seed += 1;
                tell(Told::Runs { by: &by, command: command.clone() });
                let output = self.run(&by, at, program, &arguments)?;
                let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
                let printed = format!("{stdout}{}", output.stderr);
                if output.status.success() != (expect == Expect::Success) {
                    return Err(DemoError::Unexpected { command, printed });
                }
                if let Some(placeholder) = remember {
                    let id = first_evidence_id(&printed);
                    let id = id.ok_or_else(|| DemoError::Unexpected { command, printed: printed.clone() })?;
                    self.ids.push((placeholder, id));
                }
                tell(Told::Printed(printed));
            }
        }
        Ok(())
    }

    /// Replaces the ids that stand for items that were made on the way.
    fn with_ids(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    /// Runs a command in the case, as a person, at a fixed time, with nothing of the user's own configuration of Git.
    fn run(&self, by: &Person, at: &str, program: Program, arguments: &[String]) -> io::Result<Output> {
        let case = self.folder.join(FOLDER);
        let folder = if case.is_dir() { &case } else { &self.folder };
        let program = match program {
            Program::Casebook => self.casebook.as_os_str(),
            Program::Git => OsStr::new("git"),
        };
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let arguments: Vec<&OsStr> = arguments.iter().map(OsString::as_os_str).collect();
        let seed = self.seed.to_string();
        let set: Vec<(&str, &OsStr)> = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }),
            ("GIT_AUTHOR_NAME", by.name),
            ("GIT_AUTHOR_EMAIL", by.email),
            ("GIT_AUTHOR_DATE", at),
            ("GIT_COMMITTER_NAME", by.name),
            ("GIT_COMMITTER_EMAIL", by.email),
            ("GIT_COMMITTER_DATE", at),
            ("CASEBOOK_NOW", at),
            ("CASEBOOK_SEED", &seed),
            ("NO_COLOR", "1"),
        ]
        .map(|(name, value)| (name, OsStr::new(value)))
        .to_vec();
        exec::run(program, &arguments, folder, &set)
    }
}

/// The command as one would type it.
fn shown(program: Program, arguments: &[String]) -> String {
    let name = match program {
        Program::Casebook => "casebook",
        Program::Git => "git",
    };
    let quoted = arguments.iter().map(|argument| {
        let plain = argument.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:+,%".contains(c));
        if plain { argument.clone() } else { format!("'{argument}'") }
    });
    std::iter::once(name.to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

/// The first id of an evidence item in what a command printed.
fn first_evidence_id(printed: &str) -> Option<String> {
    let words = printed.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.map(str::to_owned).find(|word| word.starts_with("x-") && word.parse::<crate::values::EntryId>().is_ok())
}
