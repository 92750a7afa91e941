//! What one thread needs to judge one case after the other: a folder with a work tree, a repository and two homes, of which
//! only what differs from the case before is written anew.

use super::random::Random;
use super::random_case::{Node, Objects, State};
use casebook::cache::Cache;
use casebook::check::{self, Memories, NoPaths};
use casebook::diagnostic::Diagnostic;
use casebook::disk::{DiskTree, ObjectFolder};
use casebook::evidence::{Homes, NoDigests, Scope, examine};
use casebook::git::Repo;
use casebook::load::NoMemory;
use casebook::tree::{MemoryTree, NodeKind, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const NOW: &str = "2026-03-05T12:00:00Z";

/// What is said of a case.
#[derive(Clone)]
pub struct Said {
    /// Which kind of tree it was in.
    pub place: &'static str,
    pub problems: Vec<Problem>,
    /// Files that were not checked.
    pub unchecked: BTreeSet<String>,
}

#[derive(Clone, Debug)]
#[allow(dead_code, reason = "a failure shows all of it")]
pub struct Problem {
    pub code: String,
    pub path: String,
    pub message: String,
    /// Places that are shown as well.
    pub related: Vec<String>,
    pub is_error: bool,
}

impl Problem {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_string(),
            path: diagnostic.place.path.to_string(),
            message: diagnostic.message.clone(),
            related: diagnostic.related.iter().map(|related| related.place.path.to_string()).collect(),
            is_error: diagnostic.is_error(),
        }
    }

    fn names(&self, path: &str) -> bool {
        self.is_error && (self.path == path || self.message.contains(&format!("`{path}`")))
    }

    /// Whether it is of something whose path or id is named.
    pub fn is_about(&self, names: &BTreeSet<&str>) -> bool {
        let texts = [&self.path, &self.message].into_iter().chain(&self.related);
        texts.into_iter().any(|text| names.iter().any(|name| text.contains(name)))
    }
}

impl Said {
    /// Whether a path is named by an error, or among what is not checked.
    pub fn names(&self, path: &str) -> bool {
        self.unchecked.contains(path) || self.problems.iter().any(|problem| problem.names(path))
    }

    /// The same, as it would be said by somebody who does not see what is wrong with this path.
    pub fn blind_to(&self, path: &str) -> Self {
        let mut said = self.clone();
        said.problems.retain(|problem| !problem.names(path));
        said.unchecked.remove(path);
        said
    }
}

pub struct Lane {
    folder: tempfile::TempDir,
    sound: MemoryTree,
    /// What is on the disk now.
    written: State,
    repository: git2::Repository,
    /// What is in the tree that Git holds.
    committed: BTreeMap<String, Node>,
    tree: git2::Oid,
    remembered: Cache,
}

