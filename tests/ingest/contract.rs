//! What every format promises, on files of its tool: a new format is one file with its fixtures, and a line here for each of them.

use super::random::Random;
use casebook::evidence::citation::place::Source;
use casebook::evidence::citation::text::Quote;
use casebook::ingest::cut::{self, Piece};
use casebook::ingest::format::{self, ALL, Format, HEAD_BYTES, Head};
use casebook::ingest::instant::{NoInstant, Told, ZoneFrom};
use casebook::ingest::row::{Refused, Row};
use casebook::values::Selector;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufReader;
use std::path::Path;

/// Files of each format, with how many rows they have: counted by hand or by another program.
const FIXTURES: &[(&str, &str, usize)] = &[
    ("bodyfile", "bodyfile/syslog.bodyfile", 6),
    ("bodyfile", "bodyfile/tsk_volume_system.bodyfile", 2),
    ("chainsaw", "chainsaw/hunt.json", 2),
    ("chainsaw", "chainsaw/hunt.jsonl", 3),
    ("chainsaw", "chainsaw/persistence.csv", 1),
    ("cloudtrail", "cloudtrail/delivered.json", 1),
    ("cloudtrail", "cloudtrail/events.json", 1),
    ("dfxml", "dfxml/list.dfxml", 2),
    (
        "evtx",
        "../../../demo/domain-controller/evidence/dc01-event-logs/Microsoft-Windows-TerminalServices-RDPClient%4Operational.evtx",
        EVTX,
    ),
    ("hashdeep", "hashdeep/list.hashdeep", 4),
    ("hayabusa", "hayabusa/timeline.csv", 2),
    ("hayabusa", "hayabusa/timeline.jsonl", 2),
    ("mactime", "mactime/timeline.csv", 4),
    ("osquery", "osquery/results.log", 2),
    ("plaso-dynamic", "plaso-dynamic/dynamic.csv", 3),
    ("plaso-json", "plaso-json/lines.jsonl", 3),
    ("plaso-l2tcsv", "plaso-l2tcsv/l2t.csv", 3),
    ("sums", "sums/md5sum.txt", 4),
    ("sums", "sums/sha256sum.txt", 3),
    ("sums", "sums/tags.txt", 5),
    ("suricata", "suricata/alerts.json", 3),
    ("suricata", "suricata/eve.json", 3),
    ("syslog", "syslog/auth.log", 5),
    ("syslog", "syslog/rfc3339.log", 2),
    ("table", "table/log.csv", 3),
    ("timesketch", "timesketch/export.csv", 2),
    ("timesketch", "timesketch/sigma_events.csv", 4),
    ("timesketch", "timesketch/sigma_events.jsonl", 4),
    ("tln", "tln/a.tln", 3),
    ("tln", "tln/l2t.tln", 3),
    ("tshark-fields", "tshark-fields/plain.tsv", 4),
    ("tshark-fields", "tshark-fields/quoted.csv", 4),
    ("tshark-json", "tshark-json/ek.jsonl", 2),
    ("tshark-json", "tshark-json/packets.json", 3),
    ("velociraptor", "velociraptor/prefetch.json", 2),
    ("velociraptor", "velociraptor/pslist.json", 2),
    ("volatility", "volatility/netscan.jsonl", 3),
    ("volatility", "volatility/pstree.json", 7),
    ("volatility", "volatility/pstree.jsonl", 7),
    ("weblog", "weblog/access.log", 5),
    ("yara", "yara/gms.txt", 2),
    ("yara", "yara/strings.txt", 1),
    ("zeek", "zeek/dns.log", 3),
    ("zeek-json", "zeek-json/dns.log", 3),
    ("zimmerman", "zimmerman/mft.csv", 2),
];

/// As many as `evtx_dump` reads in it.
const EVTX: usize = 9;

