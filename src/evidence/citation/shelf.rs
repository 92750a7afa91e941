//! The files that citations name: what an item lists, and the bytes of a file wherever they live.

use crate::evidence::list::{self, folder_path};
use crate::evidence::{DigestMemory, Homes, lfs};
use crate::store::Object;
use crate::tree::{ContentKey, NodeKind, Tree, TreeError};
use crate::values::vocabulary::Storage;
use crate::values::{EntryId, Kind, Sha256, TreePath};
use std::collections::BTreeMap;
use std::io;

/// The largest file of evidence in bytes that is read for a citation: 256 MiB.
pub const MAX_CITED_BYTES: u64 = 256 << 20;

/// Why the bytes that a citation names were not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// The item is a thing without files.
    Exhibit,
    /// They are not on this machine.
    NotHere,
    /// There are too many of them.
    TooLarge,
    /// The citations of their file are too many to compare them all with it.
    TooMuch,
    /// They are not the registered ones, or cannot be read, which the item itself reports.
    Altered,
}

impl Unread {
    /// In a word or two, for people.
    pub fn words(&self) -> &'static str {
        match self {
            Unread::Exhibit => "an exhibit without files",
            Unread::NotHere => "not on this machine",
            Unread::TooLarge => "larger than 256 MiB",
            Unread::TooMuch => "too much to compare",
            Unread::Altered => "not the registered bytes",
        }
    }
}

/// The whole content of a file, whose digest is the registered one.
pub struct Content {
    pub bytes: Vec<u8>,
    /// Whether it is in the tree itself, and not in a home beside it.
    pub is_in_tree: bool,
}

/// The evidence of a tree, looked up once however often it is cited.
pub struct Shelves<'a> {
    tree: &'a dyn Tree,
    homes: Homes<'a>,
    folders: BTreeMap<EntryId, ContentKey>,
    listed: BTreeMap<EntryId, BTreeMap<String, Sha256>>,
    /// Whether the bytes of a file are in the tree.
    present: BTreeMap<(EntryId, String), bool>,
}

impl<'a> Shelves<'a> {
    pub fn of(tree: &'a dyn Tree, homes: Homes<'a>) -> Self {
        let nodes = tree.list(&TreePath::from(Kind::Evidence.folder())).unwrap_or_default();
        let folders = nodes.iter().filter(|node| node.kind == NodeKind::Folder);
        let folders = folders.filter_map(|node| Some((node.text()?.parse().ok()?, node.key?))).collect();
        Self { tree, homes, folders, listed: BTreeMap::new(), present: BTreeMap::new() }
    }

    /// The files that the list of an item names, without the item's id in front, with their digests.
    pub fn listed(&mut self, item: EntryId) -> &BTreeMap<String, Sha256> {
        self.listed.entry(item).or_insert_with(|| {
            let path = list::list_path(item);
            let content = self.tree.read(&path, list::MAX_LIST_BYTES).unwrap_or_default();
            let inside = format!("{}/", folder_path(item));
            let lines = list::parse(&path, item, &content).0.into_iter();
            lines.filter_map(|line| Some((line.path.as_str().strip_prefix(&inside)?.to_owned(), line.digest))).collect()
        })
    }

    /// Whether a file lies in the folder of an item, listed or not.
    pub fn has(&self, item: EntryId, file: &str) -> bool {
        let plain = file.split('/').all(|name| !matches!(name, "" | "." | ".."));
        plain && self.tree.node(&folder_path(item).join(file)).is_some_and(|node| node.is_file())
    }

    /// Whether this was found before in a folder with the same files.
    pub fn is_known(&self, item: EntryId, what: &str, memory: &mut dyn DigestMemory) -> bool {
        self.folders.get(&item).is_some_and(|folder| memory.recall_file(*folder, what))
    }

    /// Whether this was found before in a file with the same digest, by a tree whose folders have no keys. The file must be
    /// in the tree: what was found when it was says nothing of a machine that does not have it. It is the one that is listed
    /// only as long as nothing is reported of the item.
    pub fn is_known_by_digest(&mut self, item: EntryId, file: &str, what: &str, memory: &mut dyn DigestMemory) -> bool {
        if self.folders.contains_key(&item) || !self.is_in_tree(item, file) {
            return false;
        }
        self.listed(item).get(file).is_some_and(|digest| memory.recall_file(key(*digest), what))
    }

    /// Whether the bytes of a file are in the tree, and no pointer in place of them.
    fn is_in_tree(&mut self, item: EntryId, file: &str) -> bool {
        let (tree, path) = (self.tree, folder_path(item).join(file));
        *self.present.entry((item, file.to_owned())).or_insert_with(|| match tree.read(&path, lfs::MAX_POINTER_BYTES) {
            Ok(content) => lfs::pointer(&content).is_none(),
            Err(error) => matches!(error, TreeError::TooLarge { .. }),
        })
    }

    /// Remembers that something was found in a file of the tree that has the registered bytes.
    pub fn remember(&mut self, item: EntryId, file: &str, what: &str, memory: &mut dyn DigestMemory) {
        if let Some(folder) = self.folders.get(&item) {
            memory.remember_file(*folder, what);
        }
        if let Some(digest) = self.listed(item).get(file).copied() {
            memory.remember_file(key(digest), what);
        }
    }

    /// The content of a listed file: from the tree, or from its home.
    pub fn content(&mut self, item: EntryId, file: &str, home: Storage) -> Result<Content, Unread> {
        let digest = self.listed(item).get(file).copied().ok_or(Unread::Altered)?;
        let path = folder_path(item).join(file);
        let (bytes, is_in_tree) = match self.tree.read(&path, MAX_CITED_BYTES) {
            Ok(content) if home == Storage::Git || lfs::pointer(&content).is_none() => (content, true),
            Ok(_) | Err(TreeError::Missing(_)) => {
                (self.read_home(Object { sha256: digest, path: &path }, home)?, false)
            }
            Err(TreeError::TooLarge { .. }) => return Err(Unread::TooLarge),
            Err(_) => return Err(Unread::Altered),
        };
        if Sha256::of(&bytes) == digest { Ok(Content { bytes, is_in_tree }) } else { Err(Unread::Altered) }
    }

    fn read_home(&self, object: Object<'_>, home: Storage) -> Result<Vec<u8>, Unread> {
        let home = self.homes.of(home).ok_or(Unread::NotHere)?;
        let bytes = home.find(&object).ok().flatten().ok_or(Unread::NotHere)?;
        if bytes > MAX_CITED_BYTES {
            return Err(Unread::TooLarge);
        }
        let mut content = Vec::with_capacity(bytes as usize);
        let read = home.read(&object, 0, &mut |piece| {
            if (content.len() + piece.len()) as u64 > bytes {
                return Err(io::Error::other("there is more than was said"));
            }
            content.extend_from_slice(piece);
            Ok(())
        });
        read.map(|()| content).map_err(|_| Unread::NotHere)
    }
}

/// A digest as a key of the memory. Git's keys are digests of another kind, so the two do not meet.
fn key(digest: Sha256) -> ContentKey {
    let mut key = [0; 20];
    key.copy_from_slice(&digest.0[..20]);
    ContentKey(key)
}
