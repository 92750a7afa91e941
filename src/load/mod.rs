//! Reading a case: a tree goes in, the case and everything wrong with its text come out.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::reading::{characters, merge_conflict, syntax, too_large};
use crate::model::{
    Body, Case, CaseRecord, Entry, Loaded, MAX_TEXT_BYTES, Note, Policy, Reader, Record, Release, Team, release,
};
use crate::tree::{ContentKey, Node, Tree, TreeError};
use crate::values::{EntryId, Kind, TreePath};
use rayon::prelude::*;
use toml::de::DeTable;

pub mod duplicate_id;
pub mod file_name;
pub mod missing_file;
pub mod release_broken;
pub mod stray_file;

use crate::diagnostic::Page;

/// The manual pages of the codes that loading reports beside those of reading.
pub const PAGES: &[Page] = &[
    Page::fixed("duplicate-id", include_str!("duplicate_id.rs")),
    Page::fixed("file-name", include_str!("file_name.rs")),
    Page::fixed("missing-file", include_str!("missing_file.rs")),
    Page::fixed("release-broken", include_str!("release_broken.rs")),
    Page::fixed("stray-file", include_str!("stray_file.rs")),
];

/// An entry as it was read from one file, with what was wrong with the file.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ReadEntry {
    pub entry: Option<Entry>,
    pub found: Vec<Diagnostic>,
    /// What an entry that could not be read refers to all the same.
    pub references: Vec<(EntryId, Place)>,
}

/// What was read before, by the content of the file. An implementation may forget anything at any time.
pub trait Memory {
    fn recall(&mut self, key: ContentKey, path: &TreePath) -> Option<ReadEntry>;
    fn remember(&mut self, key: ContentKey, read: &ReadEntry);
}

/// A memory that remembers nothing.
pub struct NoMemory;

impl Memory for NoMemory {
    fn recall(&mut self, _: ContentKey, _: &TreePath) -> Option<ReadEntry> {
        None
    }

    fn remember(&mut self, _: ContentKey, _: &ReadEntry) {}
}

/// Loads everything that can be read of a case. An error means that the tree itself could not be read.
pub fn load(tree: &dyn Tree, memory: &mut dyn Memory) -> Result<(Case, Vec<Diagnostic>), TreeError> {
    let mut case = Case::default();
    let mut found = miswritten_folders(tree)?;
    case.record = read_file(tree, "case.toml", &mut found)?;
    case.team = read_file(tree, "team.toml", &mut found)?;
    case.policy = read_file(tree, "policy.toml", &mut found)?;
    for kind in Kind::ALL {
        load_folder(tree, kind, memory, &mut case, &mut found)?;
    }
    case.notes = load_notes(tree, &mut found)?;
    case.releases = load_releases(tree, &mut found)?;
    Ok((case, found))
}

/// Reports the top folders that differ from those that are read in the case of letters alone.
fn miswritten_folders(tree: &dyn Tree) -> Result<Vec<Diagnostic>, TreeError> {
    let read: Vec<&str> = Kind::ALL
        .into_iter()
        .map(Kind::folder)
        .chain(["notes", Release::FOLDER, "signoffs", "templates", "timestamps"])
        .collect();
    let nodes = tree.list(&TreePath::root())?;
    let names = nodes.iter().filter_map(Node::text).filter(|name| !read.contains(name));
    let meant = |name: &str| read.iter().find(|folder| folder.eq_ignore_ascii_case(name));
    Ok(names.filter_map(|name| Some(stray_file::miswritten(&TreePath::from(name), meant(name)?))).collect())
}

/// Whether a tree holds a case.
pub fn is_case(tree: &dyn Tree) -> bool {
    tree.node(&TreePath::from("case.toml")).is_some_and(|node| node.is_file())
}

/// Loads case.toml, team.toml and policy.toml, and no entries.
pub fn files(tree: &dyn Tree) -> Result<Case, TreeError> {
    let mut found = Vec::new();
    Ok(Case {
        record: read_file(tree, "case.toml", &mut found)?,
        team: read_file(tree, "team.toml", &mut found)?,
        policy: read_file(tree, "policy.toml", &mut found)?,
        ..Case::default()
    })
}

/// Reads one entry alone; `None` where its file is not there or cannot be read.
pub fn entry(tree: &dyn Tree, id: EntryId) -> Option<Entry> {
    let path = id.path();
    let content = tree.read(&path, MAX_TEXT_BYTES);
    read_entry(id.kind(), &path, content).entry
}

