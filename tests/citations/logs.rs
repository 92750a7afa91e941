//! Records of real event logs, sound and damaged.

use super::{Desk, at, find, stands, support};
use casebook::evidence::citation::place::Source;
use casebook::evidence::citation::text::Quote;
use casebook::values::Selector;
use evtx::{EvtxParser, ParserSettings};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small log of a real intrusion: whole chunks of the security log of a domain controller.
fn security() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/domain-controller/evidence/dc01-event-log-extracts");
    fs::read(folder.join("Security_records-7319-7537_7643-7743_7952-8055.evtx")).unwrap()
}

#[test]
fn a_record_is_its_fields_and_its_xml() {
    let log = security();
    let text = at("a.evtx", &log, "record:7532").unwrap();
    for line in [
        "Provider.Name: Microsoft-Windows-Security-Auditing",
        "EventID: 4624",
        "EventRecordID: 7532",
        "Computer: CITADEL-DC01.C137.local",
        "TargetUserName: Administrator",
        "TargetLogonId: 0x51c10f",
        "LogonType: 10",
        "IpAddress: 194.61.24.102",
    ] {
        assert!(text.lines().any(|there| there == line), "{line}\n{text}");
    }
    let place = &Selector::Record(7532);
    assert!(stands("a.evtx", &log, place, r#"<Data Name="IpAddress">194.61.24.102</Data>"#));
    assert!(stands("a.evtx", &log, place, "EventID: 4624 […] LogonType: 10"));
    assert!(!stands("a.evtx", &log, place, "LogonType: 10 […] EventID: 4624"));
    assert!(!stands("a.evtx", &log, place, "kali"));
    assert_eq!(find("a.evtx", &log, "TERMSRV/DESKTOP-SDN1RPT"), ["record:7698", "record:7700"]);
    assert_eq!(at("a.evtx", &log, "record:1").unwrap_err(), "the log has records from 7319 to 8055");
    assert!(at("a.evtx", &log, "lines:1").unwrap_err().contains("record:"));
    assert!(at("a.log", b"text", "record:1").unwrap_err().contains("no event log"));
}

const HEADER: usize = 4096;
const CHUNK: usize = 65536;

#[test]
fn a_number_that_two_records_have_names_both() {
    let mut log = security();
    let chunk = log[HEADER..HEADER + CHUNK].to_vec();
    log.extend(chunk);
    let both = at("a.evtx", &log, "record:7319").unwrap();
    assert_eq!(both.matches("EventRecordID: 7319").count(), 2);
    assert_eq!(at("a.evtx", &log, "record:8055").unwrap().matches("EventRecordID: 8055").count(), 1);
}

#[test]
fn damage_is_told_and_hides_no_other_record() {
    let mut log = security();
    // The second chunk does not begin like one any more.
    log[HEADER + CHUNK] ^= 1;
    let miss = at("a.evtx", &log, "record:1").unwrap_err();
    assert!(miss.starts_with("the log has records from ") && miss.ends_with("1 damaged chunk"), "{miss}");
    let number = |content: &[u8]| u64::from_le_bytes(content[..8].try_into().unwrap());
    let lost = number(&security()[HEADER + CHUNK + 512 + 8..]);
    let miss = at("a.evtx", &log, &format!("record:{lost}")).unwrap_err();
    assert!(miss.contains("damaged where the record"), "{miss}");
    assert!(at("a.evtx", &log, "record:8055").is_ok() || lost == 8055);
    // The size of a record is not what it says.
    let mut log = security();
    log[HEADER + 512 + 4..HEADER + 512 + 8].fill(0xff);
    assert!(
        at("a.evtx", &log, "record:7319").unwrap_err().contains("damaged"),
        "{:?}",
        at("a.evtx", &log, "record:7319")
    );
    assert!(at("a.evtx", &log, "record:8055").is_ok());
    // Nothing but the header, and a chunk that was cut off.
    assert_eq!(at("a.evtx", &security()[..HEADER], "record:1").unwrap_err(), "the log has no sound records");
    assert!(at("a.evtx", &security()[..HEADER + 700], "record:7319").is_err());
}

#[test]
fn a_log_that_was_exported_by_a_filter_keeps_the_numbers_of_its_records() {
    let Some(folder) = shared("evtx-attack-samples/Command and Control") else { return };
    let log = fs::read(folder.join("DE_RDP_Tunnel_5156.evtx")).unwrap();
    // Where the first record begins it is number 1; the log that it was exported from had it as another one.
    assert_eq!(log[HEADER + 512 + 8..HEADER + 512 + 16], 1_u64.to_le_bytes());
    let (first, last) = (*records(&log).keys().min().unwrap(), *records(&log).keys().max().unwrap());
    assert!(first > 1);
    assert!(at("a.evtx", &log, &format!("record:{first}")).unwrap().contains(&format!("EventRecordID: {first}\n")));
    let miss = at("a.evtx", &log, "record:1").unwrap_err();
    assert_eq!(miss, format!("the log has records from {first} to {last}"));
}

#[test]
fn a_number_in_what_a_record_says_is_no_record() {
    let mut log = security();
    let mut fake = b"**\0\0".to_vec();
    fake.extend([0; 4]);
    fake.extend(4_242_424_242_u64.to_le_bytes());
    // In the free space behind the last record of the first chunk.
    let end = HEADER + CHUNK - fake.len() - 8;
    log[end..end + fake.len()].copy_from_slice(&fake);
    assert!(at("a.evtx", &log, "record:4242424242").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_damaged_log_is_read_without_panic(
        flips in prop::collection::vec((0..3 * CHUNK, any::<u8>()), 1..40), number in 7319..8060_u64,
        end in prop_oneof![Just(usize::MAX), HEADER..HEADER + 2 * CHUNK],
    ) {
        let mut log = security();
        for (place, byte) in flips {
            let place = 8 + place % (log.len() - 8);
            log[place] = byte;
        }
        log.truncate(end);
        let source = Source::of("a.evtx", &log);
        let place = Selector::Record(number);
        let mut times = 0;
        let missing = source.read(&BTreeSet::from([&place]), &mut |_, _| times += 1);
        prop_assert_eq!(missing.is_empty(), times > 0);
        for hit in source.find(&Quote::of("kali"), 5) {
            prop_assert!(stands("a.evtx", &log, &hit.at, "kali"), "{}", hit.at);
        }
    }
}

/// Real data beside the project, where this machine has it.
fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("CASEBOOK_SHARED").map_or(beside, PathBuf::from);
    let path = data.join(path);
    if !path.exists() {
        eprintln!("skipped: there is no {}; set CASEBOOK_SHARED", path.display());
        return None;
    }
    Some(path)
}

/// The 102 logs of a domain controller, unpacked into a folder that is removed at the end.
fn domain_controller() -> Option<tempfile::TempDir> {
    let folder = "dfir-artifact-museum-szechuan/Windows/EventLogs/Win2012R2/StolenSzechuan/StolenSzechuanEventLogs.7z";
    let (archive, unpack) = (shared(folder)?, support::tool("py7zr")?);
    let folder = tempfile::tempdir().unwrap();
    let ended = Command::new(unpack).arg("x").arg(&archive).arg(folder.path()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    Some(folder)
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.extension().is_some_and(|end| end == "evtx")).collect()
}

/// The records of a log by their EventRecordID, as another way through the parser gives them: the whole file, as JSON.
fn records(log: &[u8]) -> BTreeMap<u64, serde_json::Value> {
    let mut parser = EvtxParser::from_buffer(log.to_vec()).unwrap().with_configuration(ParserSettings::new());
    let records = parser.records_json_value().filter_map(Result::ok);
    records.map(|record| (record.data["Event"]["System"]["EventRecordID"].as_u64().unwrap(), record.data)).collect()
}

/// Every text in a JSON value that is no attribute of the document.
fn leaves(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "xmlns").for_each(|(_, value)| leaves(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Number(number) => found.push(number.to_string()),
        _ => {}
    }
}

/// Reads every record of a log by its number, and looks for what the other way has of it. Gives how many there were.
fn every_record_is_there(path: &Path) -> usize {
    let log = fs::read(path).unwrap();
    let expected = records(&log);
    let places: BTreeSet<Selector> = expected.keys().map(|number| Selector::Record(*number)).collect();
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut heard = BTreeSet::new();
    let mut step = 0;
    let missing = Source::of(name, &log).read(&places.iter().collect(), &mut |place, texts| {
        let Selector::Record(number) = place else { panic!("{place} was not asked for") };
        heard.insert(*number);
        let made = texts.comparable();
        let place = format!("EventRecordID: {number}");
        assert!(texts.shown().lines().any(|line| line == place), "{name}: {place}");
        step += 1;
        // All values of every fiftieth record: to compare all takes minutes.
        if step % 50 == 0 {
            let mut values = Vec::new();
            leaves(&expected[number], &mut values);
            let lost = values.iter().find(|value| !Quote::of(value).is_empty() && !made.hold(&Quote::of(value)));
            assert_eq!(lost, None, "{name}, record {number}:\n{}", texts.shown());
        }
    });
    assert!(missing.is_empty(), "{name}: {:?}", missing.iter().next());
    assert_eq!(heard, expected.keys().copied().collect());
    expected.len()
}

#[test]
fn every_record_of_real_logs_is_found_by_its_number() {
    let Some(folder) = domain_controller() else { return };
    let logs = logs(folder.path());
    assert_eq!(logs.len(), 102);
    let records: usize = logs.iter().map(|log| every_record_is_there(log)).sum();
    assert!(records > 20_000, "{records}");
}

#[test]
fn every_record_of_logs_of_attacks_is_found_by_its_number() {
    let Some(folder) = shared("evtx-attack-samples") else { return };
    let logs = logs(&folder);
    assert!(logs.len() >= 35, "{}", logs.len());
    logs.iter().for_each(|log| {
        every_record_is_there(log);
    });
}

/// What another program made of a log: one record a line, as JSON.
fn compare_with(log: &[u8], lines: &str) -> usize {
    let events = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["Event"].take());
    let events: BTreeMap<Selector, serde_json::Value> =
        events.map(|event| (Selector::Record(event["System"]["EventRecordID"].as_u64().unwrap()), event)).collect();
    let missing = Source::of("a.evtx", log).read(&events.keys().collect(), &mut |place, texts| {
        let event = &events[place];
        let mut values = Vec::new();
        ["EventData", "UserData"].iter().for_each(|part| leaves(&event[part], &mut values));
        values.push(event["System"]["Computer"].as_str().unwrap().to_owned());
        values.push(format!("EventID: {}", event["System"]["EventID"]));
        let made = texts.comparable();
        let lost = values.iter().find(|value| !Quote::of(value).is_empty() && !made.hold(&Quote::of(value)));
        assert_eq!(lost, None, "{place}:\n{}", texts.shown());
    });
    assert!(missing.is_empty(), "{missing:?}");
    events.len()
}

#[test]
fn records_say_what_other_programs_read_in_them() {
    let Some(folder) = domain_controller() else { return };
    let Some(generated) = shared("generated") else { return };
    let log = |name: &str| {
        let path = logs(folder.path()).into_iter().find(|path| path.file_name().unwrap() == name).unwrap();
        fs::read(path).unwrap()
    };
    let sessions = fs::read_to_string(generated.join("evtx_dump/szechuan_LocalSessionManager.jsonl")).unwrap();
    let name = "Microsoft-Windows-TerminalServices-LocalSessionManager%4Operational.evtx";
    assert_eq!(compare_with(&log(name), &sessions), 123);
    let services = fs::read_to_string(generated.join("chainsaw/szechuan_search_7045.jsonl")).unwrap();
    assert!(compare_with(&log("System.evtx"), &services) > 10);
}

/// A thousand citations of one large log are checked, and the next time nothing is read at all.
#[test]
fn a_thousand_citations_of_one_log_are_checked() {
    let Some(folder) = domain_controller() else { return };
    let log = fs::read(logs(folder.path()).into_iter().find(|path| path.ends_with("System.evtx")).unwrap()).unwrap();
    let numbers: Vec<u64> = records(&log).into_keys().collect();
    let desk = Desk::new();
    let item = desk.item("System.evtx", &log);
    desk.commit("A large log");
    let every = (numbers.len() / 1000).max(1);
    for number in numbers.iter().step_by(every).take(1000) {
        desk.cite(&format!("item = \"{item}\"\nat = \"record:{number}\"\nquote = \"EventRecordID: {number}\""));
    }
    desk.commit("A thousand citations");
    let checked = desk.json(&["check", "--rev", "HEAD"]);
    assert_eq!(checked["citations"], serde_json::json!({ "checked": 1000, "not_checked_here": [] }), "{checked}");
    assert_eq!(desk.json(&["check", "--rev", "HEAD"])["citations"]["checked"], 1000);
}
