//! Every rule against its fixtures: TOML in, diagnostics out, all of them files that a reviewer can read.
//!
//! `tests/rules/<code>/bad` and `good` hold the files that differ from the sound case in `tests/rules/base`; an empty
//! file there removes the base's file, and one whose name ends in `.grown` is made longer than a text file may be.
//! Where a file `after-base` stands beside them, they are judged as a change of the base; a folder of that name holds files
//! that the base has more. What no working checkout can
//! hold (symbolic links, submodules, names that some systems refuse) is listed in `bad.tree.toml` or `good.tree.toml`
//! beside the folder, see `Listed`. Where folders `bad.lfs` or `bad.store` stand beside `bad`, they are the homes of evidence
//! that `casebook evidence verify` would look into, each object under the path of its file; a file `in-git` makes of the tree
//! one that Git holds, whose nodes have keys. `expected.txt` is what `casebook check` prints of `bad`, and with
//! homes `casebook evidence verify`, too.
//! `UPDATE=1 cargo nextest run --test rules` writes `expected.txt` anew: read the difference before you commit it.

#![allow(clippy::unwrap_used)]

use casebook::check::NoPaths;
use casebook::check::{self, Memories, Verdict};
use casebook::diagnostic::{Diagnostic, render};
use casebook::evidence::{self, Homes, NoDigests, Scope};
use casebook::load::NoMemory;
use casebook::store::{Consume, Object, Store, StoreError, Written};
use casebook::tree::{ContentKey, MemoryTree, Node, NodeKind, Told, Tree, TreeError};
use casebook::values::{Sha256, TreePath};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const NOW: &str = "2026-03-05T12:00:00Z";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn overlay(tree: &mut MemoryTree, folder: &Path) {
    if !folder.is_dir() {
        return;
    }
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let mut content = fs::read(entry.path()).unwrap();
            if content.is_empty() {
                tree.remove(&path);
            } else if let Some(path) = path.strip_suffix(".grown") {
                content.resize(casebook::model::MAX_TEXT_BYTES as usize + 1, b'\n');
                tree.insert(path, content);
            } else {
                tree.insert(&path, content);
            }
        }
    }
}

/// Nodes of a fixture that cannot be files of this repository.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    node: Vec<ListedNode>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedNode {
    /// The path; `%` and two hexadecimal digits stand for a byte of its last name.
    path: String,
    kind: ListedKind,
    /// The content of a file; a line where nothing is said.
    text: Option<String>,
}

#[derive(serde::Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum ListedKind {
    File,
    Executable,
    Symlink,
    Submodule,
    Special,
    /// A file that somebody is writing to.
    Changing,
}

/// A tree of a fixture, with what a tree in memory has not: keys, and files that change while they are read.
#[derive(Clone, Default)]
struct FixtureTree {
    memory: MemoryTree,
    is_in_git: bool,
    changing: BTreeSet<String>,
}

impl Tree for FixtureTree {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        let mut nodes = self.memory.list(folder)?;
        for node in nodes.iter_mut().filter(|node| self.is_in_git && node.is_file()) {
            let content = self.memory.read(&folder.join(&String::from_utf8_lossy(&node.name)), u64::MAX)?;
            node.key = Sha256::of(&content).0[..20].try_into().ok().map(ContentKey);
        }
        Ok(nodes)
    }

    fn is_of_git(&self) -> bool {
        self.is_in_git
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        self.memory.read(file, limit)
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        match self.changing.contains(file.as_str()) {
            true => Err(TreeError::Changed(file.clone())),
            false => self.memory.stream(file, consume),
        }
    }
}

/// A home of evidence in a folder of a fixture.
struct FixtureHome(PathBuf);

impl FixtureHome {
    fn beside(folder: &Path, extension: &str) -> Option<Self> {
        let home = folder.with_added_extension(extension);
        home.is_dir().then_some(Self(home))
    }
}

impl Store for FixtureHome {
    fn name(&self) -> String {
        format!("the {} of the test", self.0.extension().unwrap().to_str().unwrap())
    }

    fn find(&self, object: &Object<'_>) -> Result<Option<u64>, StoreError> {
        Ok(fs::metadata(self.0.join(object.path.as_str())).ok().map(|metadata| metadata.len()))
    }

    fn read(&self, object: &Object<'_>, from: u64, consume: &mut Consume<'_>) -> Result<(), StoreError> {
        let Ok(content) = fs::read(self.0.join(object.path.as_str())) else {
            return Err(StoreError::Missing { store: self.name(), path: object.path.clone(), sha256: object.sha256 });
        };
        Ok(consume(&content[from as usize..])?)
    }

    fn write(&self, _: &Object<'_>, _: &Path, _: &Told<'_>) -> Result<Written, StoreError> {
        Err(StoreError::Refused { store: self.name(), reason: "fixtures are read only".to_owned(), help: None })
    }
}

/// What `casebook evidence verify` finds beside `check`, where a fixture has homes.
fn judge_homes(tree: &FixtureTree, folder: &Path) -> Vec<Diagnostic> {
    let (lfs, store) = (FixtureHome::beside(folder, "lfs"), FixtureHome::beside(folder, "store"));
    if lfs.is_none() && store.is_none() {
        return Vec::new();
    }
    let homes = Homes {
        lfs: lfs.as_ref().map(|home| home as &dyn Store),
        store: store.as_ref().map(|home| home as &dyn Store),
    };
    let (case, _) = casebook::load::load(tree, &mut NoMemory).unwrap();
    evidence::examine(tree, &homes, &case, &mut NoDigests, &Scope::All, &|_| {}).unwrap().diagnostics
}

