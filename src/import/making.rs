//! What comes of a file: the entries that are made of it, and an account in which no row is lost.

use super::made::{self, Made};
use super::names::Names;
use crate::ingest::instant::Told;
use crate::model::{Case, EvidenceId};
use crate::scaffold::entry::title_field;
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Kind, Selector, Sha256};
use std::collections::BTreeMap;

/// What came of one row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is an entry now.
    Taken,
    /// It is none, and need not be: why, as the end of "3 rows skipped: ".
    Skipped(String),
    /// It could not be made an entry: why, lower case and without a full stop.
    Refused(String),
}

/// A row that could not be made an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it stands: `row:17`, `line 17`, `json:/timeline/3`.
    pub place: String,
    pub why: String,
}

/// Entries in the making, of one file.
pub struct Making<'c> {
    /// The digest of the file, from which ids are made.
    file: Sha256,
    pub case: &'c Case,
    /// The names of the case, and of what was made so far.
    pub names: Names,
    pub told: Told,
    /// The marking of what is made, where it is not that of the case.
    pub marking: Option<Marking>,
    made: BTreeMap<EntryId, Placed>,
    pub account: Account,
}

/// An entry that was made, with the place that it cites.
struct Placed {
    entry: Made,
    place: Option<Selector>,
}

/// What came of the rows of a file. Each row is counted once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub read: u64,
    pub taken: u64,
    /// Rows that are no entry and need not be, by the reason.
    pub skipped: BTreeMap<String, u64>,
    pub refused: Vec<Refusal>,
    /// Rows that were asked for beyond the most that are made.
    pub over: u64,
    /// Machines that no asset is called by, or several are, with how many of the rows that were taken name them.
    pub strangers: BTreeMap<String, u64>,
    /// Fields that found no place in a case, with how many rows had them.
    pub lost: BTreeMap<String, u64>,
}

impl<'c> Making<'c> {
    pub fn new(file: Sha256, case: &'c Case, told: Told) -> Self {
        Self {
            file,
            case,
            names: Names::of(case),
            told,
            marking: None,
            made: BTreeMap::new(),
            account: Account::default(),
        }
    }

    /// The id of the entry that `key` names in this file.
    pub fn id(&self, kind: Kind, key: &str) -> EntryId {
        made::id(kind, self.file, key)
    }

    /// Whether the case has this entry already.
    pub fn is_known(&self, id: EntryId) -> bool {
        self.case.entries.contains_key(&id) || self.case.unreadable.contains_key(&id)
    }

    /// Counts a row, and what came of it.
    pub fn count(&mut self, place: impl std::fmt::Display, outcome: Outcome) {
        self.account.read += 1;
        match outcome {
            Outcome::Taken => self.account.taken += 1,
            Outcome::Skipped(why) => *self.account.skipped.entry(why).or_default() += 1,
            Outcome::Refused(why) => self.account.refused.push(Refusal { place: place.to_string(), why }),
        }
    }

    /// Notes that a field of a row found no place.
    pub fn lose(&mut self, field: &str) {
        *self.account.lost.entry(field.to_owned()).or_default() += 1;
    }

    /// Takes an entry, made from a place, unless the case has it or it is malformed.
    pub fn take(&mut self, entry: Made, place: Option<Selector>) -> Outcome {
        if self.is_known(entry.id) || self.made.contains_key(&entry.id) {
            return Outcome::Skipped("in the case already".to_owned());
        }
        let (_, found) = entry.text();
        if let Some(first) = found.first() {
            return Outcome::Refused(first.message.clone());
        }
        self.made.insert(entry.id, Placed { entry, place });
        Outcome::Taken
    }

    /// An entry that was made, to say more in it.
    pub fn made_mut(&mut self, id: EntryId) -> Option<&mut Made> {
        self.made.get_mut(&id).map(|made| &mut made.entry)
    }

    /// What was made so far, with its title, name, value or question.
    pub fn titles(&self) -> Vec<(EntryId, String)> {
        let title = |made: &Placed| made.entry.get(title_field(made.entry.id.kind())).unwrap_or_default().to_owned();
        self.made.iter().map(|(id, made)| (*id, title(made))).collect()
    }

    /// The files of the entries, each citing its place in a file of an item; `path` where the item has several. Kinds of entry without
    /// citations have none.
    pub fn files(&self, item: EvidenceId, path: Option<&str>) -> BTreeMap<EntryId, String> {
        let cited = |made: &Placed| {
            let mut entry = made.entry.clone();
            if entry.get("tlp").is_none() {
                entry.maybe("tlp", self.marking);
            }
            if matches!(entry.id.kind(), Kind::Finding | Kind::Event | Kind::Indicator) {
                entry.cite(item, path, made.place.as_ref());
            }
            entry.text().0
        };
        self.made.iter().map(|(id, made)| (*id, cited(made))).collect()
    }
}
