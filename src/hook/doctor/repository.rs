//! The repository: can casebook read all of it?

use super::Examination;
use crate::git::{GitError, Repo};

pub fn examine(repository: &Repo) -> Vec<Examination> {
    let mut found = vec![match repository.work_tree() {
        Some(top) => Examination::well("repository", top.components().as_path().display().to_string()),
        None => Examination::note(
            "repository",
            "it is bare, without files to work on",
            "`git clone` it, and work in the clone",
        ),
    }];
    if repository.work_tree().is_some() {
        found.push(index(repository));
    }
    if repository.is_sparse() {
        found.push(Examination::note(
            "work tree",
            "this is a sparse checkout: what it leaves out looks deleted to all but `casebook check --staged`",
            "`git sparse-checkout disable`",
        ));
    }
    found.extend(history(repository));
    found
}

fn index(repository: &Repo) -> Examination {
    match repository.candidate(None) {
        Ok(_) => Examination::well("index", "it can be read"),
        Err(error @ GitError::Conflicts) => {
            Examination::note("index", error.to_string(), error.help().unwrap_or_default())
        }
        Err(error) => {
            Examination::ill("index", error.to_string(), "`git fsck` and `git status` say what is wrong with it")
        }
    }
}

fn history(repository: &Repo) -> Option<Examination> {
    if repository.is_partial() {
        return Some(Examination::ill(
            "history",
            "this is a partial clone: files that Git has not fetched yet cannot be checked",
            "`git fetch --refetch --no-filter`, then `git config --unset remote.origin.promisor`",
        ));
    }
    let shallow = repository.is_shallow();
    shallow.then(|| {
        let says = "this is a shallow clone: what happened before it cannot be compared";
        Examination::note("history", says, "`git fetch --unshallow`")
    })
}
