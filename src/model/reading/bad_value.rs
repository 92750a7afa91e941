//! A value has the right type but not the form that its field asks for.
//!
//! ## What it checks
//! That words come from the field's vocabulary (severity, status, TLP 2.0 marking …) and that texts have the form that
//! the field asks for: ids, digests, CVE identifiers, CVSS vectors, ATT&CK techniques, lengths of time.
//!
//! ## Why
//! A word outside the vocabulary is counted nowhere and routed to nobody.
//!
//! ## Fails
//! ```toml
//! tlp = "white"
//! ```
//!
//! ## Passes
//! ```toml
//! tlp = "clear"
//! ```
//!
//! ## How to fix
//! Write one of the words that the message lists; `casebook schema finding` shows the fields of a kind.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::{Malformed, TreePath};
use std::ops::Range;

pub const CODE: Code = Code::new("bad-value");

pub fn found(path: &TreePath, span: Range<usize>, malformed: Malformed) -> Diagnostic {
    Diagnostic::malformed(CODE, Place::bytes(path, span), malformed)
}
