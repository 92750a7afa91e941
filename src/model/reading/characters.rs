//! Characters that deceive: what steers a terminal, turns text around or cannot be seen.

use super::{bidirectional_text, control_character, invisible_character};
use crate::diagnostic::Diagnostic;
use crate::values::TreePath;

/// What a character does to whoever reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deceit {
    Controls,
    TurnsAround,
    Hides,
}

/// The deceit of a character, whatever stands around it.
pub fn deceit(c: char) -> Option<Deceit> {
    match c {
        '\n' | '\t' => None,
        c if c.is_control() => Some(Deceit::Controls),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(Deceit::TurnsAround),
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => Some(Deceit::Hides),
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' => Some(Deceit::Hides),
        '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' => Some(Deceit::Hides),
        '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => Some(Deceit::Hides),
        _ => None,
    }
}

/// A diagnostic for each run of deceiving characters in the text of a file.
pub fn found(path: &TreePath, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if !may_deceive(text) {
        return found;
    }
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let after = characters.peek().map(|(_, c)| *c);
        let harmless = (at == 0 && c == '\u{feff}') || (c == '\r' && after == Some('\n')) || joins(before, c, after);
        if let Some(deceit) = deceit(c)
            && !harmless
            && before != Some(c)
        {
            let span = at..at + c.len_utf8();
            found.push(match deceit {
                Deceit::Controls => control_character::found(path, span, c),
                Deceit::TurnsAround => bidirectional_text::found(path, span, c),
                Deceit::Hides => invisible_character::found(path, span, c),
            });
        }
        before = Some(c);
    }
    found
}

/// Whether a text has any byte that a deceiving character could start with: most have none.
fn may_deceive(text: &str) -> bool {
    text.bytes().any(|b| b >= 0x80 || (b < 0x20 && b != b'\n' && b != b'\t') || b == 0x7f)
}

/// Whether a character joins or keeps apart letters of a script, or pictures, that need it.
fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
    let needs = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && deceit(c).is_none());
    matches!(c, '\u{200c}' | '\u{200d}') && needs(before) && needs(after)
}

/// The name of a character that people can look up, such as `U+202E`.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The escape of a character in a TOML text between double quotes.
pub fn escape(c: char) -> String {
    match u32::from(c) {
        small @ 0..=0xffff => format!("\\u{small:04x}"),
        large => format!("\\U{large:08x}"),
    }
}
