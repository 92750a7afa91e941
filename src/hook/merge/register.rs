//! The driver in the clone's own configuration: what Git runs for the paths that `.gitattributes` gives to it.
//!
//! `.gitattributes` of a case says which paths are merged by the driver of this name; what that driver is, each clone says
//! for itself. Nothing of a case is ever a command.

use crate::git::{GitError, Repo};
use crate::hook::install::Done;
use crate::hook::shim;
use crate::hook::status::version_of;
use std::path::{Path, PathBuf};

/// The name that `.gitattributes` uses: `merge=casebook`.
pub const NAME: &str = "casebook";

const DRIVER: &str = "merge.casebook.driver";
const ABOUT: &str = "merge.casebook.name";

/// How the driver stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// No driver is set, so Git merges line by line.
    Missing,
    /// It is another command than casebook would set.
    Foreign(String),
    Ours {
        binary: PathBuf,
        /// What it says that its version is; `None` where it cannot be run.
        version: Option<String>,
    },
}

/// Sets the driver so that it calls the program at the absolute path `binary`. Doing it again changes nothing.
pub fn register(repository: &Repo, binary: &Path) -> Result<Done, GitError> {
    let command = command(binary);
    let done = match repository.own_config(DRIVER) {
        None => Done::Added,
        Some(set) if set == command => Done::Kept,
        Some(_) => Done::Renewed,
    };
    if done != Done::Kept {
        repository.set_config(ABOUT, "records of a case, key by key")?;
        repository.set_config(DRIVER, &command)?;
    }
    Ok(done)
}

/// Removes it; says whether it was there.
pub fn unregister(repository: &Repo) -> Result<bool, GitError> {
    repository.remove_config_section("merge.casebook")
}

/// Looks at the driver, and asks the program that it calls for its version.
pub fn registration(repository: &Repo) -> Registration {
    let Some(set) = repository.config(DRIVER) else { return Registration::Missing };
    match binary(&set) {
        Some(binary) if set == command(&binary) => {
            let version = version_of(&binary);
            Registration::Ours { binary, version }
        }
        _ => Registration::Foreign(set),
    }
}

/// The command that Git gives to a shell. Git fills in the names of the files, the path and the labels, and quotes them.
/// Where casebook cannot be run or breaks, Git would keep our side without a mark of the other one: then `git merge-file`
/// merges the lines.
fn command(binary: &Path) -> String {
    let quoted = shim::quoted(binary).replace('%', "%%");
    format!(
        "{quoted} merge-driver --marker-size=%L --ancestor-label=%S --ours-label=%X --theirs-label=%Y %O %A %B %P \
         || {{ test $? -eq 1 && exit 1; \
         echo 'casebook: the merge driver could not be run, so lines were merged: casebook hook install' >&2; \
         git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B; }}"
    )
}

/// The program that a command of ours calls.
fn binary(command: &str) -> Option<PathBuf> {
    let (quoted, _) = command.split_once(" merge-driver --marker-size=%L ")?;
    let inner = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(PathBuf::from(inner.replace(r"'\''", "'").replace("%%", "%")))
}

#[cfg(test)]
mod tests {
    use super::{binary, command};
    use std::path::{Path, PathBuf};

    #[test]
    fn the_command_says_what_it_calls() {
        for path in ["/usr/bin/casebook", "/home/a b/it's 100%P/$(casebook)"] {
            assert_eq!(binary(&command(Path::new(path))), Some(PathBuf::from(path)));
        }
        assert_eq!(binary("true"), None);
    }
}
