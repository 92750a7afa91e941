//! Leaks: cases with secrets planted in every field of what an audience must not be told. None is in a report, and where
//! somebody has written one into what is told, in whatever disguise, the report is refused.
//!
//! LEAK_SEED chooses the cases, LEAK_CASES their number.

use super::chance::Random;
use super::{now, provenance};
use casebook::diagnostic::render::Count;
use casebook::load::NoMemory;
use casebook::report::audience::{self, Profile};
use casebook::report::{self, Dialect, Report, Source};
use casebook::tree::MemoryTree;
use casebook::values::vocabulary::{KnownAudience, ReportSection};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use toml::{Table, Value};
use unicode_normalization::UnicodeNormalization;

/// Keys whose values are words of a vocabulary, ids, people, digests or places: they cannot hold a secret of one's own.
const FIXED: &[&str] = &[
    "id",
    "proposal",
    "status",
    "type",
    "kind",
    "severity",
    "tlp",
    "confidence",
    "phase",
    "priority",
    "verdict",
    "authors",
    "by",
    "owner",
    "assignee",
    "approved_by",
    "techniques",
    "vulnerabilities",
    "cvss",
    "item",
    "at",
    "assets",
    "indicators",
    "recommendations",
    "findings",
    "destination",
    "superseded_by",
    "supersedes",
    "list",
    "storage",
    "inputs",
    "digest",
    "actor",
    "direction",
    "tactic",
    "containment",
    "compromise",
    "criticality",
    "duty",
    "duties",
    "after",
    "within",
    "zone",
    "audience",
    "channels",
    "on",
    "owners",
    "ahead",
    "patience",
    "system",
    "skew",
    "clock_skew",
    "asset",
    "precision",
    "action",
    "recorded_by",
    "source",
    "hash",
];

/// What hooks write, and for every fourth case what is written where somebody asks for it.
fn dialects(seed: u64) -> &'static [Dialect] {
    if seed.is_multiple_of(4) {
        &[Dialect::Html, Dialect::Markdown, Dialect::Json, Dialect::Docx]
    } else {
        &Dialect::ALL
    }
}

/// A case with secrets.
struct Planted {
    seed: u64,
    source: Source,
    /// What nobody who reads up to amber may see.
    secrets: Vec<String>,
}

struct Garden {
    random: Random,
    secrets: Vec<String>,
}

impl Garden {
    fn secret(&mut self) -> String {
        let secret = format!("zq{:016x}", self.random.next());
        self.secrets.push(secret.clone());
        secret
    }

    /// Plants a secret into every text of a table.
    fn plant(&mut self, table: &mut Table) {
        for (key, value) in table.iter_mut() {
            // The source of an event is an asset, that of an item is a table.
            if !FIXED.contains(&key.as_str()) || key == "source" && value.is_table() {
                self.plant_value(key, value);
            }
        }
    }

    fn plant_value(&mut self, key: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                let secret = self.secret();
                *text = match key {
                    "tags" => secret,
                    "value" => format!("{secret}.example"),
                    _ => format!("{text} {secret}"),
                };
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant_value(key, item)),
            Value::Table(table) => self.plant(table),
            _ => {}
        }
    }
}

fn fixture() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/v1");
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// The case that has every key of the format, with a random part of it red and full of secrets; `disguise` writes one of them
/// into a text that is told.
fn planted(seed: u64, disguise: bool) -> Planted {
    let mut garden = Garden { random: Random::new(seed), secrets: Vec::new() };
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut tree = MemoryTree::new();
    for (path, text) in fixture() {
        match path.ends_with(".toml") && path != "team.toml" && path != "policy.toml" {
            true => _ = tables.insert(path, text.parse().unwrap()),
            false => tree.insert(&path, text.into_bytes()),
        }
    }
    let mut red = Vec::new();
    for (path, table) in &mut tables {
        if path == "case.toml" {
            table.insert("tlp".to_owned(), "amber".into());
        } else if !path.starts_with("custody/") && garden.random.below(2) == 0 {
            table.insert("tlp".to_owned(), "red".into());
            red.push(path.clone());
        } else if !path.starts_with("custody/") {
            table.insert("tlp".to_owned(), (*["amber", "green", "clear"].get(garden.random.below(3)).unwrap()).into());
        }
    }
    let is_red = |item: &Value| red.contains(&format!("evidence/{}.toml", item.as_str().unwrap()));
    let of_red: Vec<String> = tables
        .iter()
        .filter(|(path, table)| path.starts_with("custody/") && is_red(&table["item"]))
        .map(|(path, _)| path.clone())
        .collect();
    for path in red.iter().chain(&of_red) {
        garden.plant(tables.get_mut(path).unwrap());
    }
    if seed.is_multiple_of(50) {
        dump(&mut tree, seed);
    }
    if disguise {
        write_one_out(&mut garden, &mut tables, &red);
    }
    for (path, table) in &tables {
        tree.insert(path, toml::to_string(table).unwrap().into_bytes());
    }
    let (case, _) = casebook::load::load(&tree, &mut NoMemory).unwrap();
    assert_eq!(case.unreadable.len(), 0, "seed {seed}: {:?}", case.unreadable);
    Planted { seed, source: Source::of(&tree, case, Count::default()).unwrap(), secrets: garden.secrets }
}

