//! What each audience is told of a commit, or why it is not told.

use super::PublishError;
use crate::git::{Commit, Repo};
use crate::load::{Memory, is_case};
use crate::report::{self, Dialect, Provenance, RenderedFile, Source, audience, gate};
use crate::values::Sha256;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is told of one commit.
#[derive(Clone)]
pub struct Edition {
    pub source: Commit,
    /// The digest of the policy that it was told by; none where the commit has no policy.
    pub policy: Option<Sha256>,
    /// What each audience is told.
    pub tellings: BTreeMap<String, Telling>,
}

/// The files for an audience, or why there are none.
pub type Telling = Result<Vec<RenderedFile>, Vec<Refusal>>;

/// Why an audience is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    /// What the gate found in the report; nothing where it is the commit as a whole.
    pub found: Vec<gate::Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NoCase,
    /// The case has so many errors.
    Unsound(usize),
    /// The case has no such audience.
    NoSuchAudience,
    /// The gate of reports holds its report back.
    Gate,
}

impl Edition {
    /// What audiences are told of a commit: the reports of its own tree, for the time that it was committed at.
    pub fn of(
        repository: &Repo,
        memory: &mut dyn Memory,
        source: &Commit,
        audiences: &BTreeSet<String>,
    ) -> Result<Self, PublishError> {
        let tree = repository.tree(source.tree);
        if !is_case(&tree) {
            return Ok(Self::refusing(source, audiences, Reason::NoCase));
        }
        let now = source.at.timestamp();
        let read = report::read(&tree, memory, now)?;
        if read.policy.is_none() {
            return Ok(Self::refusing(source, audiences, Reason::NoSuchAudience));
        }
        if read.problems.errors > 0 {
            return Ok(Self::refusing(source, audiences, Reason::Unsound(read.problems.errors)));
        }
        let provenance = Provenance::of(source);
        let telling = |handle: &String| (handle.clone(), telling(&read, handle, &provenance, now));
        Ok(Self { source: source.clone(), policy: read.policy, tellings: audiences.par_iter().map(telling).collect() })
    }

    /// For one reason, nobody is told.
    fn refusing(source: &Commit, audiences: &BTreeSet<String>, reason: Reason) -> Self {
        let refused = |handle: &String| (handle.clone(), Err(vec![Refusal { reason, found: Vec::new() }]));
        Self { source: source.clone(), policy: None, tellings: audiences.iter().map(refused).collect() }
    }

    /// The same for some of its audiences.
    pub fn only(&self, audiences: &BTreeSet<String>) -> Self {
        let mut edition = self.clone();
        edition.tellings.retain(|audience, _| audiences.contains(audience));
        edition
    }

    /// The audiences that are not told.
    pub fn refused(&self) -> BTreeMap<String, Vec<Refusal>> {
        let refused =
            |(audience, telling): (&String, &Telling)| Some((audience.clone(), telling.as_ref().err()?.clone()));
        self.tellings.iter().filter_map(refused).collect()
    }

    /// Whether no audience is told.
    pub fn is_refused(&self) -> bool {
        self.tellings.values().all(Result::is_err)
    }
}

/// What an audience is told.
fn telling(read: &Source, handle: &str, provenance: &Provenance, now: Timestamp) -> Telling {
    let refused = |reason, found| Err(vec![Refusal { reason, found }]);
    let Some(profile) = audience::profile(&read.case, handle) else {
        return refused(Reason::NoSuchAudience, Vec::new());
    };
    let report = report::make(read, &profile, None, provenance, now, &Dialect::ALL);
    if report.refusals.is_empty() { Ok(report.files) } else { refused(Reason::Gate, report.refusals) }
}
