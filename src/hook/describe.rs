//! The hooks prepare-commit-msg and commit-msg: they tell the message which entries the commit changes.

use super::HookError;
use super::message::{self, Conventions};
use crate::diff::change;
use crate::disk::{file, write};
use crate::git::{Commit, GitVariables, Oid, Repo};
use crate::load;
use crate::tree::Tree;
use crate::values::EntryId;
use jiff::Timestamp;
use std::path::Path;

/// Where Git has the message from: the second argument of prepare-commit-msg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody has written anything yet, or there is only a template.
    Editor,
    /// `git commit --amend`. It also stands for `-C HEAD` and `-c HEAD`, which Git does not tell apart.
    Amend,
    /// `-m`, `-F`, a merge, a squash, a pick, another commit.
    Given,
}

impl Source {
    /// Reads what Git gives to prepare-commit-msg after the name of the file.
    pub fn of(arguments: &[&str]) -> Self {
        match arguments {
            [] | ["template", ..] => Source::Editor,
            ["commit", "HEAD", ..] => Source::Amend,
            _ => Source::Given,
        }
    }
}

/// Prepares a message: in the editor it lists the changed entries as comments; when amending it makes the trailer anew.
pub fn prepare(repository: &Repo, variables: &GitVariables, file: &Path, source: Source) -> Result<(), HookError> {
    if source == Source::Given || repository.is_picking() {
        return Ok(());
    }
    let conventions = conventions(repository, variables);
    edit(file, |text| {
        let candidate = repository.candidate(variables.index.as_deref())?;
        if source == Source::Amend {
            // In a rebase, what a commit says of itself is kept.
            if repository.replay().is_some() {
                return Ok(text.to_owned());
            }
            let changes = changes(repository, candidate, parent_of_head(repository)?);
            return Ok(message::with_trailer(text, message::summary(&changes).as_deref(), &conventions, true));
        }
        let tree = repository.tree(candidate);
        let head = repository.head()?;
        let before = head.as_ref().map(|head| repository.tree(head.tree));
        let before = before.as_ref().map(|tree| tree as &dyn Tree);
        let mut titled = Vec::new();
        for (id, act) in change::between(before, &tree) {
            let entry = load::entry(&tree, id).or_else(|| load::entry(before?, id));
            titled.push((id, act, entry.map(|entry| entry.title())));
        }
        Ok(message::with_list(text, &titled, &conventions))
    })
}

/// Adds the trailer to a finished message that has none.
pub fn finish(repository: &Repo, variables: &GitVariables, file: &Path, now: Timestamp) -> Result<(), HookError> {
    let conventions = conventions(repository, variables);
    let template = repository.config_path("commit.template").and_then(|path| file::find(&path).ok().flatten());
    edit(file, |text| {
        if let Some(template) = &template {
            let template = String::from_utf8_lossy(&template.content);
            // Git aborts where the template was not filled in, which a trailer would hide.
            if message::says_the_same(text, &template, &conventions) {
                return Ok(text.to_owned());
            }
        }
        let head = repository.head()?;
        let candidate = repository.candidate(variables.index.as_deref())?;
        let amends = head.as_ref().is_some_and(|head| is_amended(head, candidate, variables, now));
        let before = if amends { parent_of_head(repository)? } else { head };
        let changes = changes(repository, candidate, before);
        Ok(message::with_trailer(text, message::summary(&changes).as_deref(), &conventions, false))
    })
}

/// Whether this commit takes the place of HEAD. Git does not say so, but an amended commit keeps its author's date,
/// which no other commit shares unless both were made in the same moment, or with dates of the user's own; and of
/// those it is the one that may change nothing.
fn is_amended(head: &Commit, tree: Oid, variables: &GitVariables, now: Timestamp) -> bool {
    let is_past = now.as_second() - head.authored >= 2 && !variables.fixed_dates;
    variables.author_date == Some(head.authored) && (is_past || tree == head.tree)
}

fn parent_of_head(repository: &Repo) -> Result<Option<Commit>, HookError> {
    match repository.head()?.and_then(|head| head.parents.first().copied()) {
        Some(parent) => Ok(Some(repository.resolve(&parent.to_string())?)),
        None => Ok(None),
    }
}

fn changes(repository: &Repo, candidate: Oid, before: Option<Commit>) -> Vec<(EntryId, change::Act)> {
    let before = before.map(|commit| repository.tree(commit.tree));
    change::between(before.as_ref().map(|tree| tree as &dyn Tree), &repository.tree(candidate))
}

fn conventions(repository: &Repo, variables: &GitVariables) -> Conventions {
    Conventions {
        comment: repository.config("core.commentString").or_else(|| repository.config("core.commentChar")),
        cleanup: repository.config("commit.cleanup"),
        no_editor: variables.no_editor,
    }
}

/// Changes the text of a file. A message in another encoding than UTF-8 stays as it is.
fn edit(file: &Path, change: impl FnOnce(&str) -> Result<String, HookError>) -> Result<(), HookError> {
    let found = file::find(file).map_err(HookError::at(file))?;
    let Some(text) = found.and_then(|found| String::from_utf8(found.content).ok()) else { return Ok(()) };
    let changed = change(&text)?;
    if changed == text {
        return Ok(());
    }
    write::whole(file, changed.as_bytes(), false).map_err(HookError::at(file))
}
