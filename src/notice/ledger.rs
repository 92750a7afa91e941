//! The ledger: what was planned, what is still to be sent, and a receipt for everything that was sent, on a branch of its own.
//!
//! A notice lies in `pending/` from the commit on that plans it; the commit of its receipt moves it to `sent/`. The branch moves from
//! one commit to the next only from what was seen of it, so that two who send at once cannot both have planned the same. Its commits
//! follow one another: what it said at any time can be read.

use super::{Notice, NoticeError, Past};
use crate::disk::file;
use crate::git::{Commit, Oid, Repo};
use crate::publish::NOTICES as REFERENCE;
use crate::tree::Tree;
use crate::values::{Sha256, TreePath};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The branch of notices.
pub const BRANCH: &str = "casebook-notices";

/// The format that this version writes, and the only one that it reads.
pub const FORMAT: u32 = 1;
const STATE: &str = "state.json";
const PENDING: &str = "pending";

/// The largest file of a ledger, in bytes: a notice has a few thousand, the state some sixty for each entry that was told.
const MAX_FILE: u64 = 64 << 20;

/// How long a lock on the branch is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far the case was told, and what is to be tried again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub format: u32,
    /// The commit up to which everything is planned.
    pub applied: String,
    /// How many notices were planned.
    pub planned: usize,
    pub past: Past,
}

/// A notice on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub notice: Notice,
    /// The name or number of the case.
    pub case: String,
    /// The commit that it tells of.
    pub commit: String,
    pub planned: Timestamp,
    /// How many were planned before it.
    pub number: usize,
    /// The attempts that failed, the last one last; no more than [`KEPT`] of them.
    pub failures: Vec<Failed>,
    /// How often it was tried in all.
    pub attempts: u32,
    pub receipt: Option<Receipt>,
}

/// How many failures a parcel remembers.
const KEPT: usize = 5;

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub at: Timestamp,
    pub why: String,
}

/// What whoever took a notice answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub at: Timestamp,
    /// Where it was brought, without secrets.
    pub to: String,
    pub answer: String,
}

impl Parcel {
    pub fn fail(&mut self, at: Timestamp, why: String) {
        self.attempts += 1;
        self.failures.push(Failed { at, why });
        let over = self.failures.len().saturating_sub(KEPT);
        self.failures.drain(..over);
    }

    /// When it is to be tried again: after half a minute, then after twice as long each time, up to four hours.
    pub fn next(&self) -> Option<Timestamp> {
        const FIRST: i64 = 30;
        const LONGEST: i64 = 4 * 3_600;
        let last = self.failures.last()?;
        let wait = FIRST.saturating_mul(1 << (self.attempts.saturating_sub(1)).min(20)).min(LONGEST);
        last.at.checked_add(jiff::SignedDuration::from_secs(wait)).ok()
    }

    fn path(&self) -> String {
        match self.receipt {
            None => pending(&self.notice.key),
            Some(_) => sent(&self.notice.key),
        }
    }
}

/// The ledger of a repository, as it was seen last.
pub struct Ledger<'r> {
    repository: &'r Repo,
    tip: Option<Commit>,
    /// None where nothing was ever planned.
    pub state: Option<State>,
}

impl<'r> Ledger<'r> {
    pub fn open(repository: &'r Repo) -> Result<Self, NoticeError> {
        let tip = repository.tip(REFERENCE)?;
        let mut ledger = Self { repository, tip, state: None };
        ledger.state = ledger.read(STATE)?;
        match &ledger.state {
            Some(state) if state.format != FORMAT => Err(NoticeError::NewerLedger(state.format)),
            None if ledger.tip.is_some() => Err(NoticeError::NoLedger),
            _ => Ok(ledger),
        }
    }

    /// Whether a notice was planned before.
    pub fn knows(&self, key: &Sha256) -> bool {
        let is_there = |path: String| self.tree().is_some_and(|tree| tree.node(&TreePath::from(path)).is_some());
        is_there(pending(key)) || is_there(sent(key))
    }