/// Reads one of the files that every case has.
fn read_file<T: Record>(
    tree: &dyn Tree,
    name: &str,
    found: &mut Vec<Diagnostic>,
) -> Result<Option<Loaded<T>>, TreeError> {
    let path = TreePath::from(name);
    let content = match tree.read(&path, MAX_TEXT_BYTES) {
        Ok(content) => content,
        Err(TreeError::Missing(_)) => {
            found.push(missing_file::found(&path));
            return Ok(None);
        }
        Err(TreeError::TooLarge { path, bytes, limit }) => {
            found.push(too_large::found(&path, bytes, limit));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut reader = Reader::new(path.clone());
    let value = read_toml(&content, &mut reader, |table, reader| T::read_table(table, first_line(&content), reader));
    found.append(&mut reader.found);
    Ok(value.map(|value| Loaded { path, value }))
}

/// Everything that is wrong with the text of one file alone, whichever record it holds.
pub fn examine(path: &TreePath, content: &[u8]) -> Vec<Diagnostic> {
    fn record<T: Record>(path: &TreePath, content: &[u8]) -> Vec<Diagnostic> {
        let mut reader = Reader::new(path.clone());
        read_toml(content, &mut reader, |table, reader| T::read_table(table, first_line(content), reader));
        reader.found
    }
    match path.as_str() {
        "case.toml" => record::<CaseRecord>(path, content),
        "team.toml" => record::<Team>(path, content),
        "policy.toml" => record::<Policy>(path, content),
        _ => match Kind::of_folder(path.top()) {
            Some(kind) => read_entry(kind, path, Ok(content.to_vec())).found,
            None => Vec::new(),
        },
    }
}

/// Parses TOML and hands its table on, reporting every syntax error.
fn read_toml<T>(
    content: &[u8],
    reader: &mut Reader,
    read: impl FnOnce(&DeTable<'_>, &mut Reader) -> Option<T>,
) -> Option<T> {
    let text = readable(&reader.path, content, &mut reader.found)?;
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        reader.found.extend(syntax::found_newer(&reader.path, text));
        read(table.get_ref(), reader)
    } else {
        // What stands after a syntax error may have been read as something else, so nothing is said of it.
        reader.found.extend(syntax::found(&reader.path, text, &errors));
        None
    }
}

/// The text of a file, with what is wrong with its characters; none where reading on would say nothing true.
fn readable<'c>(path: &TreePath, content: &'c [u8], found: &mut Vec<Diagnostic>) -> Option<&'c str> {
    let text = match std::str::from_utf8(content) {
        Ok(text) => text,
        Err(error) => {
            found.push(syntax::not_utf8(path, error.valid_up_to()));
            return None;
        }
    };
    let conflicts = merge_conflict::found(path, text);
    if !conflicts.is_empty() {
        found.extend(conflicts);
        return None;
    }
    found.extend(characters::found(path, text));
    Some(text)
}

/// What to say of a file that the tree holds but does not give.
fn unreadable(path: &TreePath, error: &TreeError) -> Diagnostic {
    match error {
        TreeError::TooLarge { bytes, limit, .. } => too_large::found(path, *bytes, *limit),
        _ => syntax::unreadable(path, &error.to_string()),
    }
}

/// The span of a file's first line that holds a key: where a missing field of the whole file is shown.
fn first_line(content: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(content).unwrap_or("");
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let kept = line.trim_end();
        if !kept.is_empty() && !kept.starts_with('#') {
            return at..at + kept.len();
        }
        at += line.len();
    }
    0..0
}

fn load_folder(
    tree: &dyn Tree,
    kind: Kind,
    memory: &mut dyn Memory,
    case: &mut Case,
    found: &mut Vec<Diagnostic>,
) -> Result<(), TreeError> {
    let folder = TreePath::from(kind.folder());
    let nodes = tree.list_or_nothing(&folder)?;
    let (files, stray) = entry_files(&folder, kind, nodes);
    found.extend(stray);
    let mut known: Vec<(TreePath, ReadEntry)> = Vec::new();
    let mut fresh = Vec::new();
    for (path, key) in files {
        match key.and_then(|key| memory.recall(key, &path)) {
            Some(read) => known.push((path, read)),
            None => {
                let content = tree.read(&path, MAX_TEXT_BYTES);
                fresh.push((path, key, content));
            }
        }
    }
    let read: Vec<(TreePath, Option<ContentKey>, ReadEntry)> = fresh
        .into_par_iter()
        .map(|(path, key, content)| {
            let read = read_entry(kind, &path, content);
            (path, key, read)
        })
        .collect();
    for (path, key, read) in read {
        if let Some(key) = key {
            memory.remember(key, &read);
        }
        known.push((path, read));
    }
    known.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, read) in known {
        found.extend(read.found);
        case.loose_references.extend(read.references);
        admit(path, read.entry, case, found);
    }
    Ok(())
}

