//! What to do next: each step says why, and the command that does it or shows more.

use super::repository::{Hooks, Reports};
use super::survey::{Survey, doer};
use crate::cli::release;
use crate::diagnostic::Diagnostic;
use crate::report::clock;
use crate::report::duty::{Clock, Standing};
use crate::values::vocabulary::{CaseStatus, FindingStatus, Milestone, Phase, Priority};
use crate::values::wording::{counted, shell_word};

/// A step that somebody should take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub why: String,
    /// What to type.
    pub command: String,
    /// Whether it cannot wait.
    pub pressing: bool,
}

/// The steps, most pressing first.
pub fn of(survey: &Survey<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    broken(survey, &mut steps);
    overdue(survey, &mut steps);
    running_out(survey, &mut steps);
    owed(survey, &mut steps);
    undone(survey, &mut steps);
    reached(survey, &mut steps);
    unpublished(survey, &mut steps);
    steps
}

fn step(why: impl Into<String>, command: impl Into<String>) -> Step {
    Step { why: why.into(), command: command.into(), pressing: false }
}

fn pressing(why: impl Into<String>, command: impl Into<String>) -> Step {
    Step { pressing: true, ..step(why, command) }
}

fn broken(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    let conflicts = survey.changes.map_or(0, |changes| changes.conflicts);
    if conflicts > 0 {
        steps.push(pressing(format!("{} left over from a merge", counted(conflicts, "conflict")), "git status"));
    }
    let errors = survey.verdict.diagnostics.iter().filter(|diagnostic| Diagnostic::is_error(diagnostic)).count();
    if errors > 0 {
        let verb = if errors == 1 { "keeps" } else { "keep" };
        steps.push(pressing(
            format!("{} {verb} the next commit from passing", counted(errors, "error")),
            "casebook check",
        ));
    }
}

fn overdue(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    for clock in survey.overdue_clocks() {
        if let Some(end) = clock.end() {
            let ago = clock::length(survey.now.duration_since(end).as_secs());
            steps.push(pressing(format!("“{}” had to be done {ago} ago", clock.duty.name), for_duty(clock)));
        }
    }
    for (entry, due) in survey.overdue() {
        let ago = clock::length(survey.now.duration_since(due.timestamp()).as_secs());
        let who = doer(entry).map(|who| format!(" ({who})")).unwrap_or_default();
        steps.push(pressing(
            format!("“{}” was due {ago} ago{who}", entry.title()),
            format!("casebook show {}", entry.id()),
        ));
    }
}

/// Clocks that run: those that nobody works on, and those of which less than a day is left.
fn running_out(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    for clock in &survey.clocks {
        let Some(end) = clock.end().filter(|_| clock.standing == Standing::Running) else { continue };
        let left = end.duration_since(survey.now).as_secs();
        let text = format!("“{}”: {} left", clock.duty.name, clock::length(left));
        match clock.actions.is_empty() {
            true if left < 3 * 86_400 => steps.push(pressing(format!("{text}, and no action for it"), for_duty(clock))),
            true => steps.push(step(format!("{text}, and no action for it"), for_duty(clock))),
            false if left < 86_400 => steps.push(pressing(text, for_duty(clock))),
            false => {}
        }
    }
}

/// What shows or makes the action for a duty.
fn for_duty(clock: &Clock<'_>) -> String {
    match clock.actions.first() {
        Some(action) => format!("casebook show {}", action.id()),
        None => format!(
            "casebook new action {} --set phase=duty --set duty={}",
            shell_word(clock.duty.name.as_str()),
            clock.duty.handle
        ),
    }
}

/// Those who were told something that holds no longer.
fn owed(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    for account in &survey.owed {
        let lines = release::lines(account);
        let Some(first) = lines.first() else { continue };
        let more = if lines.len() > 1 { format!(", and {} more", lines.len() - 1) } else { String::new() };
        let (to, audience) = (release::names(&account.to), &account.release.value.audience);
        steps.push(pressing(
            format!("a correction of the report for {audience} is owed to {to}: {first}{more}"),
            release::settle(account),
        ));
    }
}

