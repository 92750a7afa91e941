//! The canonical form of a TOML file: keys in the order of its record, sets sorted one item a line, comments kept.
//!
//! - Keys stand in the order that the record declares them, tables after them; keys that the record does not have come
//!   last, in the order in which they were written. A team's own keys, whose order says nothing, are sorted.
//! - A list of two items or more has one item a line with a comma after each, so that branches that add to it merge;
//!   one of at most one item stays on its line. A set is sorted, and an exact double in it is removed.
//! - A table has a header, a list of tables has `[[headers]]`; times with a precision or a range stay inline.
//! - One blank line comes before each header and none between keys, but for one that somebody put before a comment.
//! - Values stay as they were written, but for what only TOML 1.1 knows.
//! - A comment stays with the key that it stands above or beside. The `#:` lines and the comment paragraphs at the top
//!   of a file stay there.

pub(super) mod print;
mod proof;
pub(super) mod read;
pub(super) mod value;

use crate::model::TableShape;
pub(super) use read::Fields;
use toml_edit::DocumentMut;

/// Why a file was left as it was.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("it is not valid TOML: {0}")]
    Syntax(String),
    #[error("its canonical form would not say the same")]
    NotTheSame,
}

/// Gives a file its canonical form. Formatting what this returns changes nothing, and the values stay the same.
pub fn format(text: &str, table: &TableShape) -> Result<String, FormatError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut formatted = once(&text, table)?;
    // A comment that reordering brings to the top of the file then belongs to the file: the second time settles it.
    for _ in 0..2 {
        formatted = once(&formatted, table)?;
    }
    if proof::says_the_same(&text, &formatted, table) { Ok(formatted) } else { Err(FormatError::NotTheSame) }
}

fn once(text: &str, table: &TableShape) -> Result<String, FormatError> {
    let (top, document) = parse(text)?;
    Ok(print(&top, &document, table))
}

/// The comments at the top of a file, which belong to no key, and the document below them.
pub(super) fn parse(text: &str) -> Result<(String, DocumentMut), FormatError> {
    let (top, rest) = read::split_top(text);
    let document = rest.parse().map_err(|error: toml_edit::TomlError| {
        FormatError::Syntax(error.message().lines().collect::<Vec<_>>().join(", "))
    })?;
    Ok((top.to_owned(), document))
}

/// The canonical text of a document.
pub(super) fn print(top: &str, document: &DocumentMut, table: &TableShape) -> String {
    let members = read::document(document, table);
    let trailing = read::lines(document.trailing().as_str().unwrap_or(""));
    print::file(top, &members, &trailing)
}

#[cfg(test)]
mod tests;
