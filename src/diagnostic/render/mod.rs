//! Renderers: functions over sources and diagnostics, one output format a file.

pub mod json;
pub mod text;

use super::{Diagnostic, Level};

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
        let plural = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        match (self.errors, self.warnings) {
            (0, 0) => f.write_str("no problems"),
            (errors, 0) => f.write_str(&plural(errors, "error")),
            (0, warnings) => f.write_str(&plural(warnings, "warning")),
            (errors, warnings) => write!(f, "{} and {}", plural(errors, "error"), plural(warnings, "warning")),
        }
    }
}

/// Shows control characters and bidirectional overrides by their escapes, so that text from a case
/// cannot steer a terminal or turn a line around.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c.to_string(),
            c if c.is_control() || is_bidirectional(c) => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

/// The same for what must stay on one line: a path with a newline must not look like a second message.
pub fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// The characters that change the direction of text (Unicode Standard Annex 9; CVE-2021-42574).
pub fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}
