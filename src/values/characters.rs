//! Characters that deceive: what steers a terminal, turns text around or cannot be seen.

/// What a character does to whoever reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deceit {
    /// It steers a terminal.
    Controls,
    /// It turns the direction of the text after it (Unicode Standard Annex 9; CVE-2021-42574).
    TurnsAround,
    /// It cannot be seen.
    Hides,
}

/// The deceit of a character, whatever stands around it; a tab and a line end have none.
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

/// Whether a text has any byte that a deceiving character begins with: most texts have none.
pub fn may_deceive(text: &str) -> bool {
    text.bytes().any(|byte| match byte {
        b'\n' | b'\t' => false,
        0x00..=0x1f | 0x7f => true,
        // The first bytes, in UTF-8, of the characters that `deceit` knows.
        0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf3 => true,
        _ => false,
    })
}

/// Whether a character joins or keeps apart letters of a script, or pictures, that need it: then it does not deceive.
pub fn joins(before: Option<char>, c: char, after: Option<char>) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_deceiving_character_is_overlooked() {
        for c in ('\0'..=char::MAX).filter(|c| deceit(*c).is_some()) {
            assert!(may_deceive(c.encode_utf8(&mut [0; 4])), "{}", code_point(c));
        }
        assert!(!may_deceive("Über mail01:\n\tkein Satz, der täuscht"));
    }

    #[test]
    fn escapes_are_those_of_toml() {
        assert_eq!(escape('\u{202e}'), "\\u202e");
        assert_eq!(escape('\u{e0001}'), "\\U000e0001");
    }
}
