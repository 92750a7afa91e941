//! Rules: each judges a loaded case and sees only the model, or the names of one folder (`paths`). A rule is a file; its
//! doc comment is its manual page, shown by `casebook explain CODE`.

pub mod custody;
pub mod custom;
pub mod derived;
pub mod gates;
pub mod indicators;
pub mod paths;
pub mod policy;
pub mod references;
pub mod roster;
pub mod text;
pub mod time;
pub mod vocabularies;

use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Case, Datum, Entry, Field, Policy};
use crate::values::{Trail, TreePath};
use jiff::Timestamp;
use rayon::prelude::*;

/// What a rule may look at.
pub struct Context<'a> {
    pub case: &'a Case,
    /// The policy that the case is judged by: the caller says which.
    pub policy: &'a Policy,
    pub now: Timestamp,
    /// The manual pages of every code there is.
    pub pages: &'a [Page],
}

/// Where a rule writes what it finds.
pub type Found = Vec<Diagnostic>;

/// How a rule looks at a case.
#[derive(Clone, Copy)]
pub enum Check {
    /// At the whole case, once.
    Case(fn(&Context<'_>, &mut Found)),
    /// At the whole case, once, and at each entry.
    CaseAndEntry(fn(&Context<'_>, &mut Found), fn(&Context<'_>, &Entry, &mut Found)),
    /// At each entry.
    Entry(fn(&Context<'_>, &Entry, &mut Found)),
    /// At each thing inside each entry, with the way to it.
    Datum(fn(&Context<'_>, &Entry, Trail<'_>, Datum<'_>, &mut Found)),
    /// At each thing inside each entry, and inside case.toml, team.toml and policy.toml.
    Anywhere(fn(&Context<'_>, &TreePath, Trail<'_>, Datum<'_>, &mut Found)),
}

/// A rule: its manual page, and how it looks at a case.
#[derive(Clone, Copy)]
pub struct Rule {
    pub page: Page,
    pub check: Check,
}

/// Every rule, by family.
pub const FAMILIES: &[(&str, &[Rule])] = &[
    ("custody", custody::RULES),
    ("custom fields", custom::RULES),
    ("derived evidence", derived::RULES),
    ("gates", gates::RULES),
    ("indicators", indicators::RULES),
    ("policy", policy::RULES),
    ("references", references::RULES),
    ("roster", roster::RULES),
    ("text", text::RULES),
    ("time", time::RULES),
    ("vocabularies", vocabularies::RULES),
];

pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|(_, rules)| rules.iter())
}

/// Judges a case by every rule. The entries are walked once, whatever the number of rules.
pub fn validate(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules() {
        if let Check::Case(check) | Check::CaseAndEntry(check, _) = rule.check {
            check(context, &mut found);
        }
    }
    judge_files(context, &mut found);
    let entries: Vec<&Entry> = context.case.entries.values().collect();
    let inside: Vec<Found> = entries.par_chunks(512).map(|chunk| judge_entries(context, chunk)).collect();
    found.extend(inside.into_iter().flatten());
    found.extend(references::dangling::of_unreadable(context.case));
    found
}

/// Judges what is inside the three files that every case has, and inside its releases.
fn judge_files(context: &Context<'_>, found: &mut Found) {
    let mut judge = |path: &TreePath, trail: Trail<'_>, datum: Datum<'_>| {
        for rule in rules() {
            if let Check::Anywhere(check) = rule.check {
                check(context, path, trail, datum, found);
            }
        }
    };
    if let Some(record) = &context.case.record {
        record.value.visit(Trail::Root, &mut |trail, datum| judge(&record.path, trail, datum));
    }
    if let Some(team) = &context.case.team {
        team.value.visit(Trail::Root, &mut |trail, datum| judge(&team.path, trail, datum));
    }
    if let Some(policy) = &context.case.policy {
        policy.value.visit(Trail::Root, &mut |trail, datum| judge(&policy.path, trail, datum));
    }
    for release in &context.case.releases {
        release.value.visit(Trail::Root, &mut |trail, datum| judge(&release.path, trail, datum));
    }
}

fn judge_entries(context: &Context<'_>, entries: &[&Entry]) -> Found {
    let mut found = Vec::new();
    let inside: Vec<&Rule> =
        rules().filter(|rule| matches!(rule.check, Check::Datum(_) | Check::Anywhere(_))).collect();
    for entry in entries {
        for rule in rules() {
            if let Check::Entry(check) | Check::CaseAndEntry(_, check) = rule.check {
                check(context, entry, &mut found);
            }
        }
        entry.visit(&mut |trail, datum| {
            for rule in &inside {
                match rule.check {
                    Check::Datum(check) => check(context, entry, trail, datum, &mut found),
                    Check::Anywhere(check) => check(context, &entry.path, trail, datum, &mut found),
                    Check::Case(_) | Check::Entry(_) | Check::CaseAndEntry(..) => {}
                }
            }
        });
    }
    found
}
