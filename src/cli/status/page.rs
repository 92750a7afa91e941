//! The survey of a case as a page for the lead, and as JSON.

use super::repository::{Hooks, Reports};
use super::survey::{Measured, Survey, doer};
use crate::cli::table::{Cell, Table, one_line};
use crate::cli::{release, style, terminal};
use crate::diagnostic::render;
use crate::model::Entry;
use crate::report::clock::{self, Elapsed};
use crate::report::duty::{Standing, trigger};
use crate::values::Moment;
use crate::values::vocabulary::Milestone;
use crate::values::wording::counted as counted_noun;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many steps are shown.
const STEPS: usize = 8;
/// How many rows a table has before the rest are only counted.
const ROWS: usize = 15;

/// The page, ending with what to do next.
pub fn text(survey: &Survey<'_>) -> String {
    let parts = [
        heading(survey),
        milestones(survey),
        objectives(survey),
        duties(survey),
        actions(survey),
        decisions(survey),
        findings(survey),
        owed(survey),
        state(survey),
        next(survey),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn section(title: &str, body: &str) -> String {
    let bold = style::BOLD;
    format!("{bold}{title}{bold:#}\n{body}")
}

/// A table under its title, and the command that lists what it leaves out.
fn counted(title: &str, number: usize, table: Table, command: &str) -> String {
    let mut body = table.render(2, terminal::known_width());
    if number > ROWS {
        body.push_str(&format!("  and {} more: `{command}`\n", number - ROWS));
    }
    section(&format!("{title} ({number})"), &body)
}

fn heading(survey: &Survey<'_>) -> String {
    let (bold, bad) = (style::BOLD, style::BAD);
    let Some(record) = survey.record else { return format!("{bad}case.toml cannot be read{bad:#}\n") };
    let word = |word: &str| {
        let style = style::of_word(word);
        format!("{style}{word}{style:#}")
    };
    let mut facts = vec![word(record.severity.word()), word(record.status.word())];
    facts.push(format!("TLP:{}", record.tlp.word().to_uppercase()));
    facts.extend(record.category.map(|category| category.word().to_owned()));
    facts.extend(record.lead.as_ref().map(|lead| format!("lead {lead}")));
    facts.extend(age(survey));
    let title = format!("{}  {}", one_line(record.id.as_str()), one_line(record.title.as_str()));
    format!("{bold}{}{bold:#}\n{}\n", textwrap::fill(&title, terminal::width()), facts.join("  "))
}

/// How long ago the case began to be worked on, or how long it took.
fn age(survey: &Survey<'_>) -> Option<String> {
    let milestones = survey.record?.milestones.as_ref()?;
    let start = milestones.get(Milestone::Detected).or(milestones.get(Milestone::Reported))?;
    match milestones.get(Milestone::Closed) {
        Some(closed) => Some(format!(
            "closed after {}",
            clock::length(closed.earliest().duration_since(start.earliest()).as_secs())
        )),
        None => Some(format!("detected {} ago", clock::length(survey.now.duration_since(start.earliest()).as_secs()))),
    }
}

fn milestones(survey: &Survey<'_>) -> String {
    let Some(record) = survey.record else { return String::new() };
    let mut table = Table::new(&["milestone", "time (UTC)"], 1);
    let mut missing = Vec::new();
    for milestone in Milestone::ALL {
        match record.milestones.as_ref().and_then(|milestones| milestones.get(*milestone)) {
            Some(when) => table.push(vec![Cell::new(milestone.word()), Cell::new(clock::when(when))]),
            None => missing.push(milestone.word()),
        }
    }
    let dim = style::DIM;
    let mut body =
        if missing.len() == Milestone::ALL.len() { String::new() } else { table.render(2, terminal::known_width()) };
    if !missing.is_empty() {
        body.push_str(&format!("  {dim}not yet: {}{dim:#}\n", missing.join(", ")));
    }
    section("Milestones", &body)
}

fn objectives(survey: &Survey<'_>) -> String {
    if survey.objectives.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["objective", "standing", "time", "target", "measure"], 0);
    for measured in &survey.objectives {
        table.push(vec![
            Cell::new(measured.objective.name.as_str()),
            Cell::styled(standing(measured), style::of_word(standing(measured))),
            Cell::new(elapsed(measured)),
            Cell::new(clock::length(measured.objective.target.0)),
            Cell::new(measured.objective.measure.word()),
        ]);
    }
    section("Objectives", &table.render(2, terminal::known_width()))
}

fn standing(measured: &Measured<'_>) -> &'static str {
    match (measured.standing, measured.elapsed) {
        (_, Elapsed::NoStart) => "not started",
        (clock::Standing::NotYet, _) => "running",
        (standing, _) => standing.words(),
    }
}

fn elapsed(measured: &Measured<'_>) -> String {
    match measured.elapsed {
        Elapsed::Took(range) => format!("took {range}"),
        Elapsed::Running(range) => format!("{range} so far"),
        Elapsed::NoStart => String::new(),
    }
}

fn duties(survey: &Survey<'_>) -> String {
    if survey.clocks.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["duty", "standing", "time", "action", "law"], 0);
    for clock in &survey.clocks {
        let time = match (clock.standing, clock.end()) {
            (_, Some(end)) => clock::due(Moment::utc(end), survey.now),
            (Standing::NotStarted, None) => {
                format!("{} after {}", clock.duty.within.words(clock::length), trigger(clock.duty))
            }
            _ => String::new(),
        };
        table.push(vec![
            Cell::new(clock.duty.name.as_str()),
            Cell::styled(clock.standing.word(), style::of_word(clock.standing.word())),
            Cell::new(time),
            Cell::new(clock.actions.iter().map(|entry| entry.id().to_string()).collect::<Vec<_>>().join(", ")),
            Cell::new(clock.duty.law.as_ref().map_or("", |law| law.as_str())),
        ]);
    }
    section("Legal duties", &table.render(2, terminal::known_width()))
}

fn actions(survey: &Survey<'_>) -> String {
    if survey.actions.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["id", "title", "due", "owner", "priority", "phase", "status"], 1);
    for (entry, action) in survey.actions.iter().take(ROWS) {
        let word = |word: &str| Cell::styled(word, style::of_word(word));
        table.push(vec![
            Cell::styled(entry.id().to_string(), style::NAME),
            Cell::new(entry.title()),
            due(survey, action.due),
            Cell::new(doer(entry).unwrap_or("")),
            action.priority.map(|priority| word(priority.word())).unwrap_or_default(),
            word(action.phase.word()),
            word(entry.status()),
        ]);
    }
    counted("Open actions", survey.actions.len(), table, "casebook list actions --open")
}

