//! History: what commits may not do, whatever the last of them looks like. Every commit of a range is compared with each of its
//! parents, by ids from the top, so that it costs what was changed.

mod codes;
mod memo;
mod merge;
mod moves;
mod rules;
mod unsigned;

pub use codes::PAGES;
pub use rules::{Pin, fingerprint, first_roster};
pub use unsigned::unsigned;

use self::codes::signoff_missing;
use self::memo::Memo;
use crate::diagnostic::Diagnostic;
use crate::evidence::history::EvidenceOnly;
use crate::evidence::{backdated, compare};
use crate::git::{Change, Commit, Comparison, GitError, GitTree, Repo};
use crate::load::{self, NoMemory, missing_file};
use crate::model::{Case, Release};
use crate::review::{self, Ballot, Held, Item, Refusal, Standing};
use crate::tree::{Tree, TreeError};
use crate::values::{Kind, TreePath};

/// Why a history could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// Something that a commit does and may not.
#[derive(Clone, Debug)]
pub struct Found {
    pub commit: Commit,
    pub diagnostic: Diagnostic,
}

/// The sign-offs that the last commit has. They are never removed, so that those are all that there ever were; a change of the
/// roster is signed after it was committed.
pub struct Signed {
    held: Vec<Held>,
    /// Those whose signatures prove nothing, whatever the roster.
    forged: Vec<Option<Refusal>>,
}

impl Signed {
    pub fn of(tip: &dyn Tree) -> Result<Self, TreeError> {
        let held = review::read(tip)?.0;
        let forged = review::prove(&held);
        Ok(Self { held, forged })
    }

    /// Which of them count by the roster of a case, and why the others do not.
    pub fn weighed(&self, case: &Case) -> Vec<Option<Refusal>> {
        let (Some(record), Some(team)) = (&case.record, &case.team) else { return Vec::new() };
        review::weigh_proven(&self.held, &self.forged, record.value.id.as_str(), &team.value)
    }

    /// Where an item of a tree stands by the roster and policy of a case.
    pub fn standing(&self, tree: &dyn Tree, item: &Item, case: &Case) -> Result<Standing, TreeError> {
        let wanted = review::requirement(&case.policy_or_none(), case, item);
        review::standing(tree, case, item, wanted, &self.ballots(&self.weighed(case)))
    }

    /// The ballots, with what came of weighing them.
    pub fn ballots<'b>(&'b self, refusals: &'b [Option<Refusal>]) -> Vec<Ballot<'b>> {
        self.held.iter().zip(refusals).map(|(held, refusal)| Ballot { held, refusal: refusal.as_ref() }).collect()
    }
}

/// Judges commits, parents before their children. `told` hears of each that is done.
pub fn judge(
    repository: &Repo,
    commits: &[Commit],
    signed: &Signed,
    pin: &Pin,
    told: &dyn Fn(),
) -> Result<Vec<Found>, HistoryError> {
    let mut comparison = Comparison::new(repository);
    let mut memo = Memo::default();
    let mut found = Vec::new();
    for commit in commits {
        let mut desk =
            Desk { repository, comparison: &mut comparison, memo: &mut memo, signed, pin, commit, found: Vec::new() };
        desk.judge()?;
        found.extend(desk.found.into_iter().map(|diagnostic| Found { commit: commit.clone(), diagnostic }));
        told();
    }
    Ok(found)
}

/// What to type where commits did what no later commit mends; `None` where nothing of it is such. What lacks a sign-off, a later one
/// brings.
pub fn remake<'f>(found: impl IntoIterator<Item = (&'f Commit, &'f Diagnostic)>) -> Option<String> {
    let later = [codes::rules_unapproved::CODE, codes::milestone_rewritten::CODE];
    let lasts = |(_, diagnostic): &(&Commit, &Diagnostic)| !later.contains(&diagnostic.code);
    let (first, _) = found.into_iter().find(lasts).filter(|(commit, _)| !commit.parents.is_empty())?;
    Some(format!(
        "no later commit mends what a commit did: `git reset --soft {}^` takes the commits back from there on and keeps the files; mend those, and commit again",
        first.short()
    ))
}

/// One commit, and what is needed to judge it.
struct Desk<'d, 'r> {
    repository: &'r Repo,
    comparison: &'d mut Comparison<'r>,
    memo: &'d mut Memo,
    signed: &'d Signed,
    pin: &'d Pin,
    commit: &'d Commit,
    found: Vec<Diagnostic>,
}

/// A parent, and what differs from it.
struct Parent<'r> {
    commit: Commit,
    tree: GitTree<'r>,
    changes: Vec<Change>,
}

impl<'r> Desk<'_, 'r> {
    fn judge(&mut self) -> Result<(), HistoryError> {
        let tree = self.repository.tree(self.commit.tree);
        let mut parents: Vec<Parent<'r>> = Vec::new();
        // A parent that a shallow clone has cut off is not there to be compared with.
        for commit in self.commit.parents.iter().filter_map(|id| self.repository.find(*id)) {
            let changes = self.comparison.changes(Some(commit.tree), self.commit.tree)?;
            parents.push(Parent { tree: self.repository.tree(commit.tree), commit, changes });
        }
        let was_case = parents.iter().any(|parent| load::is_case(&parent.tree));
        if !load::is_case(&tree) {
            if !was_case {
                return Ok(());
            }
            // What is no case any more would be judged by nothing, and could come back as another one.
            self.found.push(missing_file::found(&TreePath::from("case.toml")));
        }
        for parent in &parents {
            if parent.changes.iter().any(is_guarded) {
                self.found.extend(compare(&parent.tree, &parent.commit.id.to_string(), &tree)?);
            }
        }
        moves::judge(self, &parents, &tree)?;
        if parents.iter().any(|parent| parent.changes.iter().any(|change| change.path.top() == Kind::Custody.folder()))
        {
            let bases: Vec<&dyn Tree> = parents.iter().map(|parent| &parent.tree as &dyn Tree).collect();
            let (case, _) = load::load(&EvidenceOnly(&tree), &mut NoMemory)?;
            self.found.extend(backdated(&bases, &case)?);
        }
        merge::judge(self, &parents, &tree)?;
        rules::judge(self, &parents, &tree)?;
        crate::diagnostic::sort(&mut self.found);
        self.found.dedup();
        Ok(())
    }
}

/// Whether a change takes something away that is only ever added to, so that it is worth a closer look.
fn is_guarded(change: &Change) -> bool {
    let top = change.path.top();
    let is_kept = |top: &str| {
        Kind::of_folder(top).is_some()
            || [review::FOLDER, crate::evidence::timestamp::FOLDER, Release::FOLDER].contains(&top)
    };
    let is_changed_only = change.after.is_some();
    let may_change = Kind::of_folder(top).is_some_and(|kind| !matches!(kind, Kind::Evidence | Kind::Custody));
    // The files of evidence are held by its lists.
    let is_file_of_evidence = top == Kind::Evidence.folder() && change.path.as_str().matches('/').count() > 1;
    change.before.is_some() && is_kept(top) && !(is_changed_only && may_change) && !is_file_of_evidence
}

/// Whether a path is that of an entry.
fn is_entry(path: &TreePath) -> bool {
    Kind::of_folder(path.top()).is_some() && path.name().ends_with(".toml") && path.as_str().matches('/').count() == 1
}
