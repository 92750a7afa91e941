//! A tree in memory: what tests and templates use.

use super::{Node, NodeKind, Tree, TreeError};
use crate::values::TreePath;
use std::collections::BTreeMap;

/// Files in memory, by path, and nodes of any other kind and name, to stand for what no checkout can hold.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Vec<u8>>,
    /// Nodes with the folders that they are in; one hides the file of the same name.
    nodes: Vec<(TreePath, Node)>,
}

impl MemoryTree {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, content);
        self
    }

    pub fn insert(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), content.into());
    }

    /// Puts a node of any kind and name into a folder; it has no content of its own.
    pub fn insert_node(&mut self, folder: &str, name: impl Into<Vec<u8>>, kind: NodeKind) {
        self.nodes.push((TreePath::from(folder), Node { name: name.into(), kind, key: None }));
    }

    pub fn remove(&mut self, path: &str) -> Option<Vec<u8>> {
        self.files.remove(path)
    }

    /// Every file with its path, in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }
}

impl Tree for MemoryTree {
    fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
        let prefix = if folder.is_root() { String::new() } else { format!("{folder}/") };
        let mut nodes: BTreeMap<&[u8], NodeKind> = BTreeMap::new();
        for path in self.files.keys() {
            let Some(rest) = path.strip_prefix(&prefix) else { continue };
            match rest.split_once('/') {
                None => nodes.insert(rest.as_bytes(), NodeKind::File { executable: false }),
                Some((name, _)) => nodes.insert(name.as_bytes(), NodeKind::Folder),
            };
        }
        for (parent, node) in &self.nodes {
            if parent == folder {
                nodes.insert(&node.name, node.kind);
            } else if let Some(rest) = parent.as_str().strip_prefix(&prefix) {
                let name = rest.split('/').next().unwrap_or(rest);
                nodes.insert(name.as_bytes(), NodeKind::Folder);
            }
        }
        if nodes.is_empty() && !folder.is_root() {
            return Err(TreeError::Missing(folder.clone()));
        }
        let node = |(name, kind): (&[u8], NodeKind)| Node { name: name.to_vec(), kind, key: None };
        Ok(nodes.into_iter().map(node).collect())
    }

    fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
        let content = self.files.get(file.as_str()).ok_or_else(|| TreeError::Missing(file.clone()))?;
        let bytes = content.len() as u64;
        if bytes > limit {
            return Err(TreeError::TooLarge { path: file.clone(), bytes, limit });
        }
        Ok(content.clone())
    }

    fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
        let content = self.files.get(file.as_str()).ok_or_else(|| TreeError::Missing(file.clone()))?;
        consume(content);
        Ok(())
    }
}