impl Lane {
    pub fn new(sound: &State) -> Self {
        // Thousands of small files: in memory, where the system has a place for them there.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        for name in ["lfs", "store", "case"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let repository = git2::Repository::init(folder.path().join("git")).unwrap();
        let tree = repository.treebuilder(None).unwrap().write().unwrap();
        Self {
            sound: in_memory(&sound.tree),
            written: State { tree: BTreeMap::new(), lfs: Objects::new(), store: Objects::new() },
            committed: BTreeMap::new(),
            tree,
            remembered: Cache::open(&folder.path().join("cache")),
            repository,
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Judges a case as a change of the sound one, with every home at hand.
    pub fn judge(&mut self, state: &State, random: &mut Random) -> Said {
        for (name, before, after) in
            [("lfs", &self.written.lfs, &state.lfs), ("store", &self.written.store, &state.store)]
        {
            write_objects(&self.path(name), before, after);
        }
        (self.written.lfs, self.written.store) = (state.lfs.clone(), state.store.clone());
        match random.below(3) {
            0 => self.said(&in_memory(&state.tree), "memory", false),
            1 => {
                write_tree(&self.path("case"), &self.written.tree, &state.tree);
                self.written.tree = state.tree.clone();
                self.said(&DiskTree::new(&self.path("case")), "a work tree", false)
            }
            _ => {
                self.commit(state);
                let remembers = random.below(2) == 0;
                let repository = Repo::discover(&self.path("git")).unwrap();
                let place = if remembers { "Git, with what was remembered" } else { "Git" };
                self.said(&repository.tree(self.tree), place, remembers)
            }
        }
    }

    fn said(&mut self, tree: &dyn Tree, place: &'static str, remembers: bool) -> Said {
        let (mut no_entries, mut no_digests) = (NoMemory, NoDigests);
        let (lfs, store) = (ObjectFolder::own(&self.path("lfs"), "Git LFS"), ObjectFolder::shared(&self.path("store")));
        let Cache { entries, digests, .. } = &mut self.remembered;
        let mut paths = NoPaths;
        let mut memories = if remembers {
            Memories { entries, digests, paths: &mut paths }
        } else {
            Memories { entries: &mut no_entries, digests: &mut no_digests, paths: &mut paths }
        };
        let verdict =
            check::check(tree, &[("HEAD".to_owned(), &self.sound)], &mut memories, NOW.parse().unwrap()).unwrap();
        let homes = Homes { lfs: Some(&lfs), store: Some(&store) };
        let examined = examine(tree, &homes, &verdict.case, &mut NoDigests, &Scope::All, &|_| {}).unwrap();
        let all = verdict.diagnostics.iter().chain(&examined.diagnostics);
        let unchecked = examined.items.values().flat_map(|item| item.unchecked.values().flatten());
        Said {
            place,
            problems: all.map(Problem::of).collect(),
            unchecked: unchecked.map(ToString::to_string).collect(),
        }
    }

    /// Writes the tree into Git: only what differs from the tree before.
    fn commit(&mut self, state: &State) {
        let empty = self.repository.blob(b"").unwrap();
        // Any id will do: a submodule's commit is not there.
        let commit = git2::Oid::from_str("1111111111111111111111111111111111111111").unwrap();
        // A kind of node does not take the place of another at once.
        let mut removal = git2::build::TreeUpdateBuilder::new();
        let mut update = git2::build::TreeUpdateBuilder::new();
        for path in self.committed.iter().filter(|(path, node)| state.tree.get(*path) != Some(*node)).map(|it| it.0) {
            removal.remove(path);
        }
        for (path, node) in state.tree.iter().filter(|(path, node)| self.committed.get(*path) != Some(*node)) {
            match node {
                Node::File(bytes) => update.upsert(path, self.repository.blob(bytes).unwrap(), git2::FileMode::Blob),
                Node::Link => update.upsert(path, empty, git2::FileMode::Link),
                Node::Module => update.upsert(path, commit, git2::FileMode::Commit),
            };
        }
        for mut step in [removal, update] {
            let before = self.repository.find_tree(self.tree).unwrap();
            self.tree = step.create_updated(&self.repository, &before).unwrap();
        }
        self.committed = state.tree.clone();
    }

    /// Does something that damages nothing: to the case that is given back, or to what is written of it.
    pub fn harmless(&mut self, state: &State, random: &mut Random) -> (&'static str, State) {
        let mut state = state.clone();
        let touched = match random.below(7) {
            0 => "nothing is done",
            1 => {
                state.tree.insert(format!("notes/{}.md", random.below(99)), Node::File(b"A note.\n".to_vec()));
                "a note is added"
            }
            2 => {
                state.tree.insert("README.md".to_owned(), Node::File(b"A case.\n".to_vec()));
                "a file at the top is added"
            }
            3 => {
                self.forget_disk();
                "everything is checked out anew"
            }
            4 => {
                self.touch(random);
                "time stamps are changed"
            }
            5 => {
                state.store.insert(format!("{:064x}", random.below(1000)), b"of another case".to_vec());
                "the store gets objects of other cases"
            }
            _ => {
                self.pack(random);
                "Git packs its objects"
            }
        };
        (touched, state)
    }

    /// Removes what is written, so that all of it is written anew.
    fn forget_disk(&mut self) {
        for name in ["lfs", "store", "case"] {
            fs::remove_dir_all(self.path(name)).unwrap();
            fs::create_dir(self.path(name)).unwrap();
        }
        self.written = State { tree: BTreeMap::new(), lfs: Objects::new(), store: Objects::new() };
    }

    fn touch(&self, random: &mut Random) {
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(random.below(1 << 31) as u64);
        for entry in walkdir::WalkDir::new(self.path("case")).into_iter().flatten() {
            if entry.file_type().is_file() {
                fs::File::options().append(true).open(entry.path()).unwrap().set_modified(time).unwrap();
            }
        }
    }

    /// `git gc` is a process, so it runs now and then only.
    fn pack(&self, random: &mut Random) {
        if random.below(8) == 0 {
            let mut git = std::process::Command::new("git");
            git.arg("-C").arg(self.path("git")).args(["gc", "-q", "--prune=never"]);
            assert!(git.status().unwrap().success());
        }
    }
}

fn in_memory(tree: &BTreeMap<String, Node>) -> MemoryTree {
    let mut memory = MemoryTree::new();
    for (path, node) in tree {
        let kind = match node {
            Node::File(bytes) => {
                memory.insert(path, bytes.clone());
                continue;
            }
            Node::Link => NodeKind::Symlink,
            Node::Module => NodeKind::Submodule,
        };
        let (folder, name) = path.rsplit_once('/').unwrap();
        memory.insert_node(folder, name, kind);
    }
    memory
}

fn write_tree(folder: &Path, before: &BTreeMap<String, Node>, after: &BTreeMap<String, Node>) {
    for (path, _) in before.iter().filter(|(path, node)| after.get(*path) != Some(*node)) {
        remove(folder, &folder.join(path));
    }
    for (path, node) in after.iter().filter(|(path, node)| before.get(*path) != Some(*node)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match node {
            Node::File(bytes) => fs::write(path, bytes).unwrap(),
            Node::Link => std::os::unix::fs::symlink("/etc/passwd", path).unwrap(),
            Node::Module => fs::create_dir_all(path.join(".git")).unwrap(),
        }
    }
}

fn write_objects(folder: &Path, before: &Objects, after: &Objects) {
    let place = |name: &str| folder.join(&name[..2]).join(&name[2..4]).join(name);
    for (name, _) in before.iter().filter(|(name, bytes)| after.get(*name) != Some(*bytes)) {
        remove(folder, &place(name));
    }
    for (name, bytes) in after.iter().filter(|(name, bytes)| before.get(*name) != Some(*bytes)) {
        fs::create_dir_all(place(name).parent().unwrap()).unwrap();
        fs::write(place(name), bytes).unwrap();
    }
}

/// Removes what is there, and the folders above it that are empty then, up to a top one.
fn remove(top: &Path, path: &Path) {
    if fs::symlink_metadata(path).unwrap().is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
    let mut folder = path.parent();
    while folder.is_some_and(|folder| folder != top && fs::remove_dir(folder).is_ok()) {
        folder = folder.and_then(Path::parent);
    }
}
