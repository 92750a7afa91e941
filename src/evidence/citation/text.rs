//! Texts of evidence and of quotes, and when they are taken for equal.
//!
//! A quote stands at a place if it is a part of the text there after both were made comparable: Unicode form NFC, and every
//! run of white space one space. `[…]` or `[...]` in a quote stands for what was left out; its parts must stand in this
//! order. Nothing else is tolerated.

use encoding_rs::{UTF_16BE, UTF_16LE};
use std::borrow::Cow;
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

/// A text made comparable.
pub fn comparable(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for word in text.split_whitespace() {
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
    /// The bytes of a quote that is written as `hex: 4d 5a`.
    bytes: Option<Vec<u8>>,
}

impl Quote {
    pub fn of(text: &str) -> Self {
        let parts = text.split("[…]").flat_map(|part| part.split("[...]")).map(comparable);
        Self { parts: parts.filter(|part| !part.is_empty()).collect(), bytes: hexadecimal(text) }
    }

    /// Whether it stands in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let text = comparable(text);
        let mut rest = text.as_str();
        self.parts.iter().all(|part| match rest.find(part.as_str()) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }

    /// Whether it stands in bytes: as UTF-8, as UTF-16 in little-endian order at an even or odd offset, or byte for byte where it
    /// is written in hexadecimal.
    pub fn is_in_bytes(&self, content: &[u8]) -> bool {
        if let Some(bytes) = &self.bytes {
            return content.windows(bytes.len().max(1)).any(|window| window == bytes);
        }
        readings(content).iter().any(|text| self.is_in(text))
    }
}

/// The texts that bytes may be: UTF-8, and UTF-16 in little-endian order from the first and from the second byte.
pub fn readings(content: &[u8]) -> Vec<String> {
    let wide = |content: &[u8]| UTF_16LE.decode_without_bom_handling(content).0.into_owned();
    vec![decode(content).into_owned(), wide(content), wide(content.get(1..).unwrap_or_default())]
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.trim().strip_prefix("hex:")?.split_whitespace().collect();
    hex::decode(digits).ok().filter(|bytes| !bytes.is_empty())
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
            ("Accepted password for root from 194.61.24.102", "Accepted […] from 194.61.24.102", true),
            ("Accepted password for root from 194.61.24.102", "from [...] Accepted", false),
            ("cafe\u{301}", "café", true),
            ("abc", "", true),
        ] {
            assert_eq!(Quote::of(quote).is_in(text), expected, "{quote} in {text}");
        }
    }

    #[test]
    fn bytes_are_read_in_every_way_that_is_stated() {
        let wide: Vec<u8> = "Secret".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(Quote::of("Secret").is_in_bytes(b"my Secret"));
        assert!(Quote::of("Secret").is_in_bytes(&wide));
        assert!(Quote::of("Secret").is_in_bytes(&[&[1], wide.as_slice()].concat()));
        assert!(Quote::of("hex: 4d 5A90").is_in_bytes(b"..MZ\x90"));
        assert!(!Quote::of("hex: 4d5b").is_in_bytes(b"MZ"));
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b"\xfe\xff\0a\0b"), "ab");
        assert_eq!(decode(b"\xef\xbb\xbfab"), "ab");
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_stands_in_it(before in ".{0,20}", quote in ".{1,20}", after in ".{0,20}") {
            let text = format!("{before} {quote} {after}");
            prop_assert!(Quote::of(&quote).is_in(&text) || quote.contains("[…]") || quote.contains("[...]"));
        }

        #[test]
        fn any_bytes_are_read_without_panic(content: Vec<u8>, quote in ".{0,8}") {
            Quote::of(&quote).is_in_bytes(&content);
        }
    }
}
