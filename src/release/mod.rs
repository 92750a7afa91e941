//! Releases: who was given which report, and who is owed a correction of it.

pub mod corrections;

use crate::git::{Commit, GitError, Oid, Repo};
use crate::load::Memory;
use crate::model::{Case, Loaded, Release};
use crate::report::audience;
use crate::tree::TreeError;
use crate::values::{CommitId, Line};
use corrections::Correction;
use std::collections::BTreeMap;

/// Why nobody can say who is owed what.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// What came of a release since.
pub struct Account<'c> {
    pub release: &'c Loaded<Release>,
    /// Those of its recipients who were given nothing newer since: none where it is settled.
    pub to: Vec<&'c Line>,
    pub debt: Debt,
}

/// What those are owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Debt {
    /// Corrections of what they were told; none where all of it holds.
    Corrections(Vec<Correction>),
    /// The commit is not in this clone, so nobody can say here what they were told.
    NotHere,
    /// The commit has no such audience, so the record is wrong.
    NoAudience,
}

impl Account<'_> {
    pub fn is_owed(&self) -> bool {
        !self.to.is_empty() && self.debt != Debt::Corrections(Vec::new())
    }
}

/// The release that was made last for an audience.
pub fn last_to<'c>(case: &'c Case, audience: &str) -> Option<&'c Release> {
    let own = case.releases.iter().filter(|release| release.value.audience.as_str() == audience);
    own.max_by_key(|release| (release.value.at, &release.path)).map(|release| &release.value)
}

/// What came of each release of a case, by when they were given. What was told then is read from the commits of the releases.
pub fn accounts<'c>(
    repository: &Repo,
    case: &'c Case,
    memory: &mut dyn Memory,
) -> Result<Vec<Account<'c>>, ReleaseError> {
    let mut releases: Vec<&Loaded<Release>> = case.releases.iter().collect();
    releases.sort_by_key(|release| (release.value.at, &release.path));
    let commits: BTreeMap<&CommitId, Commit> = releases
        .iter()
        .map(|release| &release.value.commit)
        .filter_map(|id| Some((id, repository.find(Oid::from_str(id.as_str()).ok()?)?)))
        .collect();
    let mut told: BTreeMap<&CommitId, Case> = BTreeMap::new();
    let mut accounts = Vec::new();
    for release in &releases {
        let to = waiting(repository, release, &releases, &commits)?;
        let id = &release.value.commit;
        let debt = match commits.get(id) {
            _ if to.is_empty() => Debt::Corrections(Vec::new()),
            None => Debt::NotHere,
            Some(commit) => {
                let then = match told.entry(id) {
                    std::collections::btree_map::Entry::Occupied(then) => then.into_mut(),
                    std::collections::btree_map::Entry::Vacant(place) => {
                        place.insert(crate::load::load(&repository.tree(commit.tree), memory)?.0)
                    }
                };
                debt(&release.value, then, case)
            }
        };
        accounts.push(Account { release, to, debt });
    }
    Ok(accounts)
}

fn debt(release: &Release, then: &Case, now: &Case) -> Debt {
    match audience::profile(then, release.audience.as_str()) {
        Some(profile) => Debt::Corrections(corrections::between(&profile, release.since.is_some(), then, now)),
        None => Debt::NoAudience,
    }
}

/// The recipients of a release who were given no report of a later commit for the same audience since.
fn waiting<'c>(
    repository: &Repo,
    release: &'c Loaded<Release>,
    all: &[&Loaded<Release>],
    commits: &BTreeMap<&CommitId, Commit>,
) -> Result<Vec<&'c Line>, GitError> {
    let own = &release.value;
    let mut waiting: Vec<&Line> = own.to.iter().collect();
    let concerns = |other: &Release| other.audience == own.audience && other.to.iter().any(|who| own.to.contains(who));
    for other in all.iter().filter(|other| concerns(&other.value) && other.path != release.path) {
        let follows = match (commits.get(&own.commit), commits.get(&other.value.commit)) {
            _ if other.value.commit == own.commit => (other.value.at, &other.path) > (own.at, &release.path),
            (Some(own), Some(later)) => repository.contains(later.id, own.id)?,
            _ => false,
        };
        if follows {
            waiting.retain(|who| !other.value.to.contains(who));
        }
    }
    Ok(waiting)
}
