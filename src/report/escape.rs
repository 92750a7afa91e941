//! Making texts harmless: for HTML, for CSS and for Markdown. Characters that nobody can see, or that turn a line around,
//! are shown by their code points.

use crate::values::characters::{self, deceit};
use std::fmt::Write;

/// Whether a character deceives where it stands, or is one that no document may hold (Unicode Standard, section 23.7).
fn is_hidden(text: &str, at: usize, c: char) -> bool {
    let code = u32::from(c);
    let noncharacter = || code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code);
    let joins = || characters::joins(text[..at].chars().next_back(), c, text[at + c.len_utf8()..].chars().next());
    (deceit(c).is_some() && !joins()) || (!c.is_ascii() && noncharacter())
}

/// Writes text in which every hidden character is shown by its name, for where nothing else needs an escape.
pub fn visible(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        if is_hidden(text, at, c) { reveal(out, c) } else { out.push(c) }
    }
}

/// Writes a hidden character so that it is seen.
fn reveal(out: &mut String, c: char) {
    let _ = write!(out, "[{}]", characters::code_point(c));
}

/// Writes text for HTML: in an element or in an attribute between double quotes.
pub fn html(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let mut kept = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < 0x80 {
            if PLAIN[byte as usize] {
                at += 1;
                continue;
            }
            out.push_str(&text[kept..at]);
            match byte {
                b'&' => out.push_str("&amp;"),
                b'<' => out.push_str("&lt;"),
                b'>' => out.push_str("&gt;"),
                b'"' => out.push_str("&quot;"),
                b'\'' => out.push_str("&#39;"),
                _ => reveal(out, char::from(byte)),
            }
            at += 1;
            kept = at;
        } else {
            let c = text[at..].chars().next().unwrap_or('\u{fffd}');
            let next = at + c.len_utf8();
            if is_hidden(text, at, c) {
                out.push_str(&text[kept..at]);
                reveal(out, c);
                kept = next;
            }
            at = next;
        }
    }
    out.push_str(&text[kept..]);
}

/// The ASCII characters that HTML text may hold as they are.
const PLAIN: [bool; 128] = {
    let mut plain = [true; 128];
    let mut code = 0;
    while code < 32 {
        plain[code] = code == b'\n' as usize || code == b'\t' as usize;
        code += 1;
    }
    plain[127] = false;
    plain[b'&' as usize] = false;
    plain[b'<' as usize] = false;
    plain[b'>' as usize] = false;
    plain[b'"' as usize] = false;
    plain[b'\'' as usize] = false;
    plain
};

/// Writes text for a CSS string between double quotes: everything but letters, digits and spaces by its code point.
pub fn css(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            c if c.is_ascii_alphanumeric() || c == ' ' => out.push(c),
            c if is_hidden(text, at, c) || c == '\n' || c == '\t' => out.push(' '),
            c => {
                let _ = write!(out, "\\{:06x}", c as u32);
            }
        }
    }
}

/// Where a text stands in Markdown: what must be escaped depends on it.
#[derive(Clone, Copy, Default)]
pub struct Standing {
    /// At the start of a line, where headings, lists, quotes, rules and tables begin.
    pub starts_line: bool,
    /// In a cell of a table.
    pub in_table: bool,
}

/// Writes text on one line of Markdown, so that every character of it stands for itself.
pub fn markdown(out: &mut String, text: &str, standing: Standing) {
    let begun = if standing.starts_line { markdown_start(out, text) } else { 0 };
    let bytes = text.as_bytes();
    let (mut kept, mut at) = (begun, begun);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < 0x80 && LITERAL[byte as usize] {
            at += 1;
            continue;
        }
        let c = text[at..].chars().next().unwrap_or('\u{fffd}');
        let next = at + c.len_utf8();
        if matches!(c, '\n' | '\t') {
            out.push_str(&text[kept..at]);
            out.push(' ');
            kept = next;
        } else if is_hidden(text, at, c) {
            out.push_str(&text[kept..at]);
            // With bare brackets it would be a link, where an address follows.
            let _ = write!(out, "\\[{}\\]", characters::code_point(c));
            kept = next;
        } else if means_something(text, at, c, standing) {
            out.push_str(&text[kept..at]);
            out.push('\\');
            kept = at;
        }
        at = next;
    }
    out.push_str(&text[kept..]);
}

