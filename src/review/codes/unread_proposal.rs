//! A finding is confirmed in the words of a program, and nobody has signed it.
//!
//! ## What it checks
//! Confirmed findings with a `proposal`, the digest that `casebook propose` leaves: whether title, summary and analysis are still those
//! that were proposed, and if so, whether somebody of the roster has signed the entry as it is. One with the tag `machine-proposed` and
//! without the digest counts as unchanged.
//!
//! ## Why
//! A confirmed finding is what people stand for. One whose words nobody changed and nobody signed may be one that nobody has read.
//!
//! ## Fails
//! ```toml
//! status = "confirmed"
//! proposal = "b07c3410…"      # of the words that are in it
//! ```
//!
//! ## Passes
//! ```toml
//! status = "confirmed"
//! proposal = "b07c3410…"      # of other words: somebody wrote what it means
//! ```
//!
//! ## How to fix
//! Read it, and write in your own words what it shows and means; or sign it as it is, `casebook sign ID`.

use super::super::{Ballot, Item, requirement, standing};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Case, Entry};
use crate::tree::{Tree, TreeError};
use crate::values::Route;
use crate::values::vocabulary::{FindingStatus, LeastStanding};

pub const CODE: Code = Code::new("unread-proposal");

pub fn check(tree: &dyn Tree, case: &Case, ballots: &[Ballot<'_>]) -> Result<Vec<Diagnostic>, TreeError> {
    let mut found = Vec::new();
    for (entry, finding) in case.findings() {
        if finding.status != FindingStatus::Confirmed || !finding.is_as_proposed() {
            continue;
        }
        let item = Item::Entry(entry.id());
        let standing = standing(tree, case, &item, requirement(&case.policy_or_none(), case, &item), ballots)?;
        if !standing.state.reaches(LeastStanding::Authored) {
            found.push(unread(entry, finding.proposal.is_some()));
        }
    }
    Ok(found)
}

fn unread(entry: &Entry, has_digest: bool) -> Diagnostic {
    let place = Place::value(&entry.path, Route::key("status"));
    let found =
        Diagnostic::error(CODE, place, "this finding is confirmed in the words of a program, and nobody has signed it");
    let found = match has_digest {
        true => found
            .related(Place::value(&entry.path, Route::key("proposal")), "these words are still as they were proposed"),
        false => found.related(
            Place::value(&entry.path, Route::key("tags")),
            "it was proposed, and the digest of what was is gone",
        ),
    };
    found
        .help(format!("read it and write what it shows and means; or sign it as it is: `casebook sign {}`", entry.id()))
}
