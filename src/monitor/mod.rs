//! Monitoring: what a case, its ledger of notices and its repository look like in numbers, for whoever scrapes them.

pub mod openmetrics;

use crate::check::Verdict;
use crate::diagnostic::Level;
use crate::hook::doctor::{Examination, Health};
use crate::model::{Case, Entry};
use crate::notice::NoticeError;
use crate::notice::ledger::Ledger;
use crate::report::duty;
use crate::review::Standing;
use crate::values::{EntryId, Kind};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The codes of what is wrong with evidence begin so.
const OF_EVIDENCE: &[&str] = &["evidence-", "custody-", "citation-", "derivation-"];

/// What a metric is called, and what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    pub name: &'static str,
    pub help: &'static str,
    pub is_counter: bool,
}

const fn gauge(name: &'static str, help: &'static str) -> Name {
    Name { name, help, is_counter: false }
}

const INFO: Name = gauge("casebook_case", "A case, with where it stands; always 1.");
const ENTRIES: Name = gauge("casebook_entries", "Entries by kind and status.");
const OVERDUE: Name = gauge("casebook_overdue", "Open actions and decisions whose time is over.");
const DUTIES: Name = gauge("casebook_duties", "Legal clocks by where they stand.");
const DUTY_END: Name = gauge("casebook_duty_end_timestamp_seconds", "The earliest end of a legal clock that runs.");
const UNSIGNED: Name = gauge("casebook_unsigned", "Entries that lack a sign-off that the policy asks for.");
const PROBLEMS: Name = gauge("casebook_problems", "What `casebook check` finds, by level.");
const EVIDENCE: Name = gauge("casebook_evidence_errors", "Errors of evidence, its custody and its citations.");
const PLANNED: Name =
    Name { name: "casebook_notices_planned", help: "Notices that were ever planned.", is_counter: true };
const PENDING: Name = gauge("casebook_notices_pending", "Notices that are still to be sent.");
const FAILING: Name = gauge("casebook_notices_failing", "Notices whose last attempt failed.");
const OLDEST: Name = gauge(
    "casebook_notices_oldest_pending_timestamp_seconds",
    "When the oldest notice that is still to be sent was planned.",
);
const HEALTH: Name = gauge("casebook_health", "What `casebook doctor` finds: 1 well, 0 to be mended.");

/// Every metric, in the order in which they are written.
pub const ALL: &[Name] = &[
    INFO, ENTRIES, OVERDUE, DUTIES, DUTY_END, UNSIGNED, PROBLEMS, EVIDENCE, PLANNED, PENDING, FAILING, OLDEST, HEALTH,
];

/// One number, with what tells it apart from the others of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub name: Name,
    pub labels: Vec<(&'static str, String)>,
    pub value: i64,
}

impl Sample {
    fn new(name: Name, labels: &[(&'static str, &str)], value: impl TryInto<i64>) -> Self {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { name, labels, value: value.try_into().unwrap_or(i64::MAX) }
    }
}

/// What a case says of itself. Its texts are in no label: only words of the vocabularies, ids and handles.
pub fn of_case(verdict: &Verdict, standings: &BTreeMap<EntryId, Standing>, now: Timestamp) -> Vec<Sample> {
    let case = &verdict.case;
    let id = id(case);
    let mut samples = Vec::new();
    if let Some(record) = case.record.as_ref().map(|record| &record.value) {
        let labels = [
            ("case", id.as_str()),
            ("status", record.status.word()),
            ("severity", record.severity.word()),
            ("tlp", record.tlp.word()),
        ];
        samples.push(Sample::new(INFO, &labels, 1));
    }
    for kind in Kind::ALL {
        let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
        case.of_kind(kind).for_each(|entry| *by_status.entry(entry.status()).or_default() += 1);
        for (status, number) in by_status {
            samples.push(Sample::new(ENTRIES, &[("case", &id), ("kind", kind.noun()), ("status", status)], number));
        }
    }
    for kind in [Kind::Action, Kind::Decision] {
        let overdue = case.of_kind(kind).filter(|entry| is_overdue(entry, now)).count();
        samples.push(Sample::new(OVERDUE, &[("case", &id), ("kind", kind.noun())], overdue));
    }
    samples.extend(duties(case, &id, now));
    let unsigned = standings.values().filter(|standing| !standing.is_met()).count();
    samples.push(Sample::new(UNSIGNED, &[("case", &id)], unsigned));
    for level in [Level::Error, Level::Warning] {
        let found = verdict.diagnostics.iter().filter(|one| one.level == level).count();
        samples.push(Sample::new(PROBLEMS, &[("case", &id), ("level", &level.to_string())], found));
    }
    let of_evidence = verdict
        .diagnostics
        .iter()
        .filter(|one| one.is_error() && OF_EVIDENCE.iter().any(|beginning| one.code.as_str().starts_with(beginning)));
    samples.push(Sample::new(EVIDENCE, &[("case", &id)], of_evidence.count()));
    samples
}

/// What is still to be sent of a case.
pub fn of_ledger(case: &Case, ledger: &Ledger<'_>) -> Result<Vec<Sample>, NoticeError> {
    let id = id(case);
    let labels = [("case", id.as_str())];
    let pending = ledger.pending()?;
    let planned = ledger.state.as_ref().map_or(0, |state| state.planned);
    let failing = pending.iter().filter(|parcel| !parcel.failures.is_empty()).count();
    let mut samples = vec![
        Sample::new(PLANNED, &labels, planned),
        Sample::new(PENDING, &labels, pending.len()),
        Sample::new(FAILING, &labels, failing),
    ];
    let oldest = pending.iter().map(|parcel| parcel.planned).min();
    samples.extend(oldest.map(|oldest| Sample::new(OLDEST, &labels, oldest.as_second())));
    Ok(samples)
}

/// How the repository of a case is, as the doctor finds it.
pub fn of_repository(case: &Case, found: &[Examination]) -> Vec<Sample> {
    let id = id(case);
    let mut ill: BTreeMap<&str, bool> = BTreeMap::new();
    for examination in found {
        *ill.entry(examination.about).or_default() |= examination.health == Health::Ill;
    }
    let sample = |(about, is_ill): (&str, bool)| {
        Sample::new(HEALTH, &[("case", id.as_str()), ("about", about)], i64::from(!is_ill))
    };
    ill.into_iter().map(sample).collect()
}

fn duties(case: &Case, id: &str, now: Timestamp) -> Vec<Sample> {
    let clocks = duty::of(case, now);
    let mut by_standing: BTreeMap<&str, usize> = BTreeMap::new();
    clocks.iter().for_each(|clock| *by_standing.entry(clock.standing.word()).or_default() += 1);
    let counted = by_standing.into_iter();
    let counted = counted.map(|(word, number)| Sample::new(DUTIES, &[("case", id), ("standing", word)], number));
    let ends = clocks.iter().filter_map(|clock| {
        let labels = [("case", id), ("duty", clock.duty.handle.as_str())];
        Some(Sample::new(DUTY_END, &labels, clock.end()?.as_second()))
    });
    counted.chain(ends).collect()
}

fn is_overdue(entry: &Entry, now: Timestamp) -> bool {
    entry.is_open() && entry.due().is_some_and(|due| due.timestamp() < now)
}

fn id(case: &Case) -> String {
    case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default()
}
