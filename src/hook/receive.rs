//! The server's gate: what a push may not do, before any of it is in the repository.
//!
//! Git gives the pre-receive hook the objects of a push in quarantine: they are read like all others, and are gone if the push is
//! refused. Refused is the push as a whole.

use super::{HookError, is_case};
use crate::check::{self, Memories};
use crate::diagnostic::{Diagnostic, Sources};
use crate::git::{Commit, Oid, Pointed, Repo};
use crate::history::{self, HistoryError, Pin, Signed};
use crate::publish::{self, lineage};
use crate::tree::Tree;
use crate::values::Sha256;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// One line of the hook's standard input: a ref, what it was and what it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    pub name: String,
    pub old: Option<Oid>,
    pub new: Option<Oid>,
}

/// Reads the standard input of pre-receive (githooks(5)).
pub fn updates(input: &str) -> Result<Vec<Update>, String> {
    each_line(input, |line| {
        let mut words = line.splitn(3, ' ');
        let (old, new, name) = (id(words.next()?)?, id(words.next()?)?, words.next()?);
        Some(Update { name: name.to_owned(), old, new })
    })
}

/// Reads the standard input of pre-push (githooks(5)): the local ref and its commit, the remote ref and its commit.
pub fn outgoing(input: &str) -> Result<Vec<Update>, String> {
    each_line(input, |line| {
        let words: Vec<&str> = line.split(' ').collect();
        let &[_, new, name, old] = words.as_slice() else { return None };
        Some(Update { name: name.to_owned(), old: id(old)?, new: id(new)? })
    })
}

fn each_line(input: &str, read: impl Fn(&str) -> Option<Update>) -> Result<Vec<Update>, String> {
    let lines = input.lines().filter(|line| !line.is_empty());
    lines.map(|line| read(line).ok_or_else(|| format!("`{line}` is no line of a push"))).collect()
}

/// The id of an object; of zeros only where there is none.
fn id(text: &str) -> Option<Option<Oid>> {
    Oid::from_str(text).ok().map(|id| (!id.is_zero()).then_some(id))
}

/// What the server's configuration says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The refs on which the rules for sign-offs hold, and that are only added to.
    pub protected: BTreeSet<String>,
    pub pin: Pin,
    /// The most commits that one push may bring.
    pub max_commits: usize,
    /// The most files and folders that a commit may have.
    pub max_paths: u64,
}

/// How many commits a push may bring where nothing is said.
const MAX_COMMITS: usize = 2000;

/// How many files and folders a commit may have where nothing is said.
const MAX_PATHS: u64 = 2_000_000;

impl Settings {
    /// `casebook.protected` names branches, the one of HEAD where it names none; `casebook.trust` is the digest of the first roster;
    /// `casebook.maxCommits` and `casebook.maxPaths` are numbers. What cannot be read is an error: a gate must not be open by a slip.
    pub fn of(repository: &Repo) -> Result<Self, String> {
        let full = |name: String| if name.starts_with("refs/") { name } else { format!("refs/heads/{name}") };
        let mut protected: BTreeSet<String> = repository.configs("casebook.protected").into_iter().map(full).collect();
        if protected.is_empty() {
            protected.extend(repository.head_ref());
        }
        let pin = match repository.config("casebook.trust") {
            None => Pin::Unknown,
            Some(text) => Pin::Digest(
                text.trim()
                    .parse::<Sha256>()
                    .map_err(|_| format!("casebook.trust is `{text}`, which is no SHA-256 digest"))?,
            ),
        };
        let number = |name: &str, usual: u64| match repository.config(name) {
            None => Ok(usual),
            Some(text) => text.trim().parse::<u64>().map_err(|_| format!("{name} is `{text}`, which is no number")),
        };
        let max_commits = usize::try_from(number("casebook.maxCommits", MAX_COMMITS as u64)?).unwrap_or(usize::MAX);
        let max_paths = number("casebook.maxPaths", MAX_PATHS)?;
        Ok(Self { protected, pin, max_commits, max_paths })
    }
}

/// Why an update of a ref is refused.
pub enum Refusal {
    /// What is asked of the ref itself: what is wrong, and what to type.
    Ref { message: String, help: String },
    /// What is wrong with a commit on the way, or with the last tree.
    Case { commit: Option<Box<Commit>>, diagnostic: Box<Diagnostic> },
}

