//! Is this tree a sound case? Loads it, judges it, verifies its evidence.

use crate::diagnostic::{Diagnostic, sort};
use crate::load::{self, Memory};
use crate::model::Case;
use crate::tree::{Tree, TreeError};

/// A case and everything that is wrong with it.
pub struct Verdict {
    pub case: Case,
    pub diagnostics: Vec<Diagnostic>,
}

/// Judges a whole tree.
pub fn check(tree: &dyn Tree, memory: &mut dyn Memory) -> Result<Verdict, TreeError> {
    let (case, mut diagnostics) = load::load(tree, memory)?;
    sort(&mut diagnostics);
    Ok(Verdict { case, diagnostics })
}
