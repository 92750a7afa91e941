//! The lines of statements that people and authorities put their names to: plain text, a line feed at the end of each line,
//! fields in a fixed order, and one text for each statement.

use std::fmt::Display;
use std::iter::Peekable;
use std::str::{FromStr, Split};

/// The lines of a statement that are still to be read.
pub struct Lines<'t> {
    text: &'t str,
    left: Peekable<Split<'t, char>>,
}

impl<'t> Lines<'t> {
    /// Below the heading.
    pub fn below(heading: &str, text: &'t str) -> Result<Self, String> {
        let mut left = text.split('\n').peekable();
        match left.next() == Some(heading) {
            true => Ok(Self { text, left }),
            false => Err(format!("its first line is not `{heading}`")),
        }
    }

    /// Whether the next line is a field of this name.
    pub fn is_next(&mut self, name: &str) -> bool {
        self.left.peek().and_then(|line| line.strip_prefix(name)).is_some_and(|rest| rest.starts_with(": "))
    }

    /// The text of a field, which people can read: it has no control characters.
    pub fn field(&mut self, name: &str) -> Result<&'t str, String> {
        let value = self.left.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let value = value.ok_or_else(|| format!("it has no line `{name}: …` where it belongs"))?;
        if value.contains(char::is_control) { Err(unreadable(name)) } else { Ok(value) }
    }

    pub fn value<T: FromStr>(&mut self, name: &str) -> Result<T, String> {
        self.field(name)?.parse().map_err(|_| unreadable(name))
    }

    /// The id of a case.
    pub fn case(&mut self) -> Result<String, String> {
        let case = self.field("case")?;
        if case.trim().is_empty() { Err(unreadable("case")) } else { Ok(case.to_owned()) }
    }

    /// An id of Git's.
    pub fn id(&mut self, name: &str) -> Result<String, String> {
        let id = self.field(name)?;
        let is_one = id.len() == 40 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_one { Ok(id.to_owned()) } else { Err(format!("its {name} is not an id of 40 hexadecimal digits")) }
    }

    /// The statement that was read, if the whole text is what it prints: any other spelling of the same is refused.
    pub fn all_of<T: Display>(self, read: T) -> Result<T, String> {
        match read.to_string() == self.text {
            true => Ok(read),
            false => Err("its lines are not those that casebook writes".to_owned()),
        }
    }
}

fn unreadable(name: &str) -> String {
    format!("its line `{name}: …` cannot be read")
}
