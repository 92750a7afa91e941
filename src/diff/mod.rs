//! The difference of two trees in the words of the case: entries, fields, evidence, what is to be done, what is wrong.

pub mod change;
mod claims;
mod fields;
pub mod files;
pub mod json;
pub mod markdown;
pub mod outline;
pub mod prose;
pub mod signoffs;
pub mod value;
pub mod work;

pub use change::Act;
pub use claims::{Claim, Seen, claims};
pub use fields::{Change, FieldChange};
pub use value::Said;

use crate::check::Verdict;
use crate::diagnostic::render::fingerprint;
use crate::diagnostic::{Diagnostic, Sources};
use crate::model::{Body, Case, Entry, MAX_TEXT_BYTES};
use crate::review::Item;
use crate::tree::{Tree, TreeError};
use crate::values::{EntryId, Sha256, TreePath};
use files::FileChange;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use work::Work;

/// One of the two trees, with what `check` says of it.
pub struct Side<'s> {
    pub tree: &'s dyn Tree,
    pub verdict: &'s Verdict,
}

impl<'s> Side<'s> {
    pub fn case(&self) -> &'s Case {
        &self.verdict.case
    }
}

/// What differs between two trees.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// The files that say who may do what, and how a change is judged: policy.toml, team.toml and what steers Git and the
    /// forge. They come first: whoever changes them changes the rules for everything below.
    pub rules: Vec<RecordChange>,
    /// What differs in case.toml.
    pub case: Option<RecordChange>,
    /// The entries that differ, by kind and id.
    pub entries: Vec<EntryChange>,
    /// Sign-offs and time stamps that were added.
    pub signoffs: Vec<TreePath>,
    pub timestamps: Vec<TreePath>,
    /// Sign-offs that held before and do not hold any more.
    pub stale: Vec<signoffs::Stale>,
    /// What differs and was not approved as it is now.
    pub to_sign: Vec<signoffs::ToSign>,
    pub work: Work,
    /// Notes, and the files that no rule reads.
    pub files: Vec<FileChange>,
    pub problems: Problems,
    /// The titles of everything that is named.
    pub titles: BTreeMap<EntryId, String>,
}

/// What differs in a file of which every case has one.
#[derive(Clone, Debug)]
pub struct RecordChange {
    pub path: TreePath,
    pub act: Act,
    /// What differs in it; `None` where it is no file of fields, or cannot be read as one.
    pub fields: Option<Vec<FieldChange>>,
    /// The lines that differ.
    pub hunks: Vec<prose::Hunk>,
}

/// What differs in an entry.
#[derive(Clone, Debug)]
pub struct EntryChange {
    pub id: EntryId,
    pub act: Act,
    /// Its title now; that of before, where it was removed.
    pub title: String,
    /// The words of its status, before and after.
    pub status: (Option<&'static str>, Option<&'static str>),
    /// Whether it counted before and counts no longer: it was withdrawn or superseded.
    pub is_retired: bool,
    /// What differs in it; `None` where its file cannot be read on a side that has it.
    pub fields: Option<Vec<FieldChange>>,
    pub evidence: Option<Exhibit>,
}

/// What there is to say of an evidence item that was added.
#[derive(Clone, Debug)]
pub struct Exhibit {
    pub files: u64,
    pub bytes: u64,
    /// The digest of its list.
    pub list: Option<Sha256>,
    pub home: &'static str,
}

/// What is wrong on one side and not on the other.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    pub appeared: Vec<Diagnostic>,
    pub vanished: Vec<Diagnostic>,
    /// How many are wrong on both sides.
    pub stayed: usize,
    /// The texts that those point into.
    pub sources: Sources,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
            && self.case.is_none()
            && self.entries.is_empty()
            && self.files.is_empty()
            && self.signoffs.is_empty()
            && self.timestamps.is_empty()
    }

    /// Keeps what is chosen by its path alone. What follows from the whole, such as duties, goes where nothing is left of
    /// what it follows from.
    pub fn keep(&mut self, is_chosen: &dyn Fn(&TreePath) -> bool) {
        self.rules.retain(|change| is_chosen(&change.path));
        self.case = self.case.take().filter(|change| is_chosen(&change.path));
        self.entries.retain(|change| is_chosen(&change.id.path()));
        self.files.retain(|change| is_chosen(&change.path));
        self.signoffs.retain(is_chosen);
        self.timestamps.retain(is_chosen);
        self.stale.retain(|stale| is_chosen(&stale.item.path()));
        self.to_sign.retain(|due| is_chosen(&due.item.path()));
        self.problems.appeared.retain(|problem| is_chosen(&problem.place.path));
        self.problems.vanished.retain(|problem| is_chosen(&problem.place.path));
        self.work.keep(is_chosen);
    }
}

