//! Where Git looks for hooks: its own answer, since `core.hooksPath` may stand in any of its configuration files.

use super::{GitError, Repo};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The folder that Git runs hooks from.
#[derive(Clone, Debug)]
pub struct HooksFolder {
    pub path: PathBuf,
    /// Where `core.hooksPath` is set: `system`, `global`, `local`, `worktree` or `command`; `None` where it is not.
    pub scope: Option<String>,
}

impl Repo {
    /// Asks Git for the folder that it runs this repository's hooks from.
    pub fn hooks_folder(&self) -> Result<HooksFolder, GitError> {
        let answer = self.ask(&["rev-parse", "--git-path", "hooks"])?;
        let path = self.top().join(answer.trim_end_matches(['\n', '\r']));
        let scope = self.ask(&["config", "--show-scope", "--get", "core.hooksPath"]).ok();
        let scope = scope.and_then(|text| text.split_whitespace().next().map(str::to_owned));
        Ok(HooksFolder { path, scope })
    }

    /// The top folders of all work trees of the repository that are known, this one first.
    pub fn work_trees(&self) -> Vec<PathBuf> {
        let mut tops: Vec<PathBuf> = self.work_tree().map(Path::to_owned).into_iter().collect();
        if self.common_dir().file_name() == Some(OsStr::new(".git")) {
            tops.extend(self.common_dir().parent().map(Path::to_owned));
        }
        for name in self.repository.worktrees().iter().flat_map(|names| names.iter()).flatten().flatten() {
            tops.extend(self.repository.find_worktree(name).ok().map(|linked| linked.path().to_owned()));
        }
        tops
    }

    /// Removes the hook of this name that Git 2.54 and later can keep in the configuration; none is no error.
    pub fn unset_hooks_of_configuration(&self, name: &str) -> Result<(), GitError> {
        self.remove_config_section(&format!("hook.{name}")).map(drop)
    }

    /// The folder that Git's relative answers are relative to.
    fn top(&self) -> &Path {
        self.work_tree().unwrap_or(self.git_dir())
    }

    /// What Git prints for this repository, whatever repository the environment names.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<String, GitError> {
        let set = [("GIT_DIR", self.git_dir().as_os_str())];
        let output = crate::exec::git(arguments, self.top(), &set)
            .map_err(|error| GitError::Other(format!("cannot run `git`: {error}")))?;
        if !output.status.success() {
            return Err(GitError::Other(output.stderr.trim().to_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
