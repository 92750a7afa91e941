//! Edits of single keys of a file: comments are kept, and what would be malformed is told before anything is written.

use super::Assignment;
use super::assignment::{Change, Meaning};
use super::entry::placeholder;
use super::format::{self, Fields, FormatError};
use crate::diagnostic::Diagnostic;
use crate::load;
use crate::model::TableShape;
use crate::values::{Malformed, Step, TreePath};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// A file as it would be.
#[derive(Debug)]
pub struct Edited {
    pub text: String,
    /// What would be wrong with it that was not wrong before.
    pub found: Vec<Diagnostic>,
}

/// Why a file could not be edited.
#[derive(Debug)]
pub enum EditError {
    /// The file is not TOML, so nobody knows what its keys are.
    Unreadable(FormatError),
    /// An assignment makes no sense for this file.
    Senseless(Malformed),
}

impl From<FormatError> for EditError {
    fn from(error: FormatError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Malformed> for EditError {
    fn from(error: Malformed) -> Self {
        Self::Senseless(error)
    }
}

/// Makes changes in the text of the file at `path`.
pub fn edit(
    path: &TreePath,
    text: &str,
    table: &TableShape,
    assignments: &[Assignment],
    meaning: &Meaning<'_>,
) -> Result<Edited, EditError> {
    let before = load::examine(path, text.as_bytes());
    let text = without_placeholders(text, table, assignments);
    let (top, mut document) = format::parse(&text.replace("\r\n", "\n"))?;
    for assignment in assignments {
        assignment.apply(document.as_table_mut(), Fields::Record(&table.fields), meaning)?;
    }
    let text = format::print(&top, &document, table);
    let found = load::examine(path, text.as_bytes())
        .into_iter()
        .filter(|new| !before.iter().any(|old| old.code == new.code && old.message == new.message))
        .collect();
    Ok(Edited { text, found })
}

/// Takes out the commented examples that `casebook new` wrote for the keys that now get a value.
fn without_placeholders(text: &str, table: &TableShape, assignments: &[Assignment]) -> String {
    let lines: Vec<String> = assignments
        .iter()
        .filter(|assignment| matches!(assignment.change, Change::Set(_) | Change::Add(_)))
        .filter_map(|assignment| match assignment.route.as_slice() {
            [Step::Key(name), ..] => table.fields.iter().find(|field| field.name == name),
            _ => None,
        })
        .flat_map(placeholder)
        .collect();
    let source = Source::new(text);
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for token in source.lex().filter(|token| token.kind() == TokenKind::Comment) {
        let (start, end) = (token.span().start(), token.span().end());
        let alone = text[..start].ends_with('\n') || start == 0;
        if alone && lines.iter().any(|line| line == text[start..end].trim_end()) {
            kept.push_str(&text[from..start]);
            from = end + usize::from(text[end..].starts_with('\n'));
        }
    }
    kept.push_str(&text[from..]);
    kept
}
