//! The case of the work tree, opened once for a command.

use super::{Failure, Surroundings};
use crate::cache::Cache;
use crate::check::{self, Memories, Verdict};
use crate::diagnostic::Diagnostic;
use crate::disk::DiskTree;
use crate::disk::stamped::DiskMoment;
use crate::evidence::root;
use crate::evidence::statement::Subject;
use crate::git::{Commit, GitTree, GitVariables, Repo};
use crate::load::{self, NoMemory};
use crate::model::Case;
use crate::tree::Tree;
use crate::values::TreePath;
use crate::values::wording::counted;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// A repository with a work tree that holds a case.
pub struct Open {
    pub repository: Repo,
    /// The top folder of the work tree.
    pub top: PathBuf,
}

impl Open {
    /// Opens the repository that the command was started in.
    pub fn here(surroundings: &Surroundings) -> Result<Self, Failure> {
        let repository = surroundings.repository()?;
        let top = repository.work_tree().map(Path::to_owned).ok_or_else(|| {
            Failure::new("this is a bare repository, without files to work on")
                .help("clone it first, or name a commit: `casebook check --rev HEAD`")
        })?;
        Ok(Self { repository, top })
    }

    /// The files as they are now, without those that Git ignores. Ignored evidence is seen: it can be damaged, too.
    pub fn tree(&self) -> DiskTree<'_> {
        DiskTree::new(&self.top).ignoring(|path, _| self.ignores(path))
    }

    /// Whether Git ignores a path that is no evidence.
    pub fn ignores(&self, path: &TreePath) -> bool {
        !path.as_str().starts_with("evidence/") && self.repository.is_ignored(path.as_str().as_ref())
    }

    /// The same, where files of evidence have keys made of their time stamps. Where the disk has no clock to compare them with, as
    /// where nothing may be written, there are no keys, and everything is hashed.
    pub fn stamped<'t>(&self, tree: DiskTree<'t>) -> DiskTree<'t> {
        match DiskMoment::now(&memory_folder(&self.repository)) {
            Ok(began) => tree.with_stamps(began),
            Err(_) => tree,
        }
    }

    /// The case as far as it can be read, with what is wrong with its text.
    pub fn case(&self) -> Result<(Case, Vec<Diagnostic>), Failure> {
        let tree = self.tree();
        demand_case(&tree)?;
        Ok(load::load(&tree, &mut NoMemory)?)
    }

    /// The case and everything that is wrong with it at a moment.
    pub fn verdict(&self, now: Timestamp) -> Result<Verdict, Failure> {
        let tree = self.tree();
        demand_case(&tree)?;
        judge(&self.repository, &tree, &followed(&self.repository)?, now)
    }
}

/// Judges any tree, of the disk, of the index, of a commit, as a change of its bases. What is learned of content that Git
/// holds is remembered for the next time.
pub fn judge(
    repository: &Repo,
    tree: &dyn Tree,
    bases: &[(String, GitTree<'_>)],
    now: Timestamp,
) -> Result<Verdict, Failure> {
    let bases: Vec<(String, &dyn Tree)> = bases.iter().map(|(name, base)| (name.clone(), base as &dyn Tree)).collect();
    let mut cache = cache(repository);
    let verdict = judge_by(&mut cache, tree, &bases, now)?;
    cache.save();
    Ok(verdict)
}

/// The same with bases of any kind and what is remembered already.
pub fn judge_by(
    cache: &mut Cache,
    tree: &dyn Tree,
    bases: &[(String, &dyn Tree)],
    now: Timestamp,
) -> Result<Verdict, Failure> {
    Ok(check::check(tree, bases, &mut memories(cache), now)?)
}

/// What a judgement reads and writes of what is remembered.
pub fn memories(cache: &mut Cache) -> Memories<'_> {
    Memories { entries: &mut cache.entries, digests: &mut cache.digests, paths: &mut cache.paths }
}

/// What was learned before of content that this repository holds.
pub fn cache(repository: &Repo) -> Cache {
    Cache::open(&memory_folder(repository))
}

/// Where it is remembered: in what all work trees share.
pub fn memory_folder(repository: &Repo) -> PathBuf {
    repository.common_dir().join("casebook")
}

/// The commits that the next commit of this work tree is to follow, each with its name: HEAD, and what is being merged.
pub fn followed(repository: &Repo) -> Result<Vec<(String, GitTree<'_>)>, Failure> {
    let commits = repository.next_parents(&GitVariables::default())?;
    Ok(commits.into_iter().map(|(name, commit)| (name, repository.tree(commit.tree))).collect())
}

/// What a statement about a commit is about.
pub fn subject(case: &Case, commit: &Commit, tree: &dyn Tree) -> Result<Subject, Failure> {
    let record = case.record.as_ref().ok_or_else(|| {
        Failure::new(format!("`case.toml` of commit {} cannot be read", commit.id))
            .help(format!("`casebook check --rev {}` says why", commit.id))
    })?;
    Ok(Subject {
        case: record.value.id.to_string(),
        commit: commit.id.to_string(),
        tree: commit.tree.to_string(),
        root: root(tree)?.0,
    })
}

/// Says that something of the case is not known, where some of its files cannot be read: what is made then may be there already.
pub fn tell_unreadable(case: &Case) {
    if !case.unreadable.is_empty() {
        let files = counted(case.unreadable.len() as u64, "file");
        errln!(
            "note: {files} of the case cannot be read, and nothing that stands there is known; `casebook check` says why"
        );
    }
}

/// Fails where a tree is plainly no case, so that nobody reads an empty list as "nothing happened".
pub fn demand_case(tree: &dyn Tree) -> Result<(), Failure> {
    if tree.node(&TreePath::from("case.toml")).is_some() || tree.node(&TreePath::from("findings")).is_some() {
        return Ok(());
    }
    Err(Failure::new("this repository holds no case: there is no `case.toml`")
        .help("go into a case, or make one: `casebook init PATH`"))
}
