//! What a neighbour may say and a sound case may not: it is said so that it may, and told.

use super::prose::Prose;
use crate::import::Made;
use crate::model::Case;
use crate::values::Kind;

/// A decision that is taken says what, by whom, when and why; one that does not is open.
pub fn decision(entry: &mut Made, _: &Case) -> Option<&'static str> {
    let is_whole = ["decision", "rationale", "by", "at"].iter().all(|key| entry.has(key));
    if entry.id.kind() != Kind::Decision || entry.get("status") != Some("taken") || is_whole {
        return None;
    }
    entry.word("status", "open");
    Some(
        "a decision that is taken does not say what, by whom, when and why: it is open until \
         `casebook set ID status=taken by=… at=… decision=… rationale=…` says so",
    )
}

/// An action fulfils a duty of the policy; what another case calls one stands in the description.
pub fn duty(entry: &mut Made, case: &Case) -> Option<&'static str> {
    let is_known = |duty: &str| case.policy.as_ref().is_some_and(|policy| policy.value.duty(duty).is_some());
    let unknown = entry.get("duty").filter(|duty| !is_known(duty))?.to_owned();
    entry.remove("duty");
    let mut said = Prose::default();
    said.add(entry.get("description")).fact("Duty", Some(unknown));
    entry.markdown("description", &said.text());
    Some(
        "an action fulfils a duty that the policy does not have: its description names it; \
         add `[[duties]]` to policy.toml, then type `casebook set ID duty=…`",
    )
}
