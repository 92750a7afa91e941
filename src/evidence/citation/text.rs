//! Texts of evidence and of quotes, and when they are taken for equal.
//!
//! A quote stands at a place if it is a part of the text there after both were made comparable: Unicode form NFC, and every
//! run of spaces, tabs and line ends one space. `[…]` or `[...]` in a quote stands for what was left out; its parts must
//! stand in this order. Nothing else is tolerated.

use encoding_rs::{UTF_16BE, UTF_16LE};
use memchr::memmem;
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// The text of a file: UTF-8, or UTF-16 where it begins with a byte order mark. Bytes that are neither are shown as U+FFFD,
/// so that a quote of the rest can be checked.
pub fn decode(content: &[u8]) -> Cow<'_, str> {
    match content {
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0,
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        content => String::from_utf8_lossy(content),
    }
}

/// Whether content is a text: it has no zero byte near its beginning, or says that it is UTF-16.
pub fn is_text(content: &[u8]) -> bool {
    let beginning = &content[..content.len().min(8 << 10)];
    beginning.starts_with(&[0xff, 0xfe]) || beginning.starts_with(&[0xfe, 0xff]) || !beginning.contains(&0)
}

/// What runs of count as one space.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A text made comparable.
pub fn comparable(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        if !made.is_empty() {
            made.push(' ');
        }
        if word.is_ascii() {
            made.push_str(word);
        } else {
            made.extend(word.nfc());
        }
    }
    made
}

/// A quote, ready to be looked for.
#[derive(Clone, Debug)]
pub struct Quote {
    /// What must stand in this order, made comparable.
    parts: Vec<String>,
    /// The same as byte strings, each list another way to write them: UTF-8 and UTF-16 in little-endian order, or the bytes of
    /// a quote that is written as `hex: 4d 5a`.
    bytes: Vec<Vec<Vec<u8>>>,
    is_hexadecimal: bool,
}

impl Quote {
    pub fn of(text: &str) -> Self {
        let typed: Vec<&str> = parts(text).collect();
        let hexadecimal = hexadecimal(text);
        let is_hexadecimal = hexadecimal.is_some();
        let bytes = match hexadecimal {
            Some(bytes) => vec![bytes],
            None => vec![
                typed.iter().map(|part| part.as_bytes().to_vec()).collect(),
                typed.iter().map(|part| part.encode_utf16().flat_map(u16::to_le_bytes).collect()).collect(),
            ],
        };
        Self { parts: typed.into_iter().map(comparable).collect(), bytes, is_hexadecimal }
    }

    /// Whether it quotes nothing: white space, or only what was left out.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether it stands in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.is_in_comparable(&comparable(text))
    }

    /// Whether it stands in a text that was made comparable.
    pub fn is_in_comparable(&self, text: &str) -> bool {
        self.end_in(text).is_some()
    }

    /// The shortest stretch of a comparable text that ends where the quote first ends, and holds it.
    pub fn stretch_in(&self, text: &str) -> Option<Range<usize>> {
        let end = self.end_in(text)?;
        let mut start = end;
        for part in self.parts.iter().rev() {
            start = text[..start].rfind(part.as_str())?;
        }
        Some(start..end)
    }

    fn end_in(&self, text: &str) -> Option<usize> {
        if self.is_empty() {
            return None;
        }
        let mut end = 0;
        for part in &self.parts {
            end += text[end..].find(part.as_str())? + part.len();
        }
        Some(end)
    }

    /// Whether its bytes stand in content that is no text, written in one of the ways that bytes may be quoted in.
    pub fn is_in_bytes(&self, content: &[u8]) -> bool {
        self.bytes.iter().any(|parts| stretch(parts, content).is_some())
    }

    /// Whether it is written in hexadecimal, and these bytes stand there.
    pub fn is_in_hexadecimal(&self, content: &[u8]) -> bool {
        self.is_hexadecimal && self.is_in_bytes(content)
    }

    /// Where its bytes stand, in the order of the content, at most `limit`.
    pub fn places_in_bytes(&self, content: &[u8], limit: usize) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for parts in &self.bytes {
            let mut from = 0;
            for _ in 0..limit {
                let Some(place) = stretch(parts, &content[from..]) else { break };
                places.push(from + place.start..from + place.end);
                from += place.end;
            }
        }
        places.sort_by_key(|place| (place.start, place.end));
        places.truncate(limit);
        places
    }
}

