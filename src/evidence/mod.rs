//! Evidence: lists of digests, hashing, and whether what is there is what was registered.

pub mod add;
pub mod append_only;
pub mod attestation;
pub mod checkout;
pub mod citation;
pub mod copies;
pub mod damage;
pub mod derive;
pub mod examine;
pub mod git_lines;
pub mod gzip;
pub mod history;
pub mod homes;
mod judge;
pub mod lfs;
pub mod line_endings;
pub mod list;
mod plan;
pub mod registration;
pub mod relocation;
pub mod root;
pub mod safe_name;
pub mod shard;
pub mod statement;
pub mod timestamp;
pub mod transfer;

pub use append_only::{backdated, compare};
pub use damage::PAGES;
pub use examine::{Examined, Scope, examine};
pub use history::History;
pub use homes::Homes;
pub use root::root;
pub use shard::Shard;

use crate::diagnostic::Diagnostic;
use crate::model::Case;
use crate::tree::{ContentKey, Tree, TreeError};
use crate::values::{Digested, EntryId, Sha256};
use examine::ItemExamined;
use std::collections::BTreeMap;

/// What a folder of evidence holds that was found to be exactly what its list says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// The digest of the list.
    pub list: Sha256,
    pub files: u64,
    pub bytes: u64,
    /// The size of the largest file in bytes.
    pub largest: u64,
}

/// Digests that were computed before, by the content that they are of. An implementation may forget anything, and remembers
/// nothing of what it does not say.
pub trait DigestMemory {
    fn recall(&mut self, _: ContentKey) -> Option<Digested> {
        None
    }

    fn remember(&mut self, _: ContentKey, _: Digested) {}

    /// Content with this key could not be read: what was known of it is known no more.
    fn forget(&mut self, _: ContentKey) {}

    /// What the folder of this item holds, if it was found to be exactly what the list with this key says. The paths of a
    /// list begin with the id of its item, so the same bytes are no list of another one.
    fn recall_verified(&mut self, _item: EntryId, _folder: ContentKey, _list: ContentKey) -> Option<Totals> {
        None
    }

    fn remember_verified(&mut self, _item: EntryId, _folder: ContentKey, _list: ContentKey, _: Totals) {}

    /// Whether the folder of an item is known to have a file at this path below it.
    fn recall_file(&mut self, _folder: ContentKey, _path: &str) -> bool {
        false
    }

    fn remember_file(&mut self, _folder: ContentKey, _path: &str) {}
}

/// A memory that remembers nothing.
pub struct NoDigests;

impl DigestMemory for NoDigests {}

/// What came of verifying the evidence of a case and what is cited of it.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    pub diagnostics: Vec<Diagnostic>,
    /// What was seen of each item.
    pub items: BTreeMap<EntryId, ItemExamined>,
    /// Citations that were checked.
    pub citations: u64,
    /// Citations of which nothing is said, since the bytes are not in this tree.
    pub unchecked_citations: Vec<citation::Unchecked>,
}

/// Verifies the evidence of a case on the bytes of its tree alone: what is kept elsewhere is left to `evidence verify`.
pub fn verify(tree: &dyn Tree, case: &Case, digests: &mut dyn DigestMemory) -> Result<Verified, TreeError> {
    let Examined { mut diagnostics, items, .. } = examine(tree, &Homes::none(), case, digests, &Scope::All, &|_| {})?;
    let judged = citation::judge(tree, case, &Homes::none(), digests);
    diagnostics.extend(judged.diagnostics);
    diagnostics.extend(timestamp::judge(tree)?);
    Ok(Verified { diagnostics, items, citations: judged.checked, unchecked_citations: judged.unchecked })
}
