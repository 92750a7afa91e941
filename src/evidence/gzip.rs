//! Files that were packed alone, as logs are when they are put by (gzip, RFC 1952). Several members, one behind the other, are one.

use flate2::bufread::MultiGzDecoder;
use std::io::{BufRead, Read};

/// How such a file begins: its mark, and the one method that there is.
const MAGIC: &[u8] = &[0x1f, 0x8b, 8];

/// Whether a file is packed, by its first bytes.
pub fn is_packed(beginning: &[u8]) -> bool {
    beginning.starts_with(MAGIC)
}

/// What was packed, as it is read.
pub fn reader<S: BufRead>(packed: S) -> impl Read {
    MultiGzDecoder::new(packed)
}

/// What was packed, as a whole; none where it is not packed, is damaged, or comes to more than a number of bytes.
pub fn unpacked(content: &[u8], most: u64) -> Option<Vec<u8>> {
    if !is_packed(content) {
        return None;
    }
    let mut found = Vec::new();
    reader(content).take(most + 1).read_to_end(&mut found).ok()?;
    (found.len() as u64 <= most).then_some(found)
}
