//! Cases of neighbours: what is made of files of each format, that a case which goes out and comes back is the same but for what is
//! listed, and that no file makes the readers fall over.

use super::support;
use calamine::{Reader, Xlsx};
use casebook::diagnostic::Level;
use casebook::export::format::Format;
use casebook::export::source::{Options, Source};
use casebook::import::Making;
use casebook::import::neighbour::{self, Neighbour};
use casebook::ingest::format::{HEAD_BYTES, Head};
use casebook::ingest::instant::Told;
use casebook::load::{NoMemory, load};
use casebook::model::{Case, EvidenceId, Telling};
use casebook::tree::MemoryTree;
use casebook::validate::{Context, validate};
use casebook::values::Sha256;
use casebook::values::vocabulary::Marking;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

type Files = BTreeMap<String, String>;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn case(files: &Files) -> Case {
    let mut tree = MemoryTree::new();
    for (path, text) in files {
        tree.insert(path, text.clone());
    }
    load(&tree, &mut NoMemory).unwrap().0
}

/// The case that has every key of the format.
fn every_key() -> Files {
    let top = here().join("formats/v1");
    let files = walkdir::WalkDir::new(&top).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let named = files.map(|entry| {
        let name = entry.path().strip_prefix(&top).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(entry.path()).unwrap())
    });
    named.collect()
}

/// The same without its entries: who is in it, and its evidence.
fn without_entries(files: &Files) -> Files {
    let stays = |path: &str| !path.contains('/') || path.starts_with("evidence/") || path.starts_with("custody/");
    files.iter().filter(|(path, _)| stays(path)).map(|(path, text)| (path.clone(), text.clone())).collect()
}

/// A case in which nothing was found yet.
fn empty() -> Files {
    let every = every_key();
    ["case.toml", "team.toml", "policy.toml"].iter().map(|path| ((*path).to_owned(), every[*path].clone())).collect()
}

/// What whoever imports says of a zone and of columns.
fn utc() -> Told {
    let columns = "value=Indicator,type=Kind,description=Notes,first_seen=Seen".parse().ok();
    Told { zone: "UTC".parse().ok(), columns, ..Told::default() }
}

/// The item that a file is, in these tests.
fn item() -> EvidenceId {
    EvidenceId("x-77777777".parse().unwrap())
}

fn format_of(name: &str, bytes: &[u8]) -> Option<&'static Neighbour> {
    neighbour::detect(&Head { name, bytes: &bytes[..bytes.len().min(HEAD_BYTES)] })
}

/// What is made of a file of a format.
fn made<'c>(format: &Neighbour, bytes: &[u8], case: &'c Case, told: Told) -> Result<Making<'c>, String> {
    let mut making = Making::new(Sha256::of(bytes), case, told);
    format.make(bytes, &mut making)?;
    let account = &making.account;
    let skipped: u64 = account.skipped.values().sum();
    assert_eq!(account.read, account.taken + skipped + account.refused, "{account:?}");
    Ok(making)
}

/// The files of what was made.
fn files_of(making: &Making<'_>) -> Files {
    let entries = making.files(item(), None).into_iter().map(|(id, text)| (id.path().to_string(), text));
    entries.chain(making.notes.iter().map(|(path, text)| (path.to_string(), text.clone()))).collect()
}

/// An account and the files, as text.
fn told(making: &Making<'_>) -> String {
    let account = &making.account;
    let mut text = format!("read {}, taken {}\n", account.read, account.taken);
    for (why, count) in &account.skipped {
        text += &format!("skipped {count}: {why}\n");
    }
    for refusal in &account.refusals {
        text += &format!("refused {}: {}\n", refusal.place, refusal.why);
    }
    for (field, count) in &account.lost {
        text += &format!("lost {count}: {field}\n");
    }
    for (remark, count) in &account.remarks {
        text += &format!("remark {count}: {remark}\n");
    }
    for (key, value) in &account.case_keys {
        text += &format!("case: {key}={value}\n");
    }
    for (path, file) in files_of(making) {
        let body: Vec<&str> = file.lines().filter(|line| !line.starts_with("#:schema")).collect();
        text += &format!("\n--- {path}\n{}\n", body.join("\n").trim());
    }
    text
}

