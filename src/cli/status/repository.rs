//! What of the case is not committed yet, whether the reports are of the last commit, and whether the hooks run.

use crate::cli::open::Open;
use crate::exec;
use crate::git::Repo;
use crate::hook;
use crate::hook::local_reports::FOLDER;
use crate::hook::stamp::Stamp;
use crate::hook::status::Whose;
use std::ffi::OsStr;
use std::path::Path;

/// How many paths differ from the last commit, by what Git says of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the index, ready to be committed.
    pub staged: usize,
    /// Changed since.
    pub unstaged: usize,
    /// New files and folders that Git does not know yet.
    pub untracked: usize,
    /// Left over from a merge.
    pub conflicts: usize,
}

impl Changes {
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

/// What Git says of the work tree; `None` where it could not be asked. Git itself is asked: what libgit2 says is wrong
/// in a sparse checkout.
pub fn changes(top: &Path) -> Option<Changes> {
    let arguments = ["--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=normal"];
    let output = exec::run(OsStr::new("git"), &arguments.map(OsStr::new), top, &[]).ok()?;
    output.status.success().then(|| count(&output.stdout))
}

fn count(porcelain: &[u8]) -> Changes {
    let mut changes = Changes::default();
    let mut records = porcelain.split(|byte| *byte == 0).filter(|record| record.len() > 3);
    while let Some(record) = records.next() {
        match (record[0], record[1]) {
            (b'?', _) => changes.untracked += 1,
            (b'U', _) | (_, b'U') | (b'A', b'A') | (b'D', b'D') => changes.conflicts += 1,
            (index, tree) => {
                changes.staged += usize::from(index != b' ');
                changes.unstaged += usize::from(tree != b' ');
                if matches!(index, b'R' | b'C') || matches!(tree, b'R' | b'C') {
                    // The name before the renaming follows as a record of its own.
                    records.next();
                }
            }
        }
    }
    changes
}

/// What the reports in the work tree come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reports {
    NothingCommitted,
    None,
    /// They come from this commit, which is not the last one.
    Stale(String),
    /// They were of this commit, the last one, and were changed since or made by another version.
    Changed(String),
    Current(String),
}

pub fn reports(open: &Open) -> Reports {
    let Some(head) = head(&open.repository) else { return Reports::NothingCommitted };
    let folder = open.top.join(FOLDER);
    match Stamp::read(&folder) {
        Ok(Some(stamp)) if stamp.is_current(&head, &folder) => Reports::Current(head),
        Ok(Some(stamp)) if stamp.commit == head => Reports::Changed(head),
        Ok(Some(stamp)) => Reports::Stale(stamp.commit),
        Ok(None) | Err(_) => Reports::None,
    }
}

/// Whether Git runs casebook at each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    InPlace,
    Missing,
    /// They are there, but something keeps one from doing its work.
    Faulty,
}

pub fn hooks(repository: &Repo) -> Hooks {
    match hook::status::status(repository) {
        Ok(status) if status.is_well() => Hooks::InPlace,
        Ok(status) if status.hooks.iter().all(|hook| hook.whose != Whose::Nobodys) => Hooks::Faulty,
        Ok(_) => Hooks::Missing,
        Err(_) => Hooks::Faulty,
    }
}

fn head(repository: &Repo) -> Option<String> {
    repository.head().ok().flatten().map(|commit| commit.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Changes, count};

    #[test]
    fn what_git_says_is_counted() {
        let porcelain = b"M  case.toml\0 M team.toml\0MM policy.toml\0R  findings/new.toml\0findings/?? old.toml\0\
                          ?? notes/\0UU events/e.toml\0AA events/f.toml\0";
        assert_eq!(count(porcelain), Changes { staged: 3, unstaged: 2, untracked: 1, conflicts: 2 });
        assert!(count(b"").is_clean());
    }
}
