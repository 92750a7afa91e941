//! A file of the evidence is too large to be kept in Git.
//!
//! ## What it checks
//! That no file of an item with `storage = "git"` has more bytes than `max_git_file_bytes` of the table `[evidence]` in
//! policy.toml; 50 MiB where nothing is said.
//!
//! ## Why
//! Git keeps every version of every file for good, in every clone; many servers refuse files of 100 MB.
//!
//! ## Fails
//! ```text
//! 4294967296 bytes  evidence/x-7q2k9dm4/memory.raw
//! ```
//!
//! ## Passes
//! ```text
//! 1048576 bytes  evidence/x-7q2k9dm4/auth.log
//! ```
//!
//! ## How to fix
//! Before it is committed, give the item another home: `casebook evidence move x-… --to store`, or `--to lfs`. New evidence goes
//! there at once with `casebook evidence add --storage store`. A team that wants larger files in Git raises the limit in
//! policy.toml.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Policy;
use crate::values::TreePath;

pub const CODE: Code = Code::new("evidence-too-large");

/// The largest file in bytes, where the policy says nothing: 50 MiB.
const DEFAULT_LIMIT: u64 = 50 << 20;

/// The largest file in bytes that a policy allows in Git.
pub fn limit(policy: Option<&Policy>) -> u64 {
    policy.and_then(|policy| policy.evidence.as_ref()?.max_git_file_bytes).unwrap_or(DEFAULT_LIMIT)
}

pub fn found(file: &TreePath, bytes: u64, limit: u64) -> Diagnostic {
    let message = format!("`{file}` has {bytes} bytes, more than the {limit} that Git may hold here");
    Diagnostic::error(CODE, Place::file(file), message).help(format!(
        "give it another home: `casebook evidence move {} --to store` (or `--to lfs`); or, if the team wants it in Git, write \
         `max_git_file_bytes = {bytes}` under `[evidence]` in policy.toml",
        file.as_str().split('/').nth(1).unwrap_or("ID")
    ))
}