fn compare(place: &Path, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(place, found).unwrap();
    }
    let expected = fs::read_to_string(place).unwrap_or_default();
    assert!(expected == found, "{} differs; `UPDATE=1` writes it anew:\n{found}", place.display());
}

fn fixtures() -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(here().join("ingest/neighbours")).sort_by_file_name();
    let files = all.into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let inputs = files.map(walkdir::DirEntry::into_path).filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        !name.ends_with(".expected") && !["SOURCES.md", "differences.txt", "real.txt"].contains(&name)
    });
    inputs.collect()
}

#[test]
fn each_fixture_makes_what_is_written_beside_it() {
    let case = case(&empty());
    let mut seen = BTreeSet::new();
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let format = format_of(path.file_name().unwrap().to_str().unwrap(), &bytes)
            .unwrap_or_else(|| panic!("{} has no format", path.display()));
        seen.insert(format.name);
        let text = match made(format, &bytes, &case, utc()) {
            Ok(making) => told(&making),
            Err(why) => format!("{why}\n"),
        };
        compare(&path.with_extension(format!("{}.expected", path.extension().unwrap().to_str().unwrap())), &text);
    }
    let all: BTreeSet<&str> = neighbour::ALL.iter().map(|format| format.name).collect();
    assert_eq!(seen, all, "each format has a fixture");
}

#[test]
fn what_the_columns_of_a_table_are_is_never_guessed() {
    let bytes = b"Value,Type,Notes\nevil.example,domain,C2\n";
    let case = case(&empty());
    let format = format_of("iocs.csv", bytes).unwrap();
    let why = made(format, bytes, &case, Told::default()).err().unwrap();
    assert!(why.contains("--columns \"value=value,type=type,description=notes\""), "{why}");
}

/// What is made of a file twice is made once.
#[test]
fn a_file_that_is_read_again_makes_nothing() {
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let format = format_of(path.file_name().unwrap().to_str().unwrap(), &bytes).unwrap();
        let before = case(&empty());
        let Ok(first) = made(format, &bytes, &before, utc()) else { continue };
        let mut files = empty();
        files.extend(files_of(&first));
        let after = case(&files);
        assert!(after.unreadable.is_empty(), "{}: {:?}", path.display(), after.unreadable);
        let second = made(format, &bytes, &after, utc()).unwrap();
        assert_eq!(files_of(&second), Files::new(), "{}", path.display());
        assert_eq!(second.account.taken, 0, "{}", path.display());
    }
}

/// What is made of a text in a format, as text.
fn told_of(name: &str, bytes: &[u8]) -> String {
    let case = case(&empty());
    let format = neighbour::ALL.iter().find(|format| format.name == name).unwrap();
    made(format, bytes, &case, utc()).map_or_else(|why| why, |making| told(&making))
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn records_that_share_a_number_are_told() {
    let same = "another record of this file has the same number";
    let observables = r#"{"observables": [
        {"_id": "~1", "dataType": "domain", "data": "one.example", "tlp": 2},
        {"_id": "~1", "dataType": "domain", "data": "two.example", "tlp": 2}]}"#;
    assert_has(&told_of("thehive", observables.as_bytes()), &["taken 1", "refused json:/observables/1: ", same]);
    let incidents = r#"[{"incident_id": "1", "summary": "One", "ioc": [{"indicator": "one.example"}]},
        {"incident_id": "1", "summary": "Two", "ioc": [{"indicator": "two.example"}]}]"#;
    assert_has(&told_of("veris", incidents.as_bytes()), &["read 4, taken 4", "one.example", "two.example"]);
    let rows = "Value,Value,Type\none.example,two.example,domain\n";
    let columns = "value=Value,type=Type".parse().ok();
    let case = case(&empty());
    let format = neighbour::ALL.iter().find(|format| format.name == "indicators").unwrap();
    let making = made(format, rows.as_bytes(), &case, Told { columns, ..utc() }).unwrap();
    assert_has(&told(&making), &["value = \"one.example\"", "value (2): two.example"]);
}