/// Where byte strings stand in this order.
fn stretch(parts: &[Vec<u8>], content: &[u8]) -> Option<Range<usize>> {
    let (first, rest) = parts.split_first()?;
    let start = memmem::find(content, first)?;
    let mut end = start + first.len();
    for part in rest {
        end += memmem::find(&content[end..], part)? + part.len();
    }
    Some(start..end)
}

/// What a quote has between the marks of what was left out.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("[…]").flat_map(|part| part.split("[...]"));
    parts.map(|part| part.trim_matches(is_gap)).filter(|part| !part.is_empty())
}

/// The texts that bytes may be: UTF-8, and UTF-16 in little-endian order from the first and from the second byte.
pub fn readings(content: &[u8]) -> [String; 3] {
    let wide = |content: &[u8]| UTF_16LE.decode_without_bom_handling(content).0.into_owned();
    [String::from_utf8_lossy(content).into_owned(), wide(content), wide(content.get(1..).unwrap_or_default())]
}

/// The bytes of `hex: 4d 5a […] 00`; `None` where a quote is not written so.
fn hexadecimal(text: &str) -> Option<Vec<Vec<u8>>> {
    let digits = text.trim_matches(is_gap).strip_prefix("hex:")?;
    let part = |part: &str| hex::decode(part.split(is_gap).collect::<String>()).ok();
    let bytes: Vec<Vec<u8>> = parts(digits).map(part).collect::<Option<_>>()?;
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_tolerated_and_what_is_not() {
        for (text, quote, expected) in [
            ("Accepted password for root", "Accepted  password\r\n for root", true),
            ("Accepted password for root", "accepted password", false),
            ("Accepted password for root", "Accepted passwordfor", false),
            ("Accepted\u{a0}password for root", "Accepted password", false),
            ("Accepted password for root from 194.61.24.102", "Accepted […] from 194.61.24.102", true),
            ("Accepted password for root from 194.61.24.102", "from [...] Accepted", false),
            ("one two", "two […] two", false),
            ("cafe\u{301}", "café", true),
            ("abc", "", false),
            ("abc", "[…]", false),
        ] {
            assert_eq!(Quote::of(quote).is_in(text), expected, "{quote} in {text}");
        }
    }

    #[test]
    fn the_shortest_stretch_holds_all_parts() {
        let stretch = |quote: &str, text: &str| Quote::of(quote).stretch_in(text).map(|range| text[range].to_owned());
        assert_eq!(stretch("a […] c", "a b a c c").as_deref(), Some("a c"));
        assert_eq!(stretch("b", "a b b").as_deref(), Some("b"));
        assert_eq!(stretch("x", "a b"), None);
    }

    #[test]
    fn bytes_are_read_in_every_way_that_is_stated() {
        let wide: Vec<u8> = "Secret".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(Quote::of("Secret").is_in_bytes(b"my Secret"));
        assert!(Quote::of("Secret").is_in_bytes(&wide));
        assert!(Quote::of("Secret").is_in_bytes(&[&[1], wide.as_slice()].concat()));
        assert!(Quote::of("hex: 4d 5A90").is_in_hexadecimal(b"..MZ\x90"));
        assert!(Quote::of("hex: 4d [...] 90").is_in_bytes(b"..MZ\x90"));
        assert!(!Quote::of("hex: 4d5b").is_in_bytes(b"MZ"));
        assert!(!Quote::of("MZ").is_in_hexadecimal(b"MZ"));
        assert_eq!(Quote::of("MZ").places_in_bytes(b"MZ M\0Z\0 MZ", 9), [0..2, 3..7, 8..10]);
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b"\xfe\xff\0a\0b"), "ab");
        assert_eq!(decode(b"\xef\xbb\xbfab"), "ab");
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_stands_in_it(before in ".{0,20}", quote in ".{1,20}", after in ".{0,20}") {
            let text = format!("{before} {quote} {after}");
            let marked = quote.contains("[…]") || quote.contains("[...]");
            prop_assert!(Quote::of(&quote).is_in(&text) || marked || Quote::of(&quote).is_empty());
        }

        #[test]
        fn what_is_made_comparable_stays_so(text in "\\PC{0,20}") {
            let once = comparable(&text);
            prop_assert_eq!(comparable(&once), once);
        }

        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>, quote in ".{0,8}") {
            Quote::of(&quote).is_in_bytes(&content);
            Quote::of(&quote).is_in(&decode(&content));
        }
    }
}
