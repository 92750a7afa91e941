//! Git: the only module that uses git2. Opens repositories, reads commits and what is about to be committed.

pub mod candidate;
pub mod changes;
pub mod committed;
pub mod conflicts;
pub mod history;
pub mod hooks_folder;
pub mod index_file;
pub mod merging;
pub mod message;
pub mod publishing;
pub mod pushed;
pub mod replay;
pub mod settings;
pub mod tree;

pub use changes::{Change, Comparison};
pub use committed::Committed;
pub use conflicts::{Halted, Unmerged};
pub use hooks_folder::HooksFolder;
pub use merging::{Contested, Merged};
pub use pushed::Pointed;
pub use replay::Replay;
pub use settings::read_configuration_of;
pub use tree::GitTree;

use crate::disk::file;
use crate::values::Moment;
pub use git2::Oid;
use git2::{ErrorClass, ErrorCode, Repository};
use settings::Settings;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Why Git could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("`{0}` is not in a Git repository")]
    NoRepository(PathBuf),
    #[error("{message}")]
    Unsupported { message: String, help: String },
    #[error("`{0}` names no commit")]
    NoCommit(String),
    #[error("the index has unresolved conflicts")]
    Conflicts,
    #[error("git: {0}")]
    Other(String),
}

impl GitError {
    /// What to type next, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            GitError::NoRepository(_) => Some("go into a case, or make one: `casebook init PATH`".to_owned()),
            GitError::Unsupported { help, .. } => Some(help.clone()),
            GitError::NoCommit(revision) if revision == "HEAD" => {
                Some("make the first commit: `git add -A && git commit`".to_owned())
            }
            GitError::NoCommit(_) => Some("`git log --oneline` shows the commits".to_owned()),
            GitError::Conflicts => Some("resolve them, then `git add` the files: `git status` shows which".to_owned()),
            GitError::Other(_) => None,
        }
    }
}

impl From<git2::Error> for GitError {
    fn from(error: git2::Error) -> Self {
        let message = error.message().to_owned();
        let unsupported =
            |message: &str, help: &str| GitError::Unsupported { message: message.to_owned(), help: help.to_owned() };
        if message.contains("extensions.refstorage") {
            unsupported(
                "this repository keeps its refs as a reftable, which casebook cannot read yet",
                "run `git refs migrate --ref-format=files`, or clone it with `git clone --ref-format=files`",
            )
        } else if message.contains("unknown object format") || message.contains("extensions.objectformat") {
            unsupported(
                "this repository uses SHA-256 object names, which casebook cannot read yet",
                "make cases with `casebook init`, which uses SHA-1 object names with collision detection",
            )
        } else if message.contains("compatobjectformat") {
            unsupported(
                "this repository has `extensions.compatObjectFormat`, which casebook cannot read yet",
                "clone it into a repository without that extension",
            )
        } else if error.code() == ErrorCode::Owner {
            unsupported(
                "this repository belongs to another user of this machine",
                "if you trust it, run `git config --global --add safe.directory \"$(pwd)\"`",
            )
        } else {
            GitError::Other(message)
        }
    }
}

/// What Git's variables say in the environment of a hook.
#[derive(Clone, Debug, Default)]
pub struct GitVariables {
    /// Whether GIT_DIR is set. Git has then accepted the repository, so libgit2's own check of the owner, which knows
    /// less than Git's, is turned off.
    pub dir: bool,
    /// GIT_WORK_TREE.
    pub work_tree: Option<PathBuf>,
    /// GIT_INDEX_FILE, made absolute.
    pub index: Option<PathBuf>,
    /// The seconds of GIT_AUTHOR_DATE in the form that `git commit` gives it to its hooks: those of the commit that it
    /// makes, which an amended commit keeps.
    pub author_date: Option<i64>,
    /// Whether the user sets GIT_COMMITTER_DATE, and so times of their own.
    pub fixed_dates: bool,
    /// The commits in the names of GITHEAD_… variables: those that `git merge` is merging. It writes MERGE_HEAD only after
    /// its hook has run.
    pub merging: Vec<String>,
    /// Whether GIT_EDITOR is `:`, with which Git says that it starts no editor for this commit's message.
    pub no_editor: bool,
}