/// A file of a format.
struct Fixture {
    format: &'static Format,
    name: &'static str,
    bytes: Vec<u8>,
    rows: usize,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/fixtures");
    let read = |(format, name, rows): &(&str, &'static str, usize)| Fixture {
        format: format::named(format).unwrap(),
        name: name.rsplit('/').next().unwrap(),
        bytes: fs::read(folder.join(name)).unwrap(),
        rows: *rows,
    };
    FIXTURES.iter().map(read).collect()
}

/// What is said of times and columns that do not say it themselves.
fn told(format: &Format) -> Told {
    let columns = (format.name == "table").then(|| "time=When,message=What,host=Machine".parse().unwrap());
    Told { columns, ..Told::default() }
}

type Heard = Result<Row, Refused>;

fn read_by(format: &Format, bytes: &[u8], buffer: usize, told: &Told) -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut hear = |row: Heard| {
        heard.push(row);
        true
    };
    (format.read)(&mut BufReader::with_capacity(buffer, bytes), told, &mut hear).unwrap();
    heard
}

fn read(format: &Format, bytes: &[u8]) -> Vec<Heard> {
    read_by(format, bytes, HEAD_BYTES, &told(format))
}

fn head<'h>(name: &'h str, bytes: &'h [u8]) -> Head<'h> {
    Head { name, bytes: &bytes[..bytes.len().min(HEAD_BYTES)] }
}

#[test]
fn every_format_has_fixtures_and_takes_them_alone() {
    let with: BTreeSet<&str> = FIXTURES.iter().map(|(format, _, _)| *format).collect();
    assert_eq!(with, ALL.iter().map(|format| format.name).collect());
    for fixture in fixtures() {
        let head = head(fixture.name, &fixture.bytes);
        let taken: Vec<&str> = ALL.iter().filter(|format| (format.detect)(&head)).map(|format| format.name).collect();
        let wanted = if fixture.format.name == "table" { vec![] } else { vec![fixture.format.name] };
        assert_eq!(taken, wanted, "{}", fixture.name);
    }
}

#[test]
fn every_row_is_read_whatever_pieces_the_file_comes_in() {
    for Fixture { format, name, bytes, rows } in fixtures() {
        let whole = read(format, &bytes);
        assert_eq!(
            (whole.len(), whole.iter().filter(|row| row.is_err()).count()),
            (rows, 0),
            "{} {name}: {whole:?}",
            format.name
        );
        for buffer in [64, 100, 1_000] {
            assert_eq!(read_by(format, &bytes, buffer, &told(format)), whole, "{} {name} by {buffer}", format.name);
        }
        for size in [1, 200, 5_000, 1 << 20] {
            assert_eq!(in_pieces(format, name, &bytes, size), whole, "{} {name} cut at {size}", format.name);
        }
    }
}

/// The rows of a file that is cut where its format may be cut.
fn in_pieces(format: &Format, name: &str, bytes: &[u8], size: usize) -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut source = bytes;
    let cut = (format.cut)(&head(name, bytes));
    let whole = cut::each(&mut source, cut, size, &mut |Piece { bytes, moved, .. }| {
        heard.extend(read(format, &bytes).into_iter().map(|row| moved.heard(row)));
        true
    });
    if let Some(Piece { bytes, moved, .. }) = whole.unwrap() {
        let rest = read(format, &[bytes.as_slice(), source].concat());
        heard.extend(rest.into_iter().map(|row| moved.heard(row)));
    }
    heard
}

#[test]
fn a_file_that_was_cut_off_loses_no_row_before_the_cut() {
    for Fixture { format, name, bytes, .. } in fixtures() {
        let whole: Vec<Row> = read(format, &bytes).into_iter().map(Result::unwrap).collect();
        // Records of an event log are read chunk by chunk, and each takes long.
        let step = if format.name == "evtx" { 4_099 } else { 1 + bytes.len() / 1_500 };
        let mut most = 0;
        for end in (0..bytes.len()).step_by(step) {
            let rows: Vec<Row> = read(format, &bytes[..end]).into_iter().filter_map(Result::ok).collect();
            let sure = rows.len().saturating_sub(1);
            assert_eq!(rows[..sure], whole[..sure], "{} {name} up to {end}", format.name);
            assert!(rows.len() + 1 >= most, "{} {name} up to {end}: {} after {most}", format.name, rows.len());
            most = most.max(rows.len());
        }
        assert!(most + 1 >= whole.len() || format.name == "evtx", "{} {name}: {most}", format.name);
    }
}

