//! The commits of reports: what each is made of, which follows which, and whether one is what this program makes.

use super::{Edition, PublishError};
use crate::git::{Commit, Oid, Repo};
use crate::load::Memory;
use crate::report::RenderedFile;
use std::collections::{BTreeMap, BTreeSet};

/// The trailer that names the commit that reports come from.
const SOURCE: &str = "Casebook-Source";

/// How files lie in a commit of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A folder for each audience.
    Folders,
    /// The files of one audience, alone.
    Alone,
}

/// How a commit stands to what is published.
pub enum Relation {
    /// What is published comes from it, or from a commit before it.
    Follows,
    /// What is published comes from a later one.
    Newer,
    /// What is published comes from one of another history.
    Apart(Oid),
    /// What is published comes from what is no commit here, as it says itself.
    Unknown(String),
}

/// The commit of the case that a commit of reports names as its source; else what it names.
pub fn source(case: &Repo, reports: &Repo, commit: &Commit) -> Result<Commit, String> {
    let named = reports.trailer(commit, SOURCE).ok_or("nobody knows where")?;
    let id = Oid::from_str(&named).ok().filter(|id| id.to_string() == named);
    id.and_then(|id| case.find(id)).ok_or(named)
}

/// How a commit stands to the one that the last commit of reports comes from.
pub fn relation(case: &Repo, reports: &Repo, tip: &Commit, commit: &Commit) -> Result<Relation, PublishError> {
    let published = match source(case, reports, tip) {
        Ok(published) => published,
        Err(named) => return Ok(Relation::Unknown(named)),
    };
    Ok(if case.contains(commit.id, published.id)? {
        Relation::Follows
    } else if case.contains(published.id, commit.id)? {
        Relation::Newer
    } else {
        Relation::Apart(published.id)
    })
}

/// Writes the commit of reports that follows another one; `None` where that has the same files. An audience that is not told keeps
/// what it was told before.
pub fn compose(
    reports: &Repo,
    parent: Option<&Commit>,
    edition: &Edition,
    layout: Layout,
) -> Result<Option<Oid>, PublishError> {
    let tree = match layout {
        Layout::Folders => folders(reports, parent, edition)?,
        Layout::Alone => match edition.tellings.values().flatten().next() {
            Some(files) => reports.write_folder(&by_name(files), &BTreeMap::new())?,
            None => return Ok(None),
        },
    };
    let before = parent.map(|parent| parent.tree);
    if before == Some(tree) || edition.is_refused() {
        return Ok(None);
    }
    let seconds = edition.source.at.timestamp().as_second();
    Ok(Some(reports.write_commit(tree, parent.map(|parent| parent.id), &message(edition), seconds)?))
}

fn folders(reports: &Repo, parent: Option<&Commit>, edition: &Edition) -> Result<Oid, PublishError> {
    let before = parent.map(|parent| reports.top_folders(parent.tree)).transpose()?.unwrap_or_default();
    let mut folders = BTreeMap::new();
    for (audience, telling) in &edition.tellings {
        let folder = match telling {
            Ok(files) => Some(reports.write_folder(&by_name(files), &BTreeMap::new())?),
            Err(_) => before.get(audience).copied(),
        };
        folders.extend(folder.map(|folder| (audience.clone(), folder)));
    }
    Ok(reports.write_folder(&BTreeMap::new(), &folders)?)
}

fn by_name(files: &[RenderedFile]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|file| (file.name.clone(), file.content.clone().into_bytes())).collect()
}

fn message(edition: &Edition) -> String {
    let source = &edition.source;
    let id = source.id.to_string();
    let policy = edition.policy.map(|digest| format!("Casebook-Policy: {digest}\n")).unwrap_or_default();
    format!(
        "Reports of commit {}\n\n{SOURCE}: {id}\n{SOURCE}-Tree: {}\nCasebook-Version: {}\n{policy}",
        &id[..12],
        source.tree,
        env!("CARGO_PKG_VERSION")
    )
}

/// Why a commit of reports is not the one that this program makes from the source that it names, after the commit that it follows;
/// `None` where it is.
pub fn objection(
    repository: &Repo,
    memory: &mut dyn Memory,
    commit: &Commit,
    parent: Option<&Commit>,
    protected: &[Oid],
) -> Result<Option<String>, PublishError> {
    let objection = |text: &str| Ok(Some(text.to_owned()));
    if commit.parents != parent.map(|parent| parent.id).into_iter().collect::<Vec<_>>() {
        return objection("does not follow the commit before it, and that alone");
    }
    let source = match source(repository, repository, commit) {
        Ok(source) => source,
        Err(named) => return Ok(Some(format!("comes from {named}, which is no commit here"))),
    };
    let mut is_protected = false;
    for tip in protected {
        is_protected |= repository.contains(*tip, source.id)?;
    }
    if !is_protected {
        return objection("comes from a commit that is on no protected branch");
    }
    if let Some(parent) = parent
        && !matches!(relation(repository, repository, parent, &source)?, Relation::Follows)
    {
        return objection("comes from an older commit than what is published");
    }
    let audiences: BTreeSet<String> = repository.top_folders(commit.tree)?.into_keys().collect();
    let edition = Edition::of(repository, memory, &source, &audiences)?;
    match compose(repository, parent, &edition, Layout::Folders)? {
        Some(made) if made == commit.id => Ok(None),
        _ => objection("is not what this casebook makes of the commit that it names"),
    }
}
