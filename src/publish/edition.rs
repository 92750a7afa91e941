//! What each audience is told of a commit, or why it is not told.

use super::PublishError;
use crate::check;
use crate::diagnostic::render;
use crate::git::{Commit, Repo};
use crate::load::{Memory, is_case};
use crate::model::{Audience, Case};
use crate::report::{self, Dialect, Provenance, RenderedFile};
use crate::review::{self, Item, Standing, State};
use crate::values::vocabulary::{LeastStanding, Marking};
use crate::values::{EntryId, Kind, Sha256};
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
    /// What stands in the way; nothing where it is the commit as a whole.
    pub stopped: Vec<Stopped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NoCase,
    /// The case has so many errors.
    Unsound(usize),
    /// The policy of the commit has no such audience.
    NoSuchAudience,
    /// Entries do not stand where the policy wants them at least.
    Standing(LeastStanding),
    /// Something has a stricter marking than the audience may be told.
    Marking(Marking),
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// An id, or `case.toml`.
    pub what: String,
    /// Its standing or its marking.
    pub is: &'static str,
    pub title: String,
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
        let verdict = check::judge_entries(&tree, memory, now)?;
        let problems = render::count(&verdict.diagnostics);
        let case = &verdict.case;
        let policy = match &case.policy {
            _ if problems.errors > 0 => {
                return Ok(Self::refusing(source, audiences, Reason::Unsound(problems.errors)));
            }
            None => return Ok(Self::refusing(source, audiences, Reason::NoSuchAudience)),
            Some(policy) => policy,
        };
        let standings = report::standings(&tree, case)?;
        let provenance = Provenance::of(source);
        let told = report::Edition { case, provenance: &provenance, now, problems, standings: &standings };
        let files = report::render(&told, &Dialect::ALL);
        let telling = |handle: &String| {
            let refusals = match policy.value.audience(handle) {
                None => vec![Refusal { reason: Reason::NoSuchAudience, stopped: Vec::new() }],
                Some(audience) => objections(case, &standings, audience),
            };
            (handle.clone(), if refusals.is_empty() { Ok(files.clone()) } else { Err(refusals) })
        };
        Ok(Self {
            source: source.clone(),
            policy: Some(review::digest(&tree, &Item::File(policy.path.to_string()))?),
            tellings: audiences.iter().map(telling).collect(),
        })
    }

    /// For one reason, nobody is told.
    fn refusing(source: &Commit, audiences: &BTreeSet<String>, reason: Reason) -> Self {
        let refused = |handle: &String| (handle.clone(), Err(vec![Refusal { reason, stopped: Vec::new() }]));
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

/// Everything that keeps an audience from being told of a case.
fn objections(case: &Case, standings: &BTreeMap<EntryId, Standing>, audience: &Audience) -> Vec<Refusal> {
    [too_strict(case, audience), too_low(case, standings, audience)].into_iter().flatten().collect()
}

/// What is marked more strictly than an audience may be told. A report tells the whole case: one entry too many stops it.
fn too_strict(case: &Case, audience: &Audience) -> Option<Refusal> {
    let ceiling = audience.tlp?;
    let own = case.own_marking();
    let record = (own > ceiling).then(|| Stopped {
        what: "case.toml".to_owned(),
        is: own.word(),
        title: case.record.as_ref().map(|record| record.value.title.to_string()).unwrap_or_default(),
    });
    let marked = case.entries.values().filter_map(|entry| Some((entry, entry.tlp().filter(|own| *own > ceiling)?)));
    let marked =
        marked.map(|(entry, own)| Stopped { what: entry.id().to_string(), is: own.word(), title: entry.title() });
    refusal(Reason::Marking(ceiling), record.into_iter().chain(marked))
}

/// The findings and decisions that do not stand where they must before an audience is told.
fn too_low(case: &Case, standings: &BTreeMap<EntryId, Standing>, audience: &Audience) -> Option<Refusal> {
    let least = audience.standing?;
    let told = [Kind::Finding, Kind::Decision].into_iter().flat_map(|kind| case.of_kind(kind));
    let state = |id| standings.get(&id).map_or(State::Draft, |standing| standing.state);
    let low = told.filter(|entry| !state(entry.id()).reaches(least)).map(|entry| Stopped {
        what: entry.id().to_string(),
        is: state(entry.id()).word(),
        title: entry.title(),
    });
    refusal(Reason::Standing(least), low)
}

fn refusal(reason: Reason, stopped: impl Iterator<Item = Stopped>) -> Option<Refusal> {
    let stopped: Vec<Stopped> = stopped.collect();
    (!stopped.is_empty()).then_some(Refusal { reason, stopped })
}