#[test]
fn indicators_of_veris_cite_where_they_stand() {
    let incident = |value: &str| format!(r#"{{"incident_id": "{value}", "ioc": [{{"indicator": "{value}"}}]}}"#);
    let (one, two) = (incident("one.example"), incident("two.example"));
    assert_has(&told_of("veris", format!("[{one}]").as_bytes()), &["at = \"json:/0/ioc/0\""]);
    assert_has(&told_of("veris", one.as_bytes()), &["at = \"json:/ioc/0\""]);
    let lines = told_of("veris", format!("{one}\n\n{two}\n").as_bytes());
    assert_has(&lines, &["at = \"json:1/ioc/0\"", "at = \"json:3/ioc/0\""]);
    let both = told_of("veris", format!("{one}{two}").as_bytes());
    assert!(both.contains("read 4, taken 4") && !both.contains("at = "), "{both}");
}

#[test]
fn what_the_kind_of_a_value_says_is_read() {
    let digest = r#"{"observables": [{"dataType": "hash", "data": "d41d8cd98f00b204e9800998ecf8427e", "tlp": 2}]}"#;
    assert_has(&told_of("thehive", digest.as_bytes()), &["type = \"md5\""]);
    let pattern = |value: &str| format!("[domain-name:value = '{value}']");
    let indicator = |value: &str| {
        serde_json::json!({ "type": "indicator", "pattern": pattern(value), "modified": value,
            "indicator_types": ["malicious-activity", "anomalous-activity"] })
    };
    let bundle = serde_json::json!({ "type": "bundle", "objects": [indicator("a.example"), indicator("b.example")] });
    let text = told_of("stix", bundle.to_string().as_bytes());
    assert_has(&text, &["taken 2"]);
    assert_eq!(text.matches("verdict = \"malicious\"").count(), 2, "{text}");
}

#[test]
fn one_sighting_makes_no_more_than_a_thousand() {
    let domains: Vec<String> = (0..40).map(|number| format!("domain-name:value = 'd{number}.example'")).collect();
    let system = |number| serde_json::json!({ "type": "identity", "id": format!("identity--{number}"), "identity_class": "system", "name": format!("S{number}") });
    let mut objects: Vec<Value> = (0..40).map(system).collect();
    let systems: Vec<&Value> = objects.iter().map(|system| &system["id"]).collect();
    let sighting =
        serde_json::json!({ "type": "sighting", "sighting_of_ref": "indicator--1", "where_sighted_refs": systems });
    objects.push(serde_json::json!({ "type": "indicator", "id": "indicator--1", "pattern": format!("[{}]", domains.join(" OR ")) }));
    objects.push(sighting);
    let text = told_of("stix", serde_json::json!({ "type": "bundle", "objects": objects }).to_string().as_bytes());
    assert_eq!(text.matches("[[sightings]]").count(), 1000, "{text}");
    assert_has(&text, &["lost 1: sighting: more than 1000"]);
}

/// The workbook of the fixture with its timeline changed.
fn workbook(from: &str, to: &str) -> Vec<u8> {
    let bytes = fs::read(here().join("ingest/neighbours/kanvas.xlsx")).unwrap();
    let mut before = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut after = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..before.len() {
        let mut file = before.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if name == "xl/worksheets/sheet2.xml" {
            assert!(text.contains(from), "{text}");
            text = text.replace(from, to);
        }
        after.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        after.write_all(text.as_bytes()).unwrap();
    }
    after.finish().unwrap().into_inner()
}

#[test]
fn no_cell_of_a_workbook_is_lost_without_a_word() {
    let kanvas = |from: &str, to: &str| told_of("kanvas", &workbook(from, to));
    let cell = |place: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>far</t></is></c>");
    let far = format!("{}{}<c r=\"M2\" t=\"e\"><v>#REF!</v></c></row>", cell("L2"), cell("ZZ2"));
    let rows = format!("{far}<row r=\"99\">{}</row>", cell("L99"));
    let text = kanvas("</row><row r=\"3\">", &format!("{rows}<row r=\"3\">"));
    let parts = [
        "Timeline: a cell under no header",
        "Timeline: a cell beyond the first 200 columns",
        "Timeline: a cell with the error #REF!",
        "refused Timeline row 99: its cells stand under no header",
    ];
    assert_has(&text, &parts);
    let number = "<v>45011.12534722222</v>";
    assert_has(&kanvas(number, "<v>45011.5000057870</v>"), &["time = 2023-03-26T12:00:00.5"]);
    for wrong in ["-1", "0", "NaN", "-1e300", "2958466"] {
        let text = kanvas(number, &format!("<v>{wrong}</v>"));
        assert!(text.contains("refused Timeline row 2: "), "{wrong}: {text}");
        assert!(!text.contains("1899") && !text.contains("9999"), "{wrong}: {text}");
    }
    for place in ["ZZZZZZZ2", "A4294967296"] {
        let text = kanvas("r=\"A2\"", &format!("r=\"{place}\""));
        assert!(text.contains("it is damaged") || text.contains("cannot be read"), "{place}: {text}");
    }
}

fn export(format: Format, case: &Case) -> Vec<(String, Vec<u8>)> {
    let at = "2026-03-05T11:00:00Z".parse().unwrap();
    let options = Options::default();
    let told = case.told(&Telling::everything(Marking::Red));
    let source = Source { told: &told, before: None, commit: "c0ffee", at, began: at, options: &options };
    format.export(&source).files.into_iter().map(|file| (file.name, file.content)).collect()
}

/// The fields of an export, each with the way to it; places in lists are not told apart.
fn fields(name: &str, content: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    if name.ends_with(".json") || name.ends_with(".fox") {
        flatten(&serde_json::from_slice(content).unwrap(), String::new(), &mut found);
    } else if name.ends_with(".csv") {
        let mut reader = csv::Reader::from_reader(content);
        let header = reader.headers().unwrap().clone();
        for row in reader.records() {
            for (column, cell) in header.iter().zip(&row.unwrap()) {
                found.entry(format!("{name}/{column}")).or_default().push(cell.to_owned());
            }
        }
    } else if name.ends_with(".xlsx") {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(content)).unwrap();
        for (sheet, cells) in book.worksheets() {
            let mut rows = cells.rows().map(|row| row.iter().map(ToString::to_string));
            if sheet == "Case Info" {
                rows.for_each(|mut row| _ = found.insert(format!("{sheet}/{}", row.next().unwrap()), row.collect()));
                continue;
            }
            let header: Vec<String> = rows.next().unwrap().collect();
            for (column, cell) in rows.flat_map(|row| header.iter().zip(row)) {
                found.entry(format!("{sheet}/{column}")).or_default().push(cell);
            }
        }
    } else {
        panic!("{name}");
    }
    found
}

