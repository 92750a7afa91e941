//! Walks a tree folder by folder and judges its names by the rules for paths, before anybody trusts them.

use crate::diagnostic::Diagnostic;
use crate::evidence::timestamp;
use crate::model::MAX_TEXT_BYTES;
use crate::tree::{ContentKey, Node, NodeKind, Tree, TreeError};
use crate::validate::paths::{self, Below, MAX_DEPTH, MAX_PATH_BYTES, PathMemory};
use crate::values::TreePath;

/// A folder that is being walked.
struct Frame {
    path: TreePath,
    key: Option<ContentKey>,
    /// The folders in it that are still to walk, last first.
    left: Vec<Node>,
    below: Below,
    safe: bool,
}

/// Reports every unsafe name of a tree, and attributes by which Git could change evidence.
pub fn check(tree: &dyn Tree, memory: &mut dyn PathMemory) -> Result<Vec<Diagnostic>, TreeError> {
    let mut found = Vec::new();
    let top = open(tree, TreePath::root(), None, &mut found)?;
    let has_timestamps = top.left.iter().any(|folder| folder.text() == Some(timestamp::FOLDER));
    judge_attributes(tree, has_timestamps, &mut found);
    let mut stack = vec![top];
    while let Some(frame) = stack.last_mut() {
        let Some(folder) = frame.left.pop() else {
            let done = stack.pop().expect("the loop runs while there is a last frame");
            close(&done, stack.last_mut(), memory);
            continue;
        };
        let Some(name) = folder.text() else { continue };
        let path = frame.path.join(name);
        match folder.key.and_then(|key| recall(&path, key, memory)) {
            Some(below) => frame.extend(name, below),
            None => stack.push(open(tree, path, folder.key, &mut found)?),
        }
    }
    Ok(found)
}

/// Lists a folder and judges the names in it.
fn open(
    tree: &dyn Tree,
    path: TreePath,
    key: Option<ContentKey>,
    found: &mut Vec<Diagnostic>,
) -> Result<Frame, TreeError> {
    let before = found.len();
    let mut was_read = true;
    let mut nodes = match tree.list(&path) {
        // The evidence says of its own folders which of them cannot be read.
        Err(TreeError::Unreadable { .. }) if path.as_str().starts_with("evidence/") => {
            was_read = false;
            Vec::new()
        }
        listed => listed?,
    };
    paths::judge(&path, &nodes, found);
    let longest = nodes.iter().map(|node| node.name.len() + 1).max().unwrap_or(0);
    let below = Below { longest, deepest: usize::from(!nodes.is_empty()) };
    let safe = was_read && found.len() == before;
    nodes.retain(|node| is_entered(&path, node));
    nodes.reverse();
    Ok(Frame { path, key, left: nodes, below, safe })
}

/// Whether the walk goes into a node: not into what was reported as a whole, by a rule that no policy switches off.
/// Otherwise a link could stand below it unseen.
fn is_entered(folder: &TreePath, node: &Node) -> bool {
    let Some(name) = node.text() else { return false };
    node.kind == NodeKind::Folder && !name.eq_ignore_ascii_case(".git") && paths::depth_of(folder) < MAX_DEPTH
}

fn close(done: &Frame, parent: Option<&mut Frame>, memory: &mut dyn PathMemory) {
    if let Some(key) = done.key.filter(|_| done.safe && is_remembered(&done.path)) {
        memory.remember(key, done.below);
    }
    if let Some(parent) = parent {
        parent.safe &= done.safe;
        parent.extend(done.path.name(), done.below);
    }
}

impl Frame {
    fn extend(&mut self, name: &str, below: Below) {
        self.below.longest = self.below.longest.max(1 + name.len() + below.longest);
        self.below.deepest = self.below.deepest.max(1 + below.deepest);
    }
}

/// What is below a folder, if it is known to be safe and would be so at this place.
fn recall(path: &TreePath, key: ContentKey, memory: &mut dyn PathMemory) -> Option<Below> {
    let below = memory.recall(key).filter(|_| is_remembered(path))?;
    let fits =
        path.as_str().len() + below.longest <= MAX_PATH_BYTES && paths::depth_of(path) + below.deepest <= MAX_DEPTH;
    fits.then_some(below)
}

/// Whether a folder is judged by the same rules wherever it is: only those inside evidence are, and only they are many.
fn is_remembered(path: &TreePath) -> bool {
    path.as_str().starts_with("evidence/")
}

