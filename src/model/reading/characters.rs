//! Looks for characters that deceive in the text of a file.

use super::{bidirectional_text, control_character, invisible_character};
use crate::diagnostic::Diagnostic;
use crate::values::TreePath;
use crate::values::characters::{Deceit, deceit, joins, may_deceive};

/// A diagnostic for each deceiving character, and one for a run of the same.
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
