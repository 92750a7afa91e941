//! A file that every case has is not there.
//!
//! ## What it checks
//! That case.toml, team.toml and policy.toml are at the root of the repository.
//!
//! ## Why
//! Without case.toml nobody knows which case it is and who may read it; without team.toml and policy.toml nothing says
//! who may sign and what a status requires.
//!
//! ## Fails
//! ```text
//! findings/   team.toml   policy.toml
//! ```
//!
//! ## Passes
//! ```text
//! case.toml   findings/   team.toml   policy.toml
//! ```
//!
//! ## How to fix
//! A file that was deleted comes back with `git checkout HEAD -- case.toml`. Where there never was one, make a case
//! beside this one with `casebook init ../new` and copy it from there.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("missing-file");

pub fn found(path: &TreePath) -> Diagnostic {
    Diagnostic::error(CODE, Place::file(path), format!("the case has no `{path}`")).help(format!(
        "`git checkout HEAD -- {path}` brings back what was deleted; `casebook init ../new` makes a case to copy it from"
    ))
}
