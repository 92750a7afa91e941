//! A file holds the markers of a merge that was not finished.
//!
//! ## What it checks
//! Lines that start with `<<<<<<< `, `=======` and `>>>>>>> `, in this order, in every TOML file and note. Nothing else
//! is said of such a file.
//!
//! ## Why
//! Both sides of a conflict are in the file; a report would show whichever a reader happens to parse.
//!
//! ## Fails
//! ```text
//! <<<<<<< HEAD
//! severity = "high"
//! =======
//! severity = "critical"
//! >>>>>>> containment
//! ```
//!
//! ## Passes
//! ```toml
//! severity = "critical"
//! ```
//!
//! ## How to fix
//! Keep one side, or what is true of both, remove the three marker lines, then type `git add PATH`.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::values::TreePath;
use std::ops::Range;

pub const CODE: Code = Code::new("merge-conflict");

/// A diagnostic for each conflict of a text.
pub fn found(path: &TreePath, text: &str) -> Vec<Diagnostic> {
    if !text.contains("<<<<<<< ") {
        return Vec::new();
    }
    conflicts(text).into_iter().map(|conflict| one(path, conflict)).collect()
}

fn one(path: &TreePath, conflict: Conflict) -> Diagnostic {
    Diagnostic::error(CODE, Place::bytes(path, conflict.ours), "a merge conflict is not resolved")
        .label("one side starts here")
        .related(Place::bytes(path, conflict.middle), "the other one here")
        .help(format!(
            "keep what is true, remove the lines with `<<<<<<<`, `=======`, `>>>>>>>`, type `git add {path}`"
        ))
}

/// The first two marker lines of a conflict.
struct Conflict {
    ours: Range<usize>,
    middle: Range<usize>,
}

fn conflicts(text: &str) -> Vec<Conflict> {
    let (mut found, mut ours, mut middle) = (Vec::new(), None, None);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        if line.starts_with("<<<<<<< ") {
            (ours, middle) = (Some(range), None);
        } else if line.trim_end() == "=======" {
            middle = Some(range);
        } else if line.starts_with(">>>>>>> ")
            && let (Some(ours), Some(middle)) = (ours.take(), middle.take())
        {
            found.push(Conflict { ours, middle });
        }
    }
    found
}
