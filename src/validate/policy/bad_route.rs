//! A route of the policy names what does not exist, or leads nowhere.
//!
//! ## What it checks
//! Of every `[[routes]]` in policy.toml: the `audience`, the `kind` and the `status`, the `duties`, and that it has `channels`. Without a `kind`, a status must be one of some kind.
//!
//! ## Why
//! A route that names something wrongly tells nobody, and nobody notices.
//!
//! ## Fails
//! ```toml
//! [[routes]]
//! handle = "counsel"
//! audience = "leagl"
//! channels = []
//! kind = ["findings"]
//! duties = ["gdrp-72h"]
//! ```
//!
//! ## Passes
//! ```toml
//! [[routes]]
//! handle = "counsel"
//! audience = "legal"
//! channels = ["legal-mail"]
//! kind = ["finding"]
//! status = ["confirmed"]
//! ```
//!
//! ## How to fix
//! Correct the name, or add the audience or the duty to policy.toml. Channels have names of your choice; where
//! they lead is configured where notices are sent from.

use super::{kind_help, kinds};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::NoticeRoute;
use crate::validate::gates::{statuses, table};
use crate::validate::{Context, Found};
use crate::values::vocabulary::KnownAudience;
use crate::values::{Handle, Line, Route, nearest};

pub const CODE: Code = Code::new("bad-route");

pub fn check(context: &Context<'_>, found: &mut Found) {
    let Some(policy) = &context.case.policy else { return };
    for (index, route) in policy.value.routes.iter().enumerate() {
        let at = Route::key("routes").at(index);
        let wrong =
            [wrong_kinds(route), wrong_statuses(route), wrong_duties(context, route), wrong_audience(context, route)];
        for Wrong { field, item, message, help } in wrong.into_iter().flatten() {
            let place = at.clone().then(field);
            let place = Place::value(&policy.path, item.map_or(place.clone(), |number| place.at(number)));
            found.push(Diagnostic::error(CODE, place, message).help(help));
        }
        if route.channels.is_empty() {
            let message = format!("the route `{}` leads nowhere", route.handle);
            found.push(
                Diagnostic::error(CODE, Place::value(&policy.path, at.then("channels")), message)
                    .help("name a channel, such as `channels = [\"legal-mail\"]`"),
            );
        }
    }
}

/// What a route names wrongly, in which field, and in which item of it.
struct Wrong {
    field: &'static str,
    item: Option<usize>,
    message: String,
    help: String,
}

fn wrong_kinds(route: &NoticeRoute) -> Vec<Wrong> {
    let unknown = route.kind.iter().enumerate().filter(|(_, kind)| table(kind.as_str()).is_none());
    let wrong = |(item, kind): (usize, &Line)| Wrong {
        field: "kind",
        item: Some(item),
        message: format!("`{kind}` is not a kind of record"),
        help: kind_help(kind.as_str()),
    };
    unknown.map(wrong).collect()
}

/// Statuses that none of its kinds can have.
fn wrong_statuses(route: &NoticeRoute) -> Vec<Wrong> {
    let own: Vec<&str> = match route.kind.is_empty() {
        true => kinds().collect(),
        false => route.kind.iter().map(Line::as_str).collect(),
    };
    let known: Vec<&str> = own.into_iter().filter_map(table).flat_map(|table| statuses(&table)).copied().collect();
    let unknown = route.status.iter().enumerate().filter(|(_, status)| !known.contains(&status.as_str()));
    let wrong = |(item, status): (usize, &Line)| Wrong {
        field: "status",
        item: Some(item),
        message: format!("`{status}` is not a status of what this route is about"),
        help: near_or(status.as_str(), known.iter().copied(), || format!("it is one of {}", known.join(", "))),
    };
    unknown.map(wrong).collect()
}

fn wrong_duties(context: &Context<'_>, route: &NoticeRoute) -> Vec<Wrong> {
    let duties: Vec<&str> = context.policy.duties.iter().map(|duty| duty.handle.as_str()).collect();
    unknown("duties", &route.duties.0, &duties, |handle| {
        (
            format!("the policy has no duty `{handle}`"),
            format!("add `[[duties]]` with `handle = \"{handle}\"` to policy.toml"),
        )
    })
}

fn wrong_audience(context: &Context<'_>, route: &NoticeRoute) -> Vec<Wrong> {
    let own = context.policy.audiences.iter().map(|audience| audience.handle.as_str());
    let known: Vec<&str> = KnownAudience::ALL.iter().map(|known| known.word()).chain(own).collect();
    let wrong = unknown("audience", std::slice::from_ref(&route.audience), &known, |handle| {
        (
            format!("there is no audience `{handle}`"),
            format!("add `[[audiences]]` with `handle = \"{handle}\"` to policy.toml"),
        )
    });
    wrong.into_iter().map(|wrong| Wrong { item: None, ..wrong }).collect()
}

/// Handles that are not known; `say` gives the message and the help for one that is like none of them.
fn unknown(
    field: &'static str,
    named: &[Handle],
    known: &[&str],
    say: impl Fn(&Handle) -> (String, String),
) -> Vec<Wrong> {
    let unknown = named.iter().enumerate().filter(|(_, handle)| !known.contains(&handle.as_str()));
    let wrong = |(item, handle): (usize, &Handle)| {
        let (message, help) = say(handle);
        let help = near_or(handle.as_str(), known.iter().copied(), || help);
        Wrong { field, item: Some(item), message, help }
    };
    unknown.map(wrong).collect()
}

fn near_or<'k>(word: &str, known: impl Iterator<Item = &'k str>, other: impl FnOnce() -> String) -> String {
    nearest(word, known).map_or_else(other, |near| format!("did you mean `{near}`?"))
}