#[test]
fn a_citation_of_the_place_of_a_row_finds_the_row() {
    for Fixture { format, name, bytes, .. } in fixtures() {
        let source = Source::of(name, &bytes);
        let rows: Vec<Row> = read(format, &bytes).into_iter().map(Result::unwrap).collect();
        let places: BTreeSet<&Selector> = rows.iter().map(|row| row.place.as_ref().unwrap()).collect();
        assert_eq!(places.len(), rows.len(), "{} {name}: two rows have one place", format.name);
        let mut there = BTreeMap::new();
        let missing = source.read(&places, &mut |place, texts| {
            let made = texts.comparable();
            let said = |row: &&Row| row.place.as_ref() == Some(place);
            let row = rows.iter().find(said).unwrap();
            let values = row.fields.iter().filter(|(_, value)| value.len() > 3 && !value.contains(['\\', '"']));
            let held = values.clone().filter(|(_, value)| made.hold(&Quote::of(value))).count();
            there.insert(place.clone(), (held, values.count(), texts.shown().into_owned()));
        });
        assert!(missing.is_empty(), "{} {name}: {missing:?}", format.name);
        for (place, (held, values, shown)) in there {
            // Of fields that are joined or unescaped, the text is another one.
            assert!(
                (held > 0 || values == 0) && held * 2 >= values,
                "{} {name} {place}: {held} of {values} in {shown}",
                format.name
            );
        }
    }
}

#[test]
fn no_time_is_guessed() {
    for Fixture { format, name, bytes, .. } in fixtures() {
        let berlin = Told { zone: "Europe/Berlin".parse().ok(), year: Some(2026), ..told(format) };
        let (told_nothing, told_berlin) = (read(format, &bytes), read_by(format, &bytes, 100, &berlin));
        for (nothing, berlin) in told_nothing.iter().zip(&told_berlin) {
            let (nothing, berlin) = (nothing.as_ref().unwrap(), berlin.as_ref().unwrap());
            for (one, other) in nothing.times.iter().zip(&berlin.times) {
                match (&one.at, &other.at) {
                    (Ok(one), Ok(other)) => {
                        assert!(!matches!(one.zone, ZoneFrom::Told(_)), "{} {name}: {one:?}", format.name);
                        assert_eq!(one, other, "{} {name}", format.name);
                    }
                    (Err(NoInstant::NoZone(_) | NoInstant::NoYear(_) | NoInstant::UnknownZone { .. }), Ok(other)) => {
                        assert!(matches!(other.zone, ZoneFrom::Told(_)), "{} {name}: {other:?}", format.name);
                    }
                    (one, other) => assert_eq!(one, other, "{} {name}", format.name),
                }
            }
        }
    }
}

#[test]
fn the_first_moment_that_can_be_written_is_no_time() {
    for Fixture { format, name, bytes, .. } in fixtures().into_iter().filter(|fixture| fixture.format.name != "evtx") {
        let text = String::from_utf8(bytes).unwrap();
        let times = |rows: &[Heard]| -> Vec<String> {
            let rows = rows.iter().filter_map(|row| row.as_ref().ok());
            let times = rows.flat_map(|row| row.times.iter().filter_map(|timed| timed.at.as_ref().ok()));
            times.map(|instant| instant.raw.clone()).collect()
        };
        for never in ["0", "-", "0000-00-00T00:00:00Z", "1601-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
            let mut changed = text.clone();
            for raw in times(&read(format, text.as_bytes())) {
                changed = changed.replace(&raw, never);
            }
            let left = times(&read(format, changed.as_bytes()));
            // What stands in the file in another form than in the row was not changed.
            let shown = text.lines().count();
            assert!(
                left.iter().all(|raw| raw != never),
                "{} {name} of {shown} lines with {never}: {left:?}",
                format.name
            );
        }
    }
}

