//! Everything that `casebook status` tells, gathered before any of it is printed.

use super::repository::{self, Changes, Hooks, Reports};
use super::steps::{self, Step};
use crate::check::Verdict;
use crate::cli::Failure;
use crate::cli::open::Open;
use crate::cli::release;
use crate::model::{Action, Body, Case, CaseRecord, Decision, Entry, Objective};
use crate::release::Account;
use crate::report::clock::{self, Elapsed};
use crate::report::duty::{self, Clock};
use crate::values::Moment;
use crate::values::vocabulary::{CaseStatus, Phase};
use jiff::Timestamp;

pub struct Survey<'c> {
    pub case: &'c Case,
    pub record: Option<&'c CaseRecord>,
    pub now: Timestamp,
    pub verdict: &'c Verdict,
    pub objectives: Vec<Measured<'c>>,
    pub clocks: Vec<Clock<'c>>,
    /// Open actions by phase, then by when they are due.
    pub actions: Vec<(&'c Entry, &'c Action)>,
    /// Decisions to take, by when they are due.
    pub decisions: Vec<(&'c Entry, &'c Decision)>,
    /// Findings that nobody confirmed or refuted.
    pub findings: Vec<&'c Entry>,
    pub changes: Option<Changes>,
    pub reports: Reports,
    pub hooks: Hooks,
    /// The releases whose recipients are owed a correction.
    pub owed: Vec<Account<'c>>,
    /// What to do next, most pressing first.
    pub steps: Vec<Step>,
}

/// An objective and how long it took, or has taken so far.
pub struct Measured<'c> {
    pub objective: &'c Objective,
    pub elapsed: Elapsed,
    pub standing: clock::Standing,
}

impl<'c> Survey<'c> {
    pub fn of(open: &Open, verdict: &'c Verdict, now: Timestamp) -> Result<Self, Failure> {
        let case = &verdict.case;
        let record = case.record.as_ref().map(|record| &record.value);
        let mut actions: Vec<_> = case.actions().filter(|(entry, _)| entry.is_open()).collect();
        actions.sort_by_key(|(entry, action)| {
            (place(action.phase), action.due.is_none(), action.due, std::cmp::Reverse(action.priority), entry.id())
        });
        let mut decisions: Vec<_> = case.decisions().filter(|(entry, _)| entry.is_open()).collect();
        decisions.sort_by_key(|(entry, decision)| (decision.due.is_none(), decision.due, entry.id()));
        let mut survey = Self {
            case,
            record,
            now,
            verdict,
            objectives: record.map(|record| measured(record, now)).unwrap_or_default(),
            clocks: duty::of(case, now),
            actions,
            decisions,
            findings: case.findings().map(|(entry, _)| entry).filter(|entry| entry.is_open()).collect(),
            changes: repository::changes(&open.top),
            reports: repository::reports(open),
            hooks: repository::hooks(&open.repository),
            owed: release::of(open, case)?.into_iter().filter(Account::is_owed).collect(),
            steps: Vec::new(),
        };
        survey.steps = steps::of(&survey);
        Ok(survey)
    }

    /// Whether nothing is overdue and nothing invalid.
    pub fn is_well(&self) -> bool {
        self.verdict.is_sound() && self.overdue().is_empty() && self.overdue_clocks().next().is_none()
    }

    /// Open actions and decisions whose time is over, the longest overdue first.
    pub fn overdue(&self) -> Vec<(&'c Entry, Moment)> {
        let actions = self.actions.iter().filter_map(|(entry, action)| Some((*entry, action.due?)));
        let decisions = self.decisions.iter().filter_map(|(entry, decision)| Some((*entry, decision.due?)));
        let mut overdue: Vec<_> = actions.chain(decisions).filter(|(_, due)| due.timestamp() < self.now).collect();
        overdue.sort_by_key(|(entry, due)| (*due, entry.id()));
        overdue
    }

    pub fn overdue_clocks(&self) -> impl Iterator<Item = &Clock<'c>> {
        self.clocks.iter().filter(|clock| clock.standing.is_overdue())
    }

    pub fn is_closed(&self) -> bool {
        self.record.is_some_and(|record| record.status == CaseStatus::Closed)
    }
}

/// The place of a phase in the order in which a lead looks at them: duties before all others.
fn place(phase: Phase) -> usize {
    match phase {
        Phase::Duty => 0,
        Phase::Contain => 1,
        Phase::Investigate => 2,
        Phase::Eradicate => 3,
        Phase::Recover => 4,
        Phase::Recommend => 5,
    }
}

fn measured(record: &CaseRecord, now: Timestamp) -> Vec<Measured<'_>> {
    let Some(milestones) = &record.milestones else { return Vec::new() };
    let one = |objective| {
        let objective: &Objective = objective;
        let elapsed = clock::elapsed(milestones, objective.measure, now);
        Measured { objective, elapsed, standing: clock::standing(objective, elapsed) }
    };
    record.objectives.iter().map(one).collect()
}

/// Who does an action: the person, or else the team.
pub fn doer(entry: &Entry) -> Option<&str> {
    match &entry.body {
        Body::Action(action) => action.assignee.as_ref().or(action.owner.as_ref()).map(|handle| handle.as_str()),
        Body::Decision(decision) => decision.by.as_ref().map(|handle| handle.as_str()),
        _ => None,
    }
}
