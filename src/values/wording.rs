//! Wordings that messages share: a number with its noun, a text as a word of a shell.

use std::fmt::Display;

/// A number with its noun, in the plural where it is not one: `1 file`, `2 files`, `3 duties`, `4 keys`.
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == N::from(1) => format!("1 {noun}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// A text with a capital letter at its start.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The beginning of a text of more than so many characters, with `…` for the rest.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text as one word of a POSIX shell, in quotes.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{counted, shell_word};

    #[test]
    fn a_noun_agrees_with_its_number() {
        assert_eq!(counted(0_u64, "file"), "0 files");
        assert_eq!(counted(1_usize, "legal duty"), "1 legal duty");
        assert_eq!(counted(2_usize, "legal duty"), "2 legal duties");
        assert_eq!(counted(2_usize, "key"), "2 keys");
    }

    #[test]
    fn a_hostile_text_is_one_word() {
        assert_eq!(shell_word("it's; $(rm)"), r"'it'\''s; $(rm)'");
    }
}
