//! A sign-off is of another case.
//!
//! ## What it checks
//! That the statement names the `id` of case.toml.
//!
//! ## Why
//! Somebody signed what stood in another case. Here, it would be their word for something that they never saw.
//!
//! ## Fails
//! ```text
//! casebook-signoff v1
//! case: 2026-0141
//! ```
//!
//! ## Passes
//! ```text
//! casebook-signoff v1
//! case: 2026-0142
//! ```
//!
//! ## How to fix
//! Remove the sign-off, and have the person sign in this case: `casebook sign`. The `id` of a case does not change once something
//! was signed.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;

pub const CODE: Code = Code::new("signoff-case");

pub fn found(path: &TreePath, other: &str) -> Diagnostic {
    let message = format!("this sign-off is of the case `{}`", other.escape_debug());
    Diagnostic::error(CODE, Place::file(path), message)
        .help("remove it, and have the person sign in this case: `casebook sign`; if the `id` in case.toml was changed, change it back")
}