/// What came of judging the update of a ref.
pub struct Ruling {
    pub update: Update,
    pub refusals: Vec<Refusal>,
    /// The texts of the last tree that diagnostics point into.
    pub sources: Sources,
    /// What whoever pushes should know.
    pub notes: Vec<String>,
}

impl Ruling {
    fn refuse(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.refusals.push(Refusal::Ref { message: message.into(), help: help.into() });
    }
}

/// Judges a push to this repository.
pub fn judge(
    repository: &Repo,
    updates: Vec<Update>,
    settings: &Settings,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Vec<Ruling>, HookError> {
    let known = repository.tips("refs/heads/")?.into_iter().chain(repository.tips("refs/tags/")?).collect();
    judge_beyond(repository, updates, known, settings, memories, now)
}

/// Judges what the push of a clone would bring to a remote, as far as the clone can tell: it knows neither the server's protected
/// branches nor all that the server has.
pub fn judge_ahead(
    repository: &Repo,
    remote: &str,
    updates: Vec<Update>,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Vec<Ruling>, HookError> {
    let mut known = repository.tips(&format!("refs/remotes/{remote}/"))?;
    known.extend(updates.iter().filter_map(|update| update.old).filter(|old| repository.find(*old).is_some()));
    // Of reports only the server can say whether their source is protected.
    let is_judged = |update: &Update| {
        update.name.starts_with("refs/heads/")
            && ![publish::REFERENCE, publish::NOTICES].contains(&update.name.as_str())
    };
    let branches = updates.into_iter().filter(|update| is_judged(update) && update.new.is_some());
    let pin = repository.config("casebook.trust").and_then(|text| text.trim().parse().ok());
    let pin = pin.map_or(Pin::Unknown, Pin::Digest);
    let settings = Settings { protected: BTreeSet::new(), pin, max_commits: usize::MAX, max_paths: MAX_PATHS };
    judge_beyond(repository, branches.collect(), known, &settings, memories, now)
}

fn judge_beyond(
    repository: &Repo,
    updates: Vec<Update>,
    known: Vec<Oid>,
    settings: &Settings,
    memories: &mut Memories<'_>,
    now: Timestamp,
) -> Result<Vec<Ruling>, HookError> {
    let mut desk = Desk { repository, settings, memories, known, now };
    updates.into_iter().map(|update| desk.judge(update)).collect()
}

struct Desk<'d, 'm> {
    repository: &'d Repo,
    settings: &'d Settings,
    memories: &'d mut Memories<'m>,
    /// The commits that the repository has.
    known: Vec<Oid>,
    now: Timestamp,
}

impl Desk<'_, '_> {
    fn judge(&mut self, update: Update) -> Result<Ruling, HookError> {
        let mut ruling =
            Ruling { update: update.clone(), refusals: Vec::new(), sources: Sources::default(), notes: Vec::new() };
        let is_branch = update.name.starts_with("refs/heads/");
        let is_tag = update.name.starts_with("refs/tags/");
        if !is_branch && !is_tag {
            let help = "push branches and tags only: refs like `refs/replace/…` would change what others read";
            ruling.refuse(format!("`{}` is neither a branch nor a tag", update.name), help);
            return Ok(ruling);
        }
        if update.name == publish::REFERENCE {
            self.judge_reports(&mut ruling)?;
            return Ok(ruling);
        }
        let is_below = update.name.strip_prefix(publish::NOTICES).is_some_and(|rest| rest.starts_with('/'));
        if update.name == publish::NOTICES || is_below {
            // What is pending in it is sent as it stands: whoever could push it could write in the name of the team.
            let help = "where the server sends, `casebook notify apply` is run there, and nowhere else";
            ruling.refuse(format!("`{}` is written by the server alone", update.name), help);
            return Ok(ruling);
        }
        let is_protected = self.settings.protected.contains(&update.name);
        let Some(new) = update.new else {
            if is_protected {
                ruling
                    .refuse(format!("`{}` is protected, and is not deleted", update.name), "push a branch of your own");
            } else if is_tag {
                ruling.refuse(
                    format!("the tag `{}` is not deleted", update.name),
                    "tags stay what they are: make another one",
                );
            }
            return Ok(ruling);
        };
        if is_tag && update.old.is_some() {
            ruling.refuse(
                format!("the tag `{}` is there already", update.name),
                "tags stay what they are: make another one",
            );
            return Ok(ruling);
        }
        let tip = match self.repository.pointed(new)? {
            Pointed::Commit(tip) => tip,
            Pointed::Other(kind) => {
                ruling.refuse(format!("`{}` would point to a {kind}, not to a commit", update.name), "push a commit");
                return Ok(ruling);
            }
        };
        self.judge_tip(&mut ruling, &tip, is_protected)?;
        Ok(ruling)
    }

    /// Reports are taken from whoever brings them, if they are what this program makes itself: they are made again, commit by commit.
    fn judge_reports(&mut self, ruling: &mut Ruling) -> Result<(), HookError> {
        let help = "`casebook publish` makes what belongs there";
        let old = ruling.update.old.and_then(|old| self.repository.find(old));
        let Some(new) = ruling.update.new else {
            ruling.refuse(format!("`{}` has what was published, and is not deleted", ruling.update.name), help);
            return Ok(());
        };
        let Pointed::Commit(tip) = self.repository.pointed(new)? else {
            ruling.refuse(format!("`{}` would not point to a commit", ruling.update.name), help);
            return Ok(());
        };
        if let Some(old) = &old
            && !self.repository.contains(tip.id, old.id)?
        {
            let message = format!("`{}` would lose what was published", ruling.update.name);
            ruling.refuse(message, "begin with what is there: `git fetch origin +casebook-reports:casebook-reports`");
            return Ok(());
        }
        let known: Vec<Oid> = old.iter().map(|old| old.id).collect();
        let commits = self.repository.commits_beyond(tip.id, &known, self.settings.max_commits)?;
        let Some(commits) = commits else {
            ruling.refuse(format!("the push has more than {} commits", self.settings.max_commits), help);
            return Ok(());
        };
        let protected = self.protected()?;
        let mut parent = old.as_ref();
        for commit in &commits {
            let objection = lineage::objection(self.repository, self.memories.entries, commit, parent, &protected)?;
            if let Some(objection) = objection {
                ruling.refuse(format!("the commit {} of reports {objection}", commit.id), help);
                return Ok(());
            }
            parent = Some(commit);
        }
        Ok(())
    }

    fn judge_tip(&mut self, ruling: &mut Ruling, tip: &Commit, is_protected: bool) -> Result<(), HookError> {
        let old = ruling.update.old.and_then(|old| self.repository.find(old));
        let is_forced = match &old {
            Some(old) => !self.repository.contains(tip.id, old.id)?,
            None => false,
        };
        if is_forced && is_protected {
            let help = "bring the branch up to date and push again: `git pull --rebase`, or `git merge`; what was published stays";
            ruling.refuse(format!("`{}` is protected, and would lose commits", ruling.update.name), help);
            return Ok(());
        }
        let Some(commits) = self.bounded(ruling, tip)? else { return Ok(()) };
        let protected = self.protected()?;
        // What reaches a protected branch is judged by the sign-offs that come with it, wherever it has lain before.
        let commits = match is_protected {
            true => self.repository.commits_beyond(tip.id, &protected, usize::MAX)?.unwrap_or_default(),
            false => commits,
        };
        let signed = Signed::of(&self.repository.tree(tip.tree))?;
        // Even where the last tree is no case: what a branch has once, others are not asked again.
        self.judge_history(ruling, &commits, &signed, protected.first())?;
        // What the branch was, or else where it left the protected one.
        let base = match old.filter(|_| !is_forced) {
            Some(old) => Some(old),
            None => self.branched_from(tip)?,
        };
        if is_protected && base.is_none() && !protected.is_empty() {
            let help = "begin it at a commit of a protected branch: `git rebase`, or `git cherry-pick`";
            ruling
                .refuse(format!("`{}` has no commit in common with what is protected here", ruling.update.name), help);
        }
        self.judge_tree(ruling, base.as_ref(), tip, is_protected.then_some(&signed))
    }

    /// The commits that a push brings; `None` where they are more, or larger, than this server takes.
    fn bounded(&self, ruling: &mut Ruling, tip: &Commit) -> Result<Option<Vec<Commit>>, HookError> {
        let Settings { max_commits, max_paths, .. } = *self.settings;
        let Some(commits) = self.repository.commits_beyond(tip.id, &self.known, max_commits)? else {
            let help = format!(
                "push it in parts: `git push origin COMMIT:{}`; or ask who runs the server for `casebook.maxCommits`",
                ruling.update.name
            );
            ruling.refuse(format!("the push has more than {max_commits} commits"), help);
            return Ok(None);
        };
        if let Some(commit) = self.repository.too_large(&commits, max_paths)? {
            let help = "no case is that large; whoever runs this server may raise `casebook.maxPaths`";
            ruling.refuse(format!("commit {} has more than {max_paths} files and folders", commit.id), help);
            return Ok(None);
        }
        Ok(Some(commits))
    }

    fn judge_history(
        &self,
        ruling: &mut Ruling,
        commits: &[Commit],
        signed: &Signed,
        protected: Option<&Oid>,
    ) -> Result<(), HookError> {
        let pin = match (self.settings.pin, protected) {
            (Pin::Unknown, Some(protected)) => Pin::Of(*protected),
            (pin, _) => pin,
        };
        let found = history::judge(self.repository, commits, signed, &pin, &|| {})?;
        ruling.refusals.extend(found.into_iter().filter(|found| found.diagnostic.is_error()).map(|found| {
            Refusal::Case { commit: Some(Box::new(found.commit)), diagnostic: Box::new(found.diagnostic) }
        }));
        Ok(())
    }

    /// Judges what a branch becomes; a protected one with the sign-offs that there are.
    fn judge_tree(
        &mut self,
        ruling: &mut Ruling,
        base: Option<&Commit>,
        tip: &Commit,
        protected: Option<&Signed>,
    ) -> Result<(), HookError> {
        let tree = self.repository.tree(tip.tree);
        if !is_case(&tree) {
            let was_case = base.is_some_and(|base| is_case(&self.repository.tree(base.tree)));
            if protected.is_some() || was_case {
                ruling.refuse(
                    "there is no `case.toml` in what is pushed",
                    "a case stays one: `git checkout HEAD^ -- case.toml`",
                );
            }
            return Ok(());
        }
        let verdict = check::last(self.repository, base, tip, protected, self.memories, self.now)?;
        if protected.is_some() {
            self.note_trust(ruling, base.is_none(), &tree)?;
        }
        let wrong: Vec<Diagnostic> = verdict.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        ruling.sources = check::sources(&tree, &wrong);
        let refusals =
            wrong.into_iter().map(|diagnostic| Refusal::Case { commit: None, diagnostic: Box::new(diagnostic) });
        ruling.refusals.extend(refusals);
        Ok(())
    }

    /// The commits of the protected branches that are there.
    fn protected(&self) -> Result<Vec<Oid>, HookError> {
        let mut tips = Vec::new();
        for name in &self.settings.protected {
            tips.extend(self.repository.tip(name)?.map(|tip| tip.id));
        }
        Ok(tips)
    }

    /// The last commit that a new branch has in common with a protected one.
    fn branched_from(&self, tip: &Commit) -> Result<Option<Commit>, HookError> {
        for name in &self.settings.protected {
            if let Some(protected) = self.repository.tip(name)?
                && let Some(id) = self.repository.merge_base(protected.id, tip.id)?
            {
                return Ok(self.repository.find(id));
            }
        }
        Ok(None)
    }

    /// Tells whoever founds a case on this server how its roster is pinned.
    fn note_trust(&self, ruling: &mut Ruling, is_first: bool, tree: &dyn Tree) -> Result<(), HookError> {
        if is_first && self.settings.pin == Pin::Unknown {
            ruling.notes.push(format!(
                "nobody has pinned the first roster; whoever runs this server types: git config casebook.trust {}",
                history::fingerprint(tree)?
            ));
        }
        Ok(())
    }
}

impl From<HistoryError> for HookError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Git(error) => error.into(),
            HistoryError::Tree(error) => error.into(),
        }
    }
}

/// What is wrong with a push by the commit that it is about, in their order; what is wrong with the last tree comes last.
pub fn by_commit(ruling: &Ruling) -> Vec<(Option<&Commit>, Vec<Diagnostic>)> {
    let mut groups: Vec<(Option<&Commit>, Vec<Diagnostic>)> = Vec::new();
    for refusal in &ruling.refusals {
        let Refusal::Case { commit, diagnostic } = refusal else { continue };
        let (commit, diagnostic) = (commit.as_deref(), diagnostic.as_ref().clone());
        match groups.last_mut() {
            Some((last, found)) if last.map(|last| last.id) == commit.map(|commit| commit.id) => found.push(diagnostic),
            _ => groups.push((commit, vec![diagnostic])),
        }
    }
    groups
}
