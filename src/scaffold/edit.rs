//! Edits of single keys of a file: comments are kept, and what would be malformed is told before anything is written.

use super::Assignment;
use super::assignment::Meaning;
use super::entry::{placeholder, refuse_defanged, show_placeholders};
use super::format::{self, Fields, FormatError};
use crate::diagnostic::Diagnostic;
use crate::load;
use crate::model::TableShape;
use crate::values::{Kind, Malformed, Step, TreePath};
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
    let (text, shown) = without_placeholders(text, table);
    let (top, mut document) = format::parse(&text.replace("\r\n", "\n"))?;
    for assignment in assignments {
        assignment.apply(document.as_table_mut(), Fields::Record(&table.fields), meaning)?;
    }
    let sets_value = assignments.iter().any(|assignment| assignment.route == [Step::Key("value".to_owned())]);
    if sets_value && Kind::of_folder(path.top()) == Some(Kind::Indicator) {
        refuse_defanged(&document)?;
    }
    show_placeholders(&mut document, &table.fields, &shown);
    let text = format::print(&top, &document, table);
    let found = load::examine(path, text.as_bytes())
        .into_iter()
        .filter(|new| !before.iter().any(|old| old.code == new.code && old.message == new.message))
        .collect();
    Ok(Edited { text, found })
}

/// Takes out the commented examples that `casebook new` wrote, and names the fields that they are for: those that are
/// still without a value are shown again, in their places.
pub(super) fn without_placeholders<'t>(text: &str, table: &'t TableShape) -> (String, Vec<&'t str>) {
    let examples: Vec<(&str, Vec<String>)> =
        table.fields.iter().map(|field| (field.name, placeholder(field))).collect();
    let mut shown = Vec::new();
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for token in Source::new(text).lex().filter(|token| token.kind() == TokenKind::Comment) {
        let (start, end) = (token.span().start(), token.span().end());
        let is_alone = start == 0 || text[..start].ends_with('\n');
        let line = text[start..end].trim_end();
        let field = examples.iter().find(|(_, lines)| lines.iter().any(|example| example == line));
        if let Some((name, _)) = field.filter(|_| is_alone) {
            shown.push(*name);
            kept.push_str(&text[from..start]);
            from = end + usize::from(text[end..].starts_with('\n'));
        }
    }
    kept.push_str(&text[from..]);
    (kept, shown)
}
