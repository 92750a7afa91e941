//! The evidence root: one digest that stands for all evidence of a commit and for every hand that it went through.
//!
//! It is the digest of a text that coreutils writes, so that anybody can compute it again: a line `<sha256>  <path>` for
//! each file directly in `custody/` and `evidence/`, sorted by the bytes of the paths. The records there hold the digests
//! of the lists, and the lists those of the files.

use crate::tree::{Tree, TreeError};
use crate::values::{Kind, Sha256, TreePath};
use std::fmt::Write;

/// The evidence root of a tree, and the text that it is the digest of. A name that no such text can hold is an error.
pub fn root(tree: &dyn Tree) -> Result<(Sha256, String), TreeError> {
    let mut text = String::new();
    for kind in [Kind::Custody, Kind::Evidence] {
        let folder = TreePath::from(kind.folder());
        let files: Vec<TreePath> = tree
            .list_or_nothing(&folder)?
            .iter()
            .filter(|node| node.is_file())
            .map(|node| match node.text().filter(|name| is_plain(name)) {
                Some(name) => Ok(folder.join(name)),
                None => Err(TreeError::Unreadable {
                    path: folder.join(&String::from_utf8_lossy(&node.name)),
                    reason: "its name cannot stand in a list of digests".to_owned(),
                }),
            })
            .collect::<Result<_, _>>()?;
        for (file, digest) in files.iter().zip(tree.digest(&files, &|_| {})) {
            writeln!(text, "{}  {file}", digest?.sha256).expect("writing to a string never fails");
        }
    }
    Ok((Sha256::of(text.as_bytes()), text))
}

/// Whether coreutils writes a name as it is: it escapes a backslash and the ends of lines.
fn is_plain(name: &str) -> bool {
    !name.contains(|c: char| c == '\\' || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::MemoryTree;

    #[test]
    fn a_root_is_the_digest_of_a_list_that_coreutils_writes() {
        let tree = MemoryTree::new()
            .with("evidence/x-00000002.toml", "b")
            .with("evidence/x-00000002/deep.log", "not part of it")
            .with("evidence/x-00000002.sha256", "a")
            .with("custody/c-00000001.toml", "c")
            .with("findings/f-00000001.toml", "not part of it");
        let (root, text) = root(&tree).unwrap();
        let line = |content: &str, path: &str| format!("{}  {path}\n", Sha256::of(content.as_bytes()));
        let expected = [
            line("c", "custody/c-00000001.toml"),
            line("a", "evidence/x-00000002.sha256"),
            line("b", "evidence/x-00000002.toml"),
        ];
        assert_eq!(text, expected.concat());
        assert_eq!(root, Sha256::of(text.as_bytes()));
    }

    #[test]
    fn a_case_without_evidence_has_the_root_of_nothing() {
        assert_eq!(root(&MemoryTree::new()).unwrap(), (Sha256::of(b""), String::new()));
    }

    #[test]
    fn a_name_that_coreutils_escapes_is_refused() {
        assert!(root(&MemoryTree::new().with("evidence/x\ny.toml", "")).is_err());
        assert!(root(&MemoryTree::new().with("custody/a\\b.toml", "")).is_err());
    }
}
