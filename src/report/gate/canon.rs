//! One form for all ways to write the same: lower case, without what takes a value apart, as words between single spaces.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The words of a text, each with a space before it and one behind the last.
pub fn canon(text: &str) -> String {
    let text = percent_decoded(&without_revealed(text)).into_owned();
    let mut words = Words { out: String::with_capacity(text.len() + 2), start: 0 };
    words.out.push(' ');
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' => words.out.push(c),
            'A'..='Z' => words.out.push(c.to_ascii_lowercase()),
            _ if c.is_ascii() => words.end(),
            // What nobody sees takes no word apart.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            _ => decompose_compatible(c, |part| words.push(part)),
        }
    }
    words.end();
    // `evil dot com` and `evil(dot)com`, as people write it by hand.
    words.out.replace(" dot ", " ")
}

struct Words {
    out: String,
    /// Where the current word starts.
    start: usize,
}

impl Words {
    /// Letters without their accents: there is more than one way to write those.
    fn push(&mut self, c: char) {
        if c.is_alphanumeric() {
            self.out.extend(c.to_lowercase());
        } else if !is_combining_mark(c) {
            self.end();
        }
    }

    fn end(&mut self) {
        match &self.out[self.start..] {
            "" | " " => return,
            " hxxp" | " meow" => self.out.replace_range(self.start.., " http"),
            " hxxps" => self.out.replace_range(self.start.., " https"),
            _ => {}
        }
        self.start = self.out.len();
        self.out.push(' ');
    }
}

/// A text without the code points that stand for characters nobody sees: `ev[U+200B]il` is `evil`.
fn without_revealed(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("[U+") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[U+") {
        out.push_str(&rest[..at]);
        let after = &rest[at + 3..];
        let end = after.find(']').filter(|end| after[..*end].bytes().all(|byte| byte.is_ascii_hexdigit()));
        rest = end.map_or(after, |end| &after[end + 1..]);
    }
    out.push_str(rest);
    out.into()
}

/// A text in which `%41` is `A`; what is no text then stays as it is.
fn percent_decoded(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).filter(|_| *first == b'%').and_then(|pair| hex::decode(pair).ok());
        match pair {
            Some(byte) => {
                bytes.extend(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(text.into(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::canon;

    #[test]
    fn every_way_to_write_a_value_is_the_same() {
        let wanted = canon("http://evil.example/a");
        for text in [
            "hxxp://evil[.]example/a",
            "HTTP://EVIL.EXAMPLE/A",
            "http%3A%2F%2Fevil.example%2Fa",
            "http:// evil . example / a",
            "http://evil(dot)example/a",
            "http://e\u{200b}vil.example/a",
            "http://ｅｖｉｌ.example/a",
            r"http:\/\/evil\.example/a",
        ] {
            assert_eq!(canon(text), wanted, "{text}");
        }
        assert_ne!(canon("http://evil.example/ab"), wanted);
        assert_eq!(canon("Caf\u{e9} HXXP hxxps"), canon("cafe\u{301} http https"));
        assert_eq!(canon("100 % sure, %zz"), " 100 sure zz ");
    }
}
