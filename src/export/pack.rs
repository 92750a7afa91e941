//! The handover pack: puts everything that belongs to the evidence items into a bag.

use super::bag::Bag;
use super::contents::{self, Found};
use super::instructions::{self, Signature};
use super::signers::allowed_signers;
use super::{Contents, Selection, proof, signoff};
use crate::evidence::list;
use crate::evidence::root::root;
use crate::evidence::timestamp::{self, Statement};
use crate::git::{Commit, GitError, Repo};
use crate::model::{Case, MAX_TEXT_BYTES, Person};
use crate::store::StoreError;
use crate::tree::{Tree, TreeError};
use crate::values::vocabulary::Marking;
use crate::values::{EntryId, Line, Sha256, TreePath};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// Everything that is handed over, and what is said of it.
pub struct Handover<'h> {
    /// The files of the commit.
    pub tree: &'h dyn Tree,
    pub case: &'h Case,
    pub selection: &'h Selection,
    pub contents: &'h Contents<'h, 'h>,
    pub commit: &'h Commit,
    /// The commit as Git stores it.
    pub raw_commit: &'h [u8],
    /// The evidence root of the commit, and its text.
    pub root: (Sha256, String),
    pub stamps: Vec<Stamp>,
    /// Each folder that something is taken from, with the id of its tree.
    pub folders: BTreeMap<String, String>,
    /// The graph of items and custody, as JSON-LD.
    pub graph: &'h str,
    pub occasion: Occasion<'h>,
}

/// A time stamp of the case.
pub struct Stamp {
    pub name: String,
    /// The evidence root of its commit with its text, where the repository has that commit.
    pub root: Option<(Sha256, String)>,
}

/// When, by whom, for whom and why something is handed over.
#[derive(Clone, Copy)]
pub struct Occasion<'h> {
    pub date: Date,
    pub by: Option<&'h Person>,
    pub to: Option<&'h Line>,
    pub reason: Option<&'h Line>,
    pub marking: Marking,
}

/// Why no bag was written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The time stamps in a tree of a repository.
pub fn stamps(repository: &Repo, tree: &dyn Tree) -> Result<Vec<Stamp>, TreeError> {
    let whole = timestamp::names(tree)?.into_iter().filter(|(_, parts)| *parts == (true, true));
    let stamp = |(name, _): (String, _)| {
        let content = tree.read(&timestamp::statement_path(&name), timestamp::MAX_STATEMENT_BYTES)?;
        let commit = timestamp::read(&name, &content).ok().map(|Statement(subject)| subject.commit);
        let commit: Option<Result<Commit, GitError>> = commit.map(|commit| repository.resolve(&commit));
        let root = match commit {
            Some(Ok(commit)) => Some(root(&repository.tree(commit.tree))?),
            _ => None,
        };
        Ok(Stamp { name, root })
    };
    whole.map(stamp).collect()
}

/// The folders of the case that something is taken from, each with the id of its tree.
pub fn folders(tree: &dyn Tree, selection: &Selection) -> BTreeMap<String, String> {
    let folders: BTreeSet<&str> = selection.entries().into_iter().map(|id| id.kind().folder()).collect();
    let id = |folder: &str| Some(hex::encode(tree.node(&TreePath::from(folder))?.key?.0));
    folders.into_iter().filter_map(|folder| Some((folder.to_owned(), id(folder)?))).collect()
}

impl Handover<'_> {
    pub fn case_id(&self) -> String {
        self.case.record.as_ref().map(|record| record.value.id.to_string()).unwrap_or_default()
    }

    /// The items, each with an item that it was made from and that stays behind.
    pub fn missing_inputs(&self) -> Vec<(EntryId, EntryId)> {
        let derived = self.contents.items.iter().filter_map(|item| Some((item.id, item.record.derived_from.as_ref()?)));
        let pairs = derived.flat_map(|(id, derivation)| derivation.inputs.0.iter().map(move |input| (id, input.0)));
        pairs.filter(|(_, input)| !self.selection.items.contains(input)).collect()
    }
}

/// Writes a bag into a folder that is there and empty, and gives the digest of its last list. `told` hears of the bytes of
/// files as they are written, and ends the work by an error.
pub fn write(
    folder: &Path,
    handover: &Handover<'_>,
    told: &dyn Fn(u64) -> io::Result<()>,
) -> Result<Sha256, PackError> {
    let mut bag = Bag::begin(folder);
    entries(&mut bag, handover)?;
    let signatures = statements(&mut bag, handover)?;
    git(&mut bag, handover)?;
    bag.add("evidence-root.txt", handover.root.1.as_bytes())?;
    bag.add("case-uco.jsonld", handover.graph.as_bytes())?;
    let team = handover.case.team.as_ref().map(|team| allowed_signers(&team.value)).unwrap_or_default();
    if !team.is_empty() {
        bag.add("allowed_signers", team.as_bytes())?;
    }
    files(&mut bag, handover, told)?;
    let text = instructions::write(handover, bag.payload(), &signatures);
    Ok(bag.finish(&info(handover), &text)?)
}