/// The ASCII characters that never mean anything in Markdown but at the start of a line.
const LITERAL: [bool; 128] = {
    let mut literal = PLAIN;
    let special = b"\n\t\\`*[]~|_#<&";
    let mut code = 0;
    literal[b'>' as usize] = true;
    literal[b'"' as usize] = true;
    literal[b'\'' as usize] = true;
    while code < special.len() {
        literal[special[code] as usize] = false;
        code += 1;
    }
    literal
};

/// Writes the white space, number or mark that a line starts with, and says how many bytes of the text that was.
fn markdown_start(out: &mut String, text: &str) -> usize {
    let spaces = text.len() - text.trim_start_matches([' ', '\t', '\n']).len();
    let rest = &text[spaces..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mark = spaces + digits;
    let after = text[mark..].chars().nth(1);
    let ends = after.is_none_or(char::is_whitespace);
    let escaped = match text[mark..].chars().next() {
        Some('.' | ')') => digits > 0 && ends,
        Some('#' | '>' | '+' | '-' | '=' | '|') => digits == 0,
        Some(':') => digits == 0 && after == Some('-'),
        _ => false,
    };
    out.extend(std::iter::repeat_n(' ', spaces));
    out.push_str(&text[spaces..mark]);
    if !escaped {
        return mark;
    }
    out.push('\\');
    out.push_str(&text[mark..=mark]);
    mark + 1
}

/// Whether a character inside a line would be taken for markup.
fn means_something(text: &str, at: usize, c: char, standing: Standing) -> bool {
    let after = || text[at + c.len_utf8()..].chars().next();
    match c {
        '\\' | '`' | '*' | '[' | ']' | '~' => true,
        '|' => standing.in_table,
        '<' => after().is_none_or(|c| c.is_whitespace() || c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        // Inside a word it is only a letter: file_name.
        '_' => {
            let before = text[..at].chars().next_back();
            !(before.is_some_and(char::is_alphanumeric) && after().is_some_and(char::is_alphanumeric))
        }
        '&' => is_entity(&text[at + 1..]),
        // At the end of a heading it would be taken for its mark.
        '#' => after().is_none_or(char::is_whitespace),
        _ => false,
    }
}

/// Whether what follows an ampersand makes it a character reference.
fn is_entity(rest: &str) -> bool {
    let name = rest.bytes().take(34).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    name > 0 && rest.as_bytes().get(name) == Some(&b';')
}

/// Writes text as code in one line of Markdown.
pub fn markdown_code(out: &mut String, text: &str, in_table: bool) {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    out.push_str(&fence);
    let edges = |c: char| c == '`' || c == ' ';
    let padded = text.starts_with(edges) || text.ends_with(edges);
    if padded {
        out.push(' ');
    }
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\t' => out.push(' '),
            '|' if in_table => out.push_str("\\|"),
            c if is_hidden(text, at, c) => reveal(out, c),
            c => out.push(c),
        }
    }
    if padded {
        out.push(' ');
    }
    out.push_str(&fence);
}

#[cfg(test)]
mod tests {
    use super::{Standing, css, html, markdown, markdown_code};

    #[test]
    fn html_is_escaped_and_what_is_hidden_is_shown() {
        let mut out = String::new();
        html(&mut out, "<a href=\"x\">it's & é\u{202e}\0\t\n\u{fffe}</a>");
        assert_eq!(out, "&lt;a href=&quot;x&quot;&gt;it&#39;s &amp; é[U+202E][U+0000]\t\n[U+FFFE]&lt;/a&gt;");
    }

    #[test]
    fn css_strings_cannot_end() {
        let mut out = String::new();
        css(&mut out, "a\"}</style>\\é");
        assert_eq!(out, "a\\000022\\00007d\\00003c\\00002fstyle\\00003e\\00005c\\0000e9");
    }

    #[test]
    fn markdown_keeps_its_structure() {
        for (text, expected) in [
            ("# no heading", "\\# no heading"),
            ("1. no list", "1\\. no list"),
            ("194.61.24.102", "194.61.24.102"),
            ("a|b `c` file_name _x_", "a|b \\`c\\` file_name \\_x\\_"),
            ("<b> &amp; R&D 1 < 2 @bob", "\\<b> \\&amp; R&D 1 \\< 2 @bob"),
            ("two\nlines", "two lines"),
            ("\t- no list", " \\- no list"),
        ] {
            let mut out = String::new();
            markdown(&mut out, text, Standing { starts_line: true, in_table: false });
            assert_eq!(out, expected);
        }
        let mut out = String::new();
        markdown_code(&mut out, "`a|b`", true);
        assert_eq!(out, "`` `a\\|b` ``");
    }
}
