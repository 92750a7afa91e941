//! The lines of statements that people and authorities put their names to: plain text, a line feed at the end of each line,
//! fields in a fixed order, and one text for each statement.

use std::iter::Peekable;
use std::str::{FromStr, Split};

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

    /// The id of a case.
    pub fn case(&mut self) -> Result<String, String> {
        let case = self.field("case")?;
        let is_readable = !case.trim().is_empty() && !case.contains(char::is_control);
        if is_readable { Ok(case.to_owned()) } else { Err("its case has no readable id".to_owned()) }
    }

    /// An id of Git's.
    pub fn id(&mut self, name: &str) -> Result<String, String> {
        let id = self.field(name)?;
        let is_one = id.len() == 40 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_one { Ok(id.to_owned()) } else { Err(format!("its {name} is not an id of 40 hexadecimal digits")) }
    }
}