/// A Git repository that holds a case.
pub struct Repo {
    repository: Repository,
    settings: RefCell<Option<Settings>>,
}

/// What a report and a message need to know of a commit.
#[derive(Clone, Debug)]
pub struct Commit {
    pub id: Oid,
    pub tree: Oid,
    pub author: String,
    pub summary: String,
    /// When it was committed.
    pub at: Moment,
    /// When its author says that it was made, in seconds since 1970.
    pub authored: i64,
    pub parents: Vec<Oid>,
}

impl Commit {
    /// The first digits of its id, which name it in any repository that people work in.
    pub fn short(&self) -> String {
        self.id.to_string()[..12].to_owned()
    }
}

impl Repo {
    /// Opens the repository that `folder` is in.
    pub fn discover(folder: &Path) -> Result<Self, GitError> {
        match Repository::discover(folder) {
            Ok(repository) => Ok(Self::of(repository)),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Repository => {
                Err(GitError::NoRepository(folder.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the repository that Git's variables name, as a hook must: with `discover` it would read another index
    /// than the one that is committed. Where no variable is set, it is the repository of the current folder.
    pub fn from_environment(variables: &GitVariables, current: &Path) -> Result<Self, GitError> {
        if variables.dir {
            tree::accept_any_owner();
        }
        let repository = match Repository::open_from_env() {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound => {
                return Err(GitError::NoRepository(current.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(top) = &variables.work_tree {
            // Git sets GIT_WORK_TREE to `.`, meaning the current folder; libgit2 takes it from the folder of GIT_DIR.
            repository.set_workdir(&current.join(top), false)?;
        }
        Ok(Self::of(repository))
    }

    /// Makes a repository with an unborn branch of the given name.
    pub fn init(folder: &Path, branch: &str) -> Result<Self, GitError> {
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head(branch).no_reinit(true);
        Ok(Self::of(Repository::init_opts(folder, &options)?))
    }

    fn of(repository: Repository) -> Self {
        Self { repository, settings: RefCell::new(None) }
    }

    /// The top folder of the work tree; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.repository.workdir()
    }

    /// The folder with this work tree's own state: HEAD and the index.
    pub fn git_dir(&self) -> &Path {
        self.repository.path()
    }

    /// The folder that all work trees share: objects, refs, hooks, casebook's cache.
    pub fn common_dir(&self) -> &Path {
        self.repository.commondir()
    }

    /// The commit of HEAD; `None` before the first commit.
    pub fn head(&self) -> Result<Option<Commit>, GitError> {
        match self.repository.head() {
            Ok(head) => self.commit(&head.peel_to_commit()?).map(Some),
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The commits that the next commit is to follow, each with what to call it: HEAD, and what is being merged.
    pub fn next_parents(&self, variables: &GitVariables) -> Result<Vec<(String, Commit)>, GitError> {
        let written = file::find(&self.git_dir().join("MERGE_HEAD"))
            .map_err(|error| GitError::Other(format!("cannot read MERGE_HEAD: {error}")))?;
        let written = written.map(|file| String::from_utf8_lossy(&file.content).into_owned()).unwrap_or_default();
        let mut parents: Vec<(String, Commit)> =
            self.head()?.map(|head| ("HEAD".to_owned(), head)).into_iter().collect();
        for id in written.lines().chain(variables.merging.iter().map(String::as_str)) {
            let commit = self.resolve(id)?;
            if !parents.iter().any(|(_, parent)| parent.id == commit.id) {
                parents.push((commit.short(), commit));
            }
        }
        Ok(parents)
    }

    /// The commit that a revision names, such as `HEAD~1`, `main` or an id.
    pub fn resolve(&self, revision: &str) -> Result<Commit, GitError> {
        let object = self.repository.revparse_single(revision);
        let commit = object.and_then(|object| object.peel_to_commit());
        self.commit(&commit.map_err(|_| GitError::NoCommit(revision.to_owned()))?)
    }

    /// A commit as Git stores it.
    pub fn raw_commit(&self, commit: Oid) -> Result<Vec<u8>, GitError> {
        Ok(self.repository.odb()?.read(commit)?.data().to_vec())
    }

    /// Whether a commit is another one or comes after it.
    pub fn contains(&self, commit: Oid, ancestor: Oid) -> Result<bool, GitError> {
        Ok(commit == ancestor || self.repository.graph_descendant_of(commit, ancestor)?)
    }

    fn commit(&self, commit: &git2::Commit<'_>) -> Result<Commit, GitError> {
        let at =
            jiff::Timestamp::from_second(commit.committer().when().seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Ok(Commit {
            id: commit.id(),
            tree: commit.tree_id(),
            author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
            summary: commit.summary().ok().flatten().unwrap_or_default().to_owned(),
            at: Moment::utc(at),
            authored: commit.author().when().seconds(),
            parents: commit.parent_ids().collect(),
        })
    }

    /// The files of a tree object.
    pub fn tree(&self, id: Oid) -> GitTree<'_> {
        GitTree::new(&self.repository, id)
    }

    /// Whether Git ignores a path of the work tree.
    pub fn is_ignored(&self, path: &Path) -> bool {
        self.repository.is_path_ignored(path).unwrap_or(false)
    }

    /// What Git's attributes say of a path: `set`, `unset`, a value, or `None` where they say nothing.
    pub fn attribute(&self, path: &str, name: &str) -> Option<String> {
        let Ok(value) = self.repository.get_attr(Path::new(path), name, git2::AttrCheckFlags::default()) else {
            return self.attribute_by_git(path, name);
        };
        match git2::AttrValue::from_string(value) {
            git2::AttrValue::True => Some("set".to_owned()),
            git2::AttrValue::False => Some("unset".to_owned()),
            git2::AttrValue::String(text) => Some(text.to_owned()),
            git2::AttrValue::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            git2::AttrValue::Unspecified => None,
        }
    }

    /// The same from Git itself: libgit2 looks into the index first, and cannot read a split or sparse one.
    fn attribute_by_git(&self, path: &str, name: &str) -> Option<String> {
        let folder = self.work_tree().unwrap_or(self.git_dir());
        let output = crate::exec::git(&["check-attr", "-z", name, "--", path], folder, &[]).ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let value = text.split('\0').nth(2)?;
        (value != "unspecified").then(|| value.to_owned())
    }

    /// Whether the work tree holds a part of the files only.
    pub fn is_sparse(&self) -> bool {
        let config = self.repository.config().and_then(|mut config| config.snapshot());
        config.and_then(|config| config.get_bool("core.sparseCheckout")).unwrap_or(false)
    }

    /// Whether history is cut off at some commits.
    pub fn is_shallow(&self) -> bool {
        self.repository.is_shallow()
    }

    /// Whether Git fetches objects only when they are needed, which libgit2 cannot.
    pub fn is_partial(&self) -> bool {
        let Ok(config) = self.repository.config() else { return false };
        let promised = config.entries(Some(r"^(remote\..*\.promisor|extensions\.partialclone)$"));
        let Ok(mut promised) = promised else { return false };
        promised.next().is_some_and(|entry| entry.is_ok())
    }

    /// The tree that an index would commit now: the one that Git gave to a hook (an absolute path), or the repository's.
    pub fn candidate(&self, index: Option<&Path>) -> Result<Oid, GitError> {
        candidate::tree_of_index(&self.repository, index)
    }
}
