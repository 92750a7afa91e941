//! Loading never panics, whatever the bytes; what is broken in one file hides nothing of the others; schemas and readers
//! agree.

#![allow(clippy::unwrap_used)]

use casebook::check::{self, Memories, NoPaths, Verdict};
use casebook::diagnostic::{At, Diagnostic, render};
use casebook::evidence::NoDigests;
use casebook::load::{self, NoMemory};
use casebook::model::record::TableShape;
use casebook::model::{Case, Shape, release, schema};
use casebook::tree::MemoryTree;
use casebook::values::{EntryId, Kind, TreePath};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const NOW: &str = "2026-03-05T12:00:00Z";

/// The sound case of the rule fixtures.
fn base() -> MemoryTree {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/base");
    let mut tree = MemoryTree::new();
    for entry in walkdir::WalkDir::new(&folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            tree.insert(&path, fs::read(entry.path()).unwrap());
        }
    }
    tree
}

fn load(tree: &MemoryTree) -> (Case, Vec<Diagnostic>) {
    load::load(tree, &mut NoMemory).unwrap()
}

fn judge(tree: &MemoryTree) -> Verdict {
    let mut memories = Memories { entries: &mut NoMemory, digests: &mut NoDigests, paths: &mut NoPaths };
    check::check(tree, &[], &mut memories, NOW.parse().unwrap()).unwrap()
}

/// Fails where a diagnostic points at bytes that are not there, or cannot be shown.
fn assert_shown(tree: &MemoryTree, diagnostics: &[Diagnostic]) {
    let sources = check::sources(tree, diagnostics);
    for diagnostic in diagnostics {
        if let (At::Bytes { .. }, Some(_)) = (&diagnostic.place.at, sources.text(&diagnostic.place.path)) {
            assert!(sources.range(&diagnostic.place).is_some(), "{diagnostic:?}");
        }
    }
    let some = &diagnostics[..diagnostics.len().min(20)];
    assert!(some.is_empty() || !render::text::render(&sources, some, false, 140).is_empty());
}

/// The files that loading reads, one of each kind.
const PATHS: &[&str] = &[
    "case.toml",
    "team.toml",
    "policy.toml",
    "findings/f-00000000.toml",
    "events/e-00000000.toml",
    "indicators/i-00000000.toml",
    "assets/a-00000000.toml",
    "actions/r-00000000.toml",
    "decisions/d-00000000.toml",
    "evidence/x-00000000.toml",
    "evidence/x-00000000.sha256",
    "custody/c-00000000.toml",
    "notes/n.md",
    ".gitattributes",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_bytes_make_it_panic(which in 0..PATHS.len(), content in proptest::collection::vec(any::<u8>(), 0..200)) {
        let tree = base().with(PATHS[which], content);
        let verdict = judge(&tree);
        assert_shown(&tree, &verdict.diagnostics);
    }

    #[test]
    fn no_text_makes_it_panic(which in 0..PATHS.len(), text in "([a-z]{1,4} = )?[\"'\\[\\]{}=\\\\.,#\n\r\t <>a-zA-Z0-9:é\u{202e}\u{feff}-]{0,80}") {
        let tree = base().with(PATHS[which], text);
        let verdict = judge(&tree);
        assert_shown(&tree, &verdict.diagnostics);
    }
}

/// A small random number generator with a seed: xorshift64* (Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Values and pieces of TOML, right and wrong, that a mutation puts in.
const PIECES: &[&str] = &[
    "\"\"",
    "\"x\"",
    "''",
    "\"\"\"",
    "'''",
    "0",
    "-1",
    "0x10",
    "99999999999999999999",
    "1e400",
    "nan",
    "true",
    "True",
    "[]",
    "[[]]",
    "{}",
    "{ a = 1 }",
    "{ from = 1, to = 2 }",
    "2026-03-01",
    "10:15:00",
    "2026-03-01T10:15Z",
    "2026-13-01T10:15:00Z",
    "9999-12-31T23:59:59-23:59",
    "0000-01-01T00:00:00+23:59",
    "\"\\x41\"",
    "\"\\u202e\"",
    "\"\\u0000\"",
    "\u{202e}",
    "\u{feff}",
    "\u{200b}",
    "\u{1b}[2J",
    "\0",
    "\r",
    "“x”",
    "null",
    "[[",
    "]]",
    "[",
    "{",
    "<<<<<<< HEAD\n",
    "=======\n",
    ">>>>>>> x\n",
    "\"f-00000000\"",
    "[\"a-7q2k9dm4\", \"a-7q2k9dm4\"]",
    "\"T9999\"",
    "\"[[f-0]] [[x]]\"",
    "\"CVE-9999-00000000\"",
    "{ at = 2026-03-01T10:15:00Z, skew = \"+99999w\" }",
];

