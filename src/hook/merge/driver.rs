//! What Git's merge driver does: three files in, the merged one in the place of ours.

use crate::disk::{file, write};
use crate::git::Contested;
use crate::git::conflicts::{Style, merge_lines};
use crate::hook::HookError;
use crate::model::MAX_TEXT_BYTES;
use crate::scaffold::merge::{self, Labels, Merge, MergeError, Side, Versions};
use crate::values::TreePath;
use std::path::{Path, PathBuf};

/// What Git asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The files with the three versions; the merged one goes to `ours`.
    pub ancestor: PathBuf,
    pub ours: PathBuf,
    pub theirs: PathBuf,
    /// The path in the case.
    pub path: String,
    pub size: usize,
    pub ancestor_label: String,
    pub ours_label: String,
    pub theirs_label: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driven {
    /// Merged key by key, without a conflict.
    Merged,
    /// Merged key by key, but for these keys, which are between marks; with the number that a version must be.
    Conflicts { keys: Vec<String>, raised: Option<u64> },
    /// Ours stays: it is never merged.
    Kept(String),
    /// Both versions are between marks as a whole: Git took one entry for another.
    Mistaken { side: Side, id: String },
    /// Merged line by line, as Git does without a driver.
    ByLine { reason: String, is_clean: bool },
}

impl Driven {
    /// Whether nobody need decide anything.
    pub fn is_clean(&self) -> bool {
        matches!(self, Driven::Merged | Driven::ByLine { is_clean: true, .. })
    }
}

/// Merges, and writes the result into the file of our version, whole or not at all.
pub fn drive(request: &Request) -> Result<Driven, HookError> {
    let [base, ours, theirs] = [&request.ancestor, &request.ours, &request.theirs].map(|path| content(path));
    let (base, ours, theirs) = (base?, ours?, theirs?);
    let texts = [&base, &ours, &theirs].map(|content| std::str::from_utf8(content).ok());
    let is_large = [&base, &ours, &theirs].iter().any(|content| content.len() as u64 > MAX_TEXT_BYTES);
    let [Some(of_base), Some(of_ours), Some(of_theirs)] = texts else {
        return by_line(request, "it is not UTF-8", [&base, &ours, &theirs]);
    };
    if is_large {
        return by_line(request, "it is too large for a record", [&base, &ours, &theirs]);
    }
    // Git gives an empty file where there is no version that both come from.
    let versions = Versions { base: Some(of_base).filter(|text| !text.is_empty()), ours: of_ours, theirs: of_theirs };
    let labels = Labels { size: request.size, ours: &request.ours_label, theirs: &request.theirs_label };
    let put = |text: &str| write::whole(&request.ours, text.as_bytes(), false).map_err(HookError::at(&request.ours));
    match merge::merge(&TreePath::from(request.path.as_str()), versions) {
        Ok(merged) => {
            put(&merged.text(&labels))?;
            Ok(driven(&merged))
        }
        Err(error @ MergeError::WrittenOnce) => Ok(Driven::Kept(error.to_string())),
        Err(MergeError::Mistaken { side, id }) => {
            put(&merge::whole(versions, &labels))?;
            Ok(Driven::Mistaken { side, id })
        }
        Err(error) => by_line(request, &error.to_string(), [&base, &ours, &theirs]),
    }
}

/// What the driver makes of a file where nobody need decide anything.
pub fn settle(contested: &Contested) -> Option<Vec<u8>> {
    let Contested { path, base, ours, theirs } = contested;
    if [Some(ours), Some(theirs), base.as_ref()].into_iter().flatten().any(|text| text.len() as u64 > MAX_TEXT_BYTES) {
        return None;
    }
    let text = |content| std::str::from_utf8(content).ok();
    let base = base.as_deref().map_or(Some(None), |base| text(base).map(Some))?;
    let merged =
        merge::merge(&TreePath::from(path.as_str()), Versions { base, ours: text(ours)?, theirs: text(theirs)? });
    let merged = merged.ok().filter(|merged| merged.conflicts.is_empty())?;
    Some(merged.text(&Labels::default()).into_bytes())
}

fn driven(merged: &Merge) -> Driven {
    if merged.conflicts.is_empty() {
        return Driven::Merged;
    }
    let keys = merged.conflicts.iter().map(|conflict| conflict.key.clone()).collect();
    Driven::Conflicts { keys, raised: merged.conflicts.iter().find_map(|conflict| conflict.raised) }
}

fn content(path: &Path) -> Result<Vec<u8>, HookError> {
    Ok(file::find(path).map_err(HookError::at(path))?.map(|found| found.content).unwrap_or_default())
}

fn by_line(request: &Request, reason: &str, versions: [&[u8]; 3]) -> Result<Driven, HookError> {
    let labels = [&request.ancestor_label, &request.ours_label, &request.theirs_label].map(String::as_str);
    let Some(lines) = merge_lines(versions, labels, request.size, Style::Merge)? else {
        return Ok(Driven::Kept("it is not a text".to_owned()));
    };
    write::whole(&request.ours, &lines.text, false).map_err(HookError::at(&request.ours))?;
    Ok(Driven::ByLine { reason: reason.to_owned(), is_clean: lines.is_clean })
}
