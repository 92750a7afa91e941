//! What is remembered of folders whose names are safe.

use crate::tree::ContentKey;

/// How far the paths below a folder reach, so that a folder whose names are safe can be judged at another place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Below {
    /// Bytes of the longest path, from the folder on; its first `/` counts.
    pub longest: usize,
    /// Names of the deepest path, from the folder on.
    pub deepest: usize,
}

/// Evidence folders whose names, all the way down, were found to be safe before. An implementation may forget anything.
pub trait PathMemory {
    fn recall(&mut self, folder: ContentKey) -> Option<Below>;
    fn remember(&mut self, folder: ContentKey, below: Below);
}

/// A memory that remembers nothing.
pub struct NoPaths;

impl PathMemory for NoPaths {
    fn recall(&mut self, _: ContentKey) -> Option<Below> {
        None
    }

    fn remember(&mut self, _: ContentKey, _: Below) {}
}