fn overlay_listed(fixture: &mut FixtureTree, folder: &Path) {
    let tree = &mut fixture.memory;
    let Ok(text) = fs::read_to_string(folder.with_added_extension("tree.toml")) else { return };
    let listed: Listed = toml::from_str(&text).unwrap();
    for ListedNode { path, kind, text } in listed.node {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let name = percent_decoded(name);
        if matches!(kind, ListedKind::File | ListedKind::Executable)
            && let Ok(name) = std::str::from_utf8(&name)
        {
            let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") };
            tree.insert(&path, text.unwrap_or("content\n".to_owned()));
        }
        let kind = match kind {
            ListedKind::Changing => {
                fixture.changing.insert(path);
                continue;
            }
            ListedKind::File => NodeKind::File { executable: false },
            ListedKind::Executable => NodeKind::File { executable: true },
            ListedKind::Symlink => NodeKind::Symlink,
            ListedKind::Submodule => NodeKind::Submodule,
            ListedKind::Special => NodeKind::Special,
        };
        tree.insert_node(parent, name, kind);
    }
}

fn percent_decoded(name: &str) -> Vec<u8> {
    let mut pieces = name.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

fn judge(folder: &Path) -> (Verdict, String) {
    let mut tree = FixtureTree { is_in_git: folder.with_file_name("in-git").exists(), ..FixtureTree::default() };
    overlay(&mut tree.memory, &fixtures().join("base"));
    overlay(&mut tree.memory, &folder.with_file_name("after-base"));
    let before = tree.clone();
    overlay(&mut tree.memory, folder);
    overlay_listed(&mut tree, folder);
    let bases: Vec<(String, &dyn Tree)> = match folder.with_file_name("after-base").exists() {
        true => vec![("HEAD".to_owned(), &before)],
        false => Vec::new(),
    };
    let mut verdict = check::check(
        &tree,
        &bases,
        &mut Memories { entries: &mut NoMemory, digests: &mut NoDigests, paths: &mut NoPaths },
        NOW.parse().unwrap(),
    )
    .unwrap();
    verdict.diagnostics.extend(judge_homes(&tree, folder));
    casebook::diagnostic::sort(&mut verdict.diagnostics);
    verdict.diagnostics.dedup();
    let sources = check::sources(&tree, &verdict.diagnostics);
    let text = render::text::render(&sources, &verdict.diagnostics, false, 140);
    (verdict, text)
}

#[test]
fn the_base_case_is_sound_and_silent() {
    let (_, text) = judge(&fixtures().join("none"));
    assert_eq!(text, "");
}

#[test]
fn every_code_has_fixtures_that_fail_and_pass() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    // What a history does is no fixture of one tree: tests/review has those.
    let is_of_tree =
        |page: &casebook::diagnostic::Page| casebook::history::PAGES.iter().all(|other| other.code != page.code);
    for page in check::pages().into_iter().filter(is_of_tree) {
        let folder = fixtures().join(page.code);
        let has =
            |name: &str| folder.join(name).is_dir() || folder.join(name).with_added_extension("tree.toml").exists();
        if !has("bad") || !has("good") {
            wrong.push(format!("{}: tests/rules/{}/bad and good are missing", page.code, page.code));
            continue;
        }
        let (bad, text) = judge(&folder.join("bad"));
        if !bad.diagnostics.iter().any(|diagnostic| diagnostic.code.as_str() == page.code) {
            wrong.push(format!("{}: `bad` does not report it, but:\n{text}", page.code));
        }
        if bad.diagnostics.iter().any(|diagnostic| diagnostic.help.is_none()) {
            wrong.push(format!("{}: a message says nothing of what to type next:\n{text}", page.code));
        }
        let expected = folder.join("expected.txt");
        if update {
            fs::write(&expected, &text).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{}: `bad` prints other than expected.txt:\n{text}", page.code));
        }
        let (good, text) = judge(&folder.join("good"));
        if good.diagnostics.iter().any(|diagnostic| diagnostic.is_error() || diagnostic.code.as_str() == page.code) {
            wrong.push(format!("{}: `good` is not good:\n{text}", page.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_fixture_belongs_to_a_code() {
    let pages = check::pages();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "base" || pages.iter().any(|page| page.code == name), "tests/rules/{name} belongs to no code");
    }
}

#[test]
fn every_manual_page_has_its_headings() {
    let mut codes = std::collections::BTreeSet::new();
    for page in check::pages() {
        assert!(codes.insert(page.code), "the code {} is used twice", page.code);
        let markdown = page.markdown();
        let mut rest = markdown.as_str();
        for heading in ["## What it checks", "## Why", "## Fails", "## Passes", "## How to fix"] {
            let at =
                rest.find(heading).unwrap_or_else(|| panic!("{}: `{heading}` is missing or out of order", page.code));
            rest = &rest[at + heading.len()..];
        }
        assert!(page.summary().ends_with('.'), "{}: the page starts with a sentence", page.code);
        assert!(
            page.source.contains(&format!("Code::new(\"{}\")", page.code)),
            "{}: not the code of its file",
            page.code
        );
    }
}