fn mutate(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.below(2) {
        let at = dice.below(bytes.len());
        match dice.below(6) {
            0 if !bytes.is_empty() => bytes[at] = dice.below(256) as u8,
            1 => {
                let end = (at + dice.below(12)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let piece = dice.of(PIECES).as_bytes().to_vec();
                bytes.splice(at..at, piece);
            }
            3 => swap_lines(&mut bytes, dice),
            _ => replace_value(&mut bytes, dice),
        }
    }
    bytes
}

fn swap_lines(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
    if lines.is_empty() {
        return;
    }
    if dice.below(2) == 0 {
        lines.swap(a, b);
    } else {
        lines.insert(a, lines[b].clone());
    }
    *bytes = lines.concat();
}

fn replace_value(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let values: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'=').collect();
    if values.is_empty() {
        return;
    }
    let start = *dice.of(&values) + 1;
    let end = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |length| start + length);
    let piece = format!(" {}", dice.of(PIECES));
    bytes.splice(start..end, piece.into_bytes());
}

/// Entries of every kind, the demo's among them, without their ids.
fn entries_to_mutate() -> Vec<(Kind, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for case in ["tests/rules/base", "demo/domain-controller/case"] {
        for kind in Kind::ALL {
            for file in walkdir::WalkDir::new(root.join(case).join(kind.folder())).max_depth(1).sort_by_file_name() {
                let Ok(file) = file else { continue };
                if file.path().extension().is_some_and(|extension| extension == "toml") {
                    let text = fs::read_to_string(file.path()).unwrap();
                    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("id = ")).collect();
                    found.push((kind, without.join("\n") + "\n"));
                }
            }
        }
    }
    found
}

#[test]
fn ten_thousand_mutated_entries_are_entries_or_give_errors() {
    let originals = entries_to_mutate();
    assert_eq!(originals.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>().len(), Kind::ALL.len());
    let mut dice = Dice(0x5eed);
    let (mut sound, mut broken) = (0, 0);
    for batch in 0..100 {
        let mut tree = base();
        let mut paths = BTreeSet::new();
        for number in 0..100 {
            let (kind, text) = dice.of(&originals);
            let id = EntryId::from_bits(*kind, batch * 100 + number);
            tree.insert(id.path().as_str(), mutate(&format!("id = \"{id}\"\n{text}"), &mut dice));
            paths.insert(id.path());
        }
        assert_shown(&tree, &judge(&tree).diagnostics);
        let (case, found) = load(&tree);
        let entries: BTreeSet<&TreePath> = case.entries.values().map(|entry| &entry.path).collect();
        let errors = found.iter().filter(|diagnostic| diagnostic.is_error());
        let reported: BTreeSet<&TreePath> = errors.map(|diagnostic| &diagnostic.place.path).collect();
        for path in &paths {
            let (is_entry, is_reported) = (entries.contains(path), reported.contains(path));
            assert!(is_entry || is_reported, "{path} is no entry, and nothing says why");
            if is_reported { broken += 1 } else { sound += 1 }
        }
    }
    assert!(broken > 5_000 && sound > 800, "the mutations are too mild or too wild: {broken} broken, {sound} sound");
}

#[test]
fn a_broken_file_hides_no_other() {
    let sound = base();
    let (whole, found) = load(&sound);
    assert_eq!(found, []);
    let breakages: [&[u8]; 5] = [b"\xff\xfe", b"title = \"", b"unknown = 1\n", b"<<<<<<< a\n=======\n>>>>>>> b\n", b""];
    let paths: Vec<String> =
        sound.files().map(|(path, _)| path.to_owned()).filter(|path| path.ends_with(".toml")).collect();
    for path in &paths {
        for breakage in breakages {
            let (case, found) = load(&sound.clone().with(path, breakage));
            let hidden: Vec<_> = whole.entries.keys().filter(|id| !case.entries.contains_key(id)).collect();
            match path.rsplit('/').next().unwrap().trim_end_matches(".toml").parse::<EntryId>() {
                Ok(id) => {
                    assert_eq!(hidden, [&id], "{path} {breakage:?}");
                    assert!(case.unreadable.contains_key(&id), "{path} {breakage:?}");
                }
                Err(_) => assert!(hidden.is_empty(), "{path} {breakage:?}"),
            }
            // An empty policy.toml lacks its version, an empty team.toml lacks nothing.
            let fits = found.iter().all(|diagnostic| diagnostic.place.path.as_str() == path);
            assert!(fits && (!found.is_empty() || path == "team.toml"), "{path} {breakage:?} {found:?}");
        }
    }
}

