//! Evidence: lists of digests, hashing, and whether what is there is what was registered.

use crate::diagnostic::{Diagnostic, Page};
use crate::model::Case;
use crate::tree::{ContentKey, Tree, TreeError};
use crate::values::Sha256;

/// The manual pages of the codes that evidence reports.
pub const PAGES: &[Page] = &[];

/// Digests that were computed before, by the content that they are of. An implementation may forget anything.
pub trait DigestMemory {
    fn recall(&mut self, key: ContentKey) -> Option<Sha256>;
    fn remember(&mut self, key: ContentKey, digest: Sha256);
    /// Whether this folder of an evidence item was found to be exactly what the list with this key says.
    fn is_verified(&mut self, folder: ContentKey, list: ContentKey) -> bool;
    fn remember_verified(&mut self, folder: ContentKey, list: ContentKey);
}

/// A memory that remembers nothing.
pub struct NoDigests;

impl DigestMemory for NoDigests {
    fn recall(&mut self, _: ContentKey) -> Option<Sha256> {
        None
    }

    fn remember(&mut self, _: ContentKey, _: Sha256) {}

    fn is_verified(&mut self, _: ContentKey, _: ContentKey) -> bool {
        false
    }

    fn remember_verified(&mut self, _: ContentKey, _: ContentKey) {}
}

/// Verifies the evidence of a case on the bytes of its tree.
pub fn verify(_tree: &dyn Tree, _case: &Case, _digests: &mut dyn DigestMemory) -> Result<Vec<Diagnostic>, TreeError> {
    Ok(Vec::new())
}

/// Reports what must never change and differs from the base: evidence records, lists and bytes, custody events,
/// and entries that were removed.
pub fn compare(_base: &dyn Tree, _tree: &dyn Tree) -> Result<Vec<Diagnostic>, TreeError> {
    Ok(Vec::new())
}
