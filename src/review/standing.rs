//! Where an entry stands: who wrote it, who has approved the bytes that it has now, and what holds no more.

use super::held::{Held, Refusal};
use super::requirement::Requirement;
use super::statement::Capacity;
use super::{Item, bound, digest};
use crate::model::{Body, Case};
use crate::tree::{Tree, TreeError};
use crate::values::vocabulary::{LeastStanding, Vote};
use crate::values::{EntryId, Handle, Sha256};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A sign-off, and why it does not count where it does not.
#[derive(Clone, Copy)]
pub struct Ballot<'b> {
    pub held: &'b Held,
    pub refusal: Option<&'b Refusal>,
}

/// One word: where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody has signed it.
    Draft,
    /// Somebody has signed it as its author, and too few have approved it.
    Authored,
    /// Some have approved it, fewer than must.
    Reviewed,
    /// As many have approved it as must.
    Approved,
    /// It was changed after it was signed, and nobody has signed it since.
    Stale,
    Rejected,
}

impl State {
    /// Whether it is at least so far. What was changed since, or rejected, is nowhere.
    pub fn reaches(self, least: LeastStanding) -> bool {
        match least {
            LeastStanding::Authored => matches!(self, State::Authored | State::Reviewed | State::Approved),
            LeastStanding::Reviewed => matches!(self, State::Reviewed | State::Approved),
            LeastStanding::Approved => self == State::Approved,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Authored => "authored",
            State::Reviewed => "reviewed",
            State::Approved => "approved",
            State::Stale => "stale",
            State::Rejected => "rejected",
        }
    }
}

/// What one person says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    pub by: Handle,
    pub role: Capacity,
    pub vote: Vote,
    pub at: Timestamp,
    pub comment: Option<String>,
    /// The digest of the entry's file as that person read it.
    pub read: Sha256,
    /// Evidence that the entry cites and that is not as that person read it.
    pub other_evidence: Vec<EntryId>,
    /// The name of the sign-off.
    pub name: String,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub requirement: Requirement,
    /// Authors who have signed these bytes.
    pub authors: Vec<Voice>,
    /// Approvals of these bytes that count, one for each person.
    pub approvals: Vec<Voice>,
    pub rejections: Vec<Voice>,
    /// What was signed of other bytes, and said by nobody of these.
    pub stale: Vec<Voice>,
    /// Approvals by authors, which do not count.
    pub own: Vec<Voice>,
    /// Approvals in a role that is not asked for.
    pub other_roles: Vec<Voice>,
    /// Sign-offs that do not count, with the reason.
    pub refused: Vec<(Voice, Refusal)>,
}

