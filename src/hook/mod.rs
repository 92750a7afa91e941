//! Git's hooks: judging what is about to be committed, describing it in the message, rendering reports afterwards,
//! and installing all of that.
//!
//! **Invariant:** a hook never changes the index, the work tree or a ref. What a hook says of a commit it reads from
//! Git's objects, so a file that is not part of the commit can neither block it nor leak into a report.

pub mod describe;
pub mod doctor;
pub mod follow;
pub mod install;
pub mod judge;
pub mod local_reports;
pub mod merge;
pub mod message;
pub mod name;
pub mod receive;
pub mod shim;
pub mod stamp;
pub mod status;

pub use crate::load::is_case;
pub use install::{install, uninstall};
pub use name::HookName;

use crate::git::GitError;
use crate::publish::PublishError;
use crate::tree::TreeError;
use crate::values::wording::shell_word;
use std::io;
use std::path::{Path, PathBuf};

/// Why hooks could not be installed, or a hook could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error(
        "Git's hooks folder here is `{0}`, in the work tree: any branch could put a program there, and Git would run it"
    )]
    InWorkTree(PathBuf),
    #[error(
        "the {scope} configuration sets `core.hooksPath`, so Git runs the hooks of `{folder}` and ignores this repository's own"
    )]
    SharedByAll { folder: PathBuf, scope: String, own: PathBuf },
    #[error("`{hook}` and `{kept}` are both hooks of somebody else")]
    TwoOfOthers { hook: PathBuf, kept: PathBuf },
    #[error("the folder `reports` is part of the commit, so no reports were rendered")]
    ReportsCommitted,
    #[error("Git does not ignore the folder `reports`, so no reports were rendered")]
    ReportsNotIgnored,
    #[error("`reports` is no folder, so no reports were rendered")]
    ReportsNoFolder,
    #[error("another casebook is still writing the reports, so these were not rendered")]
    Busy,
    #[error("{path}: {reason}")]
    Disk { path: PathBuf, reason: io::Error },
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl HookError {
    /// What to type next, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            HookError::InWorkTree(_) => Some(
                "`git config --show-origin core.hooksPath` shows what sets it; unset it, or call `casebook hook run NAME \"$@\"` in those hooks yourself"
                    .to_owned(),
            ),
            HookError::SharedByAll { own, .. } => Some(format!(
                "to use the repository's own hooks, `git config core.hooksPath {}` and `casebook hook install`; to keep the shared ones, let each of them call `casebook hook run NAME \"$@\"`",
                shell_word(&own.display().to_string())
            )),
            HookError::TwoOfOthers { hook, kept } => Some(format!(
                "make one of the two: `{}` runs first, so append the other to it, remove `{}`, and run `casebook hook install`",
                kept.display(),
                hook.display()
            )),
            HookError::ReportsCommitted => Some("`git rm -r --cached reports`, and commit that".to_owned()),
            HookError::ReportsNotIgnored => Some("add a line `/reports/` to .gitignore".to_owned()),
            HookError::ReportsNoFolder => Some("move it away: `mv reports reports.old`".to_owned()),
            HookError::Busy => Some("`casebook report` renders them".to_owned()),
            HookError::Disk { .. } | HookError::Tree(_) => None,
            HookError::Publish(error) => error.help(),
            HookError::Git(error) => error.help(),
        }
    }

    /// Makes an error of the disk at a path.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> HookError + '_ {
        move |reason| HookError::Disk { path: path.to_owned(), reason }
    }
}
