//! Rules: each judges a loaded case and sees only the model, or the names of one folder (`paths`). A rule is a file; its
//! doc comment is its manual page, shown by `casebook explain CODE`.

pub mod indicators;
pub mod paths;
pub mod references;
pub mod time;

use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Case, Datum, Entry, Policy};
use crate::values::Trail;
use jiff::Timestamp;
use rayon::prelude::*;

/// What a rule may look at.
pub struct Context<'a> {
    pub case: &'a Case,
    /// The policy that the case is judged by; not always the one in the case.
    pub policy: &'a Policy,
    pub now: Timestamp,
}

/// Where a rule writes what it finds.
pub type Found = Vec<Diagnostic>;

/// How a rule looks at a case.
#[derive(Clone, Copy)]
pub enum Check {
    /// At the whole case, once.
    Case(fn(&Context<'_>, &mut Found)),
    /// At each entry.
    Entry(fn(&Context<'_>, &Entry, &mut Found)),
    /// At each thing inside each entry, with the way to it.
    Datum(fn(&Context<'_>, &Entry, Trail<'_>, Datum<'_>, &mut Found)),
}

/// A rule: its manual page, and how it looks at a case.
#[derive(Clone, Copy)]
pub struct Rule {
    pub page: Page,
    pub check: Check,
}

/// Every rule, by family.
pub const FAMILIES: &[(&str, &[Rule])] =
    &[("indicators", indicators::RULES), ("references", references::RULES), ("time", time::RULES)];

pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|(_, rules)| rules.iter())
}

/// Judges a case by every rule. The entries are walked once, whatever the number of rules.
pub fn validate(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules() {
        if let Check::Case(check) = rule.check {
            check(context, &mut found);
        }
    }
    let entries: Vec<&Entry> = context.case.entries.values().collect();
    let inside: Vec<Found> = entries.par_chunks(512).map(|chunk| judge_entries(context, chunk)).collect();
    found.extend(inside.into_iter().flatten());
    found
}

fn judge_entries(context: &Context<'_>, entries: &[&Entry]) -> Found {
    let mut found = Vec::new();
    for entry in entries {
        for rule in rules() {
            if let Check::Entry(check) = rule.check {
                check(context, entry, &mut found);
            }
        }
        entry.visit(&mut |trail, datum| {
            for rule in rules() {
                if let Check::Datum(check) = rule.check {
                    check(context, entry, trail, datum, &mut found);
                }
            }
        });
    }
    found
}