fn flatten(value: &Value, way: String, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| flatten(value, format!("{way}/{key}"), found)),
        Value::Array(list) => list.iter().for_each(|value| flatten(value, format!("{way}/*"), found)),
        single => found.entry(way).or_default().push(single.to_string()),
    }
}

/// The ways to fields that differ.
fn differences(format: Format, before: &Case, after: &Case) -> BTreeSet<String> {
    let mut ways = BTreeSet::new();
    for ((name, first), (_, second)) in export(format, before).iter().zip(export(format, after)) {
        let (first, second) = (fields(name, first), fields(name, &second));
        for way in first.keys().chain(second.keys()) {
            if first.get(way) != second.get(way) {
                if std::env::var_os("SHOW").is_some() {
                    println!("{} {way}\n  before {:?}\n  after  {:?}", format.word(), first.get(way), second.get(way));
                }
                let all = first.get(way).map_or(0, Vec::len);
                let kept = second.get(way).cloned().unwrap_or_default();
                let same = first.get(way).into_iter().flatten().filter(|value| kept.contains(value)).count();
                ways.insert(format!("{} {way} ({same} of {all} are the same)", format.word()));
            }
        }
    }
    ways
}

/// The formats that go out and are read back.
const READ_BACK: [Format; 7] =
    [Format::IrisCsv, Format::Iris, Format::Aurora, Format::Misp, Format::Stix, Format::Kanvas, Format::Veris];

