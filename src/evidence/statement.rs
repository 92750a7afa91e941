//! Statements that people and authorities put their names to: plain text, a line feed at the end of each line, fields in a fixed
//! order, and one text for each.

use crate::values::Sha256;
use std::fmt;
use std::iter::Peekable;
use std::str::{FromStr, Split};

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

/// The lines of a statement that are still to be read. Whoever has read them all compares the text with what the statement
/// prints: that is how other spellings of the same are refused.
pub struct Lines<'t>(Peekable<Split<'t, char>>);

impl<'t> Lines<'t> {
    /// Below the heading.
    pub fn below(heading: &str, text: &'t str) -> Result<Self, String> {
        let mut lines = text.split('\n').peekable();
        if lines.next() == Some(heading) { Ok(Self(lines)) } else { Err(format!("its first line is not `{heading}`")) }
    }

    /// Whether the next line is a field of this name.
    pub fn is_next(&mut self, name: &str) -> bool {
        self.0.peek().and_then(|line| line.strip_prefix(name)).is_some_and(|rest| rest.starts_with(": "))
    }

    pub fn field(&mut self, name: &str) -> Result<&'t str, String> {
        let value = self.0.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.ok_or_else(|| format!("it has no line `{name}: …` where it belongs"))
    }

    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<T, String> {
        self.field(name)?.parse().map_err(|_| format!("its line `{name}: …` cannot be read"))
    }

    pub fn subject(&mut self) -> Result<Subject, String> {
        let case = self.field("case")?;
        if case.trim().is_empty() || case.contains(char::is_control) {
            return Err("its case has no readable id".to_owned());
        }
        let (commit, tree) = (self.id("commit")?, self.id("tree")?);
        Ok(Subject { case: case.to_owned(), commit, tree, root: self.value("evidence-root")? })
    }

    /// An id of Git's.
    fn id(&mut self, name: &str) -> Result<String, String> {
        let id = self.field(name)?;
        let is_one = id.len() == 40 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_one { Ok(id.to_owned()) } else { Err(format!("its {name} is not an id of 40 hexadecimal digits")) }
    }
}
