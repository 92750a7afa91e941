//! What shows that the records of a bag are those of a commit, to somebody who has the bag and Git alone: the commit, and
//! the names and ids of the folders that the records lie in.

use crate::tree::{NodeKind, Tree, TreeError};
use crate::values::TreePath;
use std::fmt::Write;

/// A folder of the commit as `git ls-tree` prints it, which `git mktree --missing` makes the same tree of.
pub fn listing(tree: &dyn Tree, folder: &TreePath) -> Result<String, TreeError> {
    let mut text = String::new();
    for node in tree.list(folder)? {
        let (mode, kind) = match node.kind {
            NodeKind::File { executable: false } => ("100644", "blob"),
            NodeKind::File { executable: true } => ("100755", "blob"),
            NodeKind::Folder => ("040000", "tree"),
            NodeKind::Symlink => ("120000", "blob"),
            NodeKind::Submodule | NodeKind::Special => ("160000", "commit"),
        };
        let key = node.key.map(|key| hex::encode(key.0)).unwrap_or_default();
        writeln!(text, "{mode} {kind} {key}\t{}", quoted(&node.name)).expect("writing to a string never fails");
    }
    Ok(text)
}

/// A name as Git prints it: in quotes with octal escapes where it is not plain ASCII.
fn quoted(name: &[u8]) -> String {
    let plain = |byte: &u8| (b' '..0x7f).contains(byte) && !b"\"\\".contains(byte);
    if name.iter().all(plain) {
        return String::from_utf8_lossy(name).into_owned();
    }
    let escape = |byte: &u8| if plain(byte) { char::from(*byte).to_string() } else { format!("\\{byte:03o}") };
    format!("\"{}\"", name.iter().map(escape).collect::<String>())
}

/// Whether a commit carries a signature that is made with an SSH key.
pub fn is_signed_with_ssh(commit: &[u8]) -> bool {
    let head = String::from_utf8_lossy(commit);
    let head = head.split("\n\n").next().unwrap_or("");
    head.lines().any(|line| line == "gpgsig -----BEGIN SSH SIGNATURE-----")
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        assert_eq!(quoted(b"case.toml"), "case.toml");
        assert_eq!(quoted("a\"b\\é\n".as_bytes()), r#""a\042b\134\303\251\012""#);
    }
}
