//! Replays: whether Git is making several commits in one command, and what of it is left.

use super::Repo;
use crate::disk::file;

/// A command that makes several commits and has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// A rebase, with so many commands of its list left. The hook post-rewrite follows at its end, if it made a commit.
    Rebase { left: usize },
    /// `git am`, with so many patches left. No hook follows its last post-applypatch.
    Mail { left: usize },
    /// Several picks or reverts, with so many left. No hook follows the last post-commit.
    Picks { left: usize },
}

impl Repo {
    /// What Git is in the middle of, in the hook that follows a commit. Git keeps it in files whose names and contents
    /// have been the same for many years; there is no command that tells.
    pub fn replay(&self) -> Option<Replay> {
        if let Some(todo) = self.state_file("rebase-merge/git-rebase-todo") {
            return Some(Replay::Rebase { left: commands(&todo) });
        }
        if self.has_state("rebase-merge") {
            return Some(Replay::Rebase { left: 0 });
        }
        if self.has_state("rebase-apply") {
            let number = |name| self.state_file(name).and_then(|text| text.trim().parse::<usize>().ok()).unwrap_or(0);
            let left = number("rebase-apply/last").saturating_sub(number("rebase-apply/next"));
            let rebasing = self.has_state("rebase-apply/rebasing");
            return Some(if rebasing { Replay::Rebase { left } } else { Replay::Mail { left } });
        }
        // The list still holds the pick that was just made.
        let todo = self.state_file("sequencer/todo")?;
        Some(Replay::Picks { left: commands(&todo).saturating_sub(1) })
    }

    /// Whether the commit that is being made takes its message from another one.
    pub fn is_picking(&self) -> bool {
        self.has_state("CHERRY_PICK_HEAD") || self.has_state("REVERT_HEAD")
    }

    fn has_state(&self, name: &str) -> bool {
        file::is_there(&self.git_dir().join(name))
    }

    fn state_file(&self, name: &str) -> Option<String> {
        let found = file::find(&self.git_dir().join(name)).ok()??;
        Some(String::from_utf8_lossy(&found.content).into_owned())
    }
}

fn commands(todo: &str) -> usize {
    todo.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count()
}
