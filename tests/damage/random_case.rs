//! The case of the random damages, in memory: what it holds, and where the bytes of its items live.

use super::support::sound_case;
use casebook::evidence::registration::texts;
use casebook::model::{Acquired, Custody, CustodyId, Custom, Evidence, EvidenceId, Own, Set};
use casebook::values::digest::NamedDigest;
use casebook::values::vocabulary::{CustodyAction, EvidenceKind, Storage};
use casebook::values::{EntryId, Moment, Sha256, When};
use std::collections::BTreeMap;
use std::fs;

/// One name in the tree of the case.
#[derive(Clone, PartialEq)]
pub enum Node {
    File(Vec<u8>),
    Link,
    Module,
}

/// Objects by the names that they lie under, which are their digests where nothing is wrong.
pub type Objects = BTreeMap<String, Vec<u8>>;

/// Everything there is of a case.
#[derive(Clone)]
pub struct State {
    pub tree: BTreeMap<String, Node>,
    pub lfs: Objects,
    pub store: Objects,
}

pub struct File {
    pub path: String,
    pub sha256: Sha256,
}

pub struct Item {
    pub id: EntryId,
    pub home: Storage,
    pub custody: String,
    pub files: Vec<File>,
}

impl State {
    /// The objects of the item's home; `None` for Git.
    pub fn objects(&mut self, item: &Item) -> Option<&mut Objects> {
        match item.home {
            Storage::Lfs => Some(&mut self.lfs),
            Storage::Store => Some(&mut self.store),
            Storage::Git | Storage::None => None,
        }
    }

    /// The bytes of a file where they live.
    pub fn bytes(&mut self, item: &Item, file: usize) -> Option<&Vec<u8>> {
        let File { path, sha256 } = &item.files[file];
        if item.home != Storage::Git {
            return self.objects(item)?.get(&sha256.to_string());
        }
        match self.tree.get(path)? {
            Node::File(bytes) => Some(bytes),
            Node::Link | Node::Module => None,
        }
    }

    pub fn put(&mut self, item: &Item, file: usize, bytes: Vec<u8>) {
        let File { path, sha256 } = &item.files[file];
        match self.objects(item) {
            Some(objects) => drop(objects.insert(sha256.to_string(), bytes)),
            None => drop(self.tree.insert(path.clone(), Node::File(bytes))),
        }
    }

    /// Takes the bytes of a file away.
    pub fn take(&mut self, item: &Item, file: usize) -> Option<Vec<u8>> {
        let bytes = self.bytes(item, file)?.clone();
        let File { path, sha256 } = &item.files[file];
        match self.objects(item) {
            Some(objects) => drop(objects.remove(&sha256.to_string())),
            None => drop(self.tree.remove(path)),
        }
        Some(bytes)
    }

    pub fn text(&self, path: &str) -> Option<String> {
        match self.tree.get(path)? {
            Node::File(bytes) => String::from_utf8(bytes.clone()).ok(),
            Node::Link | Node::Module => None,
        }
    }
}

pub fn pointer(content: &[u8]) -> Vec<u8> {
    let (digest, bytes) = (Sha256::of(content), content.len());
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {bytes}\n").into_bytes()
}

/// The sound case of the rules' fixtures, with an item in Git LFS and one in a store beside its own in Git.
pub fn sound() -> (State, Vec<Item>) {
    let mut state = State { tree: BTreeMap::new(), lfs: Objects::new(), store: Objects::new() };
    for entry in walkdir::WalkDir::new(sound_case()).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let path = entry.path().strip_prefix(sound_case()).unwrap().to_str().unwrap().to_owned();
        state.tree.insert(path, Node::File(fs::read(entry.path()).unwrap()));
    }
    let of_git: Vec<File> = ["auth.log", "web/access.log"]
        .map(|name| format!("evidence/x-7q2k9dm4/{name}"))
        .map(|path| File { sha256: Sha256::of(state.text(&path).unwrap().as_bytes()), path })
        .into();
    let custody = "custody/c-7q2k9dm4.toml".to_owned();
    let mut items = vec![Item { id: "x-7q2k9dm4".parse().unwrap(), home: Storage::Git, custody, files: of_git }];
    items.push(add(&mut state, "x-1fs00000", Storage::Lfs));
    items.push(add(&mut state, "x-st0re000", Storage::Store));
    (state, items)
}

/// Registers an item of a home.
fn add(state: &mut State, id: &str, home: Storage) -> Item {
    let id: EntryId = id.parse().unwrap();
    let log: String = (0..30).map(|line| format!("{} line {line}\n", home.word())).collect();
    let binary: Vec<u8> = (0..2000_u32).map(|at| (at * 31 % 251) as u8).collect();
    let files: BTreeMap<&str, Vec<u8>> = BTreeMap::from([
        ("a.log", log.into_bytes()),
        ("deep/b.bin", [binary, home.word().into()].concat()),
        ("deep/one", home.word()[..1].into()),
    ]);
    let digests: BTreeMap<String, Sha256> =
        files.iter().map(|(name, content)| ((*name).to_owned(), Sha256::of(content))).collect();
    let at: Moment = "2026-03-01T11:00:00Z".parse().unwrap();
    let record = Evidence {
        id: Own(EvidenceId(id)),
        title: format!("Kept in {}", home.word()).parse().unwrap(),
        kind: EvidenceKind::File,
        storage: home,
        files: files.len() as u64,
        bytes: files.values().map(|content| content.len() as u64).sum(),
        list: Some(Sha256::of(casebook::evidence::list::render(id, &digests).as_bytes())),
        tlp: None,
        tags: Set::default(),
        description: None,
        source: None,
        acquired: Acquired {
            at: When::at(at),
            by: "bob".parse().unwrap(),
            method: None,
            tool: None,
            version: None,
            command: None,
            authority: None,
        },
        derived_from: None,
        renamed: Vec::new(),
        custom: Custom::default(),
    };
    let event: EntryId = id.to_string().replacen('x', "c", 1).parse().unwrap();
    let custody = Custody {
        id: Own(CustodyId(event)),
        item: EvidenceId(id),
        at,
        by: "bob".parse().unwrap(),
        action: CustodyAction::Collected,
        from: None,
        to: None,
        reason: None,
        digest: record.list.map(NamedDigest),
        storage: None,
        supersedes: None,
        recorded: None,
        recorded_by: None,
        custom: Custom::default(),
    };
    for (path, text) in texts(&record, &custody, &digests) {
        state.tree.insert(path.to_string(), Node::File(text.into_bytes()));
    }
    let mut item = Item { id, home, custody: event.path().to_string(), files: Vec::new() };
    for (name, content) in files {
        let path = format!("evidence/{id}/{name}");
        if home == Storage::Lfs {
            state.tree.insert(path.clone(), Node::File(pointer(&content)));
        }
        item.files.push(File { path, sha256: Sha256::of(&content) });
        state.put(&item, item.files.len() - 1, content);
    }
    item
}
