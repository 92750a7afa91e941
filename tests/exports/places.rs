//! Every declared field of every record is changed in a case that has all of them: an export must change with it exactly
//! where the format says that the field has a place.

use casebook::export::format::{Export, Format};
use casebook::export::loss;
use casebook::export::source::{Options, Source};
use casebook::load::{NoMemory, load};
use casebook::model::case::CaseRecord;
use casebook::model::{Body, Case, Policy, Record, Shape, TableShape, Telling};
use casebook::tree::MemoryTree;
use casebook::values::Kind;
use casebook::values::vocabulary::Marking;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Value;

type Files = BTreeMap<String, String>;

/// The case that has every key.
fn files() -> Files {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/v1");
    let mut files = Files::new();
    for entry in walkdir::WalkDir::new(&top) {
        let entry = entry.unwrap();
        let name = entry.path().strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_file() {
            files.insert(name, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    // Of the custody events that have these keys, one is corrected and so counts no longer.
    let counting = files.get_mut("custody/c-33333333.toml").unwrap();
    *counting = counting.replace("\naction", "\nfrom = \"a desk\"\ndigest = \"sha256:e0b5e185db3dae13a0a9785394c1c22969537b6aeb9fbb749ca109b0c473dfea\"\naction");
    files
}

/// The case, and the same without markings of entries.
fn case(files: &Files) -> [Case; 2] {
    let read = |change: fn(&str, &str) -> String| {
        let mut tree = MemoryTree::new();
        for (path, text) in files {
            tree.insert(path, change(path, text));
        }
        load(&tree, &mut NoMemory).unwrap().0
    };
    let unmarked = |path: &str, text: &str| match path {
        "case.toml" => text.to_owned(),
        _ => text.lines().filter(|line| !line.starts_with("tlp = ")).map(|line| format!("{line}\n")).collect(),
    };
    [read(|_, text| text.to_owned()), read(unmarked)]
}

/// What a format makes of a case: as commands tell it, and with everything that is in it.
fn exports(format: Format, [case, _]: &[Case; 2]) -> Vec<Export> {
    vec![
        export(format, case, &Telling::standing(Marking::Red)),
        export(format, case, &Telling::everything(Marking::Red)),
    ]
}

/// The same up to a lower marking, and where entries have none of their own.
fn marked(format: Format, [case, unmarked]: &[Case; 2]) -> Vec<Export> {
    let ceiling = Telling::standing(Marking::AmberStrict);
    let mut all = exports(format, &[case.clone(), unmarked.clone()]);
    all.extend([export(format, case, &ceiling), export(format, unmarked, &ceiling)]);
    all.push(export(format, unmarked, &Telling::standing(Marking::Red)));
    all
}

fn export(format: Format, case: &Case, telling: &Telling) -> Export {
    let at = "2026-03-05T11:00:00Z".parse().unwrap();
    let options = Options::default();
    let told = case.told(telling);
    format.export(&Source { told: &told, before: None, commit: "c0ffee", at, began: at, options: &options })
}

/// Other values that a field may have.
fn others(shape: &Shape, value: &Value) -> Vec<Value> {
    let text = |texts: &[&str]| texts.iter().map(|text| Value::String((*text).to_owned())).collect::<Vec<_>>();
    let moment = || "2026-02-02T02:02:02Z".parse().map(Value::Datetime).unwrap();
    match shape {
        Shape::Text | Shape::Markdown => text(&["zzz"]),
        Shape::Integer => vec![Value::Integer(value.as_integer().unwrap() + 1)],
        Shape::Boolean => vec![Value::Boolean(!value.as_bool().unwrap())],
        Shape::Moment | Shape::When => vec![moment()],
        Shape::Reference(_) => {
            let (kind, _) = value.as_str().unwrap().split_once('-').unwrap();
            text(&[&format!("{kind}-11111111"), &format!("{kind}-22222222")])
        }
        Shape::Word { words, .. } => text(words),
        Shape::Form { what, .. } => text(match *what {
            "tag" => &["zzz"],
            "handle" => &["zzz", "alice", "bob", "ir"],
            "ATT&CK technique" => &["T1059.001"],
            "CVE identifier" => &["CVE-2021-44228"],
            "CVSS vector" => &["CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"],
            "length of time" => &["5d"],
            "time that is allowed" => &["2 months"],
            "clock skew" => &["-2h"],
            "place in a file" => &["lines:77-79"],
            "time zone" => &["Asia/Tokyo"],
            "SHA-256 digest" => &["00000000000000000000000000000000000000000000000000000000000000aa"],
            "named digest" => &["sha256:00000000000000000000000000000000000000000000000000000000000000aa"],
            other => panic!("no other value of a {other} is known"),
        }),
        Shape::List { item, .. } => {
            let items = value.as_array().unwrap();
            let mut all = vec![Value::Array(Vec::new())];
            for other in others(item, &items[0]) {
                let mut changed = items.clone();
                changed[0] = other;
                all.push(Value::Array(changed));
            }
            all
        }
        Shape::Map(_) | Shape::Custom => {
            let mut fields = value.as_table().unwrap().clone();
            let first = fields.values().next().unwrap().clone();
            fields.insert("zzz".to_owned(), first);
            vec![Value::Table(fields)]
        }
        Shape::Table(_) | Shape::Id(_) => Vec::new(),
    }
}

/// The tables with another value at a route, for each value that there may be.
fn changed(table: &toml::Table, shape: &TableShape, route: &str) -> Vec<toml::Table> {
    let (name, rest) = route.split_once('.').unwrap_or((route, ""));
    let field = shape.fields.iter().find(|field| field.name == name).unwrap();
    let Some(value) = table.get(name) else { return Vec::new() };
    let with = |value: Value| {
        let mut table = table.clone();
        table.insert(name.to_owned(), value);
        table
    };
    let Some(inner) = loss::below(&field.shape) else {
        return others(&field.shape, value).into_iter().filter(|other| other != value).map(with).collect();
    };
    match value {
        Value::Table(table) => changed(table, inner, rest).into_iter().map(|table| with(Value::Table(table))).collect(),
        Value::Array(items) => {
            let mut all = Vec::new();
            for (number, item) in items.iter().enumerate() {
                for table in changed(item.as_table().unwrap(), inner, rest) {
                    let mut items = items.clone();
                    items[number] = Value::Table(table);
                    all.push(with(Value::Array(items)));
                }
            }
            all
        }
        other => panic!("{route} is {other}"),
    }
}

/// The cases in which a field has another value than in `files`.
fn cases(files: &Files, record: &str, route: &str) -> Vec<[Case; 2]> {
    let entries = case(files)[0].entries.len();
    let mut all = Vec::new();
    let (folder, shape) = match record {
        "note" => {
            let mut files = files.clone();
            files.values_mut().filter(|text| text.starts_with('#')).for_each(|text| text.push_str("zzz\n"));
            return vec![case(&files)];
        }
        "case" => ("case.toml".to_owned(), CaseRecord::table()),
        "team" => ("team.toml".to_owned(), casebook::model::Team::table()),
        "policy" => ("policy.toml".to_owned(), Policy::table()),
        kind => {
            let kind = Kind::ALL.into_iter().find(|known| known.noun() == kind).unwrap();
            (format!("{}/", kind.folder()), Body::table(kind))
        }
    };
    if record != "case" && route == "id" {
        let letter = record_letter(record);
        let renamed = |text: &str| {
            let first = text.replace(&format!("{letter}-11111111"), &format!("{letter}-zzzzzzzz"));
            first.replace(&format!("{letter}-33333333"), &format!("{letter}-yyyyyyyy"))
        };
        return vec![case(&files.iter().map(|(path, text)| (renamed(path), renamed(text))).collect())];
    }
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(&folder) && path.ends_with(".toml")) {
        for table in changed(&text.parse().unwrap(), &shape, route) {
            let mut files = files.clone();
            files.insert(path.clone(), toml::to_string(&table).unwrap());
            let cases = case(&files);
            let case = &cases[0];
            if case.entries.len() == entries && case.record.is_some() && case.team.is_some() && case.policy.is_some() {
                all.push(cases);
            }
        }
    }
    all
}

fn record_letter(record: &str) -> char {
    Kind::ALL.into_iter().find(|kind| kind.noun() == record).unwrap().letter()
}

#[test]
fn an_export_changes_with_every_field_that_has_a_place_and_with_no_other() {
    let files = files();
    let base = case(&files);
    let before = |of: fn(Format, &[Case; 2]) -> Vec<Export>| -> BTreeMap<Format, Vec<Export>> {
        Format::ALL.iter().map(|format| (*format, of(*format, &base))).collect()
    };
    let (plain, by_marking) = (before(exports), before(marked));
    let mut wrong = Vec::new();
    let mut moved: BTreeMap<Format, BTreeSet<(String, String)>> = BTreeMap::new();
    for (record, route) in loss::fields() {
        let others = cases(&files, record, &route);
        if others.is_empty() {
            wrong
                .push(format!("{record}.{route} is in no file of tests/formats/v1 with a value that could be another"));
        }
        for format in Format::ALL {
            let moves = match route.as_str() {
                "tlp" => others.iter().any(|other| marked(*format, other) != by_marking[format]),
                _ => others.iter().any(|other| exports(*format, other) != plain[format]),
            };
            if moves {
                moved.entry(*format).or_default().insert((record.to_owned(), route.clone()));
            }
        }
    }
    for format in Format::ALL {
        let moved = moved.get(format).cloned().unwrap_or_default();
        let placed = match loss::placed(*format) {
            Ok(placed) => placed,
            Err(error) => {
                wrong.push(format!("{}: {error}", format.word()));
                continue;
            }
        };
        for field in &placed {
            let does = moved.contains(&(field.record.to_owned(), field.route.clone()));
            match field.place {
                Some(place) if !does => {
                    wrong.push(format!("{}: {}.{} is not in `{place}`", format.word(), field.record, field.route))
                }
                None if does => wrong.push(format!("{}: {}.{} is not lost", format.word(), field.record, field.route)),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_document_says_where_each_field_goes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exports.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once("<!-- generated: places -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let places = casebook::export::manual::places();
    let current = format!("{before}<!-- generated: places -->\n\n{places}\n<!-- end -->{after}");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), current, "run it with UPDATE=1");
}