/// The case that has every key goes out in each format, comes into a case with the same people and evidence, and goes out again:
/// what differs is what `differences.txt` has, each with its reason.
#[test]
fn what_goes_out_and_comes_back_is_the_same_but_for_what_is_listed() {
    let whole = every_key();
    let before = case(&whole);
    let mut found = BTreeSet::new();
    for format in READ_BACK {
        let mut files = without_entries(&whole);
        for (name, content) in export(format, &before) {
            let after = case(&files);
            let reader = format_of(&name, &content).unwrap_or_else(|| panic!("{format:?} {name} has no reader"));
            let making = made(reader, &content, &after, utc()).unwrap();
            assert_eq!(making.account.refusals, [], "{format:?} {name}");
            let new = files_of(&making);
            files.extend(new.into_iter().map(|(path, text)| (path, without_import(&text))));
        }
        let after = case(&files);
        assert!(after.unreadable.is_empty(), "{:?}", after.unreadable);
        found.extend(differences(format, &before, &after));
    }
    let place = here().join("ingest/neighbours/differences.txt");
    let listed: BTreeMap<String, String> = fs::read_to_string(&place)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once("): "))
        .map(|(way, why)| (format!("{way})"), why.to_owned()))
        .collect();
    if std::env::var_os("UPDATE").is_some() {
        let lines = found.iter().map(|way| format!("{way}: {}\n", listed.get(way).map_or("", String::as_str)));
        fs::write(&place, lines.collect::<String>()).unwrap();
    }
    let ways: BTreeSet<String> = listed.keys().cloned().collect();
    let unlisted: Vec<&String> = found.difference(&ways).collect();
    let stale: Vec<&String> = ways.difference(&found).collect();
    assert!(unlisted.is_empty() && stale.is_empty(), "not listed: {unlisted:#?}\nlisted and the same: {stale:#?}");
    let bare: Vec<&String> = listed.iter().filter(|(_, why)| why.is_empty()).map(|(way, _)| way).collect();
    assert!(bare.is_empty(), "without a reason: {bare:#?}");
}

/// A case whose policy has no duty takes in one that fulfils some, and decisions that do not say why.
#[test]
fn a_case_that_was_sound_is_sound_with_what_came_in() {
    let mut whole = every_key();
    let decision = whole.get_mut("decisions/d-11111111.toml").unwrap();
    *decision = decision.replace("rationale = \"Cheaper to be sure.\"\n", "");
    let before = case(&whole);
    let mut files = without_entries(&whole);
    files.retain(|path, _| !path.contains('/'));
    files.insert("policy.toml".to_owned(), "version = 1\n".to_owned());
    let record = files.get_mut("case.toml").unwrap();
    *record = record.split("\n[custom]").next().unwrap().replace("status = \"closed\"", "status = \"open\"");
    let errors = |files: &Files| -> Vec<String> {
        let case = case(files);
        let (now, pages) = ("2026-03-05T11:00:00Z".parse().unwrap(), casebook::check::pages());
        let policy = case.policy_or_none();
        let found = validate(&Context { case: &case, policy: &policy, now, pages: &pages });
        let errors = found.into_iter().filter(|found| found.level == Level::Error);
        errors.map(|found| format!("{:?}: {}", found.place, found.message)).collect()
    };
    assert_eq!(errors(&files), Vec::<String>::new());
    for format in READ_BACK {
        let mut files = files.clone();
        let mut remarks = String::new();
        for (name, content) in export(format, &before) {
            let after = case(&files);
            let making = made(format_of(&name, &content).unwrap(), &content, &after, utc()).unwrap();
            remarks += &told(&making);
            files.extend(files_of(&making).into_iter().map(|(path, text)| (path, without_import(&text))));
        }
        assert_eq!(errors(&files), Vec::<String>::new(), "{format:?}");
        if [Format::Iris, Format::Stix].contains(&format) {
            assert_has(
                &remarks,
                &["remark 1: an action fulfils a duty that the policy does not have", "- Duty: gdpr-33"],
            );
        }
        if [Format::Aurora, Format::Stix].contains(&format) {
            assert_has(&remarks, &[": a decision that is taken does not say what, by whom, when and why"]);
        }
    }
}