fn due(survey: &Survey<'_>, due: Option<Moment>) -> Cell {
    match due {
        Some(due) if due.timestamp() < survey.now => {
            let late = clock::length(survey.now.duration_since(due.timestamp()).as_secs());
            Cell::styled(format!("overdue by {late}"), style::BAD)
        }
        Some(due) => Cell::new(clock::due(due, survey.now)),
        None => Cell::default(),
    }
}

fn decisions(survey: &Survey<'_>) -> String {
    if survey.decisions.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["id", "question", "due", "by"], 1);
    for (entry, decision) in survey.decisions.iter().take(ROWS) {
        table.push(vec![
            Cell::styled(entry.id().to_string(), style::NAME),
            Cell::new(entry.title()),
            due(survey, decision.due),
            Cell::new(doer(entry).unwrap_or("")),
        ]);
    }
    counted("Decisions to take", survey.decisions.len(), table, "casebook list decisions --open")
}

fn findings(survey: &Survey<'_>) -> String {
    if survey.findings.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["id", "title", "status"], 1);
    for entry in survey.findings.iter().take(ROWS) {
        table.push(vec![
            Cell::styled(entry.id().to_string(), style::NAME),
            Cell::new(entry.title()),
            Cell::styled(entry.status(), style::of_word(entry.status())),
        ]);
    }
    counted("Findings to confirm", survey.findings.len(), table, "casebook list findings --open")
}

