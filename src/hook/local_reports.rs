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
use crate::report::audience::{self, Profile, TECHNICAL};
use crate::report::{self, Dialect, Provenance, RenderedFile, Report, Source};
use crate::tree::Tree;
use crate::values::wording::counted;
use crate::values::{Sha256, TreePath};
use jiff::Timestamp;
use rayon::prelude::*;
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
    /// They were rendered.
    Rendered {
        /// What is wrong with the commit.
        problems: Count,
        /// The audiences whose reports the gate refused, and for how many reasons.
        refused: Vec<(String, usize)>,
    },
}

impl Rendering {
    /// What to tell whoever relies on the reports: hooks cannot stop every commit, and an entry that cannot be read is in
    /// no report.
    pub fn warnings(&self) -> Vec<String> {
        let Rendering::Rendered { problems, refused } = self else { return Vec::new() };
        let mut warnings = Vec::new();
        if problems.errors > 0 {
            let verb = if problems.errors == 1 { "is" } else { "are" };
            let errors = counted(problems.errors, "error");
            warnings.push(format!(
                "there {verb} {errors} in this commit, and what cannot be read is not in its report (`casebook check --rev HEAD`)"
            ));
        }
        warnings.extend(refused.iter().map(|(audience, reasons)| {
            let reasons = counted(*reasons, "reason");
            format!("no report for {audience}, for {reasons} (`casebook report --audience {audience}`)")
        }));
        warnings
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
    let now = head.at.timestamp();
    let source = report::read(&tree, memory, now)?;
    let (files, refused) = for_all(&source, &Provenance::of(&head), now);
    let stamp = Stamp {
        commit,
        tree: head.tree.to_string(),
        casebook: env!("CARGO_PKG_VERSION").to_owned(),
        files: files.iter().map(|file| (file.name.clone(), Sha256::of(file.content.as_bytes()))).collect(),
    };
    write_all(&folder, &files, before, &stamp)?;
    Ok(Rendering::Rendered { problems: source.problems, refused })
}

/// The reports for all audiences of a case: those that work on it at the top, others in folders of their own; and those that
/// the gate refused, with the number of reasons.
fn for_all(source: &Source, provenance: &Provenance, now: Timestamp) -> (Vec<RenderedFile>, Vec<(String, usize)>) {
    let profiles: Vec<Profile> = audience::handles(&source.case)
        .into_iter()
        .filter_map(|handle| audience::profile(&source.case, handle))
        .collect();
    let reports: Vec<(Profile, Report)> = profiles
        .into_par_iter()
        .map(|profile| {
            let report = report::make(source, &profile, None, provenance, now, &Dialect::ALL);
            (profile, report)
        })
        .collect();
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for (profile, report) in reports {
        if !report.refusals.is_empty() {
            refused.push((profile.handle, report.refusals.len()));
            continue;
        }
        files.extend(
            report.files.into_iter().map(|file| RenderedFile { name: place(&profile.handle, &file.name), ..file }),
        );
    }
    (files, refused)
}

/// Where the file of an audience's report lies in the folder of reports.
pub fn place(audience: &str, name: &str) -> String {
    match audience {
        TECHNICAL => name.to_owned(),
        _ => format!("{audience}/{name}"),
    }
}

/// The folder of reports, where it is one that Git ignores and nobody else decides what is in it.
pub fn usable_folder(repository: &Repo, top: &Path, tree: &dyn Tree) -> Result<PathBuf, HookError> {
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
        if there.is_none_or(|there| there.content != rendered.content.as_bytes()) {
            write::whole(&path, rendered.content.as_bytes(), false).map_err(HookError::at(&path))?;
        }
    }
    let gone =
        before.into_iter().flat_map(|stamp| stamp.files.into_keys()).filter(|name| !stamp.files.contains_key(name));
    for path in gone.filter_map(|name| stamp::place(folder, &name)) {
        file::remove(&path).map_err(HookError::at(&path))?;
    }
    write::whole(&stamped, stamp.to_text().as_bytes(), false).map_err(HookError::at(&stamped))
}
