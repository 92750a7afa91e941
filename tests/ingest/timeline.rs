//! `casebook timeline` on real cases.

use super::support::{Desk, Sandbox};
use std::fs;

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
    assert!(
        ran.stderr.contains("2 rows with a time that cannot be placed") && ran.stderr.contains("--year"),
        "{}",
        ran.stderr
    );
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

/// The rows that a command prints as a table.
fn table(desk: &Desk, arguments: &[&str]) -> Vec<csv::StringRecord> {
    let printed = desk.casebook(&[&["timeline", "--format", "csv"], arguments].concat()).ok().stdout;
    csv::Reader::from_reader(printed.as_bytes()).records().map(Result::unwrap).collect()
}

#[test]
fn what_steers_a_terminal_neither_reaches_it_nor_hides_the_rows_behind_it() {
    let desk = Desk::new();
    let line = |second: usize, message: &str| format!("2026-03-01T10:15:{second:02}Z web01 sshd[7]: {message}\n");
    let log = [
        line(1, "before"),
        line(2, "\u{1b}]0;evil"),
        line(3, "\u{9d}0;evil \u{202e}txt"),
        line(4, "\u{90}\u{7f}evil"),
        line(5, "behind"),
    ];
    let file = desk.source("auth.log", log.concat().as_bytes());
    let item = desk.add(&[&file], &[]);
    for format in ["text", "csv", "jsonl", "timesketch"] {
        let printed = desk.casebook(&["timeline", &item, "--format", format]).ok().stdout;
        let rows = printed.lines().count() - usize::from(format == "csv");
        assert_eq!(rows, 5, "{format}: {printed:?}");
        assert!(printed.lines().last().unwrap().contains("behind"), "{format}: {printed:?}");
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!printed.contains(steers), "{format}: {printed:?}");
    }
    assert_eq!(&table(&desk, &[&item])[1][10], "sshd: \\u{1b}]0;evil");
    let json = desk.casebook(&["timeline", &item, "--format", "jsonl"]).ok().stdout;
    let row: serde_json::Value = serde_json::from_str(json.lines().nth(2).unwrap()).unwrap();
    assert_eq!(row["message"], "sshd: \u{9d}0;evil \u{202e}txt");
}

#[test]
fn a_row_stands_at_each_time_that_it_gives() {
    let desk = Desk::new();
    // Modified and accessed in 2010, changed in 2020, born never.
    let body = "0|/bin/sh|12|r/rrwxr-xr-x|0|0|100|1262304000|1262304000|1577836800|0\n";
    let file = desk.source("files.body", body.as_bytes());
    let item = desk.add(&[&file], &[]);
    let rows = table(&desk, &[&item]);
    let said: Vec<[&str; 3]> = rows.iter().map(|row| [&row[0], &row[1], &row[2]]).collect();
    assert_eq!(
        said,
        [
            ["2010-01-01T00:00:00Z", "1262304000", "modified, accessed"],
            ["2020-01-01T00:00:00Z", "1577836800", "changed"],
        ]
    );
    let late = desk.casebook(&["timeline", &item, "--from", "2020-01-01T00:00:00Z"]).ok().stdout;
    assert!(late.starts_with("2020-01-01 00:00:00.000 - changed: /bin/sh"), "{late}");
    assert_eq!(late.lines().count(), 1);
}

