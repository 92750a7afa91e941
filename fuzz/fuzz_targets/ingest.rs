//! Gives arbitrary bytes to the readers of tools' outputs: the first byte says which, and into how large pieces the file is cut. Whole and
//! in pieces it must have as many rows. Run it with `cargo +nightly fuzz run ingest tests/ingest/fixtures`.

#![no_main]

use casebook::ingest::cut::{self, Piece};
use casebook::ingest::format::{ALL, Format, HEAD_BYTES, Head};
use casebook::ingest::instant::Told;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(([which, size], bytes)) = data.split_first_chunk::<2>() else { return };
    let format = &ALL[usize::from(*which) % ALL.len()];
    let head = Head { name: "any", bytes: &bytes[..bytes.len().min(HEAD_BYTES)] };
    ALL.iter().for_each(|format| {
        let _ = (format.detect)(&head);
    });
    let whole = rows(format, bytes);
    let mut source = bytes;
    let mut found = 0;
    let mut hear = |piece: Piece| {
        found += rows(format, &piece.bytes);
        true
    };
    let size = usize::from(*size) * 16 + 1;
    match cut::each(&mut source, (format.cut)(&head), size, &mut hear).expect("bytes in memory can be read") {
        Some(_) => {}
        None => assert_eq!(found, whole),
    }
});

/// How many rows are read.
fn rows(format: &Format, mut bytes: &[u8]) -> usize {
    let columns = (format.name == "table").then(|| "time=a,message=b".parse().expect("it is well-formed"));
    let told = Told { columns, ..Told::default() };
    let mut rows = 0;
    let mut hear = |heard: Result<_, _>| {
        rows += usize::from(heard.is_ok());
        true
    };
    (format.read)(&mut bytes, &told, &mut hear).expect("bytes in memory can be read");
    rows
}