/// The TOML files of an entry folder, and a diagnostic for everything that does not belong there.
fn entry_files(
    folder: &TreePath,
    kind: Kind,
    nodes: Vec<Node>,
) -> (Vec<(TreePath, Option<ContentKey>)>, Vec<Diagnostic>) {
    let mut files = Vec::new();
    let mut stray = Vec::new();
    for node in nodes {
        // A name that is not text is reported by the rules for paths.
        let Some(name) = node.text() else { continue };
        let path = folder.join(name);
        if node.is_file() && name.ends_with(".toml") {
            files.push((path, node.key));
        } else if kind != Kind::Evidence && name != ".gitkeep" {
            stray.push(stray_file::found(&path, kind));
        }
    }
    (files, stray)
}

fn read_entry(kind: Kind, path: &TreePath, content: Result<Vec<u8>, TreeError>) -> ReadEntry {
    let mut reader = Reader::new(path.clone());
    let entry = match content {
        Ok(content) => read_toml(&content, &mut reader, |table, reader| {
            let body = Body::read(kind, table, first_line(&content), reader)?;
            Some(Entry { path: path.clone(), body })
        }),
        Err(error) => {
            reader.report(unreadable(path, &error));
            None
        }
    };
    let loose = if entry.is_none() { reader.references } else { Vec::new() };
    let references = loose.into_iter().map(|(id, span)| (id, Place::bytes(path, span))).collect();
    ReadEntry { entry, found: reader.found, references }
}

/// Takes an entry into the case under its id, or notes that its file could not be read.
fn admit(path: TreePath, entry: Option<Entry>, case: &mut Case, found: &mut Vec<Diagnostic>) {
    let named: Option<EntryId> = path.stem().parse().ok();
    let Some(mut entry) = entry else {
        if let Some(id) = named {
            case.unreadable.insert(id, path);
        }
        return;
    };
    entry.path = path;
    let id = entry.id();
    let is_named_after_it = named == Some(id);
    match case.entries.entry(id) {
        std::collections::btree_map::Entry::Vacant(place) => {
            if !is_named_after_it {
                found.push(file_name::found(&entry.path, id));
            }
            place.insert(entry);
        }
        // The one that has the id as its name is the entry, and the other its copy: renaming that would overwrite it.
        std::collections::btree_map::Entry::Occupied(mut first) if is_named_after_it => {
            let copy = first.insert(entry);
            found.retain(|other| other.code != file_name::CODE || other.place.path != copy.path);
            found.push(duplicate_id::found(&copy.path, id, &first.get().path));
        }
        std::collections::btree_map::Entry::Occupied(first) => {
            found.push(duplicate_id::found(&entry.path, id, &first.get().path));
        }
    }
}

/// Reads the notes: Markdown files of the folder `notes`.
fn load_notes(tree: &dyn Tree, found: &mut Vec<Diagnostic>) -> Result<Vec<Note>, TreeError> {
    let folder = TreePath::from("notes");
    let nodes = tree.list_or_nothing(&folder)?;
    let mut notes = Vec::new();
    for node in nodes.iter().filter(|node| node.is_file()) {
        let Some(name) = node.text().filter(|name| name.ends_with(".md")) else { continue };
        let path = folder.join(name);
        match tree.read(&path, MAX_TEXT_BYTES) {
            Ok(content) => {
                if let Some(text) = readable(&path, &content, found) {
                    notes.push(Note { text: text.to_owned(), path });
                }
            }
            Err(error) => found.push(unreadable(&path, &error)),
        }
    }
    Ok(notes)
}

/// Reads the releases: TOML files of the folder `releases`, each named after its digest.
fn load_releases(tree: &dyn Tree, found: &mut Vec<Diagnostic>) -> Result<Vec<Loaded<Release>>, TreeError> {
    let folder = TreePath::from(Release::FOLDER);
    let nodes = tree.list_or_nothing(&folder)?;
    let mut releases = Vec::new();
    for node in nodes.iter().filter(|node| node.text() != Some(".gitkeep")) {
        // A name that is not text is reported by the rules for paths.
        let Some(name) = node.text() else { continue };
        let path = folder.join(name);
        if !node.is_file() || !name.ends_with(".toml") {
            found.push(release_broken::stray(&path));
            continue;
        }
        match tree.read(&path, MAX_TEXT_BYTES) {
            Ok(content) => releases.extend(read_release(path, &content, found)),
            Err(error) => found.push(unreadable(&path, &error)),
        }
    }
    Ok(releases)
}

fn read_release(path: TreePath, content: &[u8], found: &mut Vec<Diagnostic>) -> Option<Loaded<Release>> {
    let own = release::name_of(content);
    if path.stem() != own {
        found.push(release_broken::renamed(&path, &own));
    }
    let mut reader = Reader::new(path.clone());
    let value =
        read_toml(content, &mut reader, |table, reader| Release::read_table(table, first_line(content), reader));
    found.append(&mut reader.found);
    let value = value?;
    if value.to.is_empty() {
        found.push(release_broken::to_nobody(&path));
    }
    Some(Loaded { path, value })
}

/// The place of the id of an entry in its file.
fn id_place(path: &TreePath) -> Place {
    Place::value(path, crate::values::Route::key("id"))
}
