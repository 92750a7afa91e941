//! What comes of a file: the entries that are made of it, and an account in which no row is lost.

use super::made::{self, Made};
use super::names::Names;
use crate::ingest::instant::Told;
use crate::model::{Case, EvidenceId};
use crate::scaffold::entry::title_field;
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Kind, Selector, Sha256, TreePath};
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
    /// Texts that become notes, by the paths of their files.
    pub notes: BTreeMap<TreePath, String>,
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
    /// Rows that could not be made entries, as many as are kept; `refused` counts all of them.
    pub refusals: Vec<Refusal>,
    pub refused: u64,
    /// Rows that were asked for beyond the most that are made.
    pub over: u64,
    /// Machines that no asset is called by, or several are, with how many of the rows that were taken name them.
    pub strangers: BTreeMap<String, u64>,
    /// Fields that found no place in a case, with how many rows had them.
    pub lost: BTreeMap<String, u64>,
    /// What was read otherwise than it was written, or read with care, as a sentence without a full stop, and how often.
    pub remarks: BTreeMap<String, u64>,
    /// What the file says of its case as a whole, which overwrites nothing: keys of case.toml and their values, to be set by hand.
    pub case_keys: BTreeMap<String, String>,
}

/// The most refused rows that are told one by one: a file of which none can be read may have millions.
const MAX_REFUSALS: usize = 10_000;

/// The most fields that an account names; what more are lost are counted together.
const MAX_LOST_NAMES: usize = 200;

/// How those are called.
const OTHER_FIELDS: &str = "other fields";

impl<'c> Making<'c> {
    pub fn new(file: Sha256, case: &'c Case, told: Told) -> Self {
        Self {
            file,
            case,
            names: Names::of(case),
            told,
            marking: None,
            made: BTreeMap::new(),
            notes: BTreeMap::new(),
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
            Outcome::Refused(why) => {
                self.account.refused += 1;
                if self.account.refusals.len() < MAX_REFUSALS {
                    self.account.refusals.push(Refusal { place: place.to_string(), why });
                }
            }
        }
    }

    /// Notes that a field of a row found no place.
    pub fn lose(&mut self, field: &str) {
        let lost = &mut self.account.lost;
        let name = made::one_line(field).chars().take(made::MAX_LINE).collect::<String>();
        let name = if lost.len() < MAX_LOST_NAMES || lost.contains_key(&name) { name } else { OTHER_FIELDS.to_owned() };
        *lost.entry(name).or_default() += 1;
    }

    /// Notes what was read otherwise than it was written.
    pub fn remark(&mut self, remark: impl Into<String>) {
        *self.account.remarks.entry(remark.into()).or_default() += 1;
    }

    /// Notes what the file says of its case as a whole. The first word on a key stands.
    pub fn tell(&mut self, key: &str, value: &str) {
        let value = made::one_line(value);
        if !value.is_empty() {
            self.account.case_keys.entry(key.to_owned()).or_insert(value);
        }
    }

    /// Takes an entry, made from a place, unless the case has it or it is malformed.
    pub fn take(&mut self, entry: Made, place: Option<Selector>) -> Outcome {
        if self.is_known(entry.id) {
            return Outcome::Skipped("in the case already".to_owned());
        }
        if self.made.contains_key(&entry.id) {
            return Outcome::Refused("another record of this file has the same number".to_owned());
        }
        let (_, found) = entry.text();
        if let Some(first) = found.first() {
            return Outcome::Refused(first.message.clone());
        }
        self.made.insert(entry.id, Placed { entry, place });
        Outcome::Taken
    }

    /// An entry that was made.
    pub fn made(&self, id: EntryId) -> Option<&Made> {
        self.made.get(&id).map(|made| &made.entry)
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

    /// Changes what was made, and counts a remark for each entry of which `change` gives one.
    pub fn mend(&mut self, change: &dyn Fn(&mut Made, &Case) -> Option<&'static str>) {
        for made in self.made.values_mut() {
            if let Some(remark) = change(&mut made.entry, self.case) {
                *self.account.remarks.entry(remark.to_owned()).or_default() += 1;
            }
        }
    }

    /// Changes the texts of several lines of what was made; how many entries and notes were changed.
    pub fn change_markdown(&mut self, change: &dyn Fn(&str) -> Option<String>) -> usize {
        let mut count = 0;
        for made in self.made.values_mut() {
            count += usize::from(made.entry.change_markdown(change));
        }
        for text in self.notes.values_mut() {
            if let Some(changed) = change(text) {
                *text = changed;
                count += 1;
            }
        }
        count
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
