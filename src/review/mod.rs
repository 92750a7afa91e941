//! Sign-offs: who vouches for which bytes, whether that counts, and where each entry stands.
//!
//! A sign-off is a statement (`NAME.stmt`) with its signature (`NAME.stmt.sig`) in the folder `signoffs`. It names what was read
//! by its digest, so that it holds wherever these bytes are, after a merge, a squash or a rebase, and for nothing else.

mod codes;
mod held;
mod ledger;
mod requirement;
mod signing;
mod standing;
mod statement;

pub use codes::PAGES;
pub use held::{Held, Refusal, judge, prove, read, report, weigh, weigh_proven};
pub use ledger::Ledger;
pub use requirement::{Requirement, requirement};
pub use signing::{SigningError, SigningKey, sign};
pub use standing::{Ballot, Standing, State, Voice, standing};
pub use statement::{Capacity, FILES, Statement};

use crate::model::{Case, Entry};
use crate::tree::{Tree, TreeError, digest_one};
use crate::values::{EntryId, Handle, Kind, Sha256, TreePath};
use std::collections::BTreeMap;
use std::fmt;

/// The folder that sign-offs are kept in.
pub const FOLDER: &str = "signoffs";

/// What the signatures are for: one over another kind of statement is no sign-off.
pub const NAMESPACE: &str = "casebook-signoff";

/// The largest statement that is read, in bytes: some ten thousand entries.
pub const MAX_STATEMENT_BYTES: u64 = 1 << 20;

/// What is signed off: an entry, or one of the files `FILES`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    File(String),
    Entry(EntryId),
}

impl Item {
    pub fn path(&self) -> TreePath {
        match self {
            Item::File(name) => TreePath::from(name.as_str()),
            Item::Entry(id) => id.path(),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::File(name) => f.pad(name),
            Item::Entry(id) => f.pad(&id.to_string()),
        }
    }
}

/// The name of the files of a sign-off, without extension: the first 16 digits of the statement's digest, and who signs.
pub fn name_of(statement: &[u8], signer: &Handle) -> String {
    format!("{}-{signer}", hex::encode(&Sha256::of(statement).0[..8]))
}

/// Where the statement of this name is kept.
pub fn statement_path(name: &str) -> TreePath {
    TreePath::from(format!("{FOLDER}/{name}.stmt"))
}

/// Where the signature of this name is kept.
pub fn signature_path(name: &str) -> TreePath {
    TreePath::from(format!("{FOLDER}/{name}.stmt.sig"))
}

/// The digest of what is signed, as it is in a tree.
pub fn digest(tree: &dyn Tree, item: &Item) -> Result<Sha256, TreeError> {
    Ok(digest_one(tree, &item.path(), &|_| {})?.sha256)
}

/// The evidence that a sign-off of an entry binds: what the entry cites, or is. Each item by its list, one without files by its
/// record. What cannot be read is left out: `check` reports it.
pub fn bound(tree: &dyn Tree, case: &Case, entry: &Entry) -> BTreeMap<EntryId, Sha256> {
    let own = (entry.id().kind() == Kind::Evidence).then(|| entry.id());
    let cited = entry.citations().iter().map(|citation| citation.item.0);
    let items = cited.chain(own);
    items.filter_map(|item| Some((item, evidence_digest(tree, case, item)?))).collect()
}

fn evidence_digest(tree: &dyn Tree, case: &Case, item: EntryId) -> Option<Sha256> {
    let (_, record) = case.evidence().find(|(entry, _)| entry.id() == item)?;
    record.list.or_else(|| digest(tree, &Item::Entry(item)).ok())
}