/// Who was told something that holds no longer.
fn owed(survey: &Survey<'_>) -> String {
    if survey.owed.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["report", "to", "of commit", "what holds no longer"], 3);
    for account in survey.owed.iter().take(ROWS) {
        let release = &account.release.value;
        table.push(vec![
            Cell::new(release.audience.as_str()),
            Cell::new(release::names(&account.to)),
            Cell::new(release.commit.short()),
            Cell::styled(release::lines(account).join("; "), style::BAD),
        ]);
    }
    counted("Corrections owed", survey.owed.len(), table, "casebook release")
}

/// Whether the case is sound, committed and reported.
fn state(survey: &Survey<'_>) -> String {
    let (good, bad, warn) = (style::GOOD, style::BAD, style::WARN);
    let diagnostics = &survey.verdict.diagnostics;
    let check = match diagnostics.as_slice() {
        [] => format!("{good}sound{good:#}"),
        _ if survey.verdict.is_sound() => format!("{warn}sound, with {}{warn:#}", render::text::tally(diagnostics)),
        _ => format!("{bad}{}{bad:#}", render::text::tally(diagnostics)),
    };
    let changes = match survey.changes {
        None => "Git could not be asked".to_owned(),
        Some(changes) if changes.is_clean() => "everything is committed".to_owned(),
        Some(changes) => {
            let parts = [
                (changes.conflicts, "in conflict"),
                (changes.staged, "staged"),
                (changes.unstaged, "changed"),
                (changes.untracked, "new"),
            ];
            let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}"));
            format!("{warn}not committed: {}{warn:#}", parts.collect::<Vec<_>>().join(", "))
        }
    };
    let reports = match &survey.reports {
        Reports::NothingCommitted => "none, nothing is committed yet".to_owned(),
        Reports::None => format!("{warn}none{warn:#}"),
        Reports::Stale(commit) => format!("{warn}stale, from commit {}{warn:#}", one_line(&short(commit))),
        Reports::Changed(commit) => {
            format!("{warn}changed since they were made of the last commit, {}{warn:#}", short(commit))
        }
        Reports::Current(commit) => format!("of the last commit, {}", short(commit)),
    };
    let hooks = match survey.hooks {
        Hooks::InPlace => "in place".to_owned(),
        Hooks::Missing => format!("{warn}not installed{warn:#}"),
        Hooks::Faulty => format!("{warn}something is wrong with them{warn:#}"),
    };
    let evidence = evidence(survey);
    section(
        "State",
        &format!("  check    {check}\n  files    {changes}\n  reports  {reports}\n  hooks    {hooks}\n{evidence}"),
    )
}