/// Bytes of all that a row holds.
fn size(row: &Row) -> usize {
    row.message.len() + row.fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
}

/// Files that were damaged at random: `INGEST_SEED` and `INGEST_CASES` say which, and how many of each.
#[test]
fn damaged_files_neither_end_the_program_nor_fill_the_memory() {
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let (seed, cases) = (number("INGEST_SEED", 1), number("INGEST_CASES", 12));
    let fixtures = fixtures();
    for (index, fixture) in fixtures.iter().enumerate() {
        let cases = if fixture.format.name == "evtx" { cases.div_ceil(12) } else { cases };
        for case in 0..cases {
            let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add((index as u64) << 32 | case));
            let other = &fixtures[random.below(fixtures.len())].bytes;
            let bytes = damaged(&fixture.bytes, other, &mut random);
            let place = format!("{} {} seed {seed} case {case}", fixture.format.name, fixture.name);
            let head = head(fixture.name, &bytes);
            ALL.iter().for_each(|format| assert!(!(format.detect)(&head) || !bytes.is_empty(), "{place}"));
            let rows = read(fixture.format, &bytes);
            let held: usize = rows.iter().flatten().map(size).sum();
            assert!(held <= 4_096 + bytes.len() * 80, "{place}: {held} bytes of {}", bytes.len());
            let cut = in_pieces(fixture.format, fixture.name, &bytes, 1 + random.below(2_000));
            let counted = |rows: &[Heard]| rows.iter().filter(|row| row.is_ok()).count();
            assert_eq!(counted(&cut), counted(&rows), "{place}: cut");
        }
    }
}

/// A file with some of its bytes changed, moved, taken out, repeated, or replaced by those of another.
fn damaged(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    const HOSTILE: [&[u8]; 12] =
        [b"\0", b"\xff", b"\"", b"\n", b"\r", b"{", b"[", b"<", b"&", b"\xef\xbb\xbf", b"999999999999999999999", b"-"];
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = at + random.below(bytes.len() - at + 1).min(random.below(60));
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..end, HOSTILE[random.below(HOSTILE.len())].to_vec())),
            2 => bytes.truncate(end.max(1)),
            3 => {
                let piece = bytes[at..end].repeat(1 + random.below(20));
                drop(bytes.splice(at..end, piece));
            }
            4 => {
                let from = random.below(other.len());
                let piece = other[from..(from + random.below(80)).min(other.len())].to_vec();
                drop(bytes.splice(at..end, piece));
            }
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << (at % 8)),
        }
    }
    bytes
}

#[test]
fn a_line_that_is_too_long_or_no_text_is_refused_or_kept_and_the_others_are_read() {
    let garbage = [&b"\xff\xfe\0\x01"[..], &b"x".repeat(casebook::ingest::format::MAX_ROW_BYTES + 1)].concat();
    let by_lines =
        ["bodyfile", "syslog", "weblog", "sums", "osquery", "zeek", "zeek-json", "tln", "timesketch", "hashdeep"];
    let of_lines = |fixture: &Fixture| by_lines.contains(&fixture.format.name) && !fixture.name.ends_with(".csv");
    for Fixture { format, name, bytes, rows } in fixtures().into_iter().filter(of_lines) {
        let text = [bytes.as_slice(), b"\n", &garbage, b"\n", bytes.as_slice()].concat();
        let heard = read(format, &text);
        let read = heard.iter().filter(|row| row.is_ok()).count();
        // A header that is repeated is a row of a table.
        assert!(read == 2 * rows || read == 2 * rows + 1, "{} {name}: {read}", format.name);
        assert!(heard.iter().any(|row| row.as_ref().is_err_and(|refused| refused.why.contains("16 MiB"))), "{name}");
    }
}
