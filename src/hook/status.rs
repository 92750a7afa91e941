//! How the hooks stand: for each, whether Git would run it, what it calls, and what was there before.

use super::install::{is_in_work_tree, kept_beside, names, place, shared_by_all};
use super::{HookError, HookName, shim};
use crate::disk::file::{self, Found};
use crate::exec;
use crate::git::{HooksFolder, Repo};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How all hooks of a repository stand.
#[derive(Clone, Debug)]
pub struct Status {
    pub folder: HooksFolder,
    /// Whether the folder is in a work tree, where any branch could put programs.
    pub in_work_tree: bool,
    /// The scope of a `core.hooksPath` that holds for every repository.
    pub shared_by: Option<String>,
    pub hooks: Vec<HookStatus>,
}

/// How one hook stands.
#[derive(Clone, Debug)]
pub struct HookStatus {
    pub name: HookName,
    pub path: PathBuf,
    pub whose: Whose,
    /// The program that our shim calls.
    pub binary: Option<PathBuf>,
    /// The version that this program says it is.
    pub version: Option<String>,
    /// The hook that was there before and runs first.
    pub chained: Option<PathBuf>,
    pub faults: Vec<Fault>,
}

/// Who wrote the file that Git runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Ours,
    /// Somebody else's, which calls `casebook hook run` itself.
    CallsUs,
    Others,
    Nobodys,
}

impl Whose {
    pub fn word(self) -> &'static str {
        match self {
            Whose::Ours => "installed",
            Whose::CallsUs => "calls casebook",
            Whose::Others => "foreign",
            Whose::Nobodys => "missing",
        }
    }
}

/// Why a hook does not do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Git ignores it, with a hint at most.
    NotExecutable,
    /// The system looks for a shell whose name ends in a carriage return, and Git refuses the commit.
    CarriageReturns,
    /// What it calls is not there; a casebook in PATH takes its place, if there is one.
    ProgramMissing,
    /// What it calls is of another version than this program.
    OtherVersion,
    /// A hook was put aside and nothing runs it.
    SetAside,
}

impl Fault {
    /// A word for scripts.
    pub fn slug(self) -> &'static str {
        match self {
            Fault::NotExecutable => "not-executable",
            Fault::CarriageReturns => "carriage-returns",
            Fault::ProgramMissing => "program-missing",
            Fault::OtherVersion => "other-version",
            Fault::SetAside => "set-aside",
        }
    }

    /// What it means, for people.
    pub fn word(self) -> &'static str {
        match self {
            Fault::NotExecutable => "not executable, so Git ignores it",
            Fault::CarriageReturns => "has carriage returns, so Git cannot run it",
            Fault::ProgramMissing => "calls a program that is not there",
            Fault::OtherVersion => "calls another version",
            Fault::SetAside => "the hook that was there before is not run",
        }
    }
}

impl HookStatus {
    pub fn is_well(&self) -> bool {
        matches!(self.whose, Whose::Ours | Whose::CallsUs) && self.faults.is_empty()
    }
}

impl Status {
    /// Whether every hook runs, in a folder that is safe to run programs from.
    pub fn is_well(&self) -> bool {
        !self.in_work_tree && self.hooks.iter().all(HookStatus::is_well)
    }
}

/// Looks at every hook of a repository. Runs the programs that the shims call, to ask for their versions, but none that a
/// file of the work tree names.
pub fn status(repository: &Repo) -> Result<Status, HookError> {
    let folder = repository.hooks_folder()?;
    let mut versions = BTreeMap::new();
    // What a hook there says that it calls, any branch could have written: it is not run.
    let in_work_tree = is_in_work_tree(repository, &folder.path);
    let mut hooks = Vec::new();
    for name in names(repository).iter().copied() {
        hooks.push(status_of(&folder.path, name, (!in_work_tree).then_some(&mut versions))?);
    }
    let shared_by = shared_by_all(&folder).map(str::to_owned);
    Ok(Status { folder, in_work_tree, shared_by, hooks })
}

type Versions = BTreeMap<PathBuf, Option<String>>;

fn status_of(folder: &Path, name: HookName, versions: Option<&mut Versions>) -> Result<HookStatus, HookError> {
    let path = place(folder, name);
    let found = file::find(&path).map_err(HookError::at(&path))?;
    let kept = kept_beside(&path);
    let chained = file::is_there(&kept).then_some(kept);
    let whose = found.as_ref().map_or(Whose::Nobodys, |found| whose(&found.content, name));
    let binary = found.as_ref().filter(|_| whose == Whose::Ours).and_then(|found| shim::binary(&found.content));
    let is_asked = versions.is_some();
    let version = binary
        .as_ref()
        .zip(versions)
        .and_then(|(binary, versions)| versions.entry(binary.clone()).or_insert_with(|| version_of(binary)).clone());
    let mut faults = found.as_ref().map(faults_of_file).unwrap_or_default();
    if binary.is_some() && version.is_none() && is_asked {
        faults.push(Fault::ProgramMissing);
    }
    if version.as_ref().is_some_and(|version| version != env!("CARGO_PKG_VERSION")) {
        faults.push(Fault::OtherVersion);
    }
    if chained.is_some() && whose != Whose::Ours {
        faults.push(Fault::SetAside);
    }
    Ok(HookStatus { name, path, whose, binary, version, chained, faults })
}

fn whose(content: &[u8], name: HookName) -> Whose {
    let call = format!("casebook hook run {name}");
    match String::from_utf8_lossy(content) {
        _ if shim::is_ours(content) => Whose::Ours,
        text if text.contains(&call) => Whose::CallsUs,
        _ => Whose::Others,
    }
}

fn faults_of_file(found: &Found) -> Vec<Fault> {
    let first = found.content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let returns = first.starts_with(b"#!") && first.ends_with(b"\r");
    [(!found.executable, Fault::NotExecutable), (returns, Fault::CarriageReturns)]
        .into_iter()
        .filter_map(|(holds, fault)| holds.then_some(fault))
        .collect()
}

/// What a casebook says that its version is; `None` where it cannot be run.
pub(super) fn version_of(binary: &Path) -> Option<String> {
    let output = exec::run(binary.as_os_str(), &["--version".as_ref()], Path::new("/"), &[]).ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix("casebook ").filter(|_| output.status.success()).map(str::to_owned)
}