#[test]
fn everything_of_a_json_file_is_read_or_told() {
    let desk = Desk::new();
    let event = |name: &str| {
        format!(
            r#"{{"eventVersion": "1", "eventSource": "s3", "eventName": "{name}", "eventTime": "2026-03-01T10:15:00Z"}}"#
        )
    };
    let pages = format!("[{}]\n[{}]\n", event("First"), event("Second"));
    let delivered = format!("\u{feff}{{\"Records\": [{},\n{}]}}", event("Third"), event("Fourth"));
    let [pages, delivered] =
        [("pages.json", pages), ("delivered.json", delivered)].map(|(name, text)| desk.source(name, text.as_bytes()));
    let joined = desk.add(&[&pages], &[]);
    let native = desk.add(&[&delivered], &[]);
    let ran = desk.casebook(&["timeline", &joined]).ok();
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("what stands behind the first list is not read"), "{}", ran.stderr);
    let ran = desk.casebook(&["timeline", &native]).ok();
    assert!(ran.stdout.contains("Third") && ran.stdout.contains(" json:/Records/1"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn a_byte_order_mark_hides_no_json() {
    let desk = Desk::new();
    let chainsaw = r#"[{"group": "Sigma", "kind": "individual", "name": "Rule", "timestamp": "2026-03-01T10:15:00Z", "document": {"kind": "evtx"}}]"#;
    let hayabusa = r#"{"Timestamp": "2026-03-01 10:15:00Z", "RuleTitle": "Rule", "Level": "high", "Channel": "Sec"}"#;
    let timesketch = r#"{"message": "Rule", "datetime": "2026-03-01T10:15:00Z", "timestamp_desc": "Logged"}"#;
    for (name, text) in [("chainsaw.json", chainsaw), ("hayabusa.jsonl", hayabusa), ("timesketch.jsonl", timesketch)] {
        let file = desk.source(name, format!("\u{feff}{text}").as_bytes());
        let item = desk.add(&[&file], &[]);
        let ran = desk.casebook(&["timeline", &item]).ok();
        assert!(ran.stdout.contains("Rule"), "{name}: {}", ran.text());
    }
}

#[test]
fn a_message_that_is_an_object_is_its_text() {
    let desk = Desk::new();
    let row = r#"{"message": {"user": "bob", "ports": [22, 80]}, "datetime": "2026-03-01T10:15:00Z", "timestamp_desc": "Logged"}"#;
    let item = desk.add(&[&desk.source("sketch.jsonl", row.as_bytes())], &[]);
    let rows = table(&desk, &[&item]);
    assert_eq!(&rows[0][10], r#"{"user":"bob","ports":[22,80]}"#);
}

#[test]
fn a_quote_swallows_no_row_where_the_tool_writes_none() {
    let desk = Desk::new();
    let tln = "Time|Source|Host|User|Description\n1262304000|LOG|a|b|\"unended\n1262304001|LOG|a|b|next\n";
    let dynamic = "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n\
                   2026-03-01T10:15:00+00:00,Written,LOG,Log,\"unended,syslog,x,-\n\
                   2026-03-01T10:15:01+00:00,Written,LOG,Log,next,syslog,x,-\n";
    for (name, text) in [("a.tln", tln), ("a.csv", dynamic)] {
        let file = desk.source(name, text.as_bytes());
        let item = desk.add(&[&file], &[]);
        let rows = table(&desk, &[&item]);
        let said: Vec<[&str; 2]> = rows.iter().map(|row| [&row[10], &row[13]]).collect();
        assert_eq!(said, [["\"unended", "lines:2"], ["next", "lines:3"]], "{name}");
    }
}

#[test]
fn what_is_not_read_is_told() {
    let desk = Desk::new();
    let line = "2026-03-01T10:15:00Z web01 sshd[7]: hello\n";
    let [kept, gone, stored] = ["kept.log", "gone.log", "stored.log"].map(|name| desk.source(name, line.as_bytes()));
    let item = desk.add(&[&kept, &gone, &stored], &[]);
    let folder = desk.top.join("evidence").join(&item);
    let write = |name: &str, text: &str| {
        fs::remove_file(folder.join(name)).unwrap();
        fs::write(folder.join(name), text).unwrap();
    };
    fs::remove_file(folder.join("gone.log")).unwrap();
    let digest = "0".repeat(64);
    write("stored.log", &format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 42\n"));
    let ran = desk.casebook(&["timeline", &item]).ok();
    assert_eq!(ran.stdout.lines().count(), 1);
    let told = format!("note: 2 files are not on this machine, first {item} gone.log; `casebook evidence fetch`");
    assert!(ran.stderr.contains(&told), "{}", ran.stderr);

    fs::remove_file(folder.join("stored.log")).unwrap();
    std::os::unix::fs::symlink("kept.log", folder.join("stored.log")).unwrap();
    let ran = desk.casebook(&["timeline", &item]).ok();
    assert!(ran.stderr.contains(&format!("warning: {item} stored.log: ")), "{}", ran.stderr);
    assert!(ran.stderr.contains("casebook evidence verify"), "{}", ran.stderr);

    let list = desk.top.join(format!("evidence/{item}.sha256"));
    fs::write(&list, format!("{}nonsense\n", fs::read_to_string(&list).unwrap())).unwrap();
    let ran = desk.casebook(&["timeline", &item]).ok();
    assert!(ran.stderr.contains(&format!("warning: {item}: its list is broken")), "{}", ran.stderr);
    fs::remove_file(&list).unwrap();
    let ran = desk.casebook(&["timeline", &item]).code(1);
    assert!(ran.stderr.contains("casebook evidence verify"), "{}", ran.stderr);
}

#[test]
fn rows_without_a_time_and_files_without_rows_are_told() {
    let desk = Desk::new();
    let never = desk.source("never.body", b"0|/bin/sh|12|r/rrwxr-xr-x|0|0|100|0|0|0|0\n");
    let empty = desk.source("empty.tln", b"Time|Source|Host|User|Description\n");
    let item = desk.add(&[&never, &empty], &[]);
    let ran = desk.casebook(&["timeline", &item]).code(1);
    assert!(ran.stderr.contains(&format!("note: {item} never.body: 1 row gives no time")), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("note: {item} empty.tln: no rows")), "{}", ran.stderr);
}

#[test]
fn a_row_whose_fields_come_to_too_much_is_refused_and_the_others_are_read() {
    let desk = Desk::new();
    let leaves: Vec<String> = (0..100).map(|number| format!("\"{number}\": 1")).collect();
    let large = format!("{{\"Pid\": 1, \"Ppid\": 1, \"{}\": {{{}}}}}", "k".repeat(1 << 20), leaves.join(", "));
    let text =
        format!("{{\"Pid\": 1, \"Ppid\": 1, \"Timestamp\": \"2026-03-01T10:15:00Z\", \"Name\": \"small\"}}\n{large}\n");
    let file = desk.source("pslist.json", text.as_bytes());
    let item = desk.add(&[&file], &[]);
    let ran = desk.casebook(&["timeline", &item]).ok();
    assert!(ran.stdout.contains("small"), "{}", ran.stdout);
    let told = "1 row cannot be read, first line 2: its fields with their names come to more than 32 MiB";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn where_nothing_is_found_it_says_why() {
    let desk = demo();
    let none = desk.casebook(&["timeline", "--grep", "no such text"]).code(1);
    assert!(none.stderr.contains("no row has what you asked for"), "{}", none.stderr);
    let sandbox = Sandbox::new();
    sandbox.casebook(&sandbox.path(""), &["init", "case"]).ok();
    let empty = sandbox.casebook(&sandbox.path("case"), &["timeline"]).code(1);
    assert!(empty.stderr.contains("casebook evidence add"), "{}", empty.stderr);
}

#[test]
fn a_table_that_no_format_knows_is_read_by_its_columns() {
    let desk = Desk::new();
    let german = "Datum;Uhrzeit;Vorgang;Rechner\n01.03.2026;10:15:00;\"Anmeldung; erfolgreich\";pc7\n01.03.2026;10:16;kaputt;pc7\n;;nie;pc7\n";
    let epoch = "ts,what,src\n1772356500,login,10.0.0.1\n0,never,10.0.0.2\n";
    let [german, epoch] =
        [("log.csv", german), ("log.tsv", epoch)].map(|(name, text)| desk.source(name, text.as_bytes()));
    let [german, epoch] = [&german, &epoch].map(|file| desk.add(&[file], &[]));
    let map = "time:%d.%m.%Y %H:%M:%S=Datum+Uhrzeit,message=vorgang,host=Rechner";
    let rows = table(&desk, &[&german, "--columns", map, "--zone", "Europe/Berlin"]);
    let said: Vec<[&str; 5]> = rows.iter().map(|row| [&row[0], &row[1], &row[4], &row[10], &row[13]]).collect();
    assert_eq!(said, [["2026-03-01T09:15:00Z", "01.03.2026 10:15:00", "pc7", "Anmeldung; erfolgreich", "row:1"]]);
    let ran = desk.casebook(&["timeline", &german, "--columns", map]).code(1);
    assert!(ran.stderr.contains("has no zone") && ran.stderr.contains("1 row gives no time"), "{}", ran.stderr);
    let rows = table(&desk, &[&epoch, "--columns", "time:seconds=ts,source=src"]);
    assert_eq!((&rows[0][0], &rows[0][6], rows.len()), ("2026-03-01T09:15:00Z", "10.0.0.1", 1));

    let wrong = desk.casebook(&["timeline", &epoch, "--columns", "message=what,time=tss,host=machine"]).code(2).stderr;
    let lines: Vec<&str> = wrong.lines().collect();
    let [told, typed, marks, help] = lines[..] else { panic!("{wrong}") };
    assert!(told.ends_with("log.tsv has no column `tss`, `machine`"), "{wrong}");
    assert_eq!([typed, marks], ["  message=what,time=tss,host=machine", "                    ^^^      ^^^^^^^"]);
    assert!(help.contains("did you mean `ts`? it has `ts`, `what`, `src`"), "{wrong}");
    // Where another file has them, it is only a warning.
    let ran = desk.casebook(&["timeline", "--columns", "time:seconds=ts"]).ok();
    assert!(ran.stderr.contains(&format!("warning: {german} log.csv has no column `ts`")), "{}", ran.stderr);
    let typo = desk.casebook(&["timeline", "--columns", "tiem=ts"]).code(2).stderr;
    assert!(typo.contains("did you mean `time`?"), "{typo}");
    assert!(desk.casebook(&["timeline", "--as", "table"]).code(2).stderr.contains("--columns"));
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, content).unwrap();
    packed.finish().unwrap()
}

#[test]
fn what_was_packed_is_read_and_cited_as_what_was_packed() {
    let desk = Desk::new();
    let line = |second: usize| format!("2026-03-01T10:15:{second:02}Z web01 sshd[7]: try {second}\n");
    let log: String = (0..60).map(line).collect();
    // Two members, as a log that was put by twice.
    let both = [gzip(&log.as_bytes()[..100]), gzip(&log.as_bytes()[100..])].concat();
    let whole = desk.source("auth.log.1.gz", &both);
    let damaged = desk.source("auth.log.2.gz", &both[..both.len() - 20]);
    let [whole, damaged] = [&whole, &damaged].map(|file| desk.add(&[file], &[]));
    let rows = table(&desk, &[&whole]);
    assert_eq!((rows.len(), &rows[59][13]), (60, "lines:60"));
    let shown = desk.casebook(&["cite", &whole, "--at", "lines:60"]).ok().stdout;
    assert_eq!(shown, line(59));
    let found = desk.casebook(&["cite", &whole, "--find", "try 59"]).ok().stdout;
    assert!(found.contains("at = \"lines:60\""), "{found}");
    let magic = desk.casebook(&["cite", &whole, "--at", "bytes:0+2"]).ok().stdout;
    assert_eq!(magic, "hex: 1f 8b\n");
    let ran = desk.casebook(&["timeline", &damaged]).ok();
    assert!(ran.stderr.contains("1 row cannot be read, first what is packed is damaged"), "{}", ran.stderr);
    assert!(ran.stdout.lines().count() > 1, "{}", ran.stdout);
}
