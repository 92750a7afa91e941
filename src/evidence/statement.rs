//! What statements about evidence are about.

use crate::values::{Lines, Sha256};
use std::fmt;

/// What a statement is about: a commit of a case, and all evidence in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The id of the case.
    pub case: String,
    /// The id of the commit, as Git has it.
    pub commit: String,
    /// The id of the commit's tree.
    pub tree: String,
    /// The evidence root of the commit.
    pub root: Sha256,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, commit, tree, root } = self;
        write!(f, "case: {case}\ncommit: {commit}\ntree: {tree}\nevidence-root: {root}\n")
    }
}

impl Subject {
    /// Reads the lines of a subject.
    pub fn read(lines: &mut Lines<'_>) -> Result<Self, String> {
        let (case, commit, tree) = (lines.case()?, lines.id("commit")?, lines.id("tree")?);
        Ok(Self { case, commit, tree, root: lines.value("evidence-root")? })
    }
}