    /// What is still to be sent, in the order in which it was planned.
    pub fn pending(&self) -> Result<Vec<Parcel>, NoticeError> {
        let Some(tree) = self.tree() else { return Ok(Vec::new()) };
        let folder = TreePath::from(PENDING);
        if tree.node(&folder).is_none() {
            return Ok(Vec::new());
        }
        let mut parcels: Vec<Parcel> = Vec::new();
        for node in tree.list(&folder)? {
            let name = node.text().unwrap_or_default();
            parcels.extend(self.read(&format!("{PENDING}/{name}"))?);
        }
        parcels.sort_by_key(|parcel| parcel.number);
        Ok(parcels)
    }

    /// Notes how far the case is planned, with the parcels that this makes.
    pub fn plan(&mut self, state: State, parcels: &[Parcel], now: Timestamp) -> Result<(), NoticeError> {
        let mut files = BTreeMap::from([(STATE.to_owned(), Some(as_json(&state)))]);
        files.extend(parcels.iter().map(|parcel| (parcel.path(), Some(as_json(parcel)))));
        self.commit(&files, &format!("Plan {} up to {}\n", parcels.len(), state.applied), now)?;
        self.state = Some(state);
        Ok(())
    }

    /// Notes what came of a parcel.
    pub fn note(&mut self, parcel: &Parcel, now: Timestamp) -> Result<(), NoticeError> {
        let key = &parcel.notice.key;
        let mut files = BTreeMap::from([(parcel.path(), Some(as_json(parcel)))]);
        let what = match parcel.receipt {
            Some(_) => {
                files.insert(pending(key), None);
                "Sent"
            }
            None => "Not sent",
        };
        self.commit(&files, &format!("{what} {key}\n"), now)
    }

    fn commit(
        &mut self,
        files: &BTreeMap<String, Option<Vec<u8>>>,
        message: &str,
        now: Timestamp,
    ) -> Result<(), NoticeError> {
        let tree = self.repository.write_changed(self.tip.as_ref().map(|tip| tip.tree), files)?;
        let from = self.tip.as_ref().map(|tip| tip.id);
        let to = self.repository.write_commit(tree, from, message, now.as_second())?;
        self.advance(from, to)?;
        self.tip = self.repository.find(to);
        Ok(())
    }

    /// Moves the branch. A lock on it that nobody gives back was left by a process that died: whoever sends has the right to send alone,
    /// and Git itself holds such a lock for moments only.
    fn advance(&self, from: Option<Oid>, to: Oid) -> Result<(), NoticeError> {
        let start = Instant::now();
        while !self.repository.advance(REFERENCE, from, to, "casebook notify")? {
            if self.repository.tip(REFERENCE)?.map(|tip| tip.id) != from {
                return Err(NoticeError::Contended);
            }
            if start.elapsed() > PATIENCE {
                let path = self.repository.common_dir().join(format!("{REFERENCE}.lock"));
                file::remove(&path).map_err(|reason| NoticeError::Disk { path, reason })?;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn tree(&self) -> Option<crate::git::GitTree<'r>> {
        self.tip.as_ref().map(|tip| self.repository.tree(tip.tree))
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, NoticeError> {
        let Some(tree) = self.tree() else { return Ok(None) };
        let path = TreePath::from(path);
        if tree.node(&path).is_none() {
            return Ok(None);
        }
        let content = tree.read(&path, MAX_FILE)?;
        serde_json::from_slice(&content).map(Some).map_err(|reason| NoticeError::Broken { path, reason })
    }
}

fn pending(key: &Sha256) -> String {
    format!("{PENDING}/{key}.json")
}

fn sent(key: &Sha256) -> String {
    let name = key.to_string();
    format!("sent/{}/{name}.json", &name[..2])
}

fn as_json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text.into_bytes()
}
