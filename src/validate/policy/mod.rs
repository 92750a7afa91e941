//! Rules for the policy itself: what it names must be there.

pub mod audience_handle;
pub mod bad_duty;
pub mod bad_gate;
pub mod bad_route;
pub mod bad_signoff_rule;
pub mod duplicate_audience;
pub mod duplicate_duty;
pub mod duplicate_route;
pub mod fixed_rule;
pub mod unknown_custom_kind;
pub mod unknown_duty;
pub mod unknown_rule;

use super::gates::CASE;
use super::{Check, Rule};
use crate::diagnostic::{Code, Diagnostic, Page, Place};
use crate::model::Set;
use crate::values::{Handle, Kind, Line, Route, TreePath, nearest};

pub const RULES: &[Rule] = &[
    Rule {
        page: Page::of("audience-handle", include_str!("audience_handle.rs")),
        check: Check::Case(audience_handle::check),
    },
    Rule { page: Page::of("bad-duty", include_str!("bad_duty.rs")), check: Check::Case(bad_duty::check) },
    Rule { page: Page::of("bad-gate", include_str!("bad_gate.rs")), check: Check::Case(bad_gate::check) },
    Rule { page: Page::of("bad-route", include_str!("bad_route.rs")), check: Check::Case(bad_route::check) },
    Rule {
        page: Page::of("bad-signoff-rule", include_str!("bad_signoff_rule.rs")),
        check: Check::Case(bad_signoff_rule::check),
    },
    Rule {
        page: Page::of("duplicate-audience", include_str!("duplicate_audience.rs")),
        check: Check::Case(duplicate_audience::check),
    },
    Rule {
        page: Page::of("duplicate-duty", include_str!("duplicate_duty.rs")),
        check: Check::Case(duplicate_duty::check),
    },
    Rule {
        page: Page::of("duplicate-route", include_str!("duplicate_route.rs")),
        check: Check::Case(duplicate_route::check),
    },
    Rule { page: Page::fixed("fixed-rule", include_str!("fixed_rule.rs")), check: Check::Case(fixed_rule::check) },
    Rule {
        page: Page::of("unknown-custom-kind", include_str!("unknown_custom_kind.rs")),
        check: Check::Case(unknown_custom_kind::check),
    },
    Rule { page: Page::of("unknown-duty", include_str!("unknown_duty.rs")), check: Check::Entry(unknown_duty::check) },
    Rule {
        page: Page::fixed("unknown-rule", include_str!("unknown_rule.rs")),
        check: Check::Case(unknown_rule::check),
    },
];

/// The kinds of record that gates and fields of the team can be for.
fn kinds() -> impl Iterator<Item = &'static str> {
    std::iter::once(CASE).chain(Kind::ALL.into_iter().map(Kind::noun))
}

/// What to write for a kind that there is not.
fn kind_help(kind: &str) -> String {
    let kinds: Vec<&str> = kinds().collect();
    match nearest(kind, kinds.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the kinds are {}", kinds.join(", ")),
    }
}

/// Handles of a list of the policy that an item before has already.
fn repeated(code: Code, list: &'static str, noun: &str, handles: &[&Handle], path: &TreePath) -> Vec<Diagnostic> {
    let place = |index: usize| Place::value(path, Route::key(list).at(index).then("handle"));
    let found = |(index, handle): (usize, &&Handle)| {
        let first = handles[..index].iter().position(|other| other == handle)?;
        let message = format!("the handle `{handle}` is that of another {noun}");
        let help = format!("give each {noun} a handle of its own");
        Some(Diagnostic::error(code.clone(), place(index), message).related(place(first), "first here").help(help))
    };
    handles.iter().enumerate().filter_map(found).collect()
}

/// Statuses that a rule of the policy names and that records of its kind do not have.
fn unknown_statuses(
    code: Code,
    kind: &str,
    known: &[&str],
    named: &Set<Line>,
    path: &TreePath,
    route: &Route,
) -> Vec<Diagnostic> {
    let unknown = named.iter().enumerate().filter(|(_, status)| !known.contains(&status.as_str()));
    let report = |(number, status): (usize, &Line)| {
        let place = Place::value(path, route.clone().then("status").at(number));
        let help = match nearest(status.as_str(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "remove `status`: records of this kind have none".to_owned(),
            None => format!("it is one of {}", known.join(", ")),
        };
        Diagnostic::error(code.clone(), place, format!("`{status}` is not a status of the kind `{kind}`")).help(help)
    };
    unknown.map(report).collect()
}