/// The records of all entries, the lists of the items, and the case itself, as they lie in the commit.
fn entries(bag: &mut Bag, handover: &Handover<'_>) -> Result<(), PackError> {
    for id in handover.selection.entries() {
        let Some(entry) = handover.case.get(id) else { continue };
        bag.add(id.path().as_str(), &handover.tree.read(&entry.path, MAX_TEXT_BYTES)?)?;
    }
    for item in &handover.contents.items {
        if let Some(content) = &item.list {
            bag.add(list::list_path(item.id).as_str(), content)?;
        }
    }
    if handover.selection.with_case {
        bag.add("case.toml", &handover.tree.read(&TreePath::from("case.toml"), MAX_TEXT_BYTES)?)?;
    }
    Ok(())
}

/// The time stamps and the sign-offs, with what can be said of signatures.
fn statements(bag: &mut Bag, handover: &Handover<'_>) -> Result<Vec<Signature>, PackError> {
    for Stamp { name, root } in &handover.stamps {
        let token = handover.tree.read(&timestamp::token_path(name), timestamp::MAX_TOKEN_BYTES)?;
        let statement = handover.tree.read(&timestamp::statement_path(name), timestamp::MAX_STATEMENT_BYTES)?;
        bag.add(timestamp::statement_path(name).as_str(), &statement)?;
        bag.add(timestamp::token_path(name).as_str(), &token)?;
        if let Some((_, text)) = root {
            bag.add(&format!("{}/{name}.root.txt", timestamp::FOLDER), text.as_bytes())?;
        }
    }
    let mut signatures = Vec::new();
    // Sign-offs are of what is said of the evidence.
    if !handover.selection.with_case {
        return Ok(signatures);
    }
    let folder = TreePath::from("signoffs");
    let plain =
        |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) && !name.starts_with('.');
    let nodes = handover.tree.list_or_nothing(&folder)?;
    for name in nodes.iter().filter(|node| node.is_file()).filter_map(|node| node.text()).filter(plain) {
        let path = folder.join(name);
        let content = handover.tree.read(&path, MAX_TEXT_BYTES)?;
        bag.add(path.as_str(), &content)?;
        let signed =
            path.as_str().strip_suffix(".sig").filter(|path| handover.tree.node(&TreePath::from(*path)).is_some());
        let team = handover.case.team.as_ref().map(|team| &team.value);
        if let Some(path) = signed
            && let Some(outside) = signoff::read(&content, team)
        {
            signatures.push(Signature { path: path.to_owned(), outside });
        }
    }
    Ok(signatures)
}

/// What shows that the entries are those of the commit.
fn git(bag: &mut Bag, handover: &Handover<'_>) -> Result<(), PackError> {
    bag.add("git/commit", handover.raw_commit)?;
    bag.add("git/tree.txt", proof::listing(handover.tree, &TreePath::root())?.as_bytes())?;
    for folder in handover.folders.keys() {
        let listing = proof::listing(handover.tree, &TreePath::from(folder.as_str()))?;
        bag.add(&format!("git/{folder}.txt"), listing.as_bytes())?;
    }
    Ok(())
}

/// The bytes of the evidence, and a note of those that stay behind.
fn files(bag: &mut Bag, handover: &Handover<'_>, told: &dyn Fn(u64) -> io::Result<()>) -> Result<(), PackError> {
    let mut missing = String::new();
    for item in &handover.contents.items {
        for file in &item.files {
            if let Found::Not(why) = &file.bytes {
                missing.push_str(&format!("{}: {}\n", file.line.path, why.for_others()));
                continue;
            }
            bag.fill::<PackError>(file.line.path.as_str(), |consume| {
                contents::read(file, &mut |piece| {
                    told(piece.len() as u64)?;
                    consume(piece)
                })?;
                Ok(())
            })?;
        }
    }
    if !missing.is_empty() {
        bag.add("not-included.txt", missing.as_bytes())?;
    }
    Ok(())
}

/// What is said of the bag, in the words of BagIt where it has them.
fn info(handover: &Handover<'_>) -> Vec<(&'static str, String)> {
    let Occasion { date, by, to, reason, marking } = handover.occasion;
    let items: Vec<String> = handover.selection.items.iter().map(EntryId::to_string).collect();
    let mut info = vec![
        ("Bagging-Date", date.to_string()),
        ("Bag-Software-Agent", format!("casebook {}", env!("CARGO_PKG_VERSION"))),
        ("External-Identifier", handover.case_id()),
    ];
    if let Some(person) = by {
        info.push(("Contact-Name", person.name.to_string()));
        info.extend(person.email.as_ref().map(|email| ("Contact-Email", email.to_string())));
    }
    info.extend(to.map(|to| ("Casebook-Handed-To", to.to_string())));
    info.extend(reason.map(|reason| ("Casebook-Reason", reason.to_string())));
    info.extend([
        ("Casebook-Marking", format!("TLP:{}", marking.word().to_uppercase())),
        ("Casebook-Items", items.join(" ")),
        ("Casebook-Commit", handover.commit.id.to_string()),
        ("Casebook-Tree", handover.commit.tree.to_string()),
        ("Casebook-Evidence-Root", handover.root.0.to_string()),
    ]);
    info
}
