//! What a change of a protected branch lacks: the sign-offs that the policy asks for.

use super::{HistoryError, Signed, signoff_missing};
use crate::diagnostic::Diagnostic;
use crate::git::{Commit, Comparison, Repo};
use crate::model::Case;
use crate::review::{Item, requirement, standing};
use crate::values::{EntryId, Kind, TreePath};

/// Entries that differ from the base, and lack sign-offs that the policy asks for.
pub fn unsigned(
    repository: &Repo,
    base: Option<&Commit>,
    tip: &Commit,
    case: &Case,
    signed: &Signed,
) -> Result<Vec<Diagnostic>, HistoryError> {
    let changes = Comparison::new(repository).changes(base.map(|base| base.tree), tip.tree)?;
    let policy = case.policy_or_none();
    let tree = repository.tree(tip.tree);
    let refusals = signed.weighed(case);
    let ballots = signed.ballots(&refusals);
    let mut found = Vec::new();
    for item in changes.iter().filter(|change| change.after.is_some()).filter_map(|change| item(&change.path)) {
        let wanted = requirement(&policy, case, &item);
        if wanted.is_nothing() {
            continue;
        }
        let standing = standing(&tree, case, &item, wanted, &ballots)?;
        if !standing.is_met() {
            found.push(signoff_missing::found(&item, &standing));
        }
    }
    Ok(found)
}

/// What is signed of a path: an entry, or case.toml. Roster and policy have rules of their own.
fn item(path: &TreePath) -> Option<Item> {
    if path.as_str() == "case.toml" {
        return Some(Item::File("case.toml".to_owned()));
    }
    let kind = Kind::of_folder(path.top())?;
    let id: EntryId = path.name().strip_suffix(".toml")?.parse().ok()?;
    (id.kind() == kind && id.path() == *path).then_some(Item::Entry(id))
}
