//! Hashes arbitrary contents in arbitrary pieces, four at a time, and compares each digest with what `sha2` makes of it in
//! one piece. Run it with `cargo +nightly fuzz run lanes`.

#![no_main]

use casebook::values::Sha256;
use casebook::values::digest::lanes::{Block, CLOSING, START, WIDTH, advance, close, digest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Where the contents end, how large the pieces are, and the contents.
    let Some((plan, rest)) = data.split_first_chunk::<11>() else { return };
    let (ends, pieces) = plan.split_at(6);
    if pieces.iter().all(|piece| piece % 16 == 0) {
        return;
    }
    let mut ends = [[ends[0], ends[1]], [ends[2], ends[3]], [ends[4], ends[5]], [0xff, 0xff]]
        .map(|bytes| usize::from(u16::from_le_bytes(bytes)) % (rest.len() + 1));
    ends[WIDTH - 1] = rest.len();
    ends.sort_unstable();
    let mut start = 0;
    let contents = ends.map(|end| &rest[std::mem::replace(&mut start, end)..end]);
    let closed = contents.map(|content| {
        let mut closed = content.to_vec();
        closed.resize(content.len() + CLOSING, 0xff);
        let length = close(&mut closed, content.len(), content.len() as u64);
        closed.truncate(length);
        closed
    });
    let mut states = [START; WIDTH];
    let mut left: [&[Block]; WIDTH] = closed.each_ref().map(|closed| closed.as_chunks().0);
    // Their number is odd, so that every lane gets each of them in turn.
    let mut pieces = pieces.iter().map(|piece| usize::from(*piece % 16)).cycle();
    while left.iter().any(|left| !left.is_empty()) {
        let shown = left.map(|left| &left[..left.len().min(pieces.next().unwrap_or(1))]);
        let count = advance(&mut states, shown);
        for (left, shown) in left.iter_mut().zip(shown) {
            *left = if shown.is_empty() { left } else { &left[count..] };
        }
    }
    for (state, content) in states.iter().zip(contents) {
        assert_eq!(digest(state), Sha256::of(content));
    }
});