/// What differs between two trees, as it stands at a moment. What is the same on both sides is neither read nor compared.
pub fn between(before: &Side<'_>, after: &Side<'_>, now: Timestamp) -> Result<Difference, TreeError> {
    let entries: Vec<EntryChange> = change::between(Some(before.tree), after.tree)
        .into_iter()
        .map(|(id, act)| entry(before, after, id, act))
        .collect();
    let all = files::between(before.tree, after.tree)?;
    let (mut rules, mut case, mut rest) = (Vec::new(), None, Vec::new());
    for change in all.others {
        match files::role(&change.path) {
            files::Role::Rules => rules.push(record(before, after, change)),
            files::Role::Case => case = Some(record(before, after, change)),
            files::Role::Other => rest.push(change),
        }
    }
    rules.sort_by_key(|change| (files::rank(&change.path), change.path.clone()));
    let mut difference = Difference {
        work: work::between(before.case(), after.case(), &entries, now),
        stale: signoffs::stale(before, after, &entries)?,
        to_sign: signoffs::to_sign(before, after, &entries)?,
        rules,
        case,
        signoffs: all.signoffs,
        timestamps: all.timestamps,
        files: rest,
        problems: problems(before, after),
        entries,
        titles: BTreeMap::new(),
    };
    difference.titles = titles(&difference, before.case(), after.case());
    Ok(difference)
}

/// What differs in a record; `None` where the file is none, or is no TOML on a side.
pub fn changed_fields(before: &dyn Tree, after: &dyn Tree, path: &TreePath) -> Option<Vec<FieldChange>> {
    let shape = crate::model::schema::table_of_path(path)?;
    fields::between(&shape, text(before, path).as_deref(), text(after, path).as_deref())
}

fn record(before: &Side<'_>, after: &Side<'_>, change: FileChange) -> RecordChange {
    let fields = changed_fields(before.tree, after.tree, &change.path);
    RecordChange { path: change.path, act: change.act, fields, hunks: change.hunks }
}

fn entry(before: &Side<'_>, after: &Side<'_>, id: EntryId, act: Act) -> EntryChange {
    let path = id.path();
    let (old, new) = (before.case().get(id), after.case().get(id));
    let is_read = |side: &Side<'_>| side.case().get(id).is_some() == (side.tree.node(&path).is_some());
    let fields = changed_fields(before.tree, after.tree, &path).filter(|_| is_read(before) && is_read(after));
    let known: Option<&Entry> = new.or(old);
    EntryChange {
        id,
        act,
        title: known.map(Entry::title).unwrap_or_default(),
        status: (old.map(Entry::status), new.map(Entry::status)),
        is_retired: old.is_some_and(|old| !old.is_retired()) && new.is_some_and(Entry::is_retired),
        evidence: new.filter(|_| act == Act::Added).and_then(exhibit),
        fields,
    }
}

fn exhibit(entry: &Entry) -> Option<Exhibit> {
    let Body::Evidence(item) = &entry.body else { return None };
    Some(Exhibit { files: item.files, bytes: item.bytes, list: item.list, home: item.storage.word() })
}

/// The text of a file with the line ends of the repository; `None` where there is none that can be read.
fn text(tree: &dyn Tree, path: &TreePath) -> Option<String> {
    let text = String::from_utf8(tree.read(path, MAX_TEXT_BYTES).ok()?).ok()?;
    Some(if text.contains('\r') { text.replace("\r\n", "\n") } else { text })
}

/// What is wrong on one side alone. A problem is the same where its code, file and field are.
fn problems(before: &Side<'_>, after: &Side<'_>) -> Problems {
    let (old, new) = (&before.verdict.diagnostics, &after.verdict.diagnostics);
    let prints = (fingerprint::all(old), fingerprint::all(new));
    let only = |all: &[Diagnostic], own: &[Sha256], others: &[Sha256]| -> Vec<Diagnostic> {
        let others: BTreeSet<&Sha256> = others.iter().collect();
        all.iter().zip(own).filter(|(_, print)| !others.contains(print)).map(|(problem, _)| problem.clone()).collect()
    };
    let appeared = only(new, &prints.1, &prints.0);
    let sources = crate::check::sources(after.tree, &appeared);
    let stayed = new.len() - appeared.len();
    Problems { vanished: only(old, &prints.0, &prints.1), appeared, stayed, sources }
}

/// The titles of the entries that a difference names.
fn titles(difference: &Difference, before: &Case, after: &Case) -> BTreeMap<EntryId, String> {
    let records = difference.rules.iter().chain(&difference.case).filter_map(|change| change.fields.as_ref());
    let fields = records.chain(difference.entries.iter().filter_map(|change| change.fields.as_ref())).flatten();
    let mut named: BTreeSet<EntryId> = fields.flat_map(FieldChange::references).collect();
    named.extend(difference.entries.iter().map(|change| change.id));
    let items = difference.stale.iter().map(|stale| &stale.item).chain(difference.to_sign.iter().map(|due| &due.item));
    named.extend(items.filter_map(|item| match item {
        Item::Entry(id) => Some(*id),
        Item::File(_) => None,
    }));
    named.extend(difference.work.actions.iter().map(|action| action.id));
    let title = |id: EntryId| {
        let entry = after.get(id).or_else(|| before.get(id))?;
        Some((id, title_of(entry, after, before)))
    };
    named.into_iter().filter_map(title).collect()
}

/// What an entry is called. A custody event is called after what was done with which item.
fn title_of(entry: &Entry, after: &Case, before: &Case) -> String {
    match &entry.body {
        Body::Custody(event) => {
            let item = after.get(event.item.0).or_else(|| before.get(event.item.0));
            let item = item.map_or_else(|| event.item.0.to_string(), |item| format!("{} {}", item.id(), item.title()));
            format!("{} {item}", event.action)
        }
        _ => entry.title(),
    }
}
