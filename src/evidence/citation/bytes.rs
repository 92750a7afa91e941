//! Bytes of any file, from an offset.

use super::place::{Hit, Miss, Texts};
use super::text::readings;
use crate::values::Selector;

/// The bytes as the texts that they may be, and in hexadecimal.
pub fn read(content: &[u8], offset: u64, length: u64) -> Result<Texts, Miss> {
    let there = content.len() as u64;
    let end = offset.checked_add(length).filter(|end| *end <= there);
    let end = end.ok_or_else(|| Miss::new(format!("the file has {there} bytes")))?;
    let bytes = &content[offset as usize..end as usize];
    Ok(Texts::of_bytes(readings(bytes), bytes))
}

/// Where the bytes of a text stand, in UTF-8 or UTF-16 in little-endian order.
pub fn find(content: &[u8], text: &str, limit: usize) -> Vec<Hit> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut hits: Vec<Hit> = Vec::new();
    for needle in [text.as_bytes(), wide.as_slice()].into_iter().filter(|needle| !needle.is_empty()) {
        let places = content.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle);
        hits.extend(places.take(limit).map(|(offset, _)| Hit {
            at: Selector::Bytes { offset: offset as u64, length: needle.len() as u64 },
            text: text.to_owned(),
        }));
    }
    hits.truncate(limit);
    hits
}
