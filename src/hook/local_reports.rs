//! The reports of HEAD's commit, written into the ignored folder `reports`.
//!
//! They come from the commit's own tree, never from the index or the work tree: a draft that was not committed must
//! not leak into a report that somebody sends on. The stated time of a report is that of its commit, so that two
//! clones have the same bytes.

use super::HookError;
use super::stamp::{self, Stamp};
use crate::diagnostic::render::Count;
use crate::disk::{file, lock, write};
use crate::git::Repo;
use crate::load::Memory;
use crate::report::{self, Dialect, Provenance, RenderedFile};
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{Sha256, TreePath};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder of reports, in the work tree.
pub const FOLDER: &str = "reports";

/// How long to wait for another casebook that is writing the reports.
const PATIENCE: Duration = Duration::from_secs(5);

/// What rendering did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// There is nothing to report: no commit, no case in it, or no work tree.
    Nothing,
    /// The reports were of this commit already.
    Current,
    /// They were rendered, from a commit with so many problems.
    Rendered(Count),
}

impl Rendering {
    /// What to tell whoever relies on the reports: hooks cannot stop every commit, and an entry that cannot be read is in
    /// no report.
    pub fn warning(&self) -> Option<String> {
        match self {
            Rendering::Rendered(count) if count.errors > 0 => {
                let verb = if count.errors == 1 { "is" } else { "are" };
                let errors = counted(count.errors, "error");
                Some(format!(
                    "there {verb} {errors} in this commit, and what cannot be read is not in its report (`casebook check --rev HEAD`)"
                ))
            }
            _ => None,
        }
    }
}

/// Renders the reports of HEAD's commit. Each file is replaced whole, and the stamp is written last, so that it never
/// names a commit that the files beside it are not of.
pub fn render(repository: &Repo, memory: &mut dyn Memory) -> Result<Rendering, HookError> {
    let Some(top) = repository.work_tree() else { return Ok(Rendering::Nothing) };
    let held = repository.git_dir().join("casebook").join("reports.lock");
    let lock = lock::hold(&held, PATIENCE).map_err(HookError::at(&held))?;
    let _lock = lock.ok_or(HookError::Busy)?;
    // Read under the lock: whoever comes last writes what is newest.
    let Some(head) = repository.head()? else { return Ok(Rendering::Nothing) };
    let tree = repository.tree(head.tree);
    if !super::is_case(&tree) {
        return Ok(Rendering::Nothing);
    }
    let folder = usable_folder(repository, top, &tree)?;
    let commit = head.id.to_string();
    let before = Stamp::read(&folder).map_err(HookError::at(&folder))?;
    if before.as_ref().is_some_and(|stamp| stamp.is_current(&commit, &folder)) {
        return Ok(Rendering::Current);
    }
    let (files, problems) = report::of_tree(&tree, memory, &Provenance::of(&head), head.at.timestamp(), &Dialect::ALL)?;
    let stamp = Stamp {
        commit,
        tree: head.tree.to_string(),
        casebook: env!("CARGO_PKG_VERSION").to_owned(),
        files: files.iter().map(|file| (file.name.clone(), Sha256::of(&file.content))).collect(),
    };
    write_all(&folder, &files, before, &stamp)?;
    Ok(Rendering::Rendered(problems))
}

/// The folder of reports, where it is one that Git ignores and nobody else decides what is in it.
fn usable_folder(repository: &Repo, top: &Path, tree: &dyn Tree) -> Result<PathBuf, HookError> {
    let folder = top.join(FOLDER);
    if tree.node(&TreePath::from(FOLDER)).is_some() {
        return Err(HookError::ReportsCommitted);
    }
    if !repository.is_ignored(Path::new("reports/report.md")) {
        return Err(HookError::ReportsNotIgnored);
    }
    // A link would lead the writing somewhere else.
    if file::is_there(&folder) && !file::is_real_folder(&folder) {
        return Err(HookError::ReportsNoFolder);
    }
    Ok(folder)
}

fn write_all(folder: &Path, files: &[RenderedFile], before: Option<Stamp>, stamp: &Stamp) -> Result<(), HookError> {
    let stamped = folder.join(stamp::NAME);
    file::remove(&stamped).map_err(HookError::at(&stamped))?;
    for rendered in files {
        let Some(path) = stamp::place(folder, &rendered.name) else { continue };
        let there = file::find(&path).map_err(HookError::at(&path))?;
        if there.is_none_or(|there| there.content != rendered.content) {
            write::whole(&path, &rendered.content, false).map_err(HookError::at(&path))?;
        }
    }
    let gone =
        before.into_iter().flat_map(|stamp| stamp.files.into_keys()).filter(|name| !stamp.files.contains_key(name));
    for path in gone.filter_map(|name| stamp::place(folder, &name)) {
        file::remove(&path).map_err(HookError::at(&path))?;
    }
    write::whole(&stamped, stamp.to_text().as_bytes(), false).map_err(HookError::at(&stamped))
}
