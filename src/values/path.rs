//! Paths inside a case repository: `/` between names, relative to its root, never resolved against a disk here.

use super::wording::shell_word;
use std::fmt;
use std::sync::Arc;

/// A path inside a case, such as `findings/f-7q2k9dm4.toml`; the root is empty.
/// It is a name for messages and look-ups: whether it is safe on a disk is for the rules of the `paths` family to say.
///
/// A case has many paths, and they are kept in many places: a copy costs next to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TreePath(Arc<str>);

impl TreePath {
    pub fn root() -> Self {
        Self::default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn join(&self, name: &str) -> Self {
        if self.0.is_empty() { Self::from(name) } else { Self::from(format!("{}/{name}", self.0)) }
    }

    /// The last name of the path.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The folder that holds it; the root for a name at the top.
    pub fn parent(&self) -> Self {
        Self::from(self.0.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    /// The first name of the path.
    pub fn top(&self) -> &str {
        self.0.split('/').next().unwrap_or("")
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path as one word of a POSIX shell, for commands that are shown: a hostile name must not become a command.
    pub fn quoted(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
        if !self.0.is_empty() && !self.0.starts_with('-') && self.0.chars().all(plain) {
            return self.0.to_string();
        }
        let lead = if self.0.starts_with('-') { "./" } else { "" };
        shell_word(&format!("{lead}{}", self.0))
    }

    /// The name without its last extension.
    pub fn stem(&self) -> &str {
        let name = self.name();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}

impl From<String> for TreePath {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for TreePath {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::TreePath;

    #[test]
    fn a_hostile_name_is_one_word_for_a_shell() {
        for (path, word) in [
            ("notes/a-b.md", "notes/a-b.md"),
            ("notes/a b.md", "'notes/a b.md'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's; reboot", r"'it'\''s; reboot'"),
            ("-rf", "'./-rf'"),
        ] {
            assert_eq!(TreePath::from(path).quoted(), word);
        }
    }
}