fn undone(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    let now = survey.now;
    let due = |due: Option<crate::values::Moment>| {
        due.map(|due| format!(", due {}", clock::due(due, now))).unwrap_or_default()
    };
    for (entry, decision) in survey.decisions.iter().filter(|(_, it)| it.due.is_none_or(|due| due.timestamp() >= now)) {
        let why = format!("decide: “{}”{}", entry.title(), due(decision.due));
        steps.push(step(why, format!("casebook set {} --edit", entry.id())));
    }
    let nobody = survey.actions.iter().filter(|(entry, _)| doer(entry).is_none()).collect::<Vec<_>>();
    if let [(first, _), ..] = nobody.as_slice() {
        let why = format!("{} without an owner, such as “{}”", counted(nobody.len(), "open action"), first.title());
        steps.push(step(why, format!("casebook set {} owner=TEAM", first.id())));
    }
    let coming = survey.actions.iter().filter(|(_, it)| it.due.is_none_or(|due| due.timestamp() >= now));
    let urgency = |(entry, it): &&(&crate::model::Entry, &crate::model::Action)| {
        (it.priority != Some(Priority::Urgent), it.due.is_none(), it.due, entry.id())
    };
    if let Some((entry, action)) = coming.min_by_key(urgency) {
        let why = format!("next action: “{}”{}", entry.title(), due(action.due));
        steps.push(step(why, format!("casebook show {}", entry.id())));
    }
    let proposed = survey.findings.iter().filter(|entry| entry.status() == FindingStatus::Proposed.word()).count();
    if proposed > 0 {
        let verb = if proposed == 1 { "waits" } else { "wait" };
        let why = format!("{} {verb} to be confirmed or refuted", counted(proposed, "proposed finding"));
        steps.push(step(why, "casebook list findings --status proposed"));
    }
    let drafts = survey.findings.len() - proposed;
    if drafts > 0 {
        steps.push(step(
            format!("{} to finish", counted(drafts, "draft finding")),
            "casebook list findings --status draft",
        ));
    }
}

/// Milestones that the actions say are reached, and nobody wrote down.
fn reached(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    let Some(record) = survey.record else { return };
    let known = |milestone| record.milestones.as_ref().is_some_and(|milestones| milestones.get(milestone).is_some());
    for (phase, milestone, status) in [
        (Phase::Contain, Milestone::Contained, CaseStatus::Contained),
        (Phase::Eradicate, Milestone::Eradicated, CaseStatus::Eradicated),
        (Phase::Recover, Milestone::Recovered, CaseStatus::Recovered),
    ] {
        let mut of_phase =
            survey.case.actions().filter(|(entry, it)| it.phase == phase && !entry.is_retired()).peekable();
        if !known(milestone) && of_phase.peek().is_some() && of_phase.all(|(entry, _)| !entry.is_open()) {
            let why = format!("every action to {phase} is done, and no time for `{milestone}` is written down");
            let status = if record.status < status { format!(" status={status}") } else { String::new() };
            steps.push(step(why, format!("casebook set case milestones.{milestone}=now{status}")));
            return;
        }
    }
    let idle = survey.actions.is_empty() && survey.decisions.is_empty() && survey.findings.is_empty();
    if idle && !survey.is_closed() && known(Milestone::Recovered) {
        let why = "nothing is open: the case can be closed, with its outcome and lessons";
        steps.push(step(why, "casebook set case status=closed milestones.closed=now outcome=… lessons=…"));
    }
}

fn unpublished(survey: &Survey<'_>, steps: &mut Vec<Step>) {
    match survey.hooks {
        Hooks::Missing => steps.push(step("no hook checks the commits of this clone", "casebook hook install")),
        Hooks::Faulty => steps.push(step("a hook of this clone does not do its work", "casebook doctor")),
        Hooks::InPlace => {}
    }
    if let Some(changes) = survey.changes.filter(|changes| !changes.is_clean() && changes.conflicts == 0) {
        let number = changes.staged.max(changes.unstaged) + changes.untracked;
        let command = if changes.unstaged + changes.untracked > 0 { "git add -A && git commit" } else { "git commit" };
        steps.push(step(format!("{} not committed", counted(number, "file")), command));
    }
    match &survey.reports {
        Reports::Stale(_) => steps.push(step("the reports are not of the last commit", "casebook report")),
        Reports::Changed(_) => steps.push(step("the reports were changed since they were made", "casebook report")),
        Reports::None => steps.push(step("there are no reports of the last commit", "casebook report")),
        Reports::NothingCommitted | Reports::Current(_) => {}
    }
}
