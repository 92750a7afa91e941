//! Bytes of any file, from an offset.

use super::place::{Hit, Miss, Texts};
use super::text::Quote;
use crate::values::Selector;
use crate::values::wording::counted;

/// The bytes as the texts that they may be, and in hexadecimal.
pub fn read(content: &[u8], offset: u64, length: u64) -> Result<Texts<'_>, Miss> {
    let there = content.len() as u64;
    let end = offset.checked_add(length).filter(|end| *end <= there);
    let end = end.ok_or_else(|| Miss::new(format!("the file has {}", counted(there, "byte"))))?;
    Ok(Texts::of_bytes(&content[offset as usize..end as usize]))
}

/// Where the bytes of a text stand: in UTF-8, in UTF-16 in little-endian order, or as they are where it is written in
/// hexadecimal.
pub fn find(content: &[u8], quote: &Quote, limit: usize) -> Vec<Hit> {
    let places = quote.places_in_bytes(content, limit).into_iter();
    let hits = places.filter_map(|place| {
        let texts = Texts::of_bytes(&content[place.clone()]);
        let at = Selector::Bytes { offset: place.start as u64, length: place.len() as u64 };
        texts.comparable().hold(quote).then(|| Hit::new(at, &texts.shown()))
    });
    hits.collect()
}
