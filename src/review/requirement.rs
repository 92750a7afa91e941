//! What the policy asks for before an entry may reach a protected branch.

use super::Item;
use crate::model::{Body, Case, Entry, Policy, SignoffRule};
use crate::values::vocabulary::Role;

/// How many approvals something needs, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub approvals: u64,
    pub roles: Vec<Role>,
    /// Whether an author must have signed, too.
    pub author: bool,
    pub reason: Option<String>,
}

impl Requirement {
    /// What is asked where no rule says anything.
    fn nothing() -> Self {
        Self { approvals: 0, roles: vec![Role::Reviewer, Role::Lead], author: false, reason: None }
    }

    /// A change of who may sign, or of what must be signed, is always signed.
    fn of_rules() -> Self {
        let reason = "roster and policy say whose word counts: whoever has a say now agrees to a change of them";
        Self { approvals: 1, roles: vec![Role::Lead], author: false, reason: Some(reason.to_owned()) }
    }

    /// What both ask for.
    fn and(self, rule: &SignoffRule) -> Self {
        let roles: Vec<Role> = rule.roles.iter().copied().collect();
        Self {
            approvals: self.approvals.max(rule.approvals),
            roles: if roles.is_empty() { self.roles } else { roles },
            author: self.author || rule.author == Some(true),
            reason: rule.reason.as_ref().map(|reason| reason.as_str().to_owned()).or(self.reason),
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.approvals == 0 && !self.author
    }
}

/// What a policy asks for an entry, or a file, of a case.
pub fn requirement(policy: &Policy, case: &Case, item: &Item) -> Requirement {
    let (kind, entry) = match item {
        Item::File(name) => (name.trim_end_matches(".toml"), None),
        Item::Entry(id) => (id.kind().noun(), case.get(*id)),
    };
    let start = match kind {
        "team" | "policy" => Requirement::of_rules(),
        _ => Requirement::nothing(),
    };
    let rules = policy.signoffs.iter().filter(|rule| rule.kind.as_str() == kind && holds(rule, entry, case));
    rules.fold(start, Requirement::and)
}

/// Whether a rule is about an entry in its state.
fn holds(rule: &SignoffRule, entry: Option<&Entry>, case: &Case) -> bool {
    let status = match entry {
        Some(entry) => Some(entry.status()),
        None => case.record.as_ref().map(|record| record.value.status.word()),
    };
    let is_status =
        rule.status.is_empty() || status.is_some_and(|own| rule.status.iter().any(|one| one.as_str() == own));
    let severity = entry.and_then(|entry| match &entry.body {
        Body::Finding(finding) => finding.severity,
        _ => None,
    });
    let is_severity = rule.severity.is_empty() || severity.is_some_and(|own| rule.severity.contains(&own));
    is_status && is_severity
}
