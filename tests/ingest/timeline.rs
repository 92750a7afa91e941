//! `casebook timeline` on real cases.

use super::support::{Desk, Sandbox};

fn demo() -> Desk {
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["demo", "demo"]).ok();
    let top = sandbox.path("demo/case");
    Desk { sandbox, top }
}

#[test]
fn rows_of_several_files_stand_at_their_true_time_with_both_shown() {
    let desk = demo();
    let window = ["timeline", "--from", "2020-09-19T02:21:00Z", "--to", "2020-09-19T02:30:00Z"];
    let text = desk.casebook(&window).ok().stdout;
    let times: Vec<&str> = text.lines().map(|line| &line[..23]).collect();
    assert!(times.is_sorted() && times.len() > 8, "{text}");
    // The log of the host and what Chainsaw made of it: the clock of both was an hour ahead.
    let logon = text.lines().find(|line| line.contains("RDP logon")).unwrap();
    assert!(logon.starts_with("2020-09-19 02:21:48.891 (03:21:48) CITADEL-DC01.C137.local RDP logon "), "{logon}");
    let service = text.lines().find(|line| line.contains("ServiceName: coreupdater")).unwrap();
    assert!(service.starts_with("2020-09-19 02:27:49.499 (03:27:49)") && service.contains(" record:"), "{service}");

    let table = desk.casebook(&[&window[..], &["--format", "csv"]].concat()).ok().stdout;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), times.len());
    assert!(
        rows.iter()
            .any(|row| &row[0] == "2020-09-19T02:21:48.891087Z" && &row[1] == "2020-09-19T03:21:48.891087+00:00")
    );

    let sketch = desk.casebook(&[&window[..], &["--format", "timesketch"]].concat()).ok().stdout;
    for line in sketch.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["datetime"].as_str().unwrap().ends_with("+00:00") && row["message"].is_string(), "{line}");
    }
}

#[test]
fn every_row_names_the_place_that_a_citation_of_it_names() {
    let desk = demo();
    let rows = desk.casebook(&["timeline", "--grep", "coreupdater", "--format", "jsonl"]).ok().stdout;
    let row: serde_json::Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    let [item, path] = ["item", "path"].map(|name| row[name].as_str().unwrap());
    let found = desk.json(&["cite", item, path, "--find", "coreupdater"]).to_string();
    assert!(found.contains(row["at"].as_str().unwrap()), "{found}\n{row}");
}

#[test]
fn filters_ask_for_machine_asset_technique_and_text() {
    let desk = demo();
    let count = |options: &[&str]| desk.casebook(&[&["timeline"], options].concat()).stdout.lines().count();
    let all = count(&[]);
    assert!(all > 1_000, "{all}");
    let host = count(&["--host", "citadel-dc01"]);
    assert!(0 < host && host < all, "{host} of {all}");
    let assets = desk.json(&["list", "assets"]);
    let named = assets.as_array().unwrap().iter().find(|asset| asset["title"] == "CITADEL-DC01").unwrap();
    assert_eq!(count(&["--asset", named["id"].as_str().unwrap()]), host);
    assert!(count(&["--detections"]) < all);
    assert_eq!(desk.casebook(&["timeline", "--grep", "no such text"]).code(1).stdout, "");
    assert!(desk.casebook(&["timeline", "--as", "nonsense"]).code(2).stderr.contains("--formats"));
}

#[test]
fn a_time_without_zone_or_year_is_never_guessed() {
    let desk = Desk::new();
    let log = "Mar  1 10:15:00 web01 sshd[7]: Accepted password for alice from 203.0.113.9 port 22 ssh2\n\
               Mar  1 10:16:00 web01 sshd[7]: Invalid user bob from 203.0.113.9\nno line of syslog\n";
    let file = desk.source("auth.log", log.as_bytes());
    let item = desk.add(&[&file], &[]);
    let ran = desk.casebook(&["timeline", &item]).code(1);
    assert!(ran.stderr.contains("2 rows without a place in time") && ran.stderr.contains("--year"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 row cannot be read, first line 3"), "{}", ran.stderr);
    let ran = desk.casebook(&["timeline", &item, "--year", "2026"]).code(1);
    assert!(ran.stderr.contains("has no zone"), "{}", ran.stderr);
    let ran = desk.casebook(&["timeline", &item, "--year", "2026", "--zone", "Europe/Berlin"]).ok();
    assert!(
        ran.stdout.starts_with("2026-03-01 09:15:00.000 web01 sshd: Accepted password for alice"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains(" lines:2"), "{}", ran.stdout);
}