fn judge_attributes(tree: &dyn Tree, has_timestamps: bool, found: &mut Vec<Diagnostic>) {
    let content = tree.read(&TreePath::from(paths::ATTRIBUTES), MAX_TEXT_BYTES).ok();
    let text = content.as_deref().map(String::from_utf8_lossy);
    paths::unsafe_attributes::check(text.as_deref(), has_timestamps, found);
}

#[cfg(test)]
mod tests {
    use super::{Below, PathMemory, check};
    use crate::tree::{ContentKey, MemoryTree, Node, NodeKind, Tree, TreeError};
    use crate::values::TreePath;
    use std::cell::Cell;
    use std::collections::BTreeMap;

    /// A tree whose folders have keys by name, and that counts how often it is listed.
    struct Keyed(MemoryTree, Cell<usize>);

    impl Tree for Keyed {
        fn list(&self, folder: &TreePath) -> Result<Vec<Node>, TreeError> {
            self.1.set(self.1.get() + 1);
            if folder.name() == "locked" {
                return Err(TreeError::Unreadable { path: folder.clone(), reason: "no permission".to_owned() });
            }
            let mut nodes = self.0.list(folder)?;
            for node in nodes.iter_mut().filter(|node| node.kind == NodeKind::Folder) {
                let mut key = [0; 20];
                key[..node.name.len().min(20)].copy_from_slice(&node.name[..node.name.len().min(20)]);
                node.key = Some(ContentKey(key));
            }
            Ok(nodes)
        }

        fn read(&self, file: &TreePath, limit: u64) -> Result<Vec<u8>, TreeError> {
            self.0.read(file, limit)
        }

        fn stream(&self, file: &TreePath, consume: &mut dyn FnMut(&[u8])) -> Result<(), TreeError> {
            self.0.stream(file, consume)
        }
    }

    #[derive(Default)]
    struct Remembered(BTreeMap<ContentKey, Below>);

    impl PathMemory for Remembered {
        fn recall(&mut self, folder: ContentKey) -> Option<Below> {
            self.0.get(&folder).copied()
        }

        fn remember(&mut self, folder: ContentKey, below: Below) {
            self.0.insert(folder, below);
        }
    }

    const ATTRIBUTES: &str = "evidence/** -text -filter -ident -working-tree-encoding\nsignoffs/** -text\n";

    fn codes(tree: &Keyed, memory: &mut Remembered) -> Vec<String> {
        let found = check(tree, memory).unwrap();
        found.into_iter().map(|diagnostic| diagnostic.code.to_string()).collect()
    }

    fn keyed(files: &[&str]) -> Keyed {
        let tree = MemoryTree::new().with(".gitattributes", ATTRIBUTES);
        Keyed(files.iter().fold(tree, |tree, file| tree.with(file, "x")), Cell::new(0))
    }

    #[test]
    fn a_safe_evidence_folder_is_not_walked_again() {
        let tree = keyed(&["evidence/x/a/1.log", "evidence/x/b/2.log", "evidence/y/c/3.log", "notes/n.md"]);
        let mut memory = Remembered::default();
        assert_eq!(codes(&tree, &mut memory), [""; 0]);
        assert_eq!(tree.1.replace(0), 8);
        assert_eq!(codes(&tree, &mut memory), [""; 0]);
        assert_eq!(tree.1.get(), 3, "the top, evidence and notes");
    }

    #[test]
    fn a_locked_folder_of_evidence_hides_no_other() {
        let tree = keyed(&["evidence/x/locked/1.log", "evidence/x/nul"]);
        let mut memory = Remembered::default();
        assert_eq!(codes(&tree, &mut memory), ["device-name"]);
        assert_eq!(memory.0.len(), 0, "what was not read is not known to be safe");
        assert!(check(&keyed(&["notes/locked/n.md"]), &mut Remembered::default()).is_err());
    }

    #[test]
    fn an_unsafe_folder_is_reported_every_time() {
        let tree = keyed(&["evidence/x/a/nul", "evidence/x/b/2.log"]);
        let mut memory = Remembered::default();
        assert_eq!(codes(&tree, &mut memory), ["device-name"]);
        assert_eq!(codes(&tree, &mut memory), ["device-name"]);
    }

    #[test]
    fn a_remembered_folder_that_moves_down_is_measured_again() {
        let long = "n".repeat(150);
        let mut memory = Remembered::default();
        assert_eq!(codes(&keyed(&[&format!("evidence/x/{long}")]), &mut memory), [""; 0]);
        let below = format!("evidence/{}/x/{long}", "m".repeat(40));
        assert_eq!(codes(&keyed(&[&below]), &mut memory), ["long-path"]);
    }
}