impl Standing {
    /// Of something that nobody has signed.
    pub fn unsigned(requirement: Requirement) -> Self {
        Self {
            state: State::Draft,
            requirement,
            authors: Vec::new(),
            approvals: Vec::new(),
            rejections: Vec::new(),
            stale: Vec::new(),
            own: Vec::new(),
            other_roles: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Who approved it and of how many: `1 of 2 by carol`.
    pub fn summary(&self) -> String {
        let names = |voices: &[Voice]| voices.iter().map(|voice| voice.by.as_str()).collect::<Vec<_>>().join(", ");
        let needed = self.requirement.approvals;
        let of = if needed > 0 { format!(" of {needed}") } else { String::new() };
        match self.state {
            State::Rejected => format!("by {}", names(&self.rejections)),
            State::Approved | State::Reviewed => {
                let lacks_author = self.requirement.author && self.authors.is_empty();
                let author = if lacks_author { ", not signed by an author" } else { "" };
                format!("{}{of} by {}{author}", self.approvals.len(), names(&self.approvals))
            }
            State::Authored if needed > 0 => format!("by {}, approved 0{of}", names(&self.authors)),
            State::Authored => format!("by {}", names(&self.authors)),
            State::Stale if needed > 0 => format!("approved 0{of}, changed since {} signed", names(&self.stale)),
            State::Stale => format!("changed since {} signed", names(&self.stale)),
            State::Draft if needed > 0 => format!("approved 0{of}"),
            State::Draft => String::new(),
        }
    }

    /// Whether everything that is asked for is there.
    pub fn is_met(&self) -> bool {
        let has_author = !self.requirement.author || !self.authors.is_empty();
        let is_enough = self.approvals.len() as u64 >= self.requirement.approvals;
        has_author && is_enough && self.rejections.is_empty()
    }
}

/// Where an item stands, as its bytes are in a tree.
pub fn standing(
    tree: &dyn Tree,
    case: &Case,
    item: &Item,
    requirement: Requirement,
    ballots: &[Ballot<'_>],
) -> Result<Standing, TreeError> {
    let evidence = match item {
        Item::Entry(id) => case.get(*id).map(|entry| bound(tree, case, entry)).unwrap_or_default(),
        Item::File(_) => BTreeMap::new(),
    };
    let now = digest(tree, item)?;
    let voices = ballots.iter().filter_map(|ballot| Some((voice(item, ballot.held, &evidence)?, ballot.refusal)));
    let (counted, refused): (Vec<_>, Vec<_>) = voices.partition(|(_, refusal)| refusal.is_none());
    let refused = refused.into_iter().filter_map(|(voice, refusal)| Some((voice, refusal?.clone()))).collect();
    let counted: Vec<Voice> = counted.into_iter().map(|(voice, _)| voice).collect();
    let authors = authors(case, item, &counted);
    let mut standing = Standing { refused, ..Standing::unsigned(requirement) };
    for voice in last_words(counted, now) {
        let is_current = voice.read == now && voice.other_evidence.is_empty();
        let is_author = voice.role == Capacity::Author;
        let place = match voice.vote {
            Vote::Withdraw => continue,
            _ if !is_current => &mut standing.stale,
            Vote::Approve if is_author => &mut standing.authors,
            Vote::Reject => &mut standing.rejections,
            Vote::Approve if authors.contains(&voice.by) => &mut standing.own,
            Vote::Approve if !is_asked(&standing.requirement, voice.role) => &mut standing.other_roles,
            Vote::Approve => &mut standing.approvals,
        };
        place.push(voice);
    }
    standing.state = state(&standing);
    Ok(standing)
}

fn is_asked(requirement: &Requirement, role: Capacity) -> bool {
    matches!(role, Capacity::Role(role) if requirement.roles.contains(&role))
}

fn state(standing: &Standing) -> State {
    let approvals = standing.approvals.len() as u64;
    match standing {
        _ if !standing.rejections.is_empty() => State::Rejected,
        _ if approvals > 0 && standing.is_met() => State::Approved,
        _ if approvals > 0 => State::Reviewed,
        _ if !standing.authors.is_empty() => State::Authored,
        _ if !standing.stale.is_empty() => State::Stale,
        _ => State::Draft,
    }
}

/// What a sign-off says of an item, if it names it.
fn voice(item: &Item, held: &Held, evidence: &BTreeMap<EntryId, Sha256>) -> Option<Voice> {
    let statement = &held.statement;
    let read = match item {
        Item::File(name) => *statement.files.get(name)?,
        Item::Entry(id) => *statement.entries.get(id)?,
    };
    let differs = |(item, digest): &(&EntryId, &Sha256)| statement.evidence.get(item) != Some(digest);
    Some(Voice {
        by: statement.signer.clone(),
        role: statement.role,
        vote: statement.vote,
        at: statement.at,
        comment: statement.comment.clone(),
        read,
        other_evidence: evidence.iter().filter(differs).map(|(item, _)| *item).collect(),
        name: held.name.clone(),
    })
}

/// Who has written an item: those whom it names, and those who have ever signed it as author. Whoever has is not its reviewer.
fn authors(case: &Case, item: &Item, voices: &[Voice]) -> BTreeSet<Handle> {
    let signed = voices.iter().filter(|voice| voice.role == Capacity::Author && voice.vote == Vote::Approve);
    let mut authors: BTreeSet<Handle> = signed.map(|voice| voice.by.clone()).collect();
    if let Item::Entry(id) = item
        && let Some(Body::Finding(finding)) = case.get(*id).map(|entry| &entry.body)
    {
        authors.extend(finding.authors.iter().cloned());
    }
    authors
}

/// What each person said last, as author and otherwise. What was said of the bytes of now goes before what was said of others,
/// so that nobody's approval is lost by an older text; but a withdrawal holds for every text that was signed before it.
fn last_words(mut voices: Vec<Voice>, now: Sha256) -> Vec<Voice> {
    voices.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
    let mut last: BTreeMap<(Handle, bool), Voice> = BTreeMap::new();
    for voice in voices {
        let key = (voice.by.clone(), voice.role == Capacity::Author);
        let is_kept = voice.vote != Vote::Withdraw
            && last
                .get(&key)
                .is_some_and(|before| before.vote != Vote::Withdraw && before.read == now && voice.read != now);
        if !is_kept {
            last.insert(key, voice);
        }
    }
    last.into_values().collect()
}