/// An entry without the citation of the file that it was imported from.
fn without_import(text: &str) -> String {
    let block = format!("\n[[evidence]]\nitem = \"{}\"\n", item().0);
    let Some((before, after)) = text.split_once(&block) else { return text.to_owned() };
    let rest = after.split_once("\n\n").map_or("", |(_, rest)| rest);
    format!("{before}\n{rest}")
}

/// Every reader with bytes that are not what it expects.
#[test]
fn no_file_makes_a_reader_fall_over() {
    let case = case(&empty());
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let wrong = [
        Vec::new(),
        b"\xff\xfe\x00garbage".to_vec(),
        deep.into_bytes(),
        b"{\"timeline\": 1, \"iocs\": {\"a\": []}, \"assets\": [null, 1, \"x\", []], \"objects\": [[]], \"Event\": [3]}".to_vec(),
        b"a,b\n\"unclosed".to_vec(),
    ];
    for format in neighbour::ALL {
        for bytes in &wrong {
            let _ = made(format, bytes, &case, Told::default());
        }
    }
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let format = format_of(path.file_name().unwrap().to_str().unwrap(), &bytes).unwrap();
        for step in 1..40 {
            let cut = &bytes[..bytes.len() * step / 40];
            let _ = made(format, cut, &case, Told::default());
        }
        let Ok(document) = serde_json::from_slice::<Value>(&bytes) else { continue };
        for number in 0..40 {
            let mut changed = document.clone();
            spoil(&mut changed, number, &mut 0);
            let _ = made(format, changed.to_string().as_bytes(), &case, Told::default());
        }
    }
}

/// Puts a value of another type in the place of every fortieth, from a number on.
fn spoil(value: &mut Value, number: usize, at: &mut usize) {
    *at += 1;
    if *at % 40 == number {
        *value = match value {
            Value::String(_) => serde_json::json!([{ "text": {} }, null]),
            Value::Array(_) => serde_json::json!("text \u{202e}\u{0} [[f-00000000]]"),
            Value::Object(_) => serde_json::json!(-1e300),
            _ => serde_json::json!({ "a": ["b"] }),
        };
        return;
    }
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| spoil(value, number, at)),
        Value::Object(object) => object.values_mut().for_each(|value| spoil(value, number, at)),
        _ => {}
    }
}

/// Files of the shared data, and what each comes to: `format read/taken/skipped/refused`, with the fields that are lost.
#[test]
fn real_files_are_read_and_no_row_is_lost() {
    let case = case(&empty());
    let place = here().join("ingest/neighbours/real.txt");
    let expected = fs::read_to_string(&place).unwrap_or_default();
    let mut found = String::new();
    for line in expected.lines() {
        let path = line.split(": ").next().unwrap();
        let Some(file) = support::shared(path) else { return };
        let bytes = fs::read(&file).unwrap();
        let Some(format) = format_of(path.rsplit('/').next().unwrap(), &bytes) else {
            found += &format!("{path}: no format\n");
            continue;
        };
        found += &match made(format, &bytes, &case, utc()) {
            Ok(making) => {
                let account = &making.account;
                let skipped: u64 = account.skipped.values().sum();
                let lost: Vec<&str> = account.lost.keys().map(String::as_str).collect();
                format!(
                    "{path}: {} {}/{}/{skipped}/{} {}\n",
                    format.name,
                    account.read,
                    account.taken,
                    account.refused,
                    lost.join(", ")
                )
                .replace(" \n", "\n")
            }
            Err(why) => format!("{path}: {} {why}\n", format.name),
        };
    }
    compare(&place, &found);
}