/// Templates that write everything that they are given: each whole report as JSON, and each section as texts.
fn dump(tree: &mut MemoryTree, seed: u64) {
    if seed.is_multiple_of(100) {
        for audience in KnownAudience::ALL {
            for (ending, start) in
                [("html", "<!doctype html><html lang=\"en\"><head>{{ head() }}</head><body><pre>"), ("md", "")]
            {
                let end = if ending == "html" { "</pre>" } else { "" };
                let template = format!("{start}{{{{ {DUMPED} }}}}{end}{{{{ provenance() }}}}");
                tree.insert(&format!("templates/{audience}.{ending}.jinja"), template.into_bytes());
            }
        }
    }
    for section in ReportSection::ALL {
        tree.insert(
            &format!("templates/sections/{section}.md.jinja"),
            b"{{ sections }} {{ section | tojson }}".to_vec(),
        );
    }
}

/// All of what a template is given, as JSON.
const DUMPED: &str =
    "dict(case=case, title=title, facts=facts, warnings=warnings, sections=sections, origin=origin) | tojson | e";

/// Writes what a red entry is called into a text that is told, so that it is not seen at once.
fn write_one_out(garden: &mut Garden, tables: &mut BTreeMap<String, Table>, red: &[String]) {
    let names: Vec<String> = red
        .iter()
        .flat_map(|path| ["title", "name", "value", "question"].map(|key| tables[path].get(key)))
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let told: Vec<(String, &str)> = [
        ("case.toml", "summary"),
        ("case.toml", "lessons"),
        ("findings/f-11111111.toml", "summary"),
        ("findings/f-11111111.toml", "analysis"),
        ("events/e-11111111.toml", "title"),
        ("assets/a-11111111.toml", "description"),
        ("actions/r-11111111.toml", "title"),
        ("actions/r-11111111.toml", "description"),
        ("decisions/d-11111111.toml", "rationale"),
        ("indicators/i-11111111.toml", "description"),
    ]
    .map(|(path, key)| (path.to_owned(), key))
    .into_iter()
    .filter(|(path, key)| !red.contains(path) && tables[path].contains_key(*key))
    .collect();
    if names.is_empty() {
        return;
    }
    let name = names[garden.random.below(names.len())].clone();
    let (path, key) = told[garden.random.below(told.len())].clone();
    let disguised = disguised(&name, garden.random.below(DISGUISES));
    let table = tables.get_mut(&path).unwrap();
    let text = table[key].as_str().unwrap().to_owned();
    table.insert(key.to_owned(), format!("{text} {disguised}").into());
}

const DISGUISES: usize = 12;

