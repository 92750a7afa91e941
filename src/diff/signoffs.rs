//! What a difference means for sign-offs.
//!
//! This is the seam to the standing of entries: what is asked here is answered from the sign-offs and the policy.

use super::{Act, EntryChange, Side};
use crate::tree::TreeError;
use crate::values::{EntryId, Kind};

/// A sign-off that held for an entry before, and does not hold for it any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub entry: EntryId,
    /// Whose sign-off it is: a handle of team.toml.
    pub signer: String,
    /// Why it holds no longer, in a few words.
    pub why: String,
}

/// The sign-offs that held on the side before and do not hold on the side after.
pub(super) fn stale(_before: &Side<'_>, _after: &Side<'_>) -> Result<Vec<Stale>, TreeError> {
    Ok(Vec::new())
}

/// The entries among those that differ which somebody has to sign: all that count and say something of the incident.
pub(super) fn to_sign(after: &Side<'_>, entries: &[EntryChange]) -> Vec<EntryId> {
    let says_something = |id: EntryId| !matches!(id.kind(), Kind::Evidence | Kind::Custody);
    let counts = |id: EntryId| after.case().get(id).is_some_and(|entry| !entry.is_retired());
    let differing = entries.iter().filter(|change| change.act != Act::Removed).map(|change| change.id);
    differing.filter(|id| says_something(*id) && counts(*id)).collect()
}
