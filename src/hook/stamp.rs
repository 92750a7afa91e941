//! The stamp in the folder of reports: which commit they come from, so that anybody can tell when they are stale.

use crate::disk::file;
use crate::values::Sha256;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the stamp in the folder of reports.
pub const NAME: &str = ".casebook-stamp";

/// What the reports beside it come from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    /// The id of the commit.
    pub commit: String,
    /// The id of its tree.
    pub tree: String,
    /// The version of casebook that rendered them.
    pub casebook: String,
    /// The files that were rendered, and what each held: a report that was edited is none of the commit.
    pub files: BTreeMap<String, Sha256>,
}

impl Stamp {
    /// The stamp of a folder of reports; `None` where there is none that can be read.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        let found = file::find(&folder.join(NAME))?;
        Ok(found.and_then(|found| toml::from_str(&String::from_utf8_lossy(&found.content)).ok()))
    }

    pub fn to_text(&self) -> String {
        let body = toml::to_string(self).unwrap_or_default();
        format!("# Written by casebook: what the reports in this folder come from.\n{body}")
    }

    /// Whether this version of casebook would render the same files of this commit, and they are all there, unchanged.
    pub fn is_current(&self, commit: &str, folder: &Path) -> bool {
        self.commit == commit
            && self.casebook == env!("CARGO_PKG_VERSION")
            && self.files.iter().all(|(name, digest)| {
                let found = place(folder, name).and_then(|path| file::find(&path).ok().flatten());
                found.is_some_and(|found| Sha256::of(&found.content) == *digest)
            })
    }
}

/// Where a file of the reports lies; `None` for a name that would lead out of the folder.
pub fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let sound = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    name.split('/').all(sound).then(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "c:\\x", "a/."] {
            assert_eq!(place(Path::new("/r"), name), None, "{name}");
        }
        assert_eq!(place(Path::new("/r"), "a/b.html"), Some(PathBuf::from("/r/a/b.html")));
    }
}