/// A value of a shape, with every field in every table.
fn sample(shape: &Shape) -> toml::Value {
    let text = |text: &str| toml::Value::String(text.to_owned());
    match shape {
        Shape::Text | Shape::Markdown => text("x"),
        Shape::Integer => toml::Value::Integer(1),
        Shape::Boolean => toml::Value::Boolean(true),
        Shape::Moment | Shape::When => toml::Value::Datetime("2026-03-01T10:15:00Z".parse().unwrap()),
        Shape::Reference(kind) | Shape::Id(kind) => text(&EntryId::from_bits(*kind, 0).to_string()),
        Shape::Word { words, .. } => text(words[0]),
        Shape::Form { example, .. } if example.contains('…') => {
            text(&format!("{}{}", if example.contains(':') { "sha256:" } else { "" }, "0".repeat(64)))
        }
        Shape::Form { example, .. } => text(example),
        Shape::List { item, .. } => toml::Value::Array(vec![sample(item)]),
        Shape::Table(table) => toml::Value::Table(sample_table(table)),
        Shape::Map(value) => toml::Value::Table(toml::Table::from_iter([("finding".to_owned(), sample(value))])),
        Shape::Custom => toml::Value::Table(toml::Table::new()),
    }
}

fn sample_table(table: &TableShape) -> toml::Table {
    table.fields.iter().map(|field| (field.name.to_owned(), sample(&field.shape))).collect()
}

/// The codes and messages that reading a file of a kind gives.
fn read(name: &str, table: &toml::Table) -> Vec<String> {
    let text = table.to_string();
    let path = match name.parse::<Kind>() {
        Ok(kind) => EntryId::from_bits(kind, 0).path().to_string(),
        Err(_) if name == "release" => release::path_of(&release::name_of(text.as_bytes())).to_string(),
        Err(_) => format!("{name}.toml"),
    };
    let (_, found) = load(&base().with(&path, text));
    // What a release must say beyond its fields is no matter of its schema.
    let of_fields = found.iter().filter(|diagnostic| diagnostic.code.as_str() != "release-broken");
    of_fields.map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message)).collect()
}

/// The tables of a document, each by the way to it: the document itself first.
fn tables(root: &TableShape) -> BTreeMap<Vec<String>, TableShape> {
    fn inside(shape: &Shape, way: Vec<String>, found: &mut BTreeMap<Vec<String>, TableShape>) {
        match shape {
            Shape::Table(table) => {
                for field in &table.fields {
                    let mut way = way.clone();
                    way.push(field.name.to_owned());
                    inside(&field.shape, way, found);
                }
                found.insert(way, table.clone());
            }
            Shape::List { item, .. } => inside(item, way, found),
            Shape::Map(value) => {
                let mut way = way;
                way.push("finding".to_owned());
                inside(value, way, found);
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    inside(&Shape::Table(root.clone()), Vec::new(), &mut found);
    found
}

/// The table at a way; a list stands for its first item.
fn at<'t>(document: &'t mut toml::Table, way: &[String]) -> &'t mut toml::Table {
    let Some((name, rest)) = way.split_first() else { return document };
    let mut value = &mut document[name.as_str()];
    if let toml::Value::Array(items) = value {
        value = &mut items[0];
    }
    at(value.as_table_mut().unwrap(), rest)
}

#[test]
fn schemas_and_readers_agree() {
    for name in schema::names() {
        let shape = schema::table(name).unwrap();
        let full = sample_table(&shape);
        assert_eq!(read(name, &full), Vec::<String>::new(), "{name}: every key of the schema is read");
        let mut least = full.clone();
        least.retain(|key, _| shape.fields.iter().any(|field| field.required && field.name == key));
        assert_eq!(read(name, &least), Vec::<String>::new(), "{name}: nothing else is required");
        for (way, table) in tables(&shape) {
            for field in &table.fields {
                let mut without = full.clone();
                let value = at(&mut without, &way).remove(field.name).unwrap();
                let missing = format!("missing-field: the field `{}` is missing", field.name);
                let expected = if field.required { vec![missing.clone()] } else { Vec::new() };
                assert_eq!(read(name, &without), expected, "{name} {way:?} without {}", field.name);
                let slip = format!("{}_", field.name);
                at(&mut without, &way).insert(slip.clone(), value);
                let mut expected = vec![format!("unknown-key: unknown key `{slip}`")];
                expected.extend(field.required.then_some(missing));
                assert_eq!(read(name, &without), expected, "{name} {way:?} with {slip}");
            }
        }
    }
}
