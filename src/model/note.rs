//! Notes: free narrative in notes/*.md, which may cite entries as `[[f-7q2k9dm4]]`.

use crate::values::TreePath;

/// A note of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub path: TreePath,
    pub text: String,
}

impl Note {
    /// Its first heading, or else its file's name.
    pub fn title(&self) -> &str {
        let heading = self.text.lines().find_map(|line| line.strip_prefix("# "));
        heading.map(str::trim).filter(|title| !title.is_empty()).unwrap_or(self.path.stem())
    }
}
