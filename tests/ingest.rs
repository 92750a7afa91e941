//! Ingest: every file of the real data is read, no row is lost, and times are the true ones; every format keeps what all promise.

#![allow(clippy::unwrap_used)]

#[path = "ingest/contract.rs"]
mod contract;
#[path = "ingest/import.rs"]
mod import;
#[path = "ingest/mistyped.rs"]
mod mistyped;
#[path = "ingest/neighbours.rs"]
mod neighbours;
#[path = "support/random.rs"]
mod random;
mod support;
#[path = "ingest/terminal.rs"]
mod terminal;
#[path = "ingest/timeline.rs"]
mod timeline;

use casebook::ingest::format::{self, HEAD_BYTES, Head};
use casebook::ingest::instant::Told;
use casebook::ingest::row::{Refused, Row};
use std::fs;
use std::io::BufReader;
use std::path::Path;

/// The format of a file, its rows, and what of it was refused.
fn read(path: &Path, told: &Told) -> Option<(&'static str, Vec<Row>, Vec<Refused>)> {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let head = Head { name, bytes: &bytes[..bytes.len().min(HEAD_BYTES)] };
    let format = format::detect(&head)?;
    let (mut rows, mut refused) = (Vec::new(), Vec::new());
    let mut hear = |heard: Result<Row, Refused>| {
        match heard {
            Ok(row) => rows.push(row),
            Err(row) => refused.push(row),
        }
        true
    };
    // A small buffer, so that rows are taken apart by it.
    (format.read)(&mut BufReader::with_capacity(100, bytes.as_slice()), told, &mut hear).unwrap();
    Some((format.name, rows, refused))
}

/// What a file comes to: `format rows/without a time/refused`.
fn counted(path: &Path) -> String {
    let Some((format, rows, refused)) = read(path, &Told::default()) else { return "no format".to_owned() };
    let timeless = rows.iter().filter(|row| row.at().is_none()).count();
    format!("{format} {}/{timeless}/{}", rows.len(), refused.len())
}

#[test]
fn every_file_is_read_and_no_row_is_lost() {
    let expected = include_str!("ingest/counts.txt");
    let mut found = String::new();
    for line in expected.lines() {
        let path = line.split(": ").next().unwrap();
        let Some(file) = support::shared(path) else { return };
        found += &format!("{path}: {}\n", counted(&file));
    }
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/counts.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(place, &found).unwrap();
    } else {
        assert_eq!(found, expected);
    }
}

/// The logs of the domain controller and of recorded attacks, record by record.
#[test]
fn every_record_of_an_event_log_is_read() {
    let Some(folder) = support::shared("evtx-attack-samples") else { return };
    let mut records = 0;
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "evtx") {
            let (format, rows, refused) = read(entry.path(), &Told::default()).unwrap();
            assert_eq!(format, "evtx");
            assert!(refused.is_empty(), "{}: {refused:?}", entry.path().display());
            assert!(rows.iter().all(|row| row.at().is_some() && row.place.is_some()), "{}", entry.path().display());
            records += rows.len();
        }
    }
    assert_eq!(records, RECORDS);
}

/// As many as `evtxexport` of libevtx reads in them.
const RECORDS: usize = 489;