fn disguised(name: &str, how: usize) -> String {
    let (start, end) = name.split_at(name.len() - 5);
    match how {
        0 => name.to_owned(),
        1 => name.to_uppercase(),
        2 => name.replace('.', "[.]"),
        3 => name.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        4 => format!("https://search.example/?q={}", name.replace(' ', "%20")),
        5 => format!("{start}**{end}**"),
        6 => format!("`{name}`"),
        7 => format!("[{name}](https://e.example/)"),
        8 => format!("{start}\u{200b}{end}"),
        9 => name
            .chars()
            .map(|c| if c.is_ascii_lowercase() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
            .collect(),
        10 => name.chars().map(|c| format!("&#{};", c as u32)).collect(),
        _ => format!("<b title=\"{name}\">{name}</b>"),
    }
}

/// What a reader could make of a file: nothing but its letters and digits, whatever stands between them.
fn letters(file: &str) -> [String; 2] {
    // The style is our own; what it holds of the case is its number.
    let file = file.split_once("</style>").map_or(file, |(_, after)| after);
    let mut without_tags = String::new();
    let mut rest = file;
    while let Some((before, after)) = rest.split_once('<') {
        without_tags.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    without_tags.push_str(rest);
    [file, &without_tags].map(|text| {
        let mut bytes = Vec::new();
        let mut left = text.as_bytes();
        while let Some((first, after)) = left.split_first() {
            match after.get(..2).filter(|_| *first == b'%').and_then(|pair| hex::decode(pair).ok()) {
                Some(byte) => {
                    bytes.extend(byte);
                    left = &after[2..];
                }
                None => {
                    bytes.push(*first);
                    left = after;
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes).replace("[U+200B]", "").replace("\\[U+200B\\]", "");
        let is_plain = |c: &char| c.is_ascii_alphanumeric();
        text.split_inclusive(|c: char| !c.is_ascii()).fold(String::new(), |mut letters, piece| {
            match piece.is_ascii() {
                true => letters.extend(piece.chars().filter(is_plain).map(|c| c.to_ascii_lowercase())),
                false => letters.extend(piece.nfkc().flat_map(char::to_lowercase).filter(is_plain)),
            }
            letters
        })
    })
}

fn leaked(planted: &Planted, report: &Report) -> Option<String> {
    let read: Vec<String> = report.files.iter().flat_map(|file| letters(&file.content)).collect();
    let secrets = aho_corasick::AhoCorasick::new(&planted.secrets).unwrap();
    read.iter().find_map(|text| secrets.find(text)).map(|found| planted.secrets[found.pattern().as_usize()].clone())
}

fn cases() -> Vec<u64> {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let seed = number("LEAK_SEED", 1);
    (0..number("LEAK_CASES", 1000)).map(|index| seed * 1_000_000 + index).collect()
}

/// Those who are told up to amber, or less.
fn audiences(planted: &Planted) -> Vec<(&str, Report)> {
    let source = &planted.source;
    let make = |handle| {
        // Who signs what is tested elsewhere.
        let profile = Profile { standing: None, ..audience::profile(&source.case, handle).unwrap() };
        (profile.ceiling < casebook::values::vocabulary::Marking::Red)
            .then(|| (handle, report::make(source, &profile, None, &provenance(), now(), dialects(planted.seed))))
    };
    audience::handles(&source.case).into_iter().filter_map(make).collect()
}

#[test]
fn nothing_red_is_in_a_report_and_nothing_is_refused_for_nothing() {
    let planted_in: usize = cases()
        .into_par_iter()
        .map(|seed| {
            let planted = planted(seed, false);
            for (audience, report) in audiences(&planted) {
                assert_eq!(leaked(&planted, &report), None, "seed {seed}, {audience}");
                assert_eq!(report.refusals, [], "seed {seed}, {audience}");
            }
            planted.secrets.len()
        })
        .sum();
    assert!(planted_in > 20 * cases().len(), "{planted_in} secrets are too few to say anything");
}

#[test]
fn a_secret_that_somebody_wrote_into_what_is_told_keeps_the_report_back() {
    let (leaks, refused): (Vec<usize>, Vec<usize>) = cases()
        .into_par_iter()
        .map(|seed| {
            let planted = planted(seed, true);
            let (mut leaks, mut refused) = (0, 0);
            for (audience, report) in audiences(&planted) {
                let leaked = leaked(&planted, &report);
                leaks += usize::from(leaked.is_some());
                refused += usize::from(!report.refusals.is_empty());
                assert!(leaked.is_none() || !report.refusals.is_empty(), "seed {seed}, {audience}: {leaked:?}");
            }
            (leaks, refused)
        })
        .unzip();
    let (leaks, refused) = (leaks.iter().sum::<usize>(), refused.iter().sum::<usize>());
    eprintln!("{leaks} reports would have told a secret; {refused} were refused");
    assert!(leaks > cases().len() / 2, "{leaks}");
}
