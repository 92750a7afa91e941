//! The places that reports go to: a branch of the same repository, or a repository of its own.
//!
//! A commit for a repository of its own is made in a repository beside the case's cache, which never holds anything but what that
//! audience was told: nothing else can be pushed from there.

use super::lineage::Layout;
use super::{PublishError, REFERENCE, Remote, log};
use crate::exec;
use crate::git::{Commit, Oid, Repo};
use std::ffi::OsStr;

/// Where a commit of reports goes.
pub enum Place<'p> {
    Branch(&'p Repo),
    Separate { staged: Repo, remote: &'p Remote },
}

impl<'p> Place<'p> {
    /// The repository of an audience.
    pub fn separate(case: &Repo, audience: &str, remote: &'p Remote, dry: bool) -> Result<Self, PublishError> {
        let folder = log::folder(case).join("publish").join(format!("{audience}.git"));
        let staged = Repo::bare(&folder)?;
        if dry {
            staged.forget_writes()?;
        }
        Ok(Place::Separate { staged, remote })
    }

    /// The repository in which its commits are made.
    pub fn repository(&self) -> &Repo {
        match self {
            Place::Branch(repository) => repository,
            Place::Separate { staged, .. } => staged,
        }
    }

    pub fn layout(&self) -> Layout {
        match self {
            Place::Branch(_) => Layout::Folders,
            Place::Separate { .. } => Layout::Alone,
        }
    }

    /// What is published there last.
    pub fn tip(&self) -> Result<Option<Commit>, PublishError> {
        match self {
            Place::Branch(repository) => Ok(repository.tip(REFERENCE)?),
            Place::Separate { staged, remote } => fetched(staged, remote),
        }
    }

    /// Moves it from one commit to the next; `false` where somebody else has moved it.
    pub fn advance(&self, from: Option<Oid>, to: Oid) -> Result<bool, PublishError> {
        match self {
            Place::Branch(repository) => Ok(repository.advance(REFERENCE, from, to, "casebook publish")?),
            Place::Separate { staged, remote } => pushed(staged, remote, from, to),
        }
    }
}

fn fetched(staged: &Repo, remote: &Remote) -> Result<Option<Commit>, PublishError> {
    let Some(id) = last(staged, remote)? else { return Ok(None) };
    if staged.find(id).is_none() {
        let refspec = format!("+{0}:{0}", remote.reference());
        git(staged, &["-c", "fetch.fsckObjects=true", "fetch", "--quiet", "--no-tags", "--", &remote.url, &refspec])?;
    }
    Ok(staged.find(id))
}

/// The commit that the branch of a repository is at now.
fn last(staged: &Repo, remote: &Remote) -> Result<Option<Oid>, PublishError> {
    let reference = remote.reference();
    let listed = git(staged, &["ls-remote", "--", &remote.url, &reference])?;
    let id = |line: &str| line.strip_suffix(&format!("\t{reference}")).and_then(|id| Oid::from_str(id).ok());
    Ok(listed.lines().find_map(id))
}

fn pushed(staged: &Repo, remote: &Remote, from: Option<Oid>, to: Oid) -> Result<bool, PublishError> {
    let reference = remote.reference();
    let expected = from.map(|from| from.to_string()).unwrap_or_default();
    let lease = format!("--force-with-lease={reference}:{expected}");
    let refspec = format!("{to}:{reference}");
    match git(staged, &["push", "--quiet", "--no-verify", &lease, "--", &remote.url, &refspec]) {
        Ok(_) => Ok(true),
        // Whether somebody else was faster is told by what is there, not by words that change with the version of Git.
        Err(_) if last(staged, remote)? != from => Ok(false),
        Err(error) => Err(error),
    }
}

fn git(staged: &Repo, arguments: &[&str]) -> Result<String, PublishError> {
    let words: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let asks_nobody = [("GIT_TERMINAL_PROMPT", OsStr::new("0")), ("GIT_DIR", staged.git_dir().as_os_str())];
    let ran = exec::run(OsStr::new("git"), &words, staged.git_dir(), &asks_nobody)
        .map_err(|reason| PublishError::Disk { path: "git".into(), reason })?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    let program = arguments.iter().find(|word| matches!(**word, "fetch" | "push" | "ls-remote")).unwrap_or(&"");
    Err(PublishError::Git { program: format!("git {program}"), said: ran.stderr.trim().to_owned() })
}
