//! The sign-offs of a case, and where everything stands by its own roster and policy.

use super::Item;
use super::held::{Held, Refusal, read, weigh};
use super::requirement::{Requirement, requirement};
use super::standing::{Ballot, Standing, standing};
use crate::diagnostic::Diagnostic;
use crate::model::{Case, Policy};
use crate::tree::{Tree, TreeError};
use crate::values::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// The sign-offs of a tree with what came of weighing them, by what they name.
pub struct Ledger<'l> {
    tree: &'l dyn Tree,
    case: &'l Case,
    policy: Policy,
    held: Vec<Held>,
    refusals: Vec<Option<Refusal>>,
    /// The numbers of the sign-offs that name an item.
    by_item: BTreeMap<Item, Vec<usize>>,
}

impl<'l> Ledger<'l> {
    /// Reads the sign-offs of a tree; gives what in their folder is none, too. Without a case.toml or a team.toml that can be read
    /// no sign-off counts.
    pub fn read(tree: &'l dyn Tree, case: &'l Case) -> Result<(Self, Vec<Diagnostic>), TreeError> {
        Self::by_roster(tree, case, case)
    }

    /// The same by the roster of another state of the case.
    pub fn by_roster(tree: &'l dyn Tree, case: &'l Case, roster: &Case) -> Result<(Self, Vec<Diagnostic>), TreeError> {
        let (held, broken) = read(tree)?;
        let refusals = match (&case.record, &roster.team) {
            (Some(record), Some(team)) => weigh(&held, record.value.id.as_str(), &team.value),
            _ => vec![Some(Refusal::NoSuchPerson); held.len()],
        };
        let mut by_item: BTreeMap<Item, Vec<usize>> = BTreeMap::new();
        for (number, one) in held.iter().enumerate() {
            let files = one.statement.files.keys().map(|name| Item::File(name.clone()));
            for item in files.chain(one.statement.entries.keys().map(|id| Item::Entry(*id))) {
                by_item.entry(item).or_default().push(number);
            }
        }
        let policy = case.policy_or_none();
        Ok((Self { tree, case, policy, held, refusals, by_item }, broken))
    }

    /// What the policy asks for an item.
    pub fn requirement(&self, item: &Item) -> Requirement {
        requirement(&self.policy, self.case, item)
    }

    /// Everything that is there and is signed, or of which the policy wants that it is signed. Of roster and policy only what is
    /// signed: what asks for a sign-off is their change.
    pub fn items(&self) -> Vec<Item> {
        let entries =
            Kind::ALL.into_iter().flat_map(|kind| self.case.of_kind(kind)).map(|entry| Item::Entry(entry.id()));
        let wanted = entries.filter(|item| !self.requirement(item).is_nothing());
        let signed = self.by_item.keys().filter(|item| self.tree.node(&item.path()).is_some()).cloned();
        let items: BTreeSet<Item> = wanted.chain(signed).collect();
        items.into_iter().collect()
    }

    pub fn standing(&self, item: &Item) -> Result<Standing, TreeError> {
        let numbers = self.by_item.get(item).map(Vec::as_slice).unwrap_or_default();
        if numbers.is_empty() {
            return Ok(Standing::unsigned(self.requirement(item)));
        }
        let ballot = |number: &usize| Ballot { held: &self.held[*number], refusal: self.refusals[*number].as_ref() };
        let ballots: Vec<Ballot<'_>> = numbers.iter().map(ballot).collect();
        standing(self.tree, self.case, item, self.requirement(item), &ballots)
    }
}
