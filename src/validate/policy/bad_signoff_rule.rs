//! A sign-off rule of the policy names what does not exist, or asks for what nobody can give.
//!
//! ## What it checks
//! The `kind` and the `status` of every `[[signoffs]]` in policy.toml, that `severity` is asked of findings only, that a rule asks
//! for an approval or an author, and that the roster has as many people in the named `roles` as must approve.
//!
//! ## Why
//! A rule that names a kind wrongly lets everything pass; one that nobody can meet lets nothing pass.
//!
//! ## Fails
//! ```toml
//! [[signoffs]]
//! kind = "findings"
//! status = ["confrimed"]
//! approvals = 1
//! ```
//!
//! ## Passes
//! ```toml
//! [[signoffs]]
//! kind = "finding"
//! status = ["confirmed"]
//! approvals = 1
//! ```
//!
//! ## How to fix
//! Correct the name: `casebook schema KIND` shows the statuses of a kind. Add people with the role to team.toml, or ask for fewer
//! approvals.

use super::{kind_help, unknown_statuses};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{SignoffRule, Team};
use crate::validate::gates::{statuses, table};
use crate::validate::{Context, Found};
use crate::values::{Route, TreePath};

pub const CODE: Code = Code::new("bad-signoff-rule");

/// The files that a rule can be about beside `case` and the kinds of entry.
const FILES: [&str; 2] = ["team", "policy"];

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for (index, rule) in policy.value.signoffs.iter().enumerate() {
        let route = Route::key("signoffs").at(index);
        check_kind(rule, &policy.path, &route, found);
        if rule.approvals == 0 && rule.author != Some(true) {
            let place = Place::value(&policy.path, route.clone().then("approvals"));
            found.push(
                Diagnostic::error(CODE, place, "this rule asks for nothing")
                    .help("write `approvals = 1`, or `author = true`, or remove the rule"),
            );
        }
        if let Some(team) = &context.case.team {
            check_people(rule, &team.value, &policy.path, &route, found);
        }
    }
}

fn check_kind(rule: &SignoffRule, path: &TreePath, route: &Route, found: &mut Found) {
    let kind = rule.kind.as_str();
    let table = table(kind);
    if table.is_none() && !FILES.contains(&kind) {
        let place = Place::value(path, route.clone().then("kind"));
        let message = format!("`{kind}` is not a kind of record");
        found.push(Diagnostic::error(CODE, place, message).help(kind_help(kind)));
        return;
    }
    let statuses = table.as_ref().map(statuses).unwrap_or_default();
    found.extend(unknown_statuses(CODE, kind, statuses, &rule.status, path, route));
    if !rule.severity.is_empty() && kind != "finding" {
        let place = Place::key(path, route.clone().then("severity"));
        found.push(
            Diagnostic::error(CODE, place, format!("records of the kind `{kind}` have no severity"))
                .help("remove `severity`: only findings have one"),
        );
    }
}

/// Whether enough people have a role that counts. Where the roster names nobody yet, that is said elsewhere.
fn check_people(rule: &SignoffRule, team: &Team, path: &TreePath, route: &Route, found: &mut Found) {
    let has_role =
        |person: &&crate::model::Person| person.roles.iter().any(|own| rule.roles.iter().any(|one| one == own));
    let able = team.people.iter().filter(has_role).count() as u64;
    if rule.roles.is_empty() || team.people.is_empty() || able >= rule.approvals {
        return;
    }
    let roles: Vec<&str> = rule.roles.iter().map(|role| role.word()).collect();
    let message =
        format!("{} must approve, and team.toml has {able} with the role {}", rule.approvals, roles.join(" or "));
    found.push(
        Diagnostic::warning(CODE, Place::value(path, route.clone().then("approvals")), message)
            .help("give the role to more people in team.toml, or ask for fewer approvals"),
    );
}