/// How many items of evidence each home has, and how many were disposed of.
fn homes(survey: &Survey<'_>) -> BTreeMap<&'static str, usize> {
    let mut homes = BTreeMap::new();
    for holding in survey.case.holdings().into_values() {
        *homes.entry(holding.word()).or_default() += 1;
    }
    homes
}

fn evidence(survey: &Survey<'_>) -> String {
    let homes = homes(survey);
    if homes.is_empty() {
        return String::new();
    }
    let part = |(home, number): (&'static str, usize)| match home {
        "git" => format!("{number} in Git"),
        "lfs" => format!("{number} in Git LFS"),
        "store" => format!("{number} in the store"),
        "none" => counted_noun(number, "physical exhibit"),
        _ => format!("{number} disposed of"),
    };
    format!("  evidence {}\n", homes.into_iter().map(part).collect::<Vec<_>>().join(", "))
}

fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

fn next(survey: &Survey<'_>) -> String {
    if survey.steps.is_empty() {
        let good = style::GOOD;
        return format!("{good}Nothing to do.{good:#}\n");
    }
    let mut body = String::new();
    for (number, step) in survey.steps.iter().take(STEPS).enumerate() {
        let style = if step.pressing { style::BAD } else { style::PLAIN };
        let name = style::NAME;
        let lead = format!("  {}. ", number + 1);
        let options = textwrap::Options::new(terminal::width()).initial_indent(&lead).subsequent_indent("     ");
        let why = textwrap::fill(&format!("{style}{}{style:#}", one_line(&step.why)), options);
        body.push_str(&format!("{why}\n       {name}{}{name:#}\n", one_line(&step.command)));
    }
    if survey.steps.len() > STEPS {
        body.push_str(&format!("  and {} more\n", survey.steps.len() - STEPS));
    }
    section("Next", &body)
}

pub fn json(survey: &Survey<'_>) -> Value {
    let count = render::count(&survey.verdict.diagnostics);
    let milestones: serde_json::Map<String, Value> = survey
        .record
        .and_then(|record| record.milestones.as_ref())
        .map(|milestones| milestones.in_order())
        .into_iter()
        .flatten()
        .filter_map(|(milestone, when)| {
            let when = when?;
            let range = json!({ "earliest": when.earliest().to_string(), "latest": when.latest().to_string() });
            Some((milestone.word().to_owned(), range))
        })
        .collect();
    let entry = |entry: &Entry, due: Option<Moment>| {
        json!({
            "id": entry.id().to_string(),
            "title": entry.title(),
            "status": entry.status(),
            "owner": doer(entry),
            "due": due.map(Moment::to_toml),
            "overdue": due.is_some_and(|due| due.timestamp() < survey.now),
        })
    };
    let action = |(of, action): &(&Entry, &crate::model::Action)| {
        let mut value = entry(of, action.due);
        value["phase"] = json!(action.phase.word());
        value["priority"] = json!(action.priority.map(|priority| priority.word()));
        value
    };
    json!({
        "case": survey.record.map(|record| json!({
            "id": record.id.as_str(),
            "title": record.title.as_str(),
            "severity": record.severity.word(),
            "status": record.status.word(),
            "tlp": record.tlp.word(),
            "lead": record.lead.as_ref().map(|lead| lead.as_str()),
        })),
        "now": survey.now.to_string(),
        "evidence": homes(survey),
        "milestones": milestones,
        "objectives": survey.objectives.iter().map(objective).collect::<Value>(),
        "duties": survey.clocks.iter().map(|clock| json!({
            "duty": clock.duty.handle.as_str(),
            "name": clock.duty.name.as_str(),
            "standing": clock.standing.word(),
            "due": clock.end().map(|end| end.to_string()),
            "actions": clock.actions.iter().map(|entry| entry.id().to_string()).collect::<Vec<_>>(),
        })).collect::<Value>(),
        "actions": survey.actions.iter().map(action).collect::<Value>(),
        "decisions": survey.decisions.iter().map(|(of, it)| entry(of, it.due)).collect::<Value>(),
        "findings": survey.findings.iter().map(|of| entry(of, None)).collect::<Value>(),
        "owed": survey.owed.iter().map(release::as_json).collect::<Value>(),
        "check": { "errors": count.errors, "warnings": count.warnings },
        "uncommitted": survey.changes.map(|changes| json!({
            "staged": changes.staged, "changed": changes.unstaged, "new": changes.untracked,
            "conflicts": changes.conflicts,
        })),
        "hooks": match survey.hooks {
            Hooks::InPlace => "in-place",
            Hooks::Missing => "missing",
            Hooks::Faulty => "faulty",
        },
        "reports": match &survey.reports {
            Reports::NothingCommitted | Reports::None => json!({ "standing": "none" }),
            Reports::Stale(commit) => json!({ "standing": "stale", "commit": commit }),
            Reports::Changed(commit) => json!({ "standing": "changed", "commit": commit }),
            Reports::Current(commit) => json!({ "standing": "current", "commit": commit }),
        },
        "next": survey.steps.iter().map(|step| json!({
            "why": step.why, "command": step.command, "pressing": step.pressing,
        })).collect::<Value>(),
    })
}

fn objective(measured: &Measured<'_>) -> Value {
    let seconds = match measured.elapsed {
        Elapsed::Took(range) | Elapsed::Running(range) => Some(json!({ "least": range.min, "most": range.max })),
        Elapsed::NoStart => None,
    };
    json!({
        "name": measured.objective.name.as_str(),
        "measure": measured.objective.measure.word(),
        "target_seconds": measured.objective.target.0,
        "standing": standing(measured),
        "elapsed_seconds": seconds,
    })
}
