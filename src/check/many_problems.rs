//! A file has more problems than are shown.
//!
//! ## What it checks
//! That at most 50 problems of one file are listed, errors before warnings. The others are counted; the count is an
//! error where one of them is.
//!
//! ## Why
//! So many have one cause, mostly: a file of another kind, or a list from a program. To show them all would take minutes,
//! and whoever pushes such a file on purpose must not keep the server busy.
//!
//! ## Fails
//! ```toml
//! # a finding with
//! unknown_1 = 1
//! # … and so on to
//! unknown_1000 = 1
//! ```
//!
//! ## Passes
//! ```toml
//! # a finding with its own keys
//! title = "The attacker logged on to mail01"
//! ```
//!
//! ## How to fix
//! Correct what the first messages say, then type `casebook check` again.

use crate::diagnostic::{Code, Diagnostic, Level, Page, Place};
use crate::values::TreePath;
use std::collections::BTreeMap;

pub const CODE: Code = Code::new("many-problems");

pub const PAGE: Page = Page::fixed("many-problems", include_str!("many_problems.rs"));

/// How many problems of one file are shown.
const SHOWN: usize = 50;

/// Leaves the first problems of each file, errors before warnings, and counts the rest.
pub fn bound(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if diagnostics.len() <= SHOWN {
        return diagnostics;
    }
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        diagnostics.into_iter().partition(Diagnostic::is_error);
    let mut counts: BTreeMap<TreePath, usize> = BTreeMap::new();
    let mut left: BTreeMap<TreePath, (usize, Level)> = BTreeMap::new();
    let mut kept = Vec::new();
    for diagnostic in errors.into_iter().chain(warnings) {
        let path = &diagnostic.place.path;
        let count = counts.entry(path.clone()).or_default();
        *count += 1;
        if *count <= SHOWN {
            kept.push(diagnostic);
        } else {
            // Errors come first, so the level of the first that is left out is the highest.
            left.entry(path.clone()).or_insert((0, diagnostic.level)).0 += 1;
        }
    }
    kept.extend(left.iter().map(|(path, (number, level))| more(path, *number, *level)));
    kept
}

fn more(path: &TreePath, number: usize, level: Level) -> Diagnostic {
    let problems = if number == 1 { "one more problem".to_owned() } else { format!("{number} more problems") };
    let message = format!("`{path}` has {problems} than the {SHOWN} that are shown");
    let help = "correct what the others say, then type `casebook check` again";
    Diagnostic { level, ..Diagnostic::error(CODE, Place::file(path), message).help(help) }
}
