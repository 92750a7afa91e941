//! The doctor: everything that can be wrong with an installation, and the command that mends it.

mod case;
mod hooks;
mod machine;
mod merging;
mod publication;
mod repository;

use crate::git::Repo;
use crate::values::wording::shell_word;
use std::path::{Path, PathBuf};

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Examination {
    /// A word for what was looked at, such as `identity`.
    pub about: &'static str,
    pub health: Health,
    pub says: String,
    /// What to type.
    pub mend: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Well,
    /// It may be meant so.
    Note,
    /// It needs mending.
    Ill,
}

impl Health {
    pub fn word(self) -> &'static str {
        match self {
            Health::Well => "ok",
            Health::Note => "note",
            Health::Ill => "wrong",
        }
    }
}

impl Examination {
    fn well(about: &'static str, says: impl Into<String>) -> Self {
        Self { about, health: Health::Well, says: says.into(), mend: None }
    }

    fn note(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { about, health: Health::Note, says: says.into(), mend: Some(mend.into()) }
    }

    fn ill(about: &'static str, says: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { about, health: Health::Ill, says: says.into(), mend: Some(mend.into()) }
    }
}

/// What the doctor is told of the user: the environment is not its to read.
#[derive(Clone, Debug, Default)]
pub struct Patient {
    /// The folder that the user is in.
    pub folder: PathBuf,
    /// The program that examines.
    pub program: Option<PathBuf>,
    /// GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, which come before the configuration.
    pub name: Option<String>,
    pub email: Option<String>,
}

/// Examines the installation that is in use in a folder.
pub fn examine(patient: &Patient) -> Vec<Examination> {
    let mut found = vec![machine::git_version(&patient.folder)];
    let repository = match Repo::discover(&patient.folder) {
        Ok(repository) => repository,
        Err(error) => {
            let mend = error.help().unwrap_or_else(|| "`git status` says more".to_owned());
            found.push(Examination::ill("repository", error.to_string(), mend));
            return found;
        }
    };
    found.extend(repository::examine(&repository));
    found.extend(hooks::examine(&repository));
    found.extend(publication::examine(&repository));
    if let Some(top) = repository.work_tree() {
        found.push(merging::examine(&repository, patient));
        found.extend(case::examine(&repository, top, patient));
    }
    found
}

/// A list of names for a sentence: the first few, and how many more.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0..=4 => names.join(", "),
        count => format!("{} and {} more", names[..3].join(", "), count - 3),
    }
}

/// A path as one word of a shell.
fn word(path: &Path) -> String {
    shell_word(&path.display().to_string())
}
