//! Renderers: functions over sources and diagnostics, one output format a file.

pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod sarif;
pub mod text;

use super::{Diagnostic, Level};
use crate::values::characters::{deceit, may_deceive};
use crate::values::wording::counted;
use std::borrow::Cow;

/// How many errors and warnings there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Count {
    pub errors: usize,
    pub warnings: usize,
}

pub fn count(diagnostics: &[Diagnostic]) -> Count {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    Count { errors, warnings: diagnostics.len() - errors }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.errors, self.warnings) {
            (0, 0) => f.write_str("no problems"),
            (errors, 0) => f.write_str(&counted(errors, "error")),
            (0, warnings) => f.write_str(&counted(warnings, "warning")),
            (errors, warnings) => write!(f, "{} and {}", counted(errors, "error"), counted(warnings, "warning")),
        }
    }
}

/// Shows characters that deceive by their escapes, so that text from a case cannot steer a terminal or turn a line
/// around. The two that join letters of some scripts stay.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200c}' | '\u{200d}' => c.to_string(),
            c if deceit(c).is_some() => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

/// Shows characters that deceive by one of the same length in bytes, so that places in the text stay where they are.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !may_deceive(text) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match (c, c.len_utf8()) {
        // The renderer has pictures for those of one byte.
        (c, 1) => c,
        (c, _) if deceit(c).is_none() || matches!(c, '\u{200c}' | '\u{200d}') => c,
        (_, 2) => '·',
        (_, 3) => '\u{fffd}',
        _ => '\u{1f7e5}',
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// The same for what must stay on one line: a path with a newline must not look like a second message.
pub fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}
