//! The shims: the few lines of shell in Git's hooks folder that find casebook and hand over to it.
//!
//! They are plain scripts and not the hooks in the configuration that Git has from version 2.54 on: older versions
//! ignore those without a word, and a gate that is silently open is worse than none. A script works with every Git.

use super::HookName;
use crate::values::wording::shell_word;
use std::path::{Path, PathBuf};

const BEFORE: &str = include_str!("../../hooks/before.sh");
const PUSH: &str = include_str!("../../hooks/push.sh");
const INPUT: &str = include_str!("../../hooks/input.sh");
const AFTER: &str = include_str!("../../hooks/after.sh");

/// What the second line of every shim starts with, in every version.
const MARK: &str = "# casebook ";

/// The shim of a hook, which calls the program at this absolute path.
pub fn text(name: HookName, binary: &Path) -> String {
    let template = match name {
        // What Git writes to the standard input of these can be read once, and a hook of somebody else wants it, too.
        HookName::PreReceive | HookName::PostReceive => INPUT,
        // Git LFS uploads its objects in a hook of the same name, which it does not write where ours is.
        HookName::PrePush => PUSH,
        _ if name.comes_after() => AFTER,
        _ => BEFORE,
    };
    // Only the gates block, by a hook of somebody else or where the program is missing: the others run in a rebase too,
    // which they must not break.
    template
        .replace('\r', "")
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@NAME@", name.as_str())
        .replace("@MISSING@", if name.is_gate() { "1" } else { "0" })
        .replace("@REFUSED@", if name.is_gate() { "exit" } else { ":" })
        .replace("@BINARY@", &quoted(binary))
}

/// Whether a hook is a shim of ours, of whatever version.
pub fn is_ours(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    text.lines().nth(1).is_some_and(|line| line.starts_with(MARK))
}

/// The program that a shim of ours calls.
pub fn binary(content: &[u8]) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(content);
    let line = text.lines().find_map(|line| line.strip_prefix("casebook="))?;
    let inner = line.trim_end().strip_prefix('\'')?.strip_suffix('\'')?;
    Some(PathBuf::from(inner.replace(r"'\''", "'")))
}

/// A path as one word of a shell. Slashes lean forward on every system, as the shell of Git for Windows wants them.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.trim_start_matches(r"\\?\").replace('\\', "/") } else { text.into_owned() };
    shell_word(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shim_is_short_and_says_what_it_calls() {
        for name in HookName::all() {
            for path in ["/usr/bin/casebook", "/home/a b/it's here/$(casebook)"] {
                let text = text(name, Path::new(path));
                assert!(text.lines().count() <= 10, "{name}");
                assert!(!text.contains('@') || !text.contains("@NAME@"), "{text}");
                assert!(is_ours(text.as_bytes()));
                assert_eq!(binary(text.as_bytes()), Some(PathBuf::from(path)));
            }
        }
    }
}
